"""The App Home: what waits for me, my teams' practices, and the open incidents. The same for everybody who looks, but
for what they own and may know of."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import links
from app.domain import people
from app.queries import at_home, mine
from app.queries.at_home import Open, Owned, Teams
from app.slack.asked import Asked
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines, waiting
from app.words import plural

PAGE, OTHERS, PRACTICES = 10, 5, 6
HOME = "home"  # the verb of the buttons that turn the pages; its value is the number of the page


def home(asked: Asked, page: int = 1) -> list[Block]:
    """At most a hundred blocks. A page that is not there is the nearest one that is. As many queries for sixty open
    incidents as for one."""

    def load(session: Session) -> tuple[mine.Mine, Teams, list[Open], int, int]:
        own = mine.read(session, asked.by, asked.today, waiting.ITEMS)
        of_teams = at_home.teams(session, asked.by, most=PRACTICES)
        wanted = max(1, min(page, 1_000_000))
        shown, total = at_home.incidents(session, asked.by, skip=(wanted - 1) * PAGE, most=PAGE)
        if not shown and total:  # others were closed since the button was made
            wanted = -(-total // PAGE)
            shown, total = at_home.incidents(session, asked.by, skip=(wanted - 1) * PAGE, most=PAGE)
        return own, of_teams, shown, total, wanted

    own, of_teams, shown, total, at = asked.read(load)
    return [
        *_top(asked),
        *_waiting(asked, own), {"type": "divider"},
        *_teams(asked, of_teams), {"type": "divider"},
        *_incidents(asked, shown, total, at),
    ]  # fmt: skip


def _top(asked: Asked) -> list[Block]:
    buttons = [Button("Find", verb="find"), Button("Report", verb="report"), Button("Help", verb="help")]
    if people.may(asked.by, "declare"):
        buttons.insert(0, Button("Declare an incident", verb="declare", style="primary"))
    web = Button("Open Ratchet", url=links.absolute(asked.base_url, "/"))
    return [{"type": "header", "text": parts.plain("Ratchet", 150)}, parts.choices(*buttons, web)]


def _waiting(asked: Asked, own: mine.Mine) -> list[Block]:
    if not own.total:
        return [parts.section("*Waiting for you*", waiting.NOTHING)]
    return [
        parts.section(f"*Waiting for you* ({own.total:,})"),
        {"type": "divider"},
        *waiting.blocks(asked, own, OTHERS),
    ]


def _teams(asked: Asked, of: Teams) -> list[Block]:
    if not of.teams:
        lost = "You belong to no team yet. An administrator can add you to yours; then its practices are shown here."
        return [parts.section("*Your teams*", lost)]
    named = ", ".join(
        parts.link(links.absolute(asked.base_url, links.team(name)), parts.typed(title, 80))
        for name, title in of.teams[:5]
    )
    head = f"*Practices of your teams*: {named}{' and others' if len(of.teams) > 5 else ''}"
    if not of.practices:
        return [parts.section(head, "Your services have adopted everything that is measured for them.")]
    shown = [parts.section(head)]
    shown += [lines.beside(_practice(asked, each), _step(asked, each)) for each in of.practices]
    return shown + lines.more(of.practices_total - len(of.practices), asked.base_url, "/adoption", "the matrix")


def _practice(asked: Asked, of: Owned) -> str:
    what = f"not adopted by *{of.to_do:,}* of your {plural(of.applicable, 'service')}"
    return (
        f"*{lines.practice_link(asked.base_url, of.number)}* {parts.typed(of.statement)}\n"
        f"{what} · everywhere: {lines.adoption(of.everywhere)}"
    )


def _step(asked: Asked, of: Owned) -> Button:
    value = f"BP-{of.number}"
    if people.may(asked.by, "remediate"):
        return Button("We adopted it", verb="adopt", value=value)
    return Button("Show", verb="show", value=value)


def _incidents(asked: Asked, shown: list[Open], total: int, at: int) -> list[Block]:
    if not total:
        return [
            parts.section(
                "*Open incidents*",
                "None is open. When something breaks, declare it here, or say what broke: "
                f"`{asked.parts.settings.slack_command} checkout is down sev2`.",
            )
        ]
    made = [parts.section(f"*Open incidents* ({total:,})")]
    made += [lines.beside(_incident(asked, each), _next(asked, each)) for each in shown]
    pages = -(-total // PAGE)
    turn = []
    if at > 1:
        turn.append(Button("Newer", verb=HOME, value=str(at - 1)))
    if at < pages:
        turn.append(Button("Older", verb=HOME, value=str(at + 1)))
    return [*made, *([parts.context(f"Page {at} of {pages}"), parts.choices(*turn)] if turn else [])]


def _incident(asked: Asked, of: Open) -> str:
    lock = "🔒 " if of.is_private else ""
    own = " · *yours*" if of.is_mine else ""
    whom = f" · waits for {parts.typed(of.waits_for, 120)}" if of.waits_for else ""
    if of.state == "blocked":
        whom = f": {parts.typed(of.waits_for, 120)}" if of.waits_for else ""
    return (
        f"{lock}*{lines.incident_link(asked.base_url, of.number)}* {parts.typed(of.title)}{own}\n"
        f"{of.severity or 'no severity yet'} · {lines.stage_words(of.stage, of.state)}{whom} · "
        f"{parts.when(of.declared_at)}"
    )


def _next(asked: Asked, of: Open) -> Button:
    step = lines.next_step(asked.base_url, of.number, of.stage, of.state, of.practices)
    if step is None or not people.may(asked.by, "remediate"):
        return Button("Show", verb="show", value=f"INC-{of.number}")
    return step
