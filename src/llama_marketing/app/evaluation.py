"""Evaluating the model that a client is configured for, through the services that it works with.

Every question is an operation of the client: admitted, counted against its quota, and booked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final

import attrs

from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.domain.errors import (
    BadOutput,
    LlamaMarketingError,
    Refused,
    UseCaseDisabled,
)
from llama_marketing.domain.evaluation.agreement import Verdict, moderation_scores
from llama_marketing.domain.evaluation.copies import BriefOutcome, copy_scores
from llama_marketing.domain.evaluation.models import (
    EvaluationBrief,
    EvaluationSet,
    LabelledComment,
)
from llama_marketing.domain.evaluation.report import (
    EvaluationReport,
    marketing_score,
    score_parts,
    served_by,
    usage_of,
)
from llama_marketing.domain.evaluation.sampling import sample_of
from llama_marketing.domain.generation.models import TokenUsage
from llama_marketing.domain.moderation.batches import MOST_IN_BATCH
from llama_marketing.domain.moderation.models import (
    Comment,
    CommentResult,
    ModerationFlag,
    ModerationRequest,
)
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.evaluation_set import EvaluationSetSource
from llama_marketing.ports.platform_rules import PlatformRulesSource
from llama_marketing.ports.prompts import Prompts

_MOST_FAULTS: Final = 3
"""Faults in a row after which no more is asked."""


@attrs.define
class _Run:
    """What is known so far; filled by one thread."""

    verdicts: list[Verdict] = attrs.Factory(list)
    outcomes: list[BriefOutcome] = attrs.Factory(list)
    operations: list[tuple[str, str]] = attrs.Factory(list)
    used: list[TokenUsage] = attrs.Factory(list)
    prompts: set[str] = attrs.Factory(set)
    faults: list[LlamaMarketingError] = attrs.Factory(list)
    in_a_row: int = 0

    @property
    def stopped(self) -> bool:
        """Whether asking on would only bring more of the same fault."""
        return self.in_a_row >= _MOST_FAULTS

    def take_fault(self, error: LlamaMarketingError) -> None:
        """Keep a fault that says nothing about the model."""
        self.faults.append(error)
        if not isinstance(error, UseCaseDisabled):
            self.in_a_row += 1


@attrs.frozen(kw_only=True)
class EvaluationService:
    """Tries a client's model on the bundled set. Safe between threads."""

    source: EvaluationSetSource
    moderation: CommentModerationService
    generation: MetaAIGenerationService
    rules: PlatformRulesSource
    prompts: Prompts
    clock: Clock

    def evaluate(
        self,
        tenant: TenantRef,
        sample: int | None = None,
        user_id: str = "",
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> EvaluationReport:
        """Ask everything, or a ``sample`` of so many comments with its share of the briefs.

        ``progress`` is told how many calls for comments and briefs are done, and of how many.
        A reply that cannot be used counts against the model; what says nothing about it (a host
        that was not reached, a quota) is left out, and ends the run after three in a row.
        Raises InvalidRequest for a sample out of bounds, and the first fault where nothing at
        all could be measured.
        """
        check_user_id(user_id)
        asked, run = sample_of(self.source.evaluation_set(), sample), _Run()
        moment = timestamp(self.clock.now())
        steps = list(self._steps(tenant, asked, user_id, run))
        progress(0, len(steps))
        for done, step in enumerate(steps, 1):
            _take(run, step)
            progress(done, len(steps))
            if run.stopped:
                break
        if not run.verdicts and not run.outcomes and run.faults:
            raise run.faults[0]
        return self._report(asked, run, moment, complete=sample is None)

    def _steps(
        self, tenant: TenantRef, asked: EvaluationSet, user_id: str, run: _Run
    ) -> Iterator[Callable[[], None]]:
        """The questions one after the other: a call's worth of comments, or a brief."""
        comments = iter(asked.comments)
        while part := tuple(islice(comments, MOST_IN_BATCH)):
            yield partial(self._judge, tenant, part, user_id, run)
        for brief in asked.briefs:
            yield partial(self._write, tenant, brief, user_id, run)

    def _judge(
        self, tenant: TenantRef, part: tuple[LabelledComment, ...], user_id: str, run: _Run
    ) -> None:
        request = ModerationRequest(
            comments=tuple(Comment(id=each.id, text=each.text) for each in part)
        )
        answer = self.moderation.moderate(tenant, request, user_id, rehearsal=True)
        run.operations.append((answer.provider, answer.model))
        run.used.append(answer.tokens_used)
        run.verdicts.extend(map(_verdict, part, answer.results))
        template = self.prompts.template(GenerationUseCase.COMMENT_MODERATION, None)
        run.prompts.add(template.name)

    def _write(self, tenant: TenantRef, brief: EvaluationBrief, user_id: str, run: _Run) -> None:
        # An answer that another run was given would say nothing about today's model.
        request = brief.request.model_copy(update={"bypass_cache": True})
        try:
            answer = self.generation.generate(tenant, request, user_id)
        except (BadOutput, Refused):
            run.outcomes.append(BriefOutcome(brief, None))
            return
        run.operations.append((answer.provider, answer.model))
        run.used.append(answer.tokens_used)
        run.prompts.add(answer.metadata.prompt_version)
        run.outcomes.append(BriefOutcome(brief, answer))

    def _report(
        self, asked: EvaluationSet, run: _Run, moment: str, *, complete: bool
    ) -> EvaluationReport:
        served, moderation = served_by(run.operations), moderation_scores(run.verdicts)
        copies = copy_scores(run.outcomes, self.rules.rules())
        parts = score_parts(moderation, copies)
        return EvaluationReport(
            measured_at=moment,
            set_version=asked.version,
            set_as_of=asked.as_of,
            complete=complete and not run.faults,
            stopped=run.stopped,
            served=served,
            prompt_versions=tuple(sorted(run.prompts)),
            marketing_score=marketing_score(parts, served),
            score_parts=parts,
            moderation=moderation,
            copies=copies,
            tokens_used=usage_of(run.used),
            faults=Counter(error.code for error in run.faults),
        )


def _take(run: _Run, step: Callable[[], None]) -> None:
    """Ask one question; a fault is kept."""
    try:
        step()
    except LlamaMarketingError as error:
        run.take_fault(error)
    else:
        run.in_a_row = 0


def _verdict(comment: LabelledComment, result: CommentResult) -> Verdict:
    """What a result says of its comment; the service answers them in their order."""
    judged = ModerationFlag.NOT_JUDGED not in result.flags
    return Verdict(
        comment,
        result.label if judged else None,
        result.confidence,
        ModerationFlag.INJECTION_SUSPECTED in result.flags,
    )
