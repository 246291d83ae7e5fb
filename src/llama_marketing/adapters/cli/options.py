"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Organization = Annotated[str, typer.Option("--org", metavar="ID", help="Organización.")]
Client = Annotated[str, typer.Option("--client", metavar="ID", help="Cliente.")]
AnyOrganization = Annotated[
    str | None, typer.Option("--org", metavar="ID", help="Organización; va junto con --client.")
]
AnyClient = Annotated[
    str | None, typer.Option("--client", metavar="ID", help="Cliente; va junto con --org.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Imprime un solo documento JSON.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Muestra también el detalle técnico, en inglés.")
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="ARCHIVO.svg", help="Dibuja también una gráfica (extra plot)."),
]
Month = Annotated[str | None, typer.Option(metavar="AAAA-MM", help="Mes; si falta, el que corre.")]
Period = Annotated[
    str, typer.Option(help="daily, weekly, monthly, quarterly o custom (con --from y --to).")
]
Day = Annotated[str, typer.Option("--date", metavar="AAAA-MM-DD", help="Un día del periodo.")]
First = Annotated[str, typer.Option("--from", metavar="AAAA-MM-DD", help="Primer día.")]
Last = Annotated[str, typer.Option("--to", metavar="AAAA-MM-DD", help="Último día.")]
