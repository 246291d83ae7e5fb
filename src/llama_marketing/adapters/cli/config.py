"""``llama-marketing config``: the operator's settings and what they mean."""

from __future__ import annotations

import typer
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.app import settings
from llama_marketing.app.settings import Settings, shown_settings

MEANINGS = {
    settings.ENCRYPTION_KEY: "Llave Fernet que sella las API keys, o varias separadas por comas.",
    settings.STORE: "sqlite:///archivo.db, sqlite:////carpeta/archivo.db o memory://.",
    settings.ALLOWED_ENDPOINTS: "host:puerto o CIDR que un endpoint propio puede usar.",
    settings.MEDIA_BUCKETS: "bucket o bucket/prefijo/ cuyas imágenes puede nombrar una URL s3://.",
    settings.DEADLINE: "Segundos que puede tomar una operación.",
    settings.HOLD_GRACE: "Segundos tras el plazo para poder cerrar una reserva abierta.",
    settings.CATALOG: "Carpeta que cambia modelos, proveedores, precios, límites y prompts.",
    settings.TIMEZONE: "Zona horaria en que se cortan días y meses.",
    settings.RETENTION: "Días que se conserva una generación.",
    settings.JSON_CASE: "camel o snake.",
    settings.BILLING_QUEUE: "URL de la cola de SQS a la que sweep envía los cobros.",
    settings.QUEUE: "Dónde esperan los trabajos (comentarios y lotes): inline:// o sqs://url-de-la-cola.",
    settings.TOKEN: "Token de acceso de serve.",
}
"""What each variable means, in the words of who runs the command line."""


def config(context: typer.Context, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Muestra cada variable de entorno, su valor y qué significa; no necesita llave."""
    environ = Session.of(context).environ
    rows = shown_settings(environ)
    if as_json:
        shown = [
            {"name": row.name, "value": value, "default": row.default, "secret": row.secret,
             "meaning": MEANINGS.get(row, row.meaning)}
            for row, value in rows
        ]  # fmt: skip
        print_json({"settings": shown})
    else:
        table = plain_table("Variable", "Valor", "Significado")
        table.columns[0].no_wrap = True
        for row, value in rows:
            shown_value = f"{value} (predeterminado)" if value == row.default else value
            meaning = MEANINGS.get(row, row.meaning)
            table.add_row(row.name, Text(printable(shown_value if value else "-")), meaning)
        output().print(table)
    with reported(verbose):
        Settings.from_env(environ, require_key=False)
