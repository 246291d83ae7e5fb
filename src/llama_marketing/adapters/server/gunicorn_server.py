"""Runs the app on gunicorn, with the container made in the worker, after the fork."""

from __future__ import annotations

from typing import Any

import attrs
from flask import Flask
from gunicorn.app.base import BaseApplication

from llama_marketing.adapters.server.application import create_app
from llama_marketing.adapters.server.background import BackgroundWorker
from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings

KEEPALIVE_SECONDS = 5
SPARE_SECONDS = 5
STREAMS_SHARE = 0.8
"""The share of a worker's threads that streams may take; the rest answer everything else."""


@attrs.frozen(kw_only=True)
class ServerOptions:
    """How ``serve`` runs. ``threads`` are of each worker; a stream takes one of them."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    threads: int = 160


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our settings and no configuration file.

    On SIGTERM it takes no new request and lets running ones end, a stream's deadline at most;
    with nothing running it ends at once.
    """

    def __init__(self, settings: Settings, options: ServerOptions) -> None:
        self._settings = settings
        self._options = options
        self._container: Container | None = None
        self._background: BackgroundWorker | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings."""
        for name, value in self._gunicorn_settings().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app; called in the worker."""
        self._container = Container.from_settings(self._settings)
        if not self._settings.job_queue:
            self._background = BackgroundWorker(self._container.job_worker())
            self._background.start()
        return create_app(
            self._container.services(),
            self._settings.token,
            json_case=self._settings.json_case,
            max_streams=max(1, int(self._options.threads * STREAMS_SHARE)),
        )

    def _gunicorn_settings(self) -> dict[str, Any]:
        longest = max(self._settings.deadline_seconds, self._settings.stream_deadline_seconds)
        address = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        return {
            "bind": f"{address}:{self._options.port}",
            "worker_class": "llama_marketing.adapters.server.worker.ReadyThreadWorker",
            "workers": self._options.workers,
            "threads": self._options.threads,
            "timeout": int(longest) + SPARE_SECONDS,
            "graceful_timeout": int(longest) + SPARE_SECONDS,
            "keepalive": KEEPALIVE_SECONDS,
            "preload_app": False,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "llama-marketing",
            "worker_exit": lambda server, worker: self._close_container(server, worker),
        }

    def _close_container(self, _server: object, _worker: object) -> None:
        if self._background is not None:
            self._background.stop()
        if self._container is not None:
            self._container.close()
