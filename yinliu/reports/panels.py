"""The building blocks of the charts: columns of names, of bars and of texts that share their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import altair as alt

from yinliu.reports.palette import FAINT, INK, MUTED

Row = Mapping[str, str | int | None]
Panel = alt.Chart | alt.LayerChart | alt.FacetChart
NAME_SIZE = 13
_ROOM_FOR_A_NUMBER = 46


def rows_of(values: Sequence[Row]) -> alt.InlineData:
    """Rows as chart data; each gets its place as the field `row`, so that two of the same name stay two."""
    return alt.InlineData(values=[{"row": place, **value} for place, value in enumerate(values)])


def names(data: alt.InlineData, *, width: int, step: int) -> Panel:
    """A column of names (field `name`), which the rows have already cut to fit it."""
    mark = alt.Chart(data, width=width, height=alt.Step(step), title=" ")
    drawn: Panel = mark.mark_text(align="left", fontSize=NAME_SIZE, color=INK).encode(
        y=_place(), x=alt.value(0), text="name:N"
    )
    return drawn


def bars(
    data: alt.InlineData,
    field: str,
    *,
    width: int,
    step: int,
    top: int,
    colour: str,
    title: str,
    beside: str | None = None,
) -> Panel:
    """A column of bars for `field`, each with its number (field `FIELD_text`) behind its end.

    `beside` is a field drawn as a thin upright mark over the bar: last week beside this week.
    """
    length = partial(_length, top=top, width=width)
    base = alt.Chart(data).encode(y=_place(), x=length(field))
    layers = [base.mark_bar(color=colour, cornerRadiusEnd=3, height=step * 0.5)]
    if beside:
        tick = alt.Chart(data).transform_filter(f"isValid(datum.{beside})").encode(y=_place(), x=length(beside))
        layers.append(tick.mark_tick(color=INK, thickness=2, height=step * 0.72, opacity=0.75))
    end = alt.Chart(data).encode(y=_place(), x=length(f"{field}_end"), text=f"{field}_text:N")
    layers.append(end.mark_text(align="left", dx=6, fontSize=12, color=INK))
    return alt.layer(*layers, title=title).properties(width=width, height=alt.Step(step))


def texts(data: alt.InlineData, field: str, *, width: int, step: int, title: str) -> Panel:
    """A column of short texts, each in the colour its row names (field `colour`)."""
    mark = alt.Chart(data, width=width, height=alt.Step(step), title=title)
    drawn: Panel = mark.mark_text(align="left", fontSize=12).encode(
        y=_place(), x=alt.value(0), text=f"{field}:N", color=alt.Color("colour:N", scale=None)
    )
    return drawn


def columns(data: alt.InlineData, field: str, *, width: int, height: int, top: int, colour: str, title: str) -> Panel:
    """Upright bars for `field` over the labels in the field `day`, each with its number on top."""
    scale = alt.Scale(domain=[0, max(top, 1)], range=[height, 18])
    base = alt.Chart(data).encode(
        x=alt.X("day:N", sort=None, axis=_day_axis(), scale=alt.Scale(paddingInner=0.35, paddingOuter=0.1)),
        y=alt.Y(f"{field}:Q", scale=scale, axis=None, stack=None),
    )
    drawn = base.mark_bar(color=colour, cornerRadiusEnd=3)
    number = base.mark_text(dy=-8, fontSize=13, color=INK).encode(text=f"{field}_text:N")
    return alt.layer(drawn, number, title=title).properties(width=width, height=height)


def _day_axis() -> alt.Axis:
    # The label is weekday|date, shown on two lines.
    return alt.Axis(
        title=None,
        labelAngle=0,
        labelExpr="split(datum.label, '|')",
        labelColor=MUTED,
        labelFontSize=12,
        labelPadding=6,
        ticks=False,
        domainColor=FAINT,
    )


def _place() -> alt.Y:
    return alt.Y("row:O", axis=None, sort=None)


def _length(field: str, *, top: int, width: int) -> alt.X:
    scale = alt.Scale(domain=[0, max(top, 1)], range=[0, width - _ROOM_FOR_A_NUMBER])
    return alt.X(f"{field}:Q", scale=scale, axis=None, stack=None)
