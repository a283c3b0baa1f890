"""Charts as inline SVG: no script, no request, colours from the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

WIDTH, HEIGHT = 440, 290
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 12, 26, 42
_INNER_WIDTH = WIDTH - _LEFT - _RIGHT
_INNER_HEIGHT = HEIGHT - _TOP - _BOTTOM
_TICKS = 4


@dataclass(frozen=True)
class Layer:
    """One layer of bars; `style` is a class of the style sheet: main or second."""

    name: str
    values: Sequence[float]
    style: str


def curve(
    label: str,
    x: Sequence[float],
    y: Sequence[float],
    *,
    axis: Callable[[float], str],
    x_title: str,
    y_title: str,
    top: float = 1.0,
    has_dots: bool = False,
) -> Markup:
    """Draw a line over a dashed diagonal, both axes from 0 to at least `top`.

    Parameters
    ----------
    label : str
        What the chart shows, for those who cannot see it.
    x, y : sequence of float
        The points of the line.
    axis : callable
        Writes the numbers at both axes.
    x_title, y_title : str
        What the axes measure, with the unit.
    top : float
        What both axes have to hold.
    has_dots : bool
        Whether to mark the points.
    """
    end = _round_up(top)
    points = [(_x(a / end), _y(b / end)) for a, b in zip(x, y, strict=True)]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    diagonal = Markup('<line class="ideal" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')
    dot = Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3.5"/>')
    parts = [
        _grid(end, axis),
        _x_ticks([(i / _TICKS, axis(end * i / _TICKS)) for i in range(_TICKS + 1)]),
        diagonal.format(_x(0), _y(0), _x(1), _y(1)),
        Markup('<polyline class="line" points="{}"/>').format(path),
        *(dot.format(a, b) for a, b in points if has_dots),
    ]
    return _frame(label, parts, x_title, y_title)


def lines(
    label: str,
    names: Sequence[str],
    actual: Sequence[float],
    expected: Sequence[float] = (),
    *,
    axis: Callable[[float], str],
    y_title: str,
    x_title: str = "",
    band: tuple[Sequence[float], Sequence[float]] | None = None,
    unseen_from: int | None = None,
    has_dots: bool = True,
) -> Markup:
    """Draw what came as a line, what was expected as a dashed one, from 0 upwards.

    Parameters
    ----------
    label : str
        What the chart shows, for those who cannot see it.
    names : sequence of str
        Of the points, evenly spaced; as many of them are written below as there is room for.
    actual, expected : sequence of float
        One value per name in each; nothing expected is nothing drawn.
    axis : callable
        Writes the numbers at the upright axis.
    band : pair of sequences of float, optional
        Lower and upper end of the interval around what was expected.
    unseen_from : int, optional
        The first point that the model had not seen; an upright line is drawn there.
    has_dots : bool
        Whether to mark what came at each point.
    """
    top = _round_up(max([*actual, *expected, *(band[1] if band else ())], default=0.0))
    middles = [(i + 0.5) / max(len(names), 1) for i in range(len(names))]

    def path(values: Sequence[float]) -> list[str]:
        return [f"{_x(x):.1f},{_y(value / top):.1f}" for x, value in zip(middles, values, strict=True)]

    parts = [_grid(top, axis), _name_ticks(names)]
    if band:
        around = " ".join([*path(band[0]), *reversed(path(band[1]))])
        parts.append(Markup('<polygon class="band" points="{}"/>').format(around))
    if unseen_from is not None:
        x = _x(unseen_from / len(names))
        upright = Markup('<line class="grid" x1="{0:.1f}" y1="{1:.1f}" x2="{0:.1f}" y2="{2:.1f}"/>')
        parts.append(upright.format(x, _y(0), _y(1)))
    parts.append(Markup('<polyline class="line" points="{}"/>').format(" ".join(path(actual))))
    if expected:
        points = " ".join(path(expected))
        parts.append(Markup('<polyline class="line expected" points="{}"/>').format(points))
    dot = Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3.5"><title>{}</title></circle>')
    parts += [
        dot.format(_x(x), _y(value / top), f"{name}: {axis(value)}")
        for x, value, name in zip(middles, actual, names, strict=True)
        if has_dots
    ]
    return _frame(label, parts, x_title, y_title)


def bars(
    label: str,
    names: Sequence[str],
    layers: Sequence[Layer],
    *,
    axis: Callable[[float], str],
    is_last_partial: bool = False,
) -> Markup:
    """Draw one bar per name, layers stacked from the bottom.

    Parameters
    ----------
    label : str
        What the chart shows, for those who cannot see it.
    names : sequence of str
        What each bar stands for; as many of them are written below as there is room for.
    layers : sequence of Layer
        One value per name in each; NaN where there is no bar.
    axis : callable
        Writes the numbers at the upright axis.
    is_last_partial : bool
        Whether the last bar covers an unfinished period and is drawn lighter.
    """
    count = max(len(names), 1)
    top = _round_up(
        max((np.nansum(column) for column in zip(*(one.values for one in layers), strict=True)), default=0.0)
    )
    slot = _INNER_WIDTH / count
    rectangle = Markup(
        '<rect class="bar {}{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
    )
    parts = [_grid(top, axis)]
    for i, name in enumerate(names):
        base = 0.0
        for one in layers:
            value = one.values[i]
            if math.isnan(value):
                continue
            height = _INNER_HEIGHT * value / top
            partial = " partial" if is_last_partial and i == len(names) - 1 else ""
            title = f"{name}, {one.name}: {axis(value)}"
            x, y = _LEFT + slot * (i + 0.12), _y((base + value) / top)
            parts.append(rectangle.format(one.style, partial, x, y, slot * 0.76, height, title))
            base += value
    parts.append(_name_ticks(names))
    return _frame(label, parts, "", "")


def cells(
    label: str,
    x: Sequence[float],
    y: Sequence[float],
    values: Sequence[float],
    *,
    axis: Callable[[float], str],
    number: Callable[[float], str],
    x_title: str,
    y_title: str,
) -> Markup:
    """Draw a matrix, the darker the larger the value; cells that are not there stay empty.

    Parameters
    ----------
    label : str
        What the chart shows, for those who cannot see it.
    x, y, values : sequence of float
        Of each cell: where it is, and what it holds.
    axis, number : callable
        Write the numbers at both axes, and those in the cells.
    """
    columns, rows = sorted(set(x)), sorted(set(y))
    width, height = _INNER_WIDTH / max(len(columns), 1), _INNER_HEIGHT / max(len(rows), 1)
    top = max(values, default=0.0) or 1.0
    cell = Markup(
        '<rect class="bar main" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" opacity="{:.2f}">'
        "<title>{}</title></rect>"
    )
    tick = Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>')
    parts = [_name_ticks([axis(column) for column in columns])]
    for row in range(0, len(rows), max(-(-len(rows) // 5), 1)):
        parts.append(tick.format(_LEFT - 6, _y((row + 0.5) / len(rows)) + 4, axis(rows[row])))
    for column, row, value in zip(map(columns.index, x), map(rows.index, y), values, strict=True):
        where = f"{x_title} {axis(columns[column])}, {y_title} {axis(rows[row])}: {number(value)}"
        left, upper = _LEFT + width * column, _y((row + 1) / len(rows))
        parts.append(cell.format(left, upper, width, height, value / top, where))
    return _frame(label, parts, x_title, y_title)


def _frame(label: str, parts: Sequence[Markup], x_title: str, y_title: str) -> Markup:
    titles = Markup('<text class="axis-title" x="{}" y="{}" text-anchor="end">{}</text>').format(
        WIDTH - _RIGHT, HEIGHT - 6, x_title
    ) + Markup('<text class="axis-title" x="{}" y="{}">{}</text>').format(0, 12, y_title)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(parts) + titles
    )


def _grid(top: float, axis: Callable[[float], str]) -> Markup:
    row = Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
    )
    return Markup("").join(
        row.format(
            _LEFT,
            WIDTH - _RIGHT,
            _y(i / _TICKS),
            _y(i / _TICKS),
            _LEFT - 6,
            _y(i / _TICKS) + 4,
            axis(top * i / _TICKS),
        )
        for i in range(_TICKS + 1)
    )


def _x_ticks(ticks: Sequence[tuple[float, str]]) -> Markup:
    mark = Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>')
    return Markup("").join(mark.format(_x(share), HEIGHT - _BOTTOM + 17, name) for share, name in ticks)


def _name_ticks(names: Sequence[str]) -> Markup:
    """Write as many of the names as there is room for, each in the middle of its slot."""
    step = max(-(-len(names) // 5), 1)
    return _x_ticks([((i + 0.5) / len(names), names[i]) for i in range(0, len(names), step)])


def _x(share: float) -> float:
    return _LEFT + _INNER_WIDTH * share


def _y(share: float) -> float:
    return _TOP + _INNER_HEIGHT * (1 - min(max(share, 0.0), 1.0))


def _round_up(value: float) -> float:
    """The next number above that four equal steps reach without odd fractions."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power * 10 < value:
        power *= 10
    while power > value:
        power /= 10
    steps = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
    return next((power * step for step in steps if power * step >= value), value)
