"""``llama-marketing serve``: the library over HTTP, on gunicorn."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

import typer

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.options import Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.terminal import output
from llama_marketing.app.settings import TOKEN, Settings
from llama_marketing.domain.errors import SettingsError

LOOPBACK = "127.0.0.1"

Host = Annotated[str, typer.Option("--host", help="Dirección en la que escucha.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Puerto.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Procesos.")]
Threads = Annotated[int, typer.Option("--threads", min=2, max=1024, help="Hilos por proceso.")]


def serve(
    context: typer.Context,
    host: Host = LOOPBACK,
    port: Port = 8080,
    workers: Workers = 1,
    threads: Threads = 160,
    verbose: Verbose = False,
) -> None:
    """Sirve las rutas HTTP; sin LLAMA_MARKETING_TOKEN sólo en esta máquina."""
    with reported(verbose):
        session = Session.of(context)
        settings = Settings.from_env(session.environ)
        if workers > 1 and settings.store.startswith("memory:"):
            raise SettingsError(
                "memory:// is each process's own; use one worker or another store",
                user_message="Con varios procesos hace falta un almacén común, no memory://.",
            )
        with session.make_container(settings):
            pass  # what is wrong with the settings is said here, not by a worker that dies
        try:
            from llama_marketing.adapters.server.gunicorn_server import Server, ServerOptions
        except ModuleNotFoundError:
            raise SettingsError(
                "serve needs the extra 'server': flask and gunicorn",
                user_message="Falta el extra «server»: pip install 'llama-marketing[server]'.",
            ) from None
        bound = host if settings.token is not None else _on_loopback(host)
        _say_where(bound, port, settings)
        options = ServerOptions(host=bound, port=port, workers=workers, threads=threads)
        Server(settings, options).run()


def _on_loopback(host: str) -> str:
    """The host when it is this machine alone, else loopback."""
    try:
        return host if ip_address(host).is_loopback else LOOPBACK
    except ValueError:
        return LOOPBACK


def _say_where(host: str, port: int, settings: Settings) -> None:
    shown = f"[{host}]" if ":" in host else host
    output().print(f"Escuchando en http://{shown}:{port}/api/v1", highlight=False)
    if settings.token is None:
        output().print(
            f"Sin {TOKEN.name}: sólo responde en esta máquina y no pide token.", highlight=False
        )
