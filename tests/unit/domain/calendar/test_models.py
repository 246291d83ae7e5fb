"""The entry's names are the wire's."""

from __future__ import annotations

import subprocess
import sys

from tests.unit.domain.calendar.samples import entry


def test_an_entry_is_written_with_the_names_of_the_contract() -> None:
    """In both cases they are the same words; `copy` is the text and no method."""
    written = entry().model_dump(mode="json", by_alias=True)

    assert list(written) == [
        "date", "time", "platform", "type", "objective", "topic", "copy", "hashtags",
    ]  # fmt: skip
    assert written == entry().model_dump(mode="json")
    assert entry().copy == "Café de altura"


def test_importing_it_warns_of_nothing() -> None:
    """Programs that turn warnings into errors can use us."""
    script = "import llama_marketing.domain.calendar.models"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
