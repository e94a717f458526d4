"""The App Home: what waits for me, my teams' practices, and the open incidents. The same for everybody who looks, but
for what they own and may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import links
from app.domain import people
from app.queries import at_home, mine
from app.queries.at_home import Open, Owned, Teams
from app.slack.asked import Asked, Reader
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines, waiting
from app.words import plural

PAGE, OTHERS, PRACTICES = 10, 5, 6
HOME = "home"  # the verb of the buttons that turn the pages; its value is the number of the page


@dataclass(frozen=True)
class Seen:
    """What one page of the home shows; `total` open incidents there are in all."""

    own: mine.Mine
    teams: Teams
    incidents: Sequence[Open]
    total: int
    page: int = 1


def home(asked: Asked, page: int = 1) -> list[Block]:
    """At most a hundred blocks. A page that is not there is the nearest one that is. As many queries for sixty open
    incidents as for one."""

    def load(session: Session) -> Seen:
        own = mine.read(session, asked.by, asked.today, waiting.ITEMS)
        of_teams = at_home.teams(session, asked.by, most=PRACTICES)
        wanted = max(1, min(page, 1_000_000))
        shown, total = at_home.incidents(session, asked.by, skip=(wanted - 1) * PAGE, most=PAGE)
        if not shown and total:  # others were closed since the button was made
            wanted = -(-total // PAGE)
            shown, total = at_home.incidents(session, asked.by, skip=(wanted - 1) * PAGE, most=PAGE)
        return Seen(own, of_teams, shown, total, wanted)

    return blocks(asked.reader, asked.read(load))


def blocks(reader: Reader, seen: Seen) -> list[Block]:
    """The home of one person."""
    return [
        *_top(reader),
        *_waiting(reader, seen.own), {"type": "divider"},
        *_teams(reader, seen.teams), {"type": "divider"},
        *_incidents(reader, seen),
    ]  # fmt: skip


def _top(reader: Reader) -> list[Block]:
    buttons = [Button("Find", verb="find"), Button("Report", verb="report"), Button("Help", verb="help")]
    if people.may(reader.by, "declare"):
        buttons.insert(0, Button("Declare an incident", verb="declare", style="primary"))
    web = Button("Open Ratchet", url=links.absolute(reader.base_url, "/"))
    return [parts.choices(*buttons, web)]


def _waiting(reader: Reader, own: mine.Mine) -> list[Block]:
    if not own.total:
        return [parts.header("Waiting for you"), parts.section(waiting.NOTHING)]
    return [parts.header(f"Waiting for you ({own.total:,})"), *waiting.blocks(reader, own, OTHERS)]


def _teams(reader: Reader, of: Teams) -> list[Block]:
    if not of.teams:
        lost = "You belong to no team yet. An administrator can add you to yours; then its practices are shown here."
        return [parts.header("Practices of your teams"), parts.section(lost)]
    named = ", ".join(
        parts.link(links.absolute(reader.base_url, links.team(name)), parts.typed(title, 80))
        for name, title in of.teams[:5]
    )
    whose = f"{named}{' and others' if len(of.teams) > 5 else ''}"
    shown = [parts.header("Practices of your teams"), parts.context(whose)]
    if not of.practices:
        return [*shown, parts.section("Your services have adopted everything that is measured for them.")]
    shown += [lines.beside(_practice(reader, each), _step(reader, each)) for each in of.practices]
    return shown + lines.more(of.practices_total - len(of.practices), reader.base_url, "/adoption", "the matrix")


def _practice(reader: Reader, of: Owned) -> str:
    what = f"not adopted by *{of.to_do:,}* of your {plural(of.applicable, 'service')}"
    return (
        f"*{lines.practice_link(reader.base_url, of.number)}* {parts.typed(of.statement)}\n"
        f"{what} · everywhere: {lines.adoption(of.everywhere)}"
    )


def _step(reader: Reader, of: Owned) -> Button:
    value = f"BP-{of.number}"
    if people.may(reader.by, "remediate"):
        return Button("We adopted it", verb="adopt", value=value)
    return Button("Show", verb="show", value=value)


def _incidents(reader: Reader, seen: Seen) -> list[Block]:
    if not seen.total:
        return [
            parts.header("Open incidents"),
            parts.section(
                "None is open. When something breaks, declare it here, or say what broke: "
                f"`{reader.command} checkout is down sev2`."
            ),
        ]
    made = [parts.header(f"Open incidents ({seen.total:,})")]
    made += [lines.beside(_incident(reader, each), _next(reader, each)) for each in seen.incidents]
    pages = -(-seen.total // PAGE)
    turn = []
    if seen.page > 1:
        turn.append(Button("Newer", verb=HOME, value=str(seen.page - 1)))
    if seen.page < pages:
        turn.append(Button("Older", verb=HOME, value=str(seen.page + 1)))
    return [*made, *([parts.context(f"Page {seen.page} of {pages}"), parts.choices(*turn)] if turn else [])]


def _incident(reader: Reader, of: Open) -> str:
    lock = "🔒 " if of.is_private else ""
    own = " · *yours*" if of.is_mine else ""
    is_me = of.is_mine and of.waits_for == reader.by.name
    whom = f" · waits for {'*you*' if is_me else parts.typed(of.waits_for, 120)}" if of.waits_for else ""
    if of.state == "blocked":
        whom = f": {parts.typed(of.waits_for, 120)}" if of.waits_for else ""
    return (
        f"{lock}*{lines.incident_link(reader.base_url, of.number)}* {parts.typed(of.title)}{own}\n"
        f"{of.severity or 'no severity yet'} · {lines.stage_words(of.stage, of.state)}{whom} · "
        f"{parts.when(of.declared_at)}"
    )


def _next(reader: Reader, of: Open) -> Button:
    step = lines.next_step(reader.base_url, of.number, of.stage, of.state, of.practices)
    if step is None or not people.may(reader.by, "remediate"):
        return Button("Show", verb="show", value=f"INC-{of.number}")
    return step
