"""The HTML of the weekly e-mail: one column, inline styles, for phones and the dark; nothing comes from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from app import links
from app.domain.report import Figures
from app.faces import words
from app.faces.brief import in_short
from app.faces.how import HOW
from app.faces.meta import Meta
from app.faces.section import Cell, Column, Section
from app.faces.sections import sections

ROWS = 5  # of each table; the page has all
ACCOUNT = "/account/reports"
_FONT = "font-family:system-ui,-apple-system,Roboto,Arial,sans-serif"
_INK, _SOFT, _LINE, _LINK = "#14181d", "#596472", "#dce0e6", "#2447b8"
_TONES = {1: ("#176b38", "good"), -1: ("#b0241c", "bad")}
_DARK = Markup("""
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #0f1216 !important; }
  .card { background: #161a20 !important; border-color: #2a313a !important; }
  .ink { color: #e8ebef !important; } .soft { color: #98a3b1 !important; }
  .link { color: #93b0ff !important; } .line { border-color: #2a313a !important; }
  .good { color: #72d596 !important; } .bad { color: #ff9d93 !important; }
}
""")
_MAIN = {"practices": "adopted", "stages": "waiting", "exemptions": "expires_on", "slips": "recovered_at"}
_TITLES = ("title", "statement")


def html(figures: Figures, meta: Meta, base_url: str, picture: tuple[str, str] | None) -> str:
    """A whole document. `picture`: the address and the words of the chart."""
    told = [each for each in sections(figures, meta.path) if not each.is_detail]
    body = Markup().join(
        [
            *_head(figures, meta, base_url), _short(figures, meta), *_needs(told[0], base_url),
            *(part for each in told[1:] if each.rows or each.key == "adoption"
              for part in _section(each, base_url, meta.path, picture)),
            _quiet(told), _foot(meta, base_url),
        ]
    )  # fmt: skip
    return Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><style>{}</style></head>'
        '<body style="margin:0;padding:0;background:#f6f7f9">'
        '<div class="page" style="background:#f6f7f9;padding:12px 8px">'
        '<div class="card ink" style="max-width:640px;margin:0 auto;padding:20px 16px;background:#ffffff;'
        'border:1px solid {};border-radius:10px;{};font-size:15px;line-height:1.5;color:{};overflow-wrap:anywhere">'
        "{}</div></div></body></html>\n"
    ).format(words.heading(figures), _DARK, _LINE, _FONT, _INK, body)


def _head(figures: Figures, meta: Meta, base_url: str) -> Iterator[Markup]:
    yield Markup('<h1 style="margin:0;font-size:22px;line-height:1.25">{}</h1>').format(words.heading(figures))
    yield _soft(Markup("{} · {}").format(
        words.week(meta.week, figures.zone), _link("Read it online", links.absolute(base_url, meta.path))
    ))  # fmt: skip
    for each in words.remarks(figures, meta):
        yield Markup(
            '<p class="line" style="margin:12px 0 0;padding:8px 12px;border-left:4px solid #7d4b00">{}</p>'
        ).format(each)  # fmt: skip


def _short(figures: Figures, meta: Meta) -> Markup:
    rows = [
        Markup('<p style="margin:10px 0 0"><strong>{}.</strong> {}</p>').format(each.label, each.sentence)
        for each in in_short(figures, meta.path)
    ]
    return _heading("In short", 2) + Markup().join(rows)


def _needs(of: Section, base_url: str) -> Iterator[Markup]:
    yield _heading(of.title, 2)
    if not of.rows:
        yield _paragraph(of.lead)
    for row in of.rows:
        owner, subject, title, detail, cost = row
        behind = Markup('<br><span class="soft" style="color:{}">{} could have been prevented</span>')
        yield Markup('<p style="margin:10px 0 0"><strong>{}</strong>: {} {}<br>{}{}</p>').format(
            owner.words, _cell(subject, base_url), title.words, detail.words,
            behind.format(_SOFT, cost.words) if cost.value else "",
        )  # fmt: skip


def _chart(picture: tuple[str, str] | None) -> Iterator[Markup]:
    if picture:
        yield Markup(
            '<p style="margin:12px 0 0"><img src="{}" alt="{}" width="608" '
            'style="display:block;width:100%;max-width:608px;height:auto;border:0;border-radius:6px"></p>'
        ).format(*picture)


def _section(of: Section, base_url: str, page: str, picture: tuple[str, str] | None) -> Iterator[Markup]:
    yield _heading(of.title, of.level)
    yield _paragraph(of.lead)
    if of.key == "adoption":
        yield from _chart(picture)
        yield _soft(
            Markup(" · ").join(
                Markup("{} {}").format(each.title, _cell(each.cell, base_url))
                for each in of.figures[1:]
                if each.cell.words
            )
        )
    if of.rows:
        lines = Markup().join(_line(of, row, base_url) for row in of.shown(ROWS))
        yield Markup(
            '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
            'style="border-collapse:collapse;margin-top:8px">{}</table>'
        ).format(lines)
    if more := of.more(ROWS):
        yield _soft(_link(more, links.absolute(base_url, page)))


def _line(of: Section, row: Sequence[Cell], base_url: str) -> Markup:
    """Name and title, the rest below them in small, and the main figure on the right: no wider than a phone."""
    columns = list(of.columns)
    main = _main(of.key, columns)
    titles = [at for at, each in enumerate(columns) if each.key in _TITLES]
    small = [at for at in range(1, len(columns)) if at != main and at not in titles and row[at].words]
    about = Markup(" · ").join(
        Markup("{} {}").format(columns[at].title, _cell(row[at], base_url)) for at in small
    )  # fmt: skip
    return Markup(
        '<tr><td class="line" style="padding:8px 12px 8px 0;border-top:1px solid {0};vertical-align:top">{1} {2}'
        '<div class="soft" style="color:{3};font-size:13px">{4}</div></td>'
        '<td class="line" style="padding:8px 0;border-top:1px solid {0};vertical-align:top;'
        'text-align:right;min-width:88px;overflow-wrap:normal">{5}'
        '<div class="soft" style="color:{3};font-size:13px">{6}</div></td></tr>'
    ).format(
        _LINE, _cell(row[0], base_url), " ".join(row[at].words for at in titles), _SOFT, about,
        _cell(row[main], base_url), columns[main].title,
    )  # fmt: skip


def _main(key: str, columns: Sequence[Column]) -> int:
    wanted = _MAIN.get(key)
    numbers = [at for at, each in enumerate(columns) if each.is_number]
    return next((at for at, each in enumerate(columns) if each.key == wanted), (numbers or [len(columns) - 1])[0])


def _cell(of: Cell, base_url: str) -> Markup:
    said = escape(of.words).replace(" %", Markup("&nbsp;%"))
    if of.path and of.words:
        return _link(said, links.absolute(base_url, of.path))
    if of.tone in _TONES:
        colour, name = _TONES[of.tone]
        return Markup('<span class="{}" style="color:{}">{}</span>').format(name, colour, said)
    return said


def _quiet(told: Sequence[Section]) -> Markup:
    """Sections without a row, in one paragraph: that nothing is there is good news."""
    leads = [each.lead for each in told[1:] if not each.rows and each.key != "adoption" and each.level == 2]
    return _heading("Nothing to tell", 2) + _paragraph(" ".join(leads)) if leads else Markup()


def _foot(meta: Meta, base_url: str) -> Markup:
    page, ours = links.absolute(base_url, meta.path), links.absolute(base_url, ACCOUNT)
    return _soft(
        Markup("{} How each of them is computed is said {}. {}").format(
            HOW["report"], _link("beside it", page), _link("Change or end your subscription", ours)
        ),
        "margin-top:24px;padding-top:12px;border-top:1px solid #dce0e6",
    )


def _heading(text: str, level: int) -> Markup:
    size = 17 if level == 2 else 15
    return Markup('<h{0} style="margin:24px 0 0;font-size:{1}px;line-height:1.3">{2}</h{0}>').format(level, size, text)


def _paragraph(text: str) -> Markup:
    return Markup('<p style="margin:4px 0 0">{}</p>').format(text)


def _soft(text: Markup, style: str = "margin-top:4px") -> Markup:
    return Markup('<p class="soft line" style="margin:0;color:{};font-size:13px;{}">{}</p>').format(_SOFT, style, text)


def _link(text: str | Markup, url: str) -> Markup:
    return Markup('<a class="link" href="{}" style="color:{}">{}</a>').format(url, _LINK, text)
