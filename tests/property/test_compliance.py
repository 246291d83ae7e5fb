"""What holds of every text: the properties of the platform rules' reference, section 10."""

from __future__ import annotations

import unicodedata

import attrs
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.hashtags import (
    clean_hashtags,
    count_hashtags_for_limit,
    extract_hashtags,
    limit_hashtag_spans,
)
from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.measures import (
    Measure,
    codepoints,
    grapheme_ends,
    graphemes,
    measure,
    prefix_within,
    threads,
    utf8_bytes,
    utf16,
)
from llama_marketing.domain.compliance.mentions import mention_spans
from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.shorten import ELLIPSIS, shorten
from llama_marketing.domain.compliance.whatsapp_format import paired_spans

RULES = PackagedPlatformRules().rules()
SEEDS = [
    "👍", "👨‍👩‍👧‍👦", "❤️", "🇲🇽", "🇲", "👍🏽", "1️⃣", "\u200d", "\ufe0f", "\u0301",
    "n\u0303", "ñ", "\r\n", "\r", "\n", " ", "  ", "\u0600", "क्", "각", "\u1100", "\u1161",
    "#", "＃", "#CDMX", "#2x1", "#uno#dos", "@", "@cafe.azul", "hola@mail.mx",
    "https://tienda.mx/promo?utm=abc", "tienda.mx", "{{1}}", "{{", "}}", "*", "**", "*x y*",
    "_", "~", "_x_", "…", ".", ",", "¿", "?", "¡", "!", "<b>", "![a](b)", "javascript:x",
    "\u202e", "\U000e0061", "𝗣", "\u0344", "a", "Hola", "mundo", "palabra larguísima", "©",
    "\u3164", "\ud83d",
]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(
    st.one_of(st.sampled_from(SEEDS), st.text(CHARACTERS, max_size=4)), max_size=30
).map("".join)
SURFACES = st.sampled_from([surface.id for surface in RULES.surfaces])
UNITS = st.sampled_from(list(Measure))


@given(TEXTS)
def test_the_units_are_ordered(text: str) -> None:
    """(a) graphemes <= codepoints <= utf16 <= utf8_bytes, and Threads between the ends."""
    text = normalise(text)
    assert graphemes(text) <= codepoints(text) <= utf16(text) <= utf8_bytes(text)
    assert codepoints(text) <= threads(text) <= utf8_bytes(text)


@given(TEXTS)
def test_graphemes_are_those_of_uax_29(text: str) -> None:
    """The quick count is the slow one."""
    assert graphemes(text) == len(regex.findall(r"\X", text))
    assert list(grapheme_ends(text)) == [each.end() for each in regex.finditer(r"\X", text)]


@given(TEXTS, TEXTS)
def test_units_add_up_except_graphemes(left: str, right: str) -> None:
    """(b) joined texts may have fewer graphemes than their parts."""
    for unit in (Measure.CODEPOINTS, Measure.UTF16, Measure.UTF8_BYTES):
        assert measure(left + right, unit) == measure(left, unit) + measure(right, unit)
    assert graphemes(left + right) <= graphemes(left) + graphemes(right)


@given(TEXTS, st.integers(0, 60), UNITS)
def test_the_start_that_fits_is_the_longest(text: str, limit: int, unit: Measure) -> None:
    end = prefix_within(text, limit, unit)
    assert 0 <= end <= len(text)
    assert measure(text[:end], unit) <= limit
    if measure(text, unit) <= limit:
        assert end == len(text)


@given(TEXTS, st.integers(0, 60), UNITS)
def test_a_shortened_text_fits_and_is_whole(text: str, limit: int, unit: Measure) -> None:
    """(c) it fits, is NFC, tears nothing, is the text itself when that fits, and stays so."""
    text = normalise(text)
    short = shorten(text, limit, unit)
    assert measure(short, unit) <= limit
    assert unicodedata.is_normalized("NFC", short)
    assert shorten(short, limit, unit) == short
    if measure(text, unit) <= limit:
        assert short == text
    elif short:
        _assert_nothing_is_torn(text, short)


def _assert_nothing_is_torn(text: str, short: str) -> None:
    assert short.endswith(ELLIPSIS)
    kept = short.removesuffix(ELLIPSIS)
    kept = kept if text.startswith(kept) else kept.removesuffix(" ")
    assert kept
    cut = len(kept)
    if not text.startswith(short):
        assert text.startswith(kept)
    variables = [each.span() for each in regex.finditer(r"\{\{[^{}\n]*\}\}", text)]
    whole = [*link_spans(text), *limit_hashtag_spans(text), *mention_spans(text), *variables]
    whole += paired_spans(text)
    cut -= kept[-1] == " "  # the blank after a link
    assert not [span for span in whole if span[0] < cut < span[1]]
    assert cut in {each.end() for each in regex.finditer(r"\X", text)}


