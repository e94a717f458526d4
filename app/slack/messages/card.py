"""The card of an incident: the root of its thread, updated in place so that it always shows the last state."""

from __future__ import annotations

import re

from app import links
from app.domain.lifecycle import BLOCKED, BY_KEY, RETIRED, STAGES
from app.queries.notice import IncidentNotice, KnownLine, Notice, PracticeLine, Who
from app.slack.messages import parts
from app.slack.messages.next_steps import next_steps
from app.slack.messages.parts import Block, Button, Message
from app.words import plural

LOOK = {  # stage: emoji, the words of the button that opens its page
    "incident": ("🚨", "Complete the details"),
    "resolution": ("🚨", "Open the resolution"),
    "review": ("📝", "Open the review"),
    "remediation": ("🛠️", "Open action items"),
    "analysis": ("🔍", "Open the analysis"),
    "best_practice": ("💡", "Open best practice"),
    "automation": ("⚙️", "Open automation"),
    "adoption": ("📈", "Open adoption"),
}
KNOWN_MAX = 3
_NAMED = re.compile(r"\b(?P<kind>BP|INC)-(?P<number>\d{1,9})\b")
PRIVATE = "This incident is private. Nothing about it is shown here."


def card(of: IncidentNotice, base_url: str) -> Message:
    """Number, title, severity, stage, what is known, and who is waited for."""
    head = f"{emoji(of)} *{linked(of, base_url)}* {parts.typed(of.title)}"
    blocks = [
        parts.section(head, _standing(of)),
        parts.fields(_known(of)),
        *_lessons(of, base_url),
        parts.actions(*buttons(of, base_url)),
        awaited(of),
    ]
    return Message(f"{of.name} {of.severity or 'of unknown severity'}: {parts.typed(of.title)}", blocks)


def private_card() -> Message:
    """What stays of a card when its incident has become private: not even the number."""
    return Message(PRIVATE, [parts.section(f"🔒 {PRIVATE}")])


def reply(notice: Notice, of: IncidentNotice, base_url: str, *, sign: str, what: str, lines: tuple[str, ...] = (),
          page: Button | None = None) -> Message:  # fmt: skip
    """One answer in the thread: what happened, by whom and when, what is next. `what` goes on after "INC-42"."""
    head = f"{sign} *{linked(of, base_url)}* {what}: {parts.typed(of.title)}"
    return Message(
        f"{of.name} {what}: {parts.typed(of.title)}",
        [
            parts.section(head, by_and_when(notice), *lines),
            parts.actions(*buttons(of, base_url, page)),
            awaited(of, ping=who_must_act(of, notice)),
        ],
    )


def by_and_when(notice: Notice) -> str:
    return f"{parts.name(notice.by)} · {parts.when(notice.at)}"


def page_of(of: IncidentNotice, stage: str, words: str, base_url: str) -> Button:
    return Button(words, links.absolute(base_url, links.incident(of.number, stage)), f"{stage}:{of.number}")


def buttons(of: IncidentNotice, base_url: str, page: Button | None = None) -> list[Button]:
    """What to do next, at most two of it; then a page: the given one, or that of the current stage, or the incident's
    own once the loop is closed."""
    if of.position.is_closed:
        whole = links.absolute(base_url, links.incident(of.number))
        return [page or Button(f"Open {of.name}", whole, f"incident:{of.number}")]
    return [*next_steps(of)[:2], page or page_of(of, of.stage, LOOK[of.stage][1], base_url)]


def linked(of: IncidentNotice, base_url: str) -> str:
    return parts.link(links.absolute(base_url, links.incident(of.number)), of.name)


def emoji(of: IncidentNotice) -> str:
    if of.position.is_closed:
        return "✅"
    return "⛔" if of.state == BLOCKED else LOOK[of.stage][0]


def who_must_act(of: IncidentNotice, notice: Notice) -> Who | None:
    """The one person whose turn it is; nobody is pinged about what they have just done themselves."""
    who = {
        "incident": of.commander, "resolution": of.commander, "review": of.facilitator, "analysis": of.facilitator,
    }.get(of.stage)  # fmt: skip
    if who is None or of.position.is_closed or (notice.by is not None and notice.by.id == who.id):
        return None
    return who


def awaited(of: IncidentNotice, ping: Who | None = None) -> Block:
    """The last line: whom or what the incident waits for."""
    if of.position.is_closed:
        return parts.context("The loop is closed: nothing is awaited.")
    title = BY_KEY[of.stage].title
    whom = parts.typed(of.waits_for or BY_KEY[of.stage].waits_for, parts.LINE_MAX)
    if of.state == BLOCKED:
        return parts.context(f"{title} is blocked: {whom}")
    if ping is not None and of.waits_for == ping.name:
        whom = parts.mention(ping)
    return parts.context(f"{title} waits for {whom}.")


def _standing(of: IncidentNotice) -> str:
    stage = BY_KEY[of.stage]
    severity = f"*{of.severity}*" if of.severity else "No severity yet"
    if of.position.is_closed:
        return f"{severity} · All {len(STAGES)} stages are done: the loop is closed"
    blocked = ", blocked" if of.state == BLOCKED else ""
    return f"{severity} · Stage {stage.number} of {len(STAGES)}: {stage.title}{blocked}"


def _known(of: IncidentNotice) -> list[tuple[str, str]]:
    services = [f"{each.title} ({each.team})" if each.team else each.title for each in of.services]
    known = [
        ("Services", parts.listed(services) or "not said yet"),
        ("Commander", _commander(of)),
        ("Declared", f"{parts.when(of.declared_at)} by {parts.name(of.declared_by)}"),
    ]
    if of.resolved_at:
        known.append(("Resolved", parts.when(of.resolved_at)))
    if of.impact:
        known.append(("Impact", parts.typed(of.impact, parts.LINE_MAX)))
    if of.items:
        known.append(("Action items", f"{of.items_open} open of {of.items}"))
    if of.practices:
        known.append(("Practices", parts.listed([_practice(each) for each in of.practices])))
    return known


def _practice(of: PracticeLine) -> str:
    return f"{of.name} (retired)" if of.state == RETIRED else of.name


def _lessons(of: IncidentNotice, base_url: str) -> list[Block]:
    """What was known before and not adopted here, while there is still time to use it: one block, or none."""
    if not of.known or of.position.number > BY_KEY["resolution"].number:
        return []
    lines = ["*Known lessons*"]
    for each in of.known[:KNOWN_MAX]:
        lines.append(f"• {_linked_words(each, base_url)} {parts.typed(each.statement)}")
    if more := of.known_more + len(of.known[KNOWN_MAX:]):
        lines.append(f"and {plural(more, 'other lesson')} on its page")
    return [parts.section(*lines)]


def _linked_words(of: KnownLine, base_url: str) -> str:
    """The words, with a link where they name a practice or an incident; a service may be called BP-5 as well."""
    service, after = parts.typed(of.service), parts.typed(of.words[len(of.service) :], parts.LINE_MAX)

    def link(found: re.Match[str]) -> str:
        page = links.practice if found["kind"] == "BP" else links.incident
        return parts.link(links.absolute(base_url, page(int(found["number"]))), found[0])

    return f"{service} {_NAMED.sub(link, after)}"


def _commander(of: IncidentNotice) -> str:
    if of.commander is None:
        return "nobody yet"
    is_told = of.stage in ("incident", "resolution") and of.commander != of.declared_by
    return parts.mention(of.commander) if is_told else parts.name(of.commander)
