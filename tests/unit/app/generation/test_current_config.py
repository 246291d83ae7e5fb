"""Acting on the configuration as it is: read again where an older one may have misled."""

from __future__ import annotations

import pytest

from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.domain.errors import (
    Disabled,
    LlamaMarketingError,
    QuotaExceeded,
    RevisionConflict,
    StoreUnavailable,
)
from tests.unit.app.samples import TENANT


class Acts:
    """Fails as it is told, then answers; remembers whether it had to read afresh."""

    def __init__(self, *failures: LlamaMarketingError) -> None:
        self.fresh: list[bool] = []
        self._failures = list(failures)

    def __call__(self, fresh: bool) -> str:
        self.fresh.append(fresh)
        if self._failures:
            raise self._failures.pop(0)
        return "done"


@pytest.mark.parametrize(
    ("failures", "fresh"),
    [
        ((), [False]),
        ((Disabled("off"),), [False, True]),
        ((RevisionConflict("old"), RevisionConflict("old")), [False, True, True]),
    ],
)
def test_what_an_older_configuration_refuses_is_tried_again(
    failures: tuple[LlamaMarketingError, ...], fresh: list[bool]
) -> None:
    acts = Acts(*failures)

    assert with_current_config(TENANT, acts) == "done"
    assert acts.fresh == fresh


@pytest.mark.parametrize("failure", [QuotaExceeded("full"), StoreUnavailable("down")])
def test_what_no_configuration_changes_is_raised_at_once(failure: LlamaMarketingError) -> None:
    acts = Acts(failure)
    with pytest.raises(type(failure)):
        with_current_config(TENANT, acts)

    assert acts.fresh == [False]


def test_what_the_current_configuration_refuses_is_raised() -> None:
    acts = Acts(Disabled("off"), Disabled("off"))
    with pytest.raises(Disabled):
        with_current_config(TENANT, acts)

    assert acts.fresh == [False, True]


def test_a_configuration_that_keeps_changing_is_given_up() -> None:
    acts = Acts(*(RevisionConflict("old") for _ in range(10)))
    with pytest.raises(StoreUnavailable):
        with_current_config(TENANT, acts)

    assert len(acts.fresh) == 6