@given(TEXTS, st.integers(0, 60), st.integers(0, 60), UNITS)
def test_a_larger_limit_never_shortens_more(text: str, one: int, other: int, unit: Measure) -> None:
    """(c) monotone in the limit."""
    small, large = sorted((one, other))
    assert measure(shorten(text, small, unit), unit) <= measure(shorten(text, large, unit), unit)


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """(d) idempotent, and what comes out can be encoded."""
    once = normalise(text)
    assert normalise(once) == once
    assert "\r" not in once
    assert once.encode().decode() == once


@given(TEXTS, SURFACES)
def test_the_verdict_depends_on_the_normalised_text_alone(text: str, surface: str) -> None:
    """(e)"""
    assert check_text(text, surface, RULES) == check_text(normalise(text), surface, RULES)


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_a_raised_limit_never_breaks_a_compliant_text(text: str, one: int, other: int) -> None:
    """(e)"""
    small, large = sorted((one, other))
    if check_text(text, "instagram_caption", _instagram_of(small)).is_compliant:
        assert check_text(text, "instagram_caption", _instagram_of(large)).is_compliant


def _instagram_of(length: int) -> PlatformRules:
    rows = tuple(
        row.model_copy(update={"value": length})
        if row.rule_id == "instagram.caption.length"
        else row
        for row in RULES.rows
    )
    return attrs.evolve(RULES, rows=rows)


@given(TEXTS, TEXTS)
def test_hashtags_of_texts_with_a_blank_between_add_up(left: str, right: str) -> None:
    """(f) for both readings."""
    joined = f"{left} {right}"
    assert count_hashtags_for_limit(joined) == sum(map(count_hashtags_for_limit, (left, right)))
    assert extract_hashtags(joined) == extract_hashtags(left) + extract_hashtags(right)


@given(TEXTS)
def test_a_platform_counts_at_least_our_own_hashtags(text: str) -> None:
    assert len(extract_hashtags(text)) <= count_hashtags_for_limit(text)


@given(st.lists(TEXTS, max_size=8))
def test_cleaned_hashtags_are_hashtags_each_once(suggested: list[str]) -> None:
    """Cleaning them again changes nothing."""
    cleaned = clean_hashtags(suggested)
    for tag in cleaned:
        assert extract_hashtags(tag) == (tag,)
    assert len({tag.casefold() for tag in cleaned}) == len(cleaned)
    assert clean_hashtags(cleaned) == cleaned


@given(TEXTS, SURFACES, st.none() | st.integers(1, 60))
def test_a_finding_says_what_how_much_and_where(
    text: str, surface: str, max_length: int | None
) -> None:
    """(g) and the verdict's parts agree."""
    verdict = check_text(text, surface, RULES, max_length)
    copy = normalise(text)
    for finding in verdict.findings:
        assert finding.rule_id
        assert finding.measured > finding.limit
        assert 0 <= finding.span[0] <= finding.span[1] <= len(copy)
        assert finding.message
        assert not {"{", "}"} & set(finding.message)
    exceeds = verdict.current_length > verdict.character_limit
    assert (verdict.status == "exceeds") is exceeds
    assert (verdict.status == "ok") is (not verdict.warnings)
    assert not (exceeds and verdict.is_compliant)


@pytest.mark.parametrize(
    "piece",
    [
        "*", "#", "@", "<", "a#", "#a", "![", "*a ", "*_~", "<a ", "a.", "@a.", " ", "[a](", "{{",
        "? ", "# \n", "#1", "🇲", "👍\u200d", "\U000e0061", "a\u0301", "\u0301", ", ", "https://",
        "**a", "data:", "\u0600", "éis", "_a *b ~c ", "\r", "(", "a-", "www.",
    ],
)  # fmt: skip
def test_the_work_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    """60,000 hostile characters are judged and shortened.

    Nothing is timed: a rule whose work grows with the square makes this test take minutes.
    """
    text = (piece * 60_000)[:60_000]
    for surface in ("instagram_caption", "whatsapp_template_body", "threads_post"):
        # Of a run of marks alone only the first 64 are kept.
        assert check_text(text, surface, RULES).is_compliant is (piece == "\u0301")
    assert measure(shorten(text, 100, Measure.GRAPHEMES), Measure.GRAPHEMES) <= 100
