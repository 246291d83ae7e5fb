"""Ads for Facebook and Instagram, one for each variation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_marketing.domain.ads.angles import FEWEST_ADS, angle_instruction, angle_of
from llama_marketing.domain.ads.finish import AdFrame, correction_for_ad, finish_ad
from llama_marketing.domain.ads.models import Ad, AdBrief, AdTexts
from llama_marketing.domain.ads.replies import ads_schema, read_ads
from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.neutralise import neutralise
from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.use_cases.shape import Mended, UseCaseShape
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


def _frame(brief: Brief) -> AdFrame:
    request = brief.request
    context = request.context
    return AdFrame(
        surface=brief.surface,
        rules=brief.rules,
        ad_rules=brief.ad_rules,
        brief=request.ad or AdBrief(),
        max_length=request.max_length,
        page_name=(context.client_name if context is not None else None) or "",
        language=request.language,
    )


def _schema(brief: Brief, _: int) -> ReplySchema:
    types = [row.type for row in brief.ad_rules.calls_to_action]
    return ads_schema(_frame(brief).limits(), types)


def _read(found: Mapping[str, Any], _: Brief) -> AdCopy:
    return AdCopy(ads=tuple(_unfinished(texts) for texts in read_ads(found)))


def _unfinished(texts: AdTexts) -> Ad:
    return Ad(angle="", cta_label="", **texts.model_dump())


def _placed(result: Result, variation: int) -> Result:
    """The one ad of the variation, also where a reply holds an ad for each of them."""
    assert isinstance(result, AdCopy), "ad copy is read as such"
    ad = result.ads[variation % len(result.ads)]
    return AdCopy(ads=(ad.model_copy(update={"angle": angle_of(variation).value}),))


def _variant(variation: int, of: int) -> str:
    return f"{variation + 1} de {of}; ángulo: {angle_instruction(variation)}"


def _material(brief: Brief) -> Mapping[str, Any]:
    """What the ad is for, its objective in Meta's own words and the buttons that go with it."""
    asked = brief.request.ad or AdBrief()
    buttons = brief.ad_rules.suggestions(asked.objective)
    wanted = {
        "objetivo": brief.ad_rules.objective(asked.objective).label,
        "producto": asked.product,
        "audiencia": asked.audience,
        "pagina_de_destino": asked.landing_url,
        "llamada_a_la_accion": asked.cta,
        "botones_sugeridos": [button.type for button in buttons],
    }
    said = {name: value for name, value in wanted.items() if value}
    return {
        "anuncio": {
            name: neutralise(value) if isinstance(value, str) else value
            for name, value in said.items()
        }
    }


def _texts(result: Result) -> tuple[AdTexts, str]:
    assert isinstance(result, AdCopy), "ad copy is read as such"
    ad = result.ads[0]
    texts = AdTexts(
        primary_text=ad.primary_text,
        headline=ad.headline,
        description=ad.description,
        cta=ad.cta,
    )
    return texts, ad.angle


def _correction(result: Result, brief: Brief) -> str:
    return correction_for_ad(_texts(result)[0], _frame(brief))


def _mend(result: Result, brief: Brief) -> Mended:
    finished = finish_ad(*_texts(result), _frame(brief))
    return Mended(AdCopy(ads=(finished.ad,)), finished.warnings, finished.ad.partial)


def _together(results: Sequence[Result]) -> Result:
    return AdCopy(ads=tuple(ad for each in results if isinstance(each, AdCopy) for ad in each.ads))


AD_COPY = UseCaseShape(
    use_case=GenerationUseCase.AD_COPY,
    copy_field="primary_text",
    platforms=(Platform.FACEBOOK, Platform.INSTAGRAM),
    keeps_advice=True,
    fewest_variations=FEWEST_ADS,
    schema=_schema,
    read=_read,
    placed=_placed,
    variant=_variant,
    material=_material,
    correction=_correction,
    mend=_mend,
    together=_together,
)
"""Each variation is one call and one ad; the angles are four, a fifth ad takes the first again."""
