"""The billing zone of the operator's setting."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from llama_marketing.adapters.system.zone import OneBillingZone
from llama_marketing.domain.errors import SettingsError


def test_every_organization_has_the_same_zone() -> None:
    """Mexico City has had no summer time since 2022."""
    zone = OneBillingZone.named("America/Mexico_City")

    assert zone.zone("org1") == zone.zone("org2")
    for month in (1, 7):
        assert datetime(2026, month, 1, tzinfo=zone.zone("o")).utcoffset() == timedelta(hours=-6)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "America", "a\x00", "/etc"])
def test_an_unknown_zone_is_a_settings_error_that_names_the_variable(name: str) -> None:
    """Also one that is a folder or no name at all."""
    with pytest.raises(SettingsError, match="LLAMA_MARKETING_TIMEZONE"):
        OneBillingZone.named(name)
