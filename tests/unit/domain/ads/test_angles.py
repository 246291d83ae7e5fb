"""The angles of the ads of one request."""

from __future__ import annotations

from llama_marketing.domain.ads.angles import Angle, angle_instruction, angle_of


def test_four_ads_have_four_angles_and_a_fifth_repeats_the_first() -> None:
    assert [angle_of(index) for index in range(5)] == [*Angle, Angle.BENEFIT]


def test_each_ad_is_told_something_of_its_own() -> None:
    told = [angle_instruction(index) for index in range(5)]
    assert len(set(told)) == 5
    assert told[4] == f"{told[0]}, con otro inicio"
