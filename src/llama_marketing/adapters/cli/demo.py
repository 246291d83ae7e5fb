"""``llama-marketing demo``: the main job on the embedded model, in one terminal screen."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import typer

from llama_marketing.adapters.cli.demo_client import demo_settings
from llama_marketing.adapters.cli.demo_steps import DemoSteps
from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.terminal import output, print_json, waiting


def demo(context: typer.Context, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Hace el trabajo completo con un modelo local: sin cuenta, sin llave y sin internet."""
    session, console = Session.of(context), output(quiet=as_json)
    with reported(verbose), tempfile.TemporaryDirectory() as folder:
        console.print("Iniciando el modelo local...", style="dim")
        started = time.monotonic()
        with waiting(console, "Cargando 98 MB de pesos..."):
            server = session.embedded_server().start()
        with server:
            ready = time.monotonic() - started
            settings = demo_settings(session.environ, server, Path(folder))
            with session.make_container(settings) as container:
                steps = DemoSteps(console=console, services=container.services(), server=server)
                steps.run(ready, settings.store)
        if as_json:
            print_json(steps.seen)
