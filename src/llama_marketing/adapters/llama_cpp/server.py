"""Starts and stops the embedded model's server as a child process."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from llama_marketing.adapters.llama_cpp.weights import MODEL_ID, find_weights
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.secret import Secret

START_SECONDS = 60.0
CHILD = ["-m", "llama_marketing.adapters.llama_cpp.process"]


@attrs.define
class EmbeddedServer:
    """A llama.cpp server on loopback with a key of its own; a context manager.

    ``context`` is the window in tokens of each of the ``slots`` that answer in parallel. The
    child ends with its parent, however that ends.
    """

    context: int = 4096
    slots: int = 2
    weights: Path | None = None
    key: Secret = attrs.field(factory=lambda: Secret("demo-" + secrets.token_hex(16)))
    _process: subprocess.Popen[str] | None = attrs.field(default=None, init=False, repr=False)
    _address: str = attrs.field(default="", init=False)

    def start(self) -> Self:
        """Start the child and wait until it listens.

        Raises SettingsError when the extra ``local`` or the weights are not installed, or the
        server does not come up within a minute.
        """
        if find_spec("xllamacpp") is None:
            raise SettingsError(
                "xllamacpp is not installed: install the extra 'local'",
                user_message="Falta instalar el servidor del modelo de demostración.",
            )
        weights = self.weights or find_weights()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *CHILD, str(weights), MODEL_ID, str(self.context), str(self.slots)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            ready = self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        if ready is None:
            self.stop()
            raise SettingsError(
                "the embedded model's server did not start within a minute, or ended at once",
                user_message="El modelo de demostración no pudo iniciar.",
            )
        self._address = ready
        return self

    def _wait_until_ready(self, process: subprocess.Popen[str]) -> str | None:
        """The ``host:port`` that the child tells; None when it ends, at the latest in a minute."""
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None, "it is a pipe"
        assert stdout is not None, "it is a pipe"
        late = threading.Timer(START_SECONDS, process.kill)
        late.start()
        try:
            stdin.write(self.key.reveal() + "\n")
            stdin.flush()
            told = next((line.split() for line in stdout if line.startswith("ready ")), None)
        except BrokenPipeError:
            told = None
        finally:
            late.cancel()
        return None if told is None else f"{told[1]}:{told[2]}"

    @property
    def address(self) -> str:
        """``host:port``, as an operator allows it."""
        return self._address

    @property
    def endpoint(self) -> str:
        """The base URL, as a client configures it."""
        return f"http://{self._address}/v1"

    def stop(self) -> None:
        """End the child; does nothing when there is none."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                # A child that ended before it took its key leaves it in the buffer.
                with suppress(BrokenPipeError):
                    if pipe is not None:
                        pipe.close()
            process.wait()

    def __enter__(self) -> Self:
        return self if self._process is not None else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
