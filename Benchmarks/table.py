"""The table that the figures are printed in."""

import statistics

WIDTHS = (50, 12, 12, 8)


def line(*cells):
    texts = [f"{cells[0]:{WIDTHS[0]}}"]
    texts += [f"{cell:>{width}}" for cell, width in zip(cells[1:4], WIDTHS[1:])]
    print(*texts, "  " + cells[4], flush=True)


def heading(text):
    print()
    line(text, "mdrctl", "rival", "ratio", "budget")


def row(figure, ours, rival, unit, budget=""):
    """One figure as the medians of both sides; `rival` may be None. Single values are medians of themselves."""
    ours, rival = median(ours), median(rival)
    ratio = "" if rival is None else f"{ours / rival:.2f}" if rival else "-"
    line("  " + figure, text(ours, unit), "" if rival is None else text(rival, unit), ratio, budget)


def median(values):
    return statistics.median(values) if isinstance(values, list) else values


def text(value, unit):
    return f"{value:,.{0 if value == int(value) or value >= 1000 else 2}f} {unit}"
