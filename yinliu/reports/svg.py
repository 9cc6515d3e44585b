"""From an altair chart to SVG that can stand inside a page: scalable, named for screen readers, alone with its ids."""

from __future__ import annotations

import re
from html import escape
from itertools import count
from xml.etree.ElementTree import Element, tostring

import altair as alt
import vl_convert
from defusedxml.ElementTree import fromstring

from yinliu.reports.palette import FONTS, INK

AnyChart = alt.HConcatChart | alt.VConcatChart
_VEGALITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_NAMESPACES = re.compile(r' xmlns(:xlink)?="[^"]*"')
_POINTER = re.compile(r"url\(#(.+?)\)")
_CONFIG = {
    "aria": False,  # the whole figure is described once; a label on every bar would be read out one by one
    "background": None,
    "font": FONTS,
    "view": {"stroke": None},
    "title": {"anchor": "start", "fontSize": 13, "fontWeight": 600, "color": INK, "offset": 10},
}
# What Vega writes on every mark and nobody sees; the font is named once, on the root.
_NOISE = ("font-family", "pointer-events", "class", "role", "aria-roledescription", "aria-hidden", "opacity")
_FRAMES = {"background", "foreground"}


def inline(chart: AnyChart, *, name: str, title: str, description: str) -> str:
    """Draw it; `name` must be unique in the page, for it begins every id of this drawing."""
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=_VEGALITE, config=_CONFIG, allowed_base_urls=[])
    root: Element = fromstring(_NAMESPACES.sub("", drawn, count=2))
    _rename(root, name)
    _tidy(root)
    body = "".join(tostring(child, encoding="unicode") for child in root)
    return _opening(root, name) + _described(name, title, description) + body + "</svg>"


def _rename(root: Element, name: str) -> None:
    """Give every id the name of this drawing and a number of its own: Vega counts on from drawing to drawing."""
    number = count(1)
    renamed = {node.attrib["id"]: f"{name}-{next(number)}" for node in root.iter() if "id" in node.attrib}
    for node in root.iter():
        for key, value in node.attrib.items():
            node.set(key, renamed[value] if key == "id" else _POINTER.sub(lambda to: f"url(#{renamed[to[1]]})", value))


def _tidy(root: Element) -> None:
    for node in list(root.iter()):
        for frame in [child for child in node if child.get("class") in _FRAMES]:
            node.remove(frame)
    for node in root.iter():
        for key in _NOISE:
            if key != "opacity" or node.get(key) == "1":
                node.attrib.pop(key, None)


def _opening(root: Element, name: str) -> str:
    _, _, width, height = root.attrib["viewBox"].split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" font-family="{escape(FONTS)}" '
        f'viewBox="0 0 {width} {height}" style="max-width:{float(width) * 1.12:.0f}px" '
        f'aria-labelledby="{name}-title {name}-desc">'
    )


def _described(name: str, title: str, description: str) -> str:
    return f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
