"""The few SVG elements that charts are drawn with: escaped, without styles or scripts, text that stays text."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

from app.faces import words

LETTER = 0.6  # mean width of a letter, in ems
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str, *inner: str, **attributes: object) -> Markup:
    """One element. `text_anchor` is written text-anchor, `class_` class; what is None is left out."""
    given = [(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None]
    written = Markup("").join(Markup(' {}="{}"').format(key, _value(value)) for key, value in given)
    return Markup("<{}{}>{}</{}>").format(name, written, join(*inner), name)


def join(*parts: str) -> Markup:
    """Elements behind each other; what is no element is escaped."""
    return Markup("").join(escape(_NOT_XML.sub("", each)) if not isinstance(each, Markup) else each for each in parts)


def text(said: str, x: object, y: float, class_: str = "", anchor: str | None = None, **more: object) -> Markup:
    """A line of text at its place; `anchor` is start (the default), middle or end."""
    return tag("text", said, x=x, y=y, class_=class_ or None, text_anchor=anchor, **more)


def line(x1: object, y1: object, x2: object, y2: object, class_: str) -> Markup:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def part(share: float) -> str:
    """ "42.5%": a place along the width, which is not known before somebody looks."""
    return f"{round(share * 100, 2):g}%"


def svg(prefix: str, title: str, summary: str, height: float, *inner: str, **attributes: object) -> Markup:
    """A drawing with its name and its message for those who do not see it."""
    named = tag("title", title, id=f"{prefix}-title"), tag("desc", summary, id=f"{prefix}-desc")
    attributes = {"width": "100%"} | attributes
    return tag(
        "svg", *named, *inner, xmlns="http://www.w3.org/2000/svg", role="img", height=height,
        aria_labelledby=f"{prefix}-title {prefix}-desc", **attributes,
    )  # fmt: skip


def chart(kind: str, *drawings: str) -> Markup:
    """What a page puts in; the stylesheet chooses between two drawings by the width that there is."""
    return tag("div", *drawings, class_=f"chart chart-{kind}")


def hatch(prefix: str) -> Markup:
    """The pattern of what is not known; filled by `hatched`."""
    stripe = tag("path", d="M-1 1l2-2M0 6l6-6M5 7l2-2", class_="chart-stripe")
    return tag("defs", tag("pattern", stripe, id=f"{prefix}-hatch", width=6, height=6, patternUnits="userSpaceOnUse"))


def hatched(prefix: str) -> str:
    return f"url(#{prefix}-hatch)"


def width_of(said: str, size: float = 13) -> float:
    """About how wide a text will be, in pixels."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in said)
    return size * (wide + (len(said) - wide) * LETTER)


def fitted(said: str, room: float, size: float = 13) -> str:
    """What somebody wrote, on one line, cut where there is no more room."""
    said = words.plain(said, 200)
    if width_of(said, size) <= room:
        return said
    while said and width_of(said, size) > room - size:
        said = said[:-1]
    return said.rstrip() + "…"


def wrapped(said: str, room: float, most: int = 2, size: float = 13) -> list[str]:
    """The same on several lines, at most so many."""
    lines = [""]
    for each in words.plain(said, 200).split():
        longer = f"{lines[-1]} {each}".strip()
        if not lines[-1] or len(lines) == most or width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(each)
    return [fitted(each, room, size) for each in lines]


def _value(value: object) -> object:
    return f"{round(value, 2):g}" if isinstance(value, float) else _NOT_XML.sub("", str(value))
