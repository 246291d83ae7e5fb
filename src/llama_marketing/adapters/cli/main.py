"""The entry point of ``llama-marketing``: joins the commands."""

from __future__ import annotations

import typer

from llama_marketing.adapters.cli.analyze_image import analyze_image
from llama_marketing.adapters.cli.compare import compare
from llama_marketing.adapters.cli.config import config
from llama_marketing.adapters.cli.configure import configure
from llama_marketing.adapters.cli.demo import demo
from llama_marketing.adapters.cli.doctor import doctor
from llama_marketing.adapters.cli.evaluate import evaluate
from llama_marketing.adapters.cli.generate import generate
from llama_marketing.adapters.cli.models import models
from llama_marketing.adapters.cli.moderate import moderate
from llama_marketing.adapters.cli.playground import playground
from llama_marketing.adapters.cli.reconcile import reconcile
from llama_marketing.adapters.cli.refresh_prices import refresh_prices
from llama_marketing.adapters.cli.rotate_keys import rotate_keys
from llama_marketing.adapters.cli.serve import serve
from llama_marketing.adapters.cli.sweep import sweep
from llama_marketing.adapters.cli.terminal import tolerate_encodings
from llama_marketing.adapters.cli.usage import usage
from llama_marketing.adapters.cli.validate import validate
from llama_marketing.adapters.cli.worker import worker

app = typer.Typer(
    name="llama-marketing",
    help="Contenido de marketing con modelos Llama: genera, mide y cobra por cliente.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback that shows local variables could show a key.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo, configure, generate, moderate, analyze_image, models, usage, compare,
    playground, validate, evaluate,
    sweep, reconcile, rotate_keys, refresh_prices, config, doctor, serve, worker,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Run the command line; exit codes are 0 ok, 1 domain error, 2 bad usage, 130 Ctrl-C."""
    tolerate_encodings()
    app(prog_name="llama-marketing")
