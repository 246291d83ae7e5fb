"""Buttons, objectives and placements."""

from __future__ import annotations

import attrs
import pytest

from llama_marketing.domain.ads.rules import AdRules, name_key
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import Platform


@pytest.mark.parametrize(
    ("named", "objective"),
    [
        ("OUTCOME_SALES", "OUTCOME_SALES"),
        ("CONVERSIONS", "OUTCOME_SALES"),
        ("ventas", "OUTCOME_SALES"),
        ("Tráfico", "OUTCOME_TRAFFIC"),
        ("trafico", "OUTCOME_TRAFFIC"),
        ("lead-generation", "OUTCOME_LEADS"),
        ("awareness", "OUTCOME_AWARENESS"),
        ("Engagement", "OUTCOME_ENGAGEMENT"),
        ("app promotion", "OUTCOME_APP_PROMOTION"),
        ("otra cosa", "OUTCOME_TRAFFIC"),
        ("", "OUTCOME_TRAFFIC"),
        (None, "OUTCOME_TRAFFIC"),
    ],
)
def test_an_objective_is_found_by_what_people_and_apis_call_it(
    ad_rules: AdRules, named: str | None, objective: str
) -> None:
    """ODAX, the older names, and Spanish; traffic where it is none of them."""
    assert ad_rules.objective(named).id == objective


def test_buttons_are_suggested_by_objective_with_their_labels(ad_rules: AdRules) -> None:
    """The specification's examples are among them."""
    sales = [(row.type, row.label) for row in ad_rules.suggestions("ventas")]
    assert sales[:2] == [("SHOP_NOW", "Comprar"), ("BUY_NOW", "Comprar ahora")]
    assert ad_rules.suggestions("leads")[0].label == "Registrarte"
    assert ad_rules.suggestions("tráfico")[0].label == "Más información"
    for row in ad_rules.objectives:
        assert ad_rules.suggestions(row.id)


@pytest.mark.parametrize(
    ("wanted", "objective", "type_"),
    [
        (["SHOP_NOW"], None, "SHOP_NOW"),
        (["shop now"], None, "SHOP_NOW"),
        (["Mas info"], "ventas", "LEARN_MORE"),
        (["Registrate"], "ventas", "SIGN_UP"),
        (["Comprar ahora"], "tráfico", "BUY_NOW"),
        (["SEND_MESSAGE"], None, "MESSAGE_PAGE"),
        (["INSTAGRAM_MESSAGE"], None, "MESSAGE_PAGE"),
        (["SEE_MENU"], None, "ORDER_NOW"),
        (["REGISTER_NOW"], None, "SIGN_UP"),
        (["Ver más"], "tráfico", "SEE_MORE"),
        (["Ver más"], "reconocimiento", "WATCH_MORE"),
        (["Reservar"], "ventas", "BOOK_TRAVEL"),
        (["Reservar"], "leads", "BOOK_NOW"),
        (["BAILA_AHORA"], "ventas", "SHOP_NOW"),
        (["BAILA_AHORA", "CALL_NOW"], "ventas", "CALL_NOW"),
        ([None, ""], "leads", "SIGN_UP"),
        ([], "app", "INSTALL_MOBILE_APP"),
    ],
)
def test_an_invented_button_becomes_one_of_metas(
    ad_rules: AdRules, wanted: list[str | None], objective: str | None, type_: str
) -> None:
    """By type, by another name, by label with the objective in view, else the first suggestion."""
    assert ad_rules.call_to_action(wanted, objective).type == type_


def test_a_placement_belongs_to_one_platform(ad_rules: AdRules) -> None:
    assert ad_rules.placements_of(Platform.FACEBOOK)[0].id == "MOBILE_FEED_STANDARD"
    assert ad_rules.placements_of(Platform.INSTAGRAM)[0].id == "INSTAGRAM_STANDARD"
    assert ad_rules.placements_of(Platform.EMAIL) == ()


def test_every_row_says_when_it_was_looked_at_and_where(ad_rules: AdRules) -> None:
    rows = [
        *ad_rules.calls_to_action,
        *ad_rules.objectives,
        *ad_rules.placements,
        *ad_rules.policies,
    ]
    assert len(rows) > 60
    assert all(row.source and row.as_of.year >= 2026 for row in rows)


def test_rows_that_do_not_fit_together_are_refused(ad_rules: AdRules) -> None:
    button, objective = ad_rules.calls_to_action[0], ad_rules.objectives[0]
    policy, placement = ad_rules.policies[0], ad_rules.placements[0]
    for changes, reason in (
        ({"calls_to_action": (*ad_rules.calls_to_action, button.model_copy())}, "twice"),
        ({"calls_to_action": ad_rules.calls_to_action[1:]}, "no button LEARN_MORE"),
        ({"objectives": (*ad_rules.objectives, objective.model_copy())}, "twice"),
        ({"objectives": (objective,)}, "one objective is the default"),
        ({"placements": (*ad_rules.placements, placement.model_copy())}, "twice"),
        ({"policies": (*ad_rules.policies, policy)}, "twice"),
    ):
        with pytest.raises(InvalidRequest, match=reason):
            attrs.evolve(ad_rules, **changes)


def test_a_name_is_the_same_in_any_spelling() -> None:
    assert name_key("  Más_Información ") == name_key("MAS-INFORMACION") == "masinformacion"
    assert name_key("año") != name_key("ano")
