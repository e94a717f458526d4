"""The chart of adoption as a picture, for Slack and e-mail: the same figures, with colours and letters of its own."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.domain.report import Figures
from app.domain.week import Week
from app.faces.charts.marks import fitted, line, tag, text
from app.faces.charts.trend import Trend, beside, trend

WIDTH, HEIGHT = 600, 260
LEFT, RIGHT, TOP, FLOOR = 58, 496, 58, 224
SMALL, BIG = 14, 20  # letters in Slack are shown at half this size
FAMILY, WEIGHTS = "Source Sans Pro", ("SourceSansPro", "SourceSansProBold")
LETTERS = (range(0x20, 0x530), range(0x2010, 0x2027))  # this font has those of Latin, Greek, Cyrillic; and dashes


@dataclass(frozen=True)
class Palette:
    """The values of tokens.css by their names there; a test keeps them the same."""

    surface: str
    ink: str
    ink_2: str
    ink_3: str
    line: str
    accent: str


LIGHT = Palette("#fff", "#14181d", "#434d5a", "#596472", "#dce0e6", "#2447b8")
DARK = Palette("#161a20", "#e8ebef", "#b6bfca", "#98a3b1", "#2a313a", "#93b0ff")


def adoption_png(figures: Figures, *, scale: float = 2, dark: bool = False) -> bytes:
    """A PNG of WIDTH × HEIGHT pixels, each `scale` times. Letters come from a font that is installed with us; those of
    the machine are asked only for a title that it has no letters for."""
    import font_source_sans_pro as font  # noqa: PLC0415 - it looks through its folder; only a process that draws needs it
    import resvg_py  # noqa: PLC0415  # 3 MB of machine code that only a process that draws needs

    made = resvg_py.svg_to_bytes(
        svg_string=picture(figures, DARK if dark else LIGHT), zoom=scale, font_family=FAMILY,
        font_files=[font.font_files_ttf[each] for each in WEIGHTS], skip_system_fonts=not _is_foreign(figures.title),
    )  # fmt: skip
    return bytes(made)


def picture(figures: Figures, colours: Palette = LIGHT) -> Markup:
    """The SVG that the picture is made of: it needs no stylesheet."""
    of = trend(figures)
    return tag(
        "svg", tag("rect", width=WIDTH, height=HEIGHT, fill=colours.surface), _stripes(colours),
        *_heads(figures, colours), *_axes(of, colours), *_gaps(of, colours), *_target(of, colours), *_runs(of, colours),
        *_now(of, colours),
        xmlns="http://www.w3.org/2000/svg", width=WIDTH, height=HEIGHT, viewBox=f"0 0 {WIDTH} {HEIGHT}",
        font_family=FAMILY, font_size=SMALL, fill=colours.ink_3,
    )  # fmt: skip


def _is_foreign(title: str) -> bool:
    return not all(any(ord(each) in some for some in LETTERS) for each in title)


def _x(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _y(share: float) -> float:
    return FLOOR - (FLOOR - TOP) * share


def _stripes(colours: Palette) -> Markup:
    stripe = tag("path", d="M-1 1l2-2M0 6l6-6M5 7l2-2", stroke=colours.ink_3, stroke_opacity=0.35)
    return tag("defs", tag("pattern", stripe, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse"))


def _heads(figures: Figures, colours: Palette) -> list[Markup]:
    week = Week.parse(figures.week)
    about = fitted(figures.title, 300, 15)
    return [
        text("Adoption", 20, 32, fill=colours.ink, font_size=18, font_weight=700),
        text(about, 104, 32, fill=colours.ink_2, font_size=15),
        text(f"week {week.number} of {week.year}", WIDTH - 20, 32, anchor="end"),
    ]


def _axes(of: Trend, colours: Palette) -> list[Markup]:
    drawn = []
    for at, said in of.levels:
        drawn.append(tag("g", line(LEFT, _y(at), RIGHT, _y(at), "level"), stroke=colours.line))
        drawn.append(text(said, LEFT - 9, _y(at) + 5, anchor="end"))
    for at, said in of.months:
        drawn.append(tag("g", line(_x(at), FLOOR, _x(at), FLOOR + 5, "month"), stroke=colours.ink_3))
        drawn.append(text(said, _x(at), FLOOR + 21))
    return drawn


def _gaps(of: Trend, colours: Palette) -> list[Markup]:
    drawn = []
    for since, until, said in of.gaps:
        anchor, x, shift = beside(since, until)
        width = _x(until) - _x(since)
        drawn.append(tag("rect", x=_x(since), y=TOP, width=width, height=FLOOR - TOP, fill="url(#hatch)"))
        drawn += _over(said, _x(x) + shift, FLOOR - 8, anchor, colours)
    return drawn


def _target(of: Trend, colours: Palette) -> list[Markup]:
    if of.target is None:
        return []
    y = _y(of.target)
    dashes = tag("g", line(LEFT, y, RIGHT, y, "target"), stroke=colours.ink_2, stroke_width=1.5, stroke_dasharray="6 5")
    return [dashes, *_over(of.target_said, LEFT + 3, y - 7 if y > TOP + 30 else y + 18, "start", colours)]


def _over(said: str, x: float, y: float, anchor: str, colours: Palette) -> list[Markup]:
    """Words on a ground of their own, for they stand on something."""
    ground = text(said, x, y, anchor=anchor, stroke=colours.surface, stroke_width=5, stroke_linejoin="round")
    return [ground, text(said, x, y, anchor=anchor, fill=colours.ink_2)]


def _runs(of: Trend, colours: Palette) -> list[Markup]:
    drawn = []
    for run in of.runs:
        points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in run)
        drawn.append(tag("polyline", points=points, fill="none", stroke=colours.accent, stroke_width=3,
                         stroke_linejoin="round", stroke_linecap="round"))  # fmt: skip
        if len(run) == 1:
            drawn.append(tag("circle", cx=_x(run[0][0]), cy=_y(run[0][1]), r=3, fill=colours.accent))
    return drawn


def _now(of: Trend, colours: Palette) -> list[Markup]:
    last = of.marks[-1].y if of.marks else None
    y = _y(0.5 if last is None else last)
    at = min(y + 7, FLOOR - 18 * (len(of.now) - 1))
    first, *rest = of.now
    drawn = [] if last is None else [tag("circle", cx=RIGHT, cy=y, r=5.5, fill=colours.accent)]
    colour = colours.ink_3 if last is None else colours.accent
    drawn.append(text(first, RIGHT + 12, at, fill=colour, font_size=BIG, font_weight=700))
    return drawn + [text(said, RIGHT + 12, at + 18 * row) for row, said in enumerate(rest, 1)]
