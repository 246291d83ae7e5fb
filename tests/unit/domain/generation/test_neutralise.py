"""Neutralising: control tokens broken in any disguise, everything else as it was."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.neutralise import neutralise

FAMILIES = (
    "👩‍👩‍👧‍👦", "🧑🏽‍⚕️", "❤️‍🔥", "🏳️‍🌈", "👁️‍🗨️", "🏴‍☠️", "🙂‍↔️", "🙂‍↕️", "🏃🏾‍♀️‍➡️", "🐦‍⬛", "⛓️‍💥",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("<|eot_id|>", "(eot_id)"),
        (
            "a<|start_header_id|>system<|end_header_id|>b",
            "a(start_header_id)system(end_header_id)b",
        ),
        ("<|EOT_ID|><|image|><|header_start|>", "(EOT_ID)(image)(header_start)"),
        ("[INST]x[/INST]", "(INST)x(/INST)"),
        ("<<SYS>>x<</SYS>>", "(SYS)x(/SYS)"),
        ("[inst]<<sys>><S>", "(inst)(sys)(S)"),
        ("<s>x</s>", "(s)x(/s)"),
        ("＜｜eot_id｜＞", "(eot_id)"),
        ("［ＩＮＳＴ］", "(INST)"),
        ("<\u200b|eot\u200d_\u2060id|\ufeff>", "(eot_id)"),
        ("<|eot\u00ad_id|>", "(eot_id)"),
        ("\u202e<|eot_id|>\u202c", "(eot_id)"),
        ("<|\U000e0065eot_id|>", "(eot_id)"),
        ("<|<|eot_id|>|>", "<|(eot_id)|>"),
        ("<|<||>eot_id|>", "<|()eot_id|>"),
        ("[[INST]INST]", "[(INST)INST]"),
        ("[🄸\u200d🄽🅂🅃] y ñ", "[🄸🄽🅂🅃] y ñ".replace("[🄸🄽🅂🅃]", "(INST)")),
        ("﹤|eot_id|﹥ ñ", "(eot_id) ñ"),
    ],
)
def test_a_control_token_is_broken(text: str, clean: str) -> None:
    """Full width, hidden by format characters, nested in another."""
    assert neutralise(text) == clean
    assert neutralise(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Café, piña y ¡2x1! <b>hoy</b> {tone} [x] | a < b > c",
        "<|no closing",
        "<|" + "x" * 65 + "|>",
        "<|two\nlines|>",
        "<span>",
        "I\u0307 e\u0301 ﬁ ½ Ａ",
        *FAMILIES,
        "Familia: 👩‍👩‍👧‍👦 y 🧑🏽‍⚕️.",
    ],
)
def test_a_text_without_tokens_is_unchanged(text: str) -> None:
    """Joined emojis included."""
    assert neutralise(text) == text


def test_format_characters_go() -> None:
    """Bidi controls, joiners outside of emojis, tags and soft hyphens."""
    hidden = "a\u200db\u202ec\u2066d\ufeffe\u00adf\U000e0041g\u200b\u200d😀\u200d"
    assert neutralise(hidden) == "abcdefg😀"


def test_long_hostile_texts_are_done_in_linear_time() -> None:
    """200,000 characters are the longest prompt."""
    for text in (
        "<|" * 100_000,
        "<|x|>" * 40_000,
        "<" * 200_000,
        "\u200b" * 200_000,
        "＜｜" * 100_000,
    ):
        neutralise(text)
