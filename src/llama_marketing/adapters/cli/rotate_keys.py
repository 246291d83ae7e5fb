"""``llama-marketing rotate-keys``: seal the stored API keys under the newest encryption key."""

from __future__ import annotations

import typer
from rich.console import Console

from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, INTERRUPTED, report, reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import counting, error_output, output, print_json
from llama_marketing.app.key_rotation import KeyRotation, RotationReport, UnreadableKey

REASONS = {
    "secret_unreadable": "ninguna clave de cifrado la abre",
    "store_incompatible": "los datos guardados no se pueden leer",
}


def rotate_keys(context: typer.Context, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Sella de nuevo todas las API keys guardadas con la primera clave de AI_ENCRYPTION_KEY.

    Se puede interrumpir y repetir: lo que ya está al día se salta.
    """
    with reported(verbose), Session.of(context).container() as container:
        done = _rotated(container.key_rotation())
    if as_json:
        print_json(done.model_dump(mode="json", by_alias=True))
    else:
        _show(output(), done)
    if done.unreadable:
        raise typer.Exit(DOMAIN_ERROR)


def _rotated(rotation: KeyRotation) -> RotationReport:
    try:
        with counting(error_output(), "Clientes") as progress:
            return rotation.rotate(progress)
    except KeyboardInterrupt:
        report("interrupted", "Cancelado; lo ya sellado queda así. Repite el comando para seguir.")
        raise typer.Exit(INTERRUPTED) from None


def _show(console: Console, done: RotationReport) -> None:
    console.print(f"Claves selladas de nuevo: {count(done.resealed)}")
    console.print(f"Claves que ya estaban al día: {count(done.current)}")
    if done.changed:
        console.print(
            f"Claves que alguien cambió mientras tanto: {count(done.changed)}. Repite el comando."
        )
    if done.unreadable:
        _show_unreadable(error_output(), done.unreadable)


def _show_unreadable(console: Console, keys: tuple[UnreadableKey, ...]) -> None:
    report("secret_unreadable", f"No se pudieron sellar de nuevo: {count(len(keys))}")
    table = plain_table("Organización", "Cliente", "Proveedor", "Motivo")
    for key in keys:
        table.add_row(key.organization_id, key.client_id, key.provider, REASONS[key.code])
    console.print(table)
