"""What answers share: links, the next steps as buttons, and the words and numbers that a button carries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import links
from app.models.incident import Incident
from app.queries import notices
from app.queries.visibility import may_see_incident
from app.slack.asked import Answer, Asked
from app.slack.messages import card, parts
from app.slack.messages.parts import Button

_NUMBER = re.compile(r"\d{1,18}")


def told(*lines: str, buttons: Sequence[Button] = ()) -> Answer:
    """An answer of a few lines, with at most three buttons under it."""
    said = [each for each in lines if each]
    text = "\n".join(said)
    return Answer(text, [parts.section(*said), parts.actions(*buttons)]) if buttons else Answer(text)


def incident(asked: Asked, number: int) -> str:
    """A link to an incident."""
    return parts.link(links.absolute(asked.base_url, links.incident(number)), f"INC-{number}")


def practice(asked: Asked, number: int) -> str:
    """A link to a practice."""
    return parts.link(links.absolute(asked.base_url, links.practice(number)), f"BP-{number}")


def open_practice(asked: Asked, number: int, anchor: str = "") -> Button:
    """A button that opens the page of a practice."""
    return Button(f"Open BP-{number}", url=links.absolute(asked.base_url, links.practice(number) + anchor))


def next_of(asked: Asked, number: int) -> tuple[str, Sequence[Button]]:
    """What an incident waits for now, and the buttons that do it."""

    def known(session: Session) -> tuple[str, Sequence[Button]]:
        found = session.scalar(select(Incident.id).where(Incident.number == number, may_see_incident(asked.by)))
        if found is None:
            return "", ()
        of = notices.incident(session, found)
        return card.awaited(of)["elements"][0]["text"], card.buttons(of, asked.base_url)

    return asked.read(known)


def numbers(asked: Asked) -> list[int]:
    """The numbers that stand alone in the words of a button: "17 2" of "BP-5 17 2"."""
    return [int(each) for each in asked.understood.words.split() if _NUMBER.fullmatch(each) and each.isascii()]


def labels(asked: Asked) -> list[str]:
    """The teams and services that are meant, without their ~; those of a button stand in its words."""
    in_words = [each[1:] for each in asked.understood.words.split() if len(each) > 1 and each.startswith("~")]
    return list(dict.fromkeys([*asked.understood.labels, *in_words]))


def free_words(asked: Asked) -> str:
    """The words without labels."""
    return " ".join(each for each in asked.understood.words.split() if not each.startswith("~"))
