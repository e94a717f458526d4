"""The weekly report as one message that is read on a phone: in short, the chart, the figures, and who is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app import links
from app.domain.report import NEEDS_MAX, Figures
from app.domain.report_sections import Need, PracticeLine
from app.faces import charts, words
from app.faces.brief import Said, in_short
from app.faces.meta import Meta
from app.queries.reports import Kept
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button, Message

FURTHEST, MOVERS = 3, 2
SENTENCE_MAX = 400
ALT_MAX, ALT_TITLE_MAX = 255, 60
_UNNAMED = {
    "item_overdue": ("an action item", "It is over its day."),
    "stuck_stage": ("an incident", "It has waited too long where it is."),
}
_OURS = re.compile(r"/[\w/?=%.&~+-]*", re.ASCII)  # what a link of ours is made of: nothing that would end it


def report(
    kept: Kept, base_url: str, *, file_id: str = "", buttons: Sequence[Button] = (), is_public: bool = False
) -> Message:
    """`file_id` is the chart as Slack has it. `buttons`: beside the one that opens the page, at most two. In public no
    incident is named: what is posted stays, and an incident may become private."""
    meta = Meta.of(kept)
    figures = nameless(kept.figures, meta.path) if is_public else kept.figures
    told = in_short(figures)
    shown: list[Block] = [
        parts.section(
            f"*{_linked(base_url, meta.path, words.heading(figures))}*",
            parts.typed(words.week(meta.week, figures.zone)),
        ),
        *_remarks(figures, meta),
        *(parts.section(_sentence(each)) for each in told),
        *([picture(file_id, figures)] if file_id else []),
        parts.fields(_figures(figures)),
        *_furthest(figures, base_url),
        *_needs(figures, base_url),
        parts.actions(Button("Open the report", url=links.absolute(base_url, meta.path)), *buttons),
    ]
    said = " ".join(f"{each.label}: {each.sentence}" for each in told)
    return Message(parts.typed(f"{words.heading(figures)}, week {meta.week.number}. {said}", parts.TEXT_MAX), shown)


def nameless(of: Figures, page: str) -> Figures:
    """The same figures, and who is needed, without the name of any incident: those stand on the page."""
    needs = [each if each.incident is None else _unnamed(each, page) for each in of.needs]
    return replace(of.without(of.incidents), needs=needs)


def _unnamed(need: Need, page: str) -> Need:
    subject, detail = _UNNAMED.get(need.kind, ("an incident", "It waits for a decision."))
    return replace(need, subject=subject, title="", path=page, detail=detail, incident=None)


def picture(file_id: str, figures: Figures) -> Block:
    """The chart. Who cannot see it is told what it shows."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt(figures)}


def alt(figures: Figures) -> str:
    """What the chart shows, in words."""
    short = replace(figures, title=words.plain(figures.title, ALT_TITLE_MAX))  # for the figures come after it
    return parts.cut(words.plain(charts.alt(short), ALT_MAX), ALT_MAX)


def mine_button() -> Button:
    """Whoever clicks it reads their own, and nobody else does."""
    return Button("My own report", verb="report", value="mine")


def _sentence(said: Said) -> str:
    return f"*{said.label}*: {parts.typed(said.sentence, SENTENCE_MAX)}"


def _remarks(figures: Figures, meta: Meta) -> list[Block]:
    told = " ".join(words.remarks(figures, meta))
    return [parts.context(parts.typed(told, parts.PARAGRAPH_MAX))] if told else []


def _figures(of: Figures) -> list[tuple[str, str]]:
    again, loops, slips = of.recurrences, of.loops, of.slips
    opened = f", {loops.reopened_count:,} opened again" if loops.reopened_count else ""
    cost = words.minutes_of(again.minutes, again.minutes_unknown, again.preventable)
    return [
        ("Adoption", _lines(words.share(of.adoption.now), words.change(of.adoption.now, of.adoption.before))),
        ("Loops", f"{loops.closed_count:,} closed, {loops.opened_count:,} opened\n{loops.open_count:,} open{opened}"),
        ("Recurrences", _lines(f"{again.preventable:,} preventable", _known(cost) if again.preventable else "")),
        ("Slips", f"{slips.lost_count:,} lost, {slips.recovered_count:,} recovered"),
    ]  # fmt: skip


def _known(cost: str) -> str:
    return "customer minutes unknown" if cost == words.UNKNOWN else cost


def _lines(*told: str) -> str:
    return "\n".join(each for each in told if each)


def _furthest(of: Figures, base_url: str) -> list[Block]:
    lines = [each for each in of.practices if each.missing][:FURTHEST]
    if not lines:
        return []
    return [parts.section("*Furthest from their targets*", *(_practice(each, base_url) for each in lines))]


def _practice(line: PracticeLine, base_url: str) -> str:
    movers = [parts.typed(words.plain(each.service), 80) for each in line.movers[:MOVERS]]
    begin = f"; begin with {' and '.join(movers)}" if movers else ""
    name = _linked(base_url, links.practice(line.number), line.name)
    return (
        f"• {name} {parts.typed(line.statement, 100)} {line.now.adopted:,} of {line.now.applicable:,} adopt it, "
        f"{line.needed:,} must{begin}"
    )


def _needs(of: Figures, base_url: str) -> list[Block]:
    if not of.needs:
        return []
    return [parts.section("*Needs someone*", *(_need(each, base_url) for each in of.needs[:NEEDS_MAX]))]


def _need(need: Need, base_url: str) -> str:
    """The owner by name: nobody is pinged."""
    cost = f" ({words.minutes(need.minutes)} could be prevented)" if need.minutes else ""
    subject = _linked(base_url, need.path, need.subject)
    return f"• *{parts.typed(need.owner, 60) or '–'}*: {subject} {parts.typed(need.detail, 200)}{cost}"


def _linked(base_url: str, path: str, said: str) -> str:
    shown = parts.typed(words.plain(said)) or "–"
    if not _OURS.fullmatch(path):
        return shown
    return parts.link(links.absolute(base_url, path).replace("&", "&amp;"), shown.replace("|", "¦"))
