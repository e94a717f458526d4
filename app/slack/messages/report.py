"""The weekly report as one message that is read on a phone: in short, the figures, who is needed, and the chart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app import links
from app.domain.report import NEEDS_MAX, Figures
from app.domain.report_sections import Need, PracticeLine
from app.faces import words
from app.faces.brief import brief
from app.faces.chart import summary
from app.faces.meta import Meta
from app.queries.reports import Kept
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button, Message
from app.words import plural

FURTHEST, MOVERS = 3, 2
SENTENCE_MAX = 420
ALT_MAX = 1_000
_OURS = re.compile(r"/[\w/?=%.&~+-]*", re.ASCII)  # what a link of ours is made of: nothing that would end it


def report(kept: Kept, base_url: str, *, file_id: str = "", buttons: Sequence[Button] = ()) -> Message:
    """`file_id` is the chart as Slack has it. `buttons` stand beside the one that opens the page."""
    figures, meta = kept.figures, _meta(kept)
    page = links.absolute(base_url, meta.path)
    shown: list[Block] = [
        parts.section(f"*{_linked(base_url, meta.path, _title(figures))}*", _for_whom(kept)),
        *_remarks(meta),
        parts.section("*In short*", *(f"• {parts.typed(each, SENTENCE_MAX)}" for each in brief(figures))),
        *([picture(file_id, figures)] if file_id else []),
        parts.fields(_figures(figures)),
        *_furthest(figures, base_url),
        *_needs(figures, base_url),
        parts.actions(Button("Open the report", url=page), *buttons),
    ]
    return Message(parts.capped(f"{words.title(figures)}. {' '.join(brief(figures))}", parts.TEXT_MAX), shown)


def picture(file_id: str, figures: Figures) -> Block:
    """The chart. Who cannot see it is told what it shows."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt(figures)}


def alt(figures: Figures) -> str:
    """What the chart shows, in words."""
    return parts.cut(" ".join(summary(figures).split()), ALT_MAX)


def mine_button() -> Button:
    return Button("My own report", verb="report", value="mine")


def _meta(kept: Kept) -> Meta:
    path = links.report("next" if kept.is_preview else kept.week.name, kept.audience.path)
    if kept.revision < kept.revisions:
        path += f"?revision={kept.revision}"
    return Meta(
        kept.week, kept.figures.zone, kept.made_at, path, kept.revision, kept.is_late, kept.is_preview, kept.why,
        kept.changed, kept.by_name,
    )  # fmt: skip


def _title(figures: Figures) -> str:
    return words.title(figures)


def _for_whom(kept: Kept) -> str:
    return f"For {parts.typed(kept.audience.title, 200)}" if kept.audience.title else ""


def _remarks(meta: Meta) -> list[Block]:
    """Only what is out of the ordinary: a preview, a late one, a correction."""
    if not (meta.is_late or meta.is_preview or meta.revision > 1):
        return []
    return [parts.context(f"_{parts.typed(' '.join(meta.remarks()), parts.PARAGRAPH_MAX)}_")]


def _figures(of: Figures) -> list[tuple[str, str]]:
    again, loops, slips = of.recurrences, of.loops, of.slips
    cost = words.minutes(again.minutes, again.minutes_unknown) if again.preventable else ""
    back = f", {slips.recovered_count:,} recovered" if slips.recovered_count else ""
    return [
        ("Adoption", f"{words.share(of.adoption.now)}\n{words.change(of.adoption.now, of.adoption.before)}"),
        ("Loops", f"{loops.closed_count:,} closed, {loops.opened_count:,} opened\n{loops.open_count:,} open"),
        ("Recurrences", f"{again.preventable:,} preventable\n{cost}".rstrip()),
        ("Slips", f"{slips.lost_count:,} lost{back}"),
    ]


def _furthest(of: Figures, base_url: str) -> list[Block]:
    lines = [each for each in of.practices if each.missing][:FURTHEST]
    if not lines:
        return []
    return [parts.section("*Furthest from their targets*", *(_practice(each, base_url) for each in lines))]


def _practice(line: PracticeLine, base_url: str) -> str:
    movers = [each.service for each in line.movers[:MOVERS]]
    begin = f"; begin with {' and '.join(parts.typed(each, 80) for each in movers)}" if movers else ""
    name = _linked(base_url, links.practice(line.number), line.name)
    here = f"{line.now.adopted:,} of {line.now.applicable:,}, {plural(line.missing, 'more')[:-1]} needed"
    return f"• {name} {parts.typed(line.statement, 100)}: {here}{begin}"


def _needs(of: Figures, base_url: str) -> list[Block]:
    if not of.needs:
        return []
    return [parts.section("*Needs someone*", *(_need(each, base_url) for each in of.needs[:NEEDS_MAX]))]


def _need(need: Need, base_url: str) -> str:
    """The owner by name: nobody is pinged."""
    subject = _linked(base_url, need.path, need.subject)
    cost = f" ({words.minutes(need.minutes)} behind it)" if need.minutes else ""
    return f"• *{parts.typed(need.owner, 60) or 'Nobody'}*: {subject} {parts.typed(need.detail, 200)}{cost}"


def _linked(base_url: str, path: str, said: str) -> str:
    if not _OURS.fullmatch(path):
        return parts.typed(said)
    url = links.absolute(base_url, path).replace("&", "&amp;")
    return parts.link(url, parts.typed(said).replace("|", "¦"))
