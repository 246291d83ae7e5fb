"""Analysing pictures: measured here, judged by a model in English, told in Spanish.

Both questions are one operation with one entry. Where the second one brings nothing, the English
analysis is the answer, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.cached import AnswersAgain
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.app.generation.entering import admitted
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.answer import make_answer
from llama_marketing.domain.generation.drafts import Draft, correction_for, finish
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.generation.pictures import (
    ImageAnalysisRequest,
    ImageAnalysisResponse,
    Picture,
)
from llama_marketing.domain.generation.results.image_analysis import (
    ImageAnalysis,
    ImageAnalysisText,
    in_words_of,
)
from llama_marketing.domain.generation.spanish_words import (
    LANGUAGE,
    NOT_TRANSLATED,
    spanish_plan,
)
from llama_marketing.domain.imaging.brand import brand_colours
from llama_marketing.domain.imaging.colours import Colour
from llama_marketing.domain.imaging.judgement import JudgedImage
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.image_rules import ImageRulesSource
from llama_marketing.ports.images import ImageIntake
from llama_marketing.ports.media import MediaSource


@attrs.frozen(kw_only=True)
class LlamaVisionService:
    """Looks at one picture at a time. Safe between threads."""

    admission: Admission
    again: AnswersAgain
    calls: HostCalls
    bookkeeper: Bookkeeper
    images: ImageIntake
    image_rules: ImageRulesSource
    media: MediaSource
    clock: Clock
    deadline_seconds: float

    def analyze(
        self,
        tenant: TenantRef,
        request: ImageAnalysisRequest | Mapping[str, Any],
        user_id: str = "",
        *,
        image: bytes | None = None,
        declared_type: str = "",
    ) -> ImageAnalysisResponse:
        """Analyse a picture and book what it took.

        The picture is either ``image``, with what its sender calls it, or what the request's
        ``image_url`` names. Raises InvalidRequest for both or none, what the intake and the
        media source raise (then nothing is booked), and what ``generate`` raises.
        """
        asked, user = ImageAnalysisRequest.read(request), check_user_id(user_id)
        _check_one_picture(asked, image)
        colours = brand_colours(asked.brand_kit.colors if asked.brand_kit is not None else ())
        generation = asked.as_generation()
        # Before a stranger's URL is called for somebody who has no such use case.
        self._check_allowed(tenant, generation)
        data = image if image is not None else self._fetched(asked.image_url or "")
        picture = self._picture(asked, data, declared_type, colours)
        operation = admitted(
            self.admission,
            self.again,
            tenant,
            generation,
            user,
            self.deadline_seconds,
            picture,
        )
        if isinstance(operation, GenerationResponse):
            return ImageAnalysisResponse.of(operation)
        return ImageAnalysisResponse.of(self._booked(operation))

    def _check_allowed(self, tenant: TenantRef, generation: GenerationRequest) -> None:
        with_current_config(
            tenant, lambda fresh: self.admission.usable_config(tenant, generation, fresh=fresh)
        )

    def _picture(
        self,
        asked: ImageAnalysisRequest,
        data: bytes,
        declared_type: str,
        colours: Sequence[Colour],
    ) -> Picture:
        prepared = self.images.prepare(data, declared_type)
        judged = JudgedImage.of(prepared.facts, self.image_rules.rules(), colours, asked.platform)
        return Picture(prepared.image, judged, asked.mode)

    def _fetched(self, url: str) -> bytes:
        deadline = Deadline(self.clock.monotonic() + self.deadline_seconds, self.clock.monotonic)
        return self.media.fetch(url, deadline).data

    def _booked(self, operation: Operation) -> GenerationResponse:
        try:
            response = self._answer(operation)
        except BaseException as error:
            # Whatever ends it, also a KeyboardInterrupt, is booked before it goes on.
            self.bookkeeper.settle_failed(operation, error)
            raise
        self.bookkeeper.settle(operation, response)
        return response

    def _answer(self, operation: Operation) -> GenerationResponse:
        plan, draft = operation.plan, Draft(0)
        operation.drafts = [draft]
        self._ask(operation, draft)
        if draft.error is not None:
            raise draft.error
        self._tell_in_spanish(operation, draft)
        return make_answer(
            operation.id,
            plan,
            [draft],
            operation.totals(),
            self.bookkeeper.latency_ms(operation),
        )

    def _tell_in_spanish(self, operation: Operation, draft: Draft) -> None:
        """Replace the words of the analysis; where that fails, say that they are English."""
        plan, analysis, words = operation.plan, draft.result, Draft(0)
        assert isinstance(analysis, ImageAnalysis)
        operation.plan = spanish_plan(plan, analysis)
        try:
            if self._may_ask(operation):
                operation.drafts.append(words)
                self._ask(operation, words)
        finally:
            operation.plan = plan
        if words.error is None and isinstance(words.result, ImageAnalysisText):
            draft.result = in_words_of(analysis, words.result, LANGUAGE)
            draft.partial = draft.partial or words.partial
            draft.notices += words.notices
            draft.warnings += words.warnings
        else:
            draft.partial = True
            draft.warnings.append(NOT_TRANSLATED)

    def _ask(self, operation: Operation, draft: Draft) -> None:
        """Ask until the reply is good or nothing is gained by asking again."""
        while True:
            self.calls.ask(operation, draft)
            if draft.error is not None:
                break
            draft.correction = correction_for(draft, operation.plan, [])
            if not draft.correction or not draft.may_ask_again() or not self._may_ask(operation):
                break
            draft.reasks += 1
        if draft.result is not None:
            # A later question that failed does not take away what an earlier one brought.
            draft.error = None
        finish(draft, operation.plan, [])

    def _may_ask(self, operation: Operation) -> bool:
        return operation.has_time_for_another_attempt() and self.bookkeeper.can_pay(operation, 1)


def _check_one_picture(asked: ImageAnalysisRequest, image: bytes | None) -> None:
    if (image is None) == (asked.image_url is None):
        raise InvalidRequest(
            "exactly one of image and imageUrl is needed",
            user_message="Envía una imagen o su URL, y solo una de las dos.",
            issues=(("imageUrl", "exactly one of image and imageUrl is needed"),),
        )
