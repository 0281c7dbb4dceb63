"""Drawings of a city pack, made safe to stand inside a page."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
EMPTY = f'<svg xmlns="{SVG}"/>'
_ELEMENTS = {"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "title", "desc", "defs", "clipPath", "use"}
_ATTRIBUTES = re.compile(
    r"(d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|transform|viewBox|preserveAspectRatio|fill|fill-rule|fill-opacity|stroke|stroke-(width|linecap|linejoin|dasharray|dashoffset|opacity|miterlimit)"
    r"|opacity|clip-path|clip-rule|id|class|role|aria-hidden|aria-label|vector-effect|pathLength|href|focusable)"
)
_LONGEST = 400_000


class SvgFault(ValueError):
    """The drawing cannot be used; the message says why."""


def cleaned_svg(text: str) -> str:
    """The drawing to stand inside a page, with known elements and attributes only; raises SvgFault for anything that could act or load."""
    root = _cleaned(text)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ET.tostring(root, encoding="unicode")


def cleaned_svg_file(text: str) -> str:
    """The drawing as a file of its own, equally cleaned; the page that shows it says its alternative text."""
    root = _cleaned(text)
    root.set("xmlns", SVG)
    return ET.tostring(root, encoding="unicode")


def _cleaned(text: str) -> ET.Element:
    if len(text) > _LONGEST:
        raise SvgFault("the drawing is larger than 400 KB")
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise SvgFault("the drawing declares a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314  (document types and entities are refused above)
    except ET.ParseError as error:
        raise SvgFault(f"the drawing is no valid SVG: {error}") from None
    if root.tag not in {f"{{{SVG}}}svg", "svg"}:
        raise SvgFault("the drawing is no SVG")
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name not in _ELEMENTS:
            raise SvgFault(f"the drawing has a <{name}>, which is not allowed")
        element.tag = name
        for attribute, value in list(element.attrib.items()):
            plain = attribute.rpartition("}")[2]
            if not _ATTRIBUTES.fullmatch(plain):
                raise SvgFault(f"the drawing has the attribute '{plain}' on <{name}>, which is not allowed")
            if plain == "href" and not value.startswith("#"):
                raise SvgFault("the drawing refers to something outside")
            if "url(" in value and not value.replace(" ", "").startswith("url(#"):
                raise SvgFault("the drawing loads something from outside")
    return root
