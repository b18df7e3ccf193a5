"""A picture of a result: rates over time, and the figures beneath.

matplotlib is the optional extra `leveret[perf]`; it is imported when a plot is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.perf.errors import PerfError
from leveret.perf.result import number

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from leveret.perf.result import Result

SUFFIXES = (".png", ".svg", ".pdf")


def require_matplotlib() -> None:
    """Say before the run, not after it, that it could not be drawn."""
    try:
        import matplotlib  # noqa: F401, PLC0415  # Heavy, and optional.
    except ImportError:
        raise PerfError("--plot needs matplotlib: pip install 'leveret[perf]'") from None


def draw(result: Result, path: Path) -> None:
    """Write the picture; the file's suffix says in which format."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  # See above.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(9, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(f"leveret perf {result.scenario}: {result.broker}")
    if result.samples:
        draw_samples(axes, result)
    else:
        draw_figures(axes, result)
    figure.savefig(path, dpi=120)


def draw_samples(axes: Axes, result: Result) -> None:
    """One line for each rate, and its total beside its name."""
    times = [sample.at_s for sample in result.samples]
    for name in result.samples[0].rates:
        total = result.figures.get(f"{name}_per_s")
        label = name if total is None else f"{name} ({number(total)}/s)"
        rates = [sample.rates.get(name, 0.0) for sample in result.samples]
        axes.plot(times, rates, marker=".", label=label)
    axes.set_xlabel("seconds")
    axes.set_ylabel("per second")
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()


def draw_figures(axes: Axes, result: Result) -> None:
    """A result without a course in time is a bar for each figure."""
    names = list(result.figures)
    bars = axes.barh(names, [result.figures[name] for name in names])
    axes.bar_label(bars, [number(result.figures[name]) for name in names], padding=3)
    axes.set_xscale("symlog")
    axes.invert_yaxis()
    axes.margins(x=0.15)
