"""The bundled facts about ads, which the rules of this folder are tried against."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.domain.ads.rules import AdRules


@pytest.fixture(scope="session")
def ad_rules() -> AdRules:
    """The facts as they ship."""
    return PackagedAdRules().rules()
