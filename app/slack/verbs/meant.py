"""Which practice or action item is meant by a number: the one that there is; else a choice of five."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.domain.lifecycle import RETIRED
from app.domain.remediation import OPEN
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.models.remediation import ActionItem
from app.queries.visibility import may_see_incident
from app.slack import pick
from app.slack.asked import Answer, Asked, Unclear
from app.slack.grammar.understood import ITEM, PRACTICE
from app.slack.messages import parts


def practice(asked: Asked) -> int:
    """The number of the practice that was named. Unclear: there is none."""
    wanted = pick.number(asked, PRACTICE)
    if asked.read(lambda session: session.scalar(select(Practice.id).where(Practice.number == wanted))):
        return wanted
    rows = select(Practice.number, Practice.statement).where(Practice.state != RETIRED)
    return _choose(asked, f"There is no BP-{wanted}.", "BP", rows.order_by(Practice.number.desc()))


def item(asked: Asked) -> tuple[int, int]:
    """The numbers of the incident and of the action item that was named. Unclear: there is none, or it is hidden."""
    wanted = pick.number(asked, ITEM)
    visible = select(ActionItem.number, ActionItem.title).join(Incident, Incident.id == ActionItem.incident_id)
    visible = visible.where(may_see_incident(asked.by))

    def of_incident(session: Session) -> int | None:
        return session.scalar(
            select(Incident.number)
            .join(ActionItem, ActionItem.incident_id == Incident.id)
            .where(ActionItem.number == wanted, may_see_incident(asked.by))
        )

    if found := asked.read(of_incident):
        return found, wanted
    mine = case((ActionItem.owner_id == asked.by.id, 0), else_=1)
    rows = visible.where(ActionItem.state == OPEN).order_by(mine, ActionItem.due_on, ActionItem.number)
    return _choose(asked, f"There is no ACT-{wanted}, or you may not see it.", "ACT", rows), wanted


def _choose(asked: Asked, words: str, prefix: str, rows: Any) -> int:
    found = asked.read(lambda session: session.execute(rows.limit(pick.CHOICES)).all())
    command = asked.parts.settings.slack_command
    if not found:
        raise Unclear(Answer(f"{words} Find others with `{command} find words`."))
    verb = asked.understood.verb
    buttons = [
        parts.Button(f"{prefix}-{number} {title}", verb=verb, value=f"{prefix}-{number}") for number, title in found
    ]
    asks = f"{words} Did you mean one of these?"
    raise Unclear(Answer(asks, [parts.section(asks), parts.choices(*buttons)]))
