"""Importing the package costs little: no heavy library, no file, no socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys

HEAVY = ("boto3", "botocore", "flask", "PIL", "typer", "rich", "xllamacpp")

WATCHED = """
import json, sys
touched = []
def watch(event, args):
    if event == "open" and isinstance(args[0], str):
        path, mode, flags = args
        if path.endswith((".toml", ".db")) or (flags & 3):
            touched.append(f"open {path}")
    elif event.startswith(("socket.", "sqlite3.connect", "subprocess.", "os.system")):
        touched.append(event)
sys.addaudithook(watch)
import llama_marketing
first = sorted(sys.modules)
for name in llama_marketing.__all__:
    getattr(llama_marketing, name)
print(json.dumps({"first": first, "all": sorted(sys.modules), "touched": touched}))
"""


def observed() -> dict[str, list[str]]:
    """What a fresh process loads and touches when it imports the package and all its names."""
    quiet = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    result = subprocess.run(
        [sys.executable, "-c", WATCHED],
        env=quiet | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen: dict[str, list[str]] = json.loads(result.stdout)
    return seen


def test_importing_is_cheap() -> None:
    """Neither the package nor any public name loads a heavy library or does I/O."""
    seen = observed()

    assert set(seen["all"]) & set(HEAVY) == set()
    assert set(seen["first"]) & {"cryptography", "dependency_injector", "httpx"} == set()
    assert seen["touched"] == []
