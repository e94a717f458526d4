"""Stage 1 from Slack: declare what broke, out of what was typed or out of a message that somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import people
from app.domain.incident import TITLE_MAX
from app.models.person import Person
from app.queries import catalogue
from app.slack import inputs
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.grammar.tokens import pieces_of
from app.slack.messages import parts
from app.slack.messages.parts import Block
from app.slack.verbs import filling
from app.slack.verbs.incident import service_ids
from app.slack.verbs.standing import after, linked, notes
from app.workflow import incident

SOURCE_ROOM = 400  # characters kept free for who wrote a message, and where
_CHANNEL = re.compile(r"<#[CDG][A-Z0-9]*\|([^<>|]+)>|(?<!\S)#([\w.-]+)")


def declare(asked: Asked) -> Answer:
    """The form, with everything that was typed."""
    return Answer(form=_filled(asked))


def declare_incident(asked: Asked) -> Answer:
    """The shortcut without a message: an empty form."""
    people.require(asked.by, "declare")
    return Answer(form=Opened("declare"))


def declare_from_message(asked: Asked) -> Answer:
    """The shortcut on a message: its first line is the title, all of it what is known."""
    people.require(asked.by, "declare")
    text = plain_text(str((asked.payload.get("message") or {}).get("text") or ""))
    first = next((line for line in text.splitlines() if line.strip()), "")
    whole = filling.cut(text, inputs.TEXT_MAX - SOURCE_ROOM)
    described = f"{whole}\n\n{source_of(asked)}".strip()
    return Answer(form=Opened("declare", {"title": filling.cut(first.strip(), TITLE_MAX), "description": described}))


def source_of(asked: Asked) -> str:
    """Who wrote the message of a shortcut, and where it stands."""
    message = asked.payload.get("message") or {}
    account = filling.sought(str(message.get("user") or ""))
    name = asked.read(lambda session: session.scalar(select(Person.name).where(Person.slack_user_id == account)))
    author = " ".join(str(name or message.get("username") or "somebody").split())[:80]
    link = str(asked.payload.get("permalink") or "")
    return f"{author} in Slack, {link}"[: SOURCE_ROOM - 20] if link else f"{author} in Slack"


def plain_text(text: str) -> str:
    """A message as it reads: what Slack has marked up is unpacked, lines stay lines."""
    lines = []
    for line in text.splitlines():
        pieces = pieces_of(line)
        lines.append("".join(("" if each.is_glued else " ") + each.typed for each in pieces).strip())
    return "\n".join(lines).strip()


def _filled(asked: Asked) -> Opened:
    people.require(asked.by, "declare")
    typed = asked.understood
    channels = ["".join(found) for found in _CHANNEL.findall(typed.typed)]
    names = list(dict.fromkeys(map(filling.sought, [*typed.labels, *channels])))
    known = asked.read(lambda session: _services(session, names))
    lower = {each.lower() for each in known}
    left = [f"~{each}" for each in typed.labels if each.lower() not in lower]
    left += [f"#{each}" for each in dict.fromkeys(channels) if each.lower() not in lower]
    words = " ".join(filter(None, (typed.words, *left)))
    is_long = len(words) > TITLE_MAX
    filled, about = filling.person(asked, "commander_id", next(iter(typed.people), None))
    others = [each for each in typed.people[1:] if each.startswith("@")]
    others += [actor.name for each in typed.people[1:] if (actor := asked.find_person(each)) is not None]
    description = [words if is_long else "", f"Also named: {', '.join(others)}" if others else ""]
    return Opened(
        "declare",
        {
            "title": filling.cut(words, TITLE_MAX), "severity": typed.severity, "service_ids": known,
            "description": "\n\n".join(filter(None, description)), **filled,
            "notes": [*typed.problems, *filled.get("notes", ())],
        },
        about,
    )  # fmt: skip


def _services(session: Session, names: Sequence[str]) -> list[str]:
    """Those that are names of services, as the catalogue spells them."""
    lower = [each.lower() for each in names]
    offered = {each.lower(): each for each in catalogue.service_ids(session, [*names, *lower])}
    return list(dict.fromkeys(offered[each] for each in lower if each in offered))


def _fields(filled: Mapping[str, Any]) -> Sequence[Block]:
    services = [(name, name) for name in filled.get("service_ids") or ()]
    return [
        *notes(filled),
        filling.text_field("title", "What is broken?", filled.get("title"), most=2 * TITLE_MAX,
                    hint="One line, as you would say it aloud."),
        inputs.choice("severity", "Severity", filling.SEVERITIES, filled.get("severity"), is_optional=True,
                      hint="May come later."),
        inputs.lookup("service_ids", "Affected services", "service", services, is_many=True, is_optional=True),
        filling.person_field("commander_id", "Commander", filled, is_optional=True,
                             hint="Leads until it is resolved."),
        filling.long_text("description", "What do we know so far?", filled),
        inputs.tick("is_private", "Who may know", "Private: only you, the commander, the facilitator and people you "
                    "let in", is_ticked=bool(filled.get("is_private"))),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    values = asked.values
    told = incident.Told(
        title=values["title"], severity=values["severity"], service_ids=service_ids(asked, values["service_ids"]),
        commander_id=filling.person_told(asked, "commander_id"), description=values.get("description") or "",
    )  # fmt: skip
    is_private = bool(values["is_private"])
    made = asked.act(lambda work: incident.declare(work, told, is_private=is_private, by=asked.by, now=asked.now))
    secret = " It is private: only you, its commander and people you let in know of it." if is_private else ""
    return after(asked, made.number, f"{linked(asked, made.number)} is declared: {parts.typed(made.title)}.{secret}")


VERBS = {"declare": declare}
FORMS = {"declare": Form("Declare an incident", "Declare", _fields, _filled, lambda _understood: True, _act)}
SHORTCUTS = {"declare_incident": declare_incident, "declare_from_message": declare_from_message}
