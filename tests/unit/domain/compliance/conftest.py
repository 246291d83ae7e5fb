"""The bundled limits, which the rules of this folder are tried against."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.compliance.models import PlatformRules


@pytest.fixture(scope="session")
def rules() -> PlatformRules:
    """The limits as they ship."""
    return PackagedPlatformRules().rules()
