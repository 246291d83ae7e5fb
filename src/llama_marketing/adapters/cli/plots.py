"""Figures of usage and comparison as SVG files, drawn by matplotlib (extra ``plot``)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.usage.summary import UsageSummary

_NO_DATE: Final = {"Date": None}
"""Else the same figure would be another file at another moment."""


def draw_usage(summary: UsageSummary, path: Path) -> None:
    """The tokens of each day as a line, and those of each use case as a ring.

    Raises SettingsError where matplotlib is not installed or the file cannot be written.
    """
    figure = _figure(10, 4)
    trend, ring = figure.subplots(1, 2, width_ratios=(2, 1))
    days = [day.date[5:] for day in summary.daily_trend]
    trend.plot(days, [day.tokens for day in summary.daily_trend], marker="o", color="#1877F2")
    trend.set_title(f"Tokens por día, {summary.period}")
    trend.tick_params(axis="x", labelrotation=90, labelsize=7)
    trend.set_ylim(bottom=0)
    shares = {name: share.tokens for name, share in summary.by_use_case.items() if share.tokens}
    ring.set_title("Tokens por caso de uso")
    if shares:
        ring.pie(list(shares.values()), labels=list(shares), wedgeprops={"width": 0.4})
    else:
        ring.axis("off")
    _save(figure, path)


def draw_radar(axes: Sequence[str], shapes: Mapping[str, Sequence[float]], path: Path) -> None:
    """A closed line for each name over the axes, each figure from 0 to 1; raises SettingsError."""
    figure = _figure(6, 6)
    radar = figure.add_subplot(projection="polar")
    angles = [2 * math.pi * place / len(axes) for place in range(len(axes))]
    for name, figures in shapes.items():
        radar.plot([*angles, angles[0]], [*figures, figures[0]], label=name)
        radar.fill([*angles, angles[0]], [*figures, figures[0]], alpha=0.1)
    radar.set_xticks(angles, list(axes))
    radar.set_ylim(0, 1)
    if shapes:
        radar.legend(loc="lower right")
    _save(figure, path)


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib import rcParams
        from matplotlib.figure import Figure
    except ImportError:
        raise SettingsError(
            "matplotlib is not installed; install the extra plot",
            user_message="Para dibujar falta instalar el extra plot.",
        ) from None
    rcParams["svg.hashsalt"] = "llama_marketing"
    return Figure(figsize=(width, height), layout="tight")


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, format="svg", metadata=_NO_DATE)
    except OSError as error:
        fault = error.strerror
    else:
        return
    raise SettingsError(
        f"the figure cannot be written to {path}: {fault}",
        user_message="No se pudo escribir la gráfica en ese archivo.",
    )
