"""`find`: incidents, practices and action items by their words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.queries import labelled, sought
from app.queries.board import Row
from app.queries.sought import Sought, Wanted
from app.slack import inputs
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.grammar import Understood, understand
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import lines

MOST = 5
ALL_WORDS, LABELS_MAX = 200, 80


def find(asked: Asked) -> Answer:
    """At most five of each kind; nothing to look for opens the form."""
    of = asked.understood
    if _says_nothing(of):
        return Answer(form=Opened("find"))
    if len(of.labels) > 1:
        return Answer("Name one team or one service at a time, such as ~payments.")

    def look(session: Session) -> tuple[Wanted, Sought | None]:
        label = labelled.find(session, clean(of.labels[0])) if of.labels else None
        wanted = Wanted(words=clean(of.words)[:ALL_WORDS], severity=of.severity or "", label=label)
        if of.labels and label is None:
            return wanted, None
        return wanted, sought.read(session, asked.by, wanted, MOST)

    wanted, found = asked.read(look)
    if found is None:
        label = parts.typed(of.labels[0], LABELS_MAX)
        return Answer(f"No team and no service is called ~{label}. Nothing was looked for.")
    about = _about(wanted)
    if found.is_empty:
        return Answer(
            f"Nothing found for {about}. Try fewer or other words, or without the severity and the label: all words "
            "must stand in the title of an incident or an action item, or in the statement of a practice."
        )
    head = [*lines.notes(of.problems), parts.section(f"*Found for {about}*")]
    return Answer(f"Found for {about}", [*head, *_shown(asked, found, wanted)])


def clean(words: str) -> str:
    """Without the characters that a database does not keep."""
    return "".join(each for each in words if unicodedata.category(each) not in {"Cc", "Cs"}).strip()


def _says_nothing(of: Understood) -> bool:
    return not (clean(of.words) or of.severity or of.labels)


def _about(of: Wanted) -> str:
    told = [f"“{parts.typed(of.words)}”" if of.words else "", of.severity]
    return " ".join(filter(None, [*told, f"~{parts.typed(of.label.name, LABELS_MAX)}" if of.label else ""]))


def _shown(asked: Asked, found: Sought, wanted: Wanted) -> list[Block]:
    base, shown = asked.base_url, list[Block]()
    if found.incidents:
        shown.append(parts.section("*Incidents*", *(_incident(base, each) for each in found.incidents)))
    if found.has_more_incidents:
        shown.append(parts.context(f"There are more: {lines.page(base, _board(wanted), 'the board')}"))
    if found.practices:
        shown.append(parts.section("*Practices*", *(_practice(base, each) for each in found.practices)))
        shown += lines.more(found.practices_total - len(found.practices), base, "/practices?state=all", "all practices")
    if found.items:
        shown.append(parts.section("*Action items*", *(_item(base, each, asked) for each in found.items)))
        if found.items_total > len(found.items):
            shown.append(parts.context(f"and {found.items_total - len(found.items):,} more: type more words."))
    return shown


def _board(of: Wanted) -> str:
    """Where the board shows all of them."""
    told = {"stage": "all", "q": of.words, "severity": of.severity}
    if of.label:
        told[of.label.kind] = of.label.name
    return f"/?{urlencode({key: value for key, value in told.items() if value})}"


def _incident(base_url: str, of: Row) -> str:
    number = int(of.ref.removeprefix("INC-"))
    lock = "🔒 " if of.is_private else ""
    state = (
        "Loop closed" if of.is_closed else of.stage.split(" ", 1)[1] + (", blocked" if of.state == "blocked" else "")
    )
    about = f"{of.severity or 'no severity'} · {state}"
    return f"• {lock}{lines.incident_link(base_url, number)} {parts.typed(of.title)} · {about}"


def _practice(base_url: str, of: sought.PracticeHit) -> str:
    adoption = f" · {lines.adoption(of.progress)}" if of.progress else ""
    return f"• {lines.practice_link(base_url, of.number)} {parts.typed(of.statement)} · {of.state}{adoption}"


def _item(base_url: str, of: sought.ItemHit, asked: Asked) -> str:
    state = lines.due(of.due_on, asked.today) if of.state == "open" else lines.ITEM_WORDS[of.state]
    about = f"{parts.typed(of.owner, 80)} · {state}"
    return f"• {lines.item_link(base_url, of.incident, of.number)} {parts.typed(of.title)} · {about}"


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    hint = "All of them must stand there. Also: sev2, ~payments, INC-42."
    return [inputs.text("words", "Words", filled.get("words"), hint=hint, most=ALL_WORDS)]


def _filled(asked: Asked) -> Opened:
    return Opened("find", {"words": asked.understood.words})


def _act(asked: Asked) -> Answer:
    understood = understand(f"find: {asked.values['words']}", today=asked.today)
    if _says_nothing(understood):
        raise Refused.because("find.nothing", "Say what to look for.", "words")
    return find(asked.but(understood=understood))


VERBS = {"find": find}
FORMS = {"find": Form("Find", "Find", _fields, _filled, _says_nothing, _act)}
