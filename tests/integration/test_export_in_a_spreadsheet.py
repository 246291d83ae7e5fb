"""The usage export opened by LibreOffice: no text of a user's is run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from llama_marketing.domain.usage.export import Markup, entry_lines, summary_lines
from llama_marketing.testing.samples import sample_entry

OFFICE = shutil.which("soffice")
HOSTILE = (
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "=HYPERLINK(\"x\")",
    '"=1+1"', "=cmd|' /C calc'!A0", "'=1+1", ",=1+1", "a\n=1+1", "-1", "=\"a\"\"b\"", "+",
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed; .ci/run installs it"),
]


def formulas(folder: Path, content: str) -> int:
    """How many cells of a CSV file LibreOffice takes for formulas."""
    (folder / "usage.csv").write_bytes(content.encode())
    profile = f"-env:UserInstallation=file://{folder.absolute()}/profile"
    convert = ("--headless", "--convert-to", "fods", "--outdir", str(folder))
    subprocess.run(
        [str(OFFICE), profile, *convert, str(folder / "usage.csv")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "usage.fods").read_text(encoding="utf-8").count("table:formula")


def test_hostile_names_make_no_formula(tmp_path: Path) -> None:
    """Neither as a user nor as a model or a provider, in entries and in sums."""
    entries = [
        sample_entry(f"e{number}", user_id=name, model=name, provider=name, prompt_version=name)
        for number, name in enumerate(HOSTILE)
    ]
    for lines in (
        entry_lines(entries, Markup()),
        summary_lines(entries, "2026-02", "cli1", Markup()),
    ):
        assert formulas(tmp_path, "".join(lines)) == 0


def test_without_the_guard_it_would_be_run(tmp_path: Path) -> None:
    """The control: this is what the apostrophe is for."""
    assert formulas(tmp_path, "a,b\r\n=1+1,x\r\n") == 1
