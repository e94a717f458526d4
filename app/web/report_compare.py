"""Any two weeks side by side: every figure that a report is known by, and the difference where both are known."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from app.domain.errors import NotFound, Refused
from app.domain.report import Figures
from app.domain.report_key_figures import KeyFigure, key_figures
from app.domain.report_sections import Count, PracticeLine
from app.domain.week import Week
from app.faces import words
from app.queries import audience as audiences
from app.queries import report_weeks, reports
from app.queries.reports import Kept
from app.web import current
from app.web.report_reading import asked_about, choices, company_zone

page = Blueprint("report_compare", __name__)


@dataclass(frozen=True)
class Line:
    """One figure in both weeks. `tone`: 1 is better, -1 worse; `difference` is empty where it cannot be known."""

    title: str
    one: str
    other: str
    difference: str
    tone: int = 0
    number: int | None = None  # of a practice


@page.get("/reports/compare")
def compare() -> tuple[str, int]:
    session, by, about, zone = current.reading(), current.actor(), asked_about(), company_zone()
    of = audiences.named(session, by, about, zone)
    weeks = [each.name for each in report_weeks.kept(session, of)]
    problems: list[str] = []
    one = _report(about, request.args.get("one", ""), weeks[1:2] or weeks[:1], problems)
    other = _report(about, request.args.get("other", ""), weeks[:1], problems)
    if one and other and not request.args.get("one") and one.week == other.week:  # compared with the one before
        before, _ = report_weeks.beside(session, of, other.week)
        one = reports.find(session, by, about, before, zone=zone) if before else one
    near, teams = choices(about)
    both = (one, other) if one and other else None
    shown = render_template(
        "report/compare.html", of=of, weeks=weeks, one=one, other=other, problems=problems, near=near, teams=teams,
        lines=_lines(one.figures, other.figures) if one and other else [],
        practices=_practices(one.figures, other.figures) if one and other else [], words=words, both=both,
        asked=(request.args.get("one", "")[:20], request.args.get("other", "")[:20]),
    )  # fmt: skip
    return shown, 404 if problems else 200


def _report(about: str, typed: str, usual: list[str], problems: list[str]) -> Kept | None:
    """The report of a week that is asked for, or of the usual one; what is wrong with it is said."""
    name = typed.replace("\x00", "") or next(iter(usual), "")
    if not name:
        return None
    try:
        week = Week.parse(name)
        return reports.find(current.reading(), current.actor(), about, week, zone=company_zone())
    except (NotFound, Refused) as error:
        problems.append(str(error))
        return None


def _lines(one: Figures, other: Figures) -> list[Line]:
    return [_line(was, now) for was, now in zip(key_figures(one), key_figures(other), strict=True)]


def _line(was: KeyFigure, now: KeyFigure) -> Line:
    difference, way = _difference(was.value, now.value)
    tone = 0 if now.is_good is None else way if now.is_good else -way
    return Line(now.title, _said(was.value), _said(now.value), difference, tone)


def _difference(was: int | Count | None, now: int | Count | None) -> tuple[str, int]:
    """In words, and whether it is more (1) or less (-1)."""
    if isinstance(was, Count) and isinstance(now, Count):
        return words.change(now, was, "").strip(), words.direction(now, was)
    if not isinstance(was, int) or not isinstance(now, int):
        return "", 0
    if was == now:
        return "no change", 0
    return f"{'+' if now > was else words.MINUS}{abs(now - was):,}", 1 if now > was else -1


def _said(value: int | Count | None) -> str:
    return words.number(value) if isinstance(value, int) else words.share(value)


def _practices(one: Figures, other: Figures) -> list[Line]:
    """Those that only one of them knows first, then those that changed most."""
    before = {each.number: each for each in one.practices}
    after = {each.number: each for each in other.practices}
    lines = [
        _practice(number, before.get(number), after.get(number)) for number in sorted(before.keys() | after.keys())
    ]
    return sorted(lines, key=lambda each: (bool(each.one and each.other), -abs(each.tone)))


def _practice(number: int, was: PracticeLine | None, now: PracticeLine | None) -> Line:
    known = now or was
    title = f"BP-{number} {known.statement if known else ''}"
    if was is None or now is None:
        said = "measured since" if was is None else "not measured any more"
        return Line(title, words.share(was.now) if was else "", words.share(now.now) if now else "", said, 0, number)
    difference, way = _difference(was.now, now.now)
    return Line(title, words.share(was.now), words.share(now.now), difference, way, number)
