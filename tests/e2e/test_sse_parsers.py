"""Our frames through parsers that we did not write: equal content, and no forged frame."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource

from llama_marketing.adapters.sse.encoder import comment, encode

HOSTILE = [
    "línea\r\notra\nfin\r",
    "\x00 nulo",
    "\u2028 y \u2029 y \x85 y \x0b",
    "data: falso",
    "x\n\nevent: done\ndata: {}\n\n",
    ": comentario",
    "👩‍👩‍👧‍👦 ☕ ñ",
    "a" * 1_000_000,
]
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("start", {"type": "start", "id": "g1"}),
    *(("delta", {"type": "delta", "variation": 0, "text": text}) for text in HOSTILE),
    ("done", {"type": "done", "content": "".join(HOSTILE[:-1])}),
]
BODY = comment() + comment().join(encode(name, data) for name, data in EVENTS)
SCRIPT = """
import { createParser } from 'eventsource-parser';
import { readFileSync } from 'node:fs';
const events = [];
const onEvent = (event) => events.push([event.event, JSON.parse(event.data)]);
const parser = createParser({ onEvent });
const text = readFileSync(process.argv[2], 'utf8');
const step = Number(process.argv[3]);
for (let at = 0; at < text.length; at += step) parser.feed(text.slice(at, at + step));
process.stdout.write(JSON.stringify(events));
"""


def test_httpx_sse_reads_what_we_wrote() -> None:
    """Event for event."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=BODY)

    found = [(event.event, json.loads(event.data)) for event in EventSource(response).iter_sse()]

    assert found == EVENTS


@cache
def node_folder() -> Path | None:
    """A folder with npm's eventsource-parser in it; None where npm cannot bring it."""
    folder = Path(__file__).parents[2] / ".cache" / "eventsource-parser"
    if not (folder / "node_modules" / "eventsource-parser").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        if shutil.which("npm") is None:
            return None
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "eventsource-parser@3"],
            cwd=folder,
            check=True,
            timeout=180,
        )
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="node and npm are not installed")
@pytest.mark.parametrize("step", [1_000_000_000, 997])
def test_eventsource_parser_reads_what_we_wrote(tmp_path: Path, step: int) -> None:
    """The parser that browsers' clients use, fed whole and in pieces."""
    folder = node_folder()
    assert folder is not None
    (folder / "read.mjs").write_text(SCRIPT)
    body = tmp_path / "body.txt"
    body.write_bytes(BODY)

    read = subprocess.run(
        ["node", str(folder / "read.mjs"), str(body), str(step)],
        capture_output=True,
        check=True,
        timeout=120,
    )

    assert [(name, data) for name, data in json.loads(read.stdout)] == EVENTS
