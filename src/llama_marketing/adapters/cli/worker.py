"""``llama-marketing worker``: do the parts of jobs that wait."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.terminal import output, print_json
from llama_marketing.app.job_worker import WorkReport

UntilEmpty = Annotated[
    bool, typer.Option("--until-empty", help="Termina cuando ya no espera nada.")
]


def worker(
    context: typer.Context,
    until_empty: UntilEmpty = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Hace los trabajos que esperan, de todos los clientes: comentarios y lotes de contenido.

    Sigue hasta Ctrl-C o SIGTERM; lo que ya empezó lo termina. Puede haber varios a la vez.
    """
    with reported(verbose), Session.of(context).container() as container, _stopped() as stop:
        if not as_json and not until_empty:
            output().print("Esperando trabajos. Ctrl-C para terminar.")
        done = container.job_worker().work(stop, until_empty=until_empty)
    _show(done, as_json=as_json)


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; afterwards they mean what they meant before."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(done: WorkReport, *, as_json: bool) -> None:
    if as_json:
        print_json(done.model_dump(mode="json", by_alias=True))
        return
    output().print(f"Partes hechas: {count(done.done)}")
    if done.again:
        output().print(f"Intentos fallidos que se repiten: {count(done.again)}")
    if done.dead:
        output().print(f"Partes que se dieron por perdidas: {count(done.dead)}")
