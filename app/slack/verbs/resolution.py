"""Stage 2 from Slack: say that an incident is over, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.incident import Incident
from app.models.resolution import Resolution
from app.slack import inputs, pick
from app.slack.asked import Answer, Asked, Form, Opened
from app.slack.messages.parts import Block
from app.workflow import lifecycle, resolution
from app.workflow.unit_of_work import Work


def resolve(asked: Asked) -> Answer:
    """The form with everything that is known; times that nobody has entered are those of the declaration and now."""
    return Answer(form=_filled(asked))


def _filled(asked: Asked) -> Opened:
    number = pick.incident(asked)

    def known(session: Session) -> tuple[Incident, Resolution | None]:
        of = session.scalars(select(Incident).where(Incident.number == number)).one()
        return of, session.get(Resolution, of.id)

    of, row = asked.read(known)
    told = resolution.saved(row)
    typed = " ".join(filter(None, (str(told["how_resolved"] or ""), asked.understood.words)))
    times = {
        "started_at": told["started_at"] or of.declared_at,
        "detected_at": told["detected_at"] or of.declared_at,
        "resolved_at": told["resolved_at"] or asked.now,
    }
    filled = {**told, **times, "how_resolved": typed}
    return Opened("resolve", filled, {"number": number, "version": row.version if row else 0})


def _fields(_asked: Asked, filled: Mapping[str, Any]) -> Sequence[Block]:
    minutes = filled.get("customer_minutes")
    return [
        inputs.text("how_resolved", "How was it resolved?", filled.get("how_resolved"), is_long=True),
        inputs.text("impact", "Impact", filled.get("impact"), is_long=True,
                    hint="Who could not do what, and how many."),
        inputs.instant("started_at", "Started", filled.get("started_at"), hint="When it began to hurt."),
        inputs.instant("detected_at", "Detected", filled.get("detected_at"), hint="When we knew."),
        inputs.instant("mitigated_at", "Mitigated", filled.get("mitigated_at"), is_optional=True,
                       hint="When it stopped hurting."),
        inputs.instant("resolved_at", "Resolved", filled.get("resolved_at"), hint="When it was over for good."),
        inputs.text("customer_minutes", "Customer minutes", "" if minutes is None else str(minutes), is_optional=True,
                    hint="Customers × minutes. Leave it empty when nobody knows.", most=15),
    ]  # fmt: skip


def _act(asked: Asked) -> Answer:
    number, values = asked.about["number"], asked.values
    told = resolution.Told(
        started_at=inputs.moment(values["started_at"]), detected_at=inputs.moment(values["detected_at"]),
        mitigated_at=inputs.moment(values["mitigated_at"]), resolved_at=inputs.moment(values["resolved_at"]),
        impact=values["impact"], how_resolved=values["how_resolved"],
        customer_minutes=inputs.whole(values["customer_minutes"], "customer_minutes"),
    )  # fmt: skip

    def step(work: Work) -> None:
        row = resolution.save(work, number, told, version=asked.about["version"], by=asked.by, now=asked.now)
        of = work.get(Incident, row.incident_id)
        if of.stage == "incident":  # what is over has been declared well enough, if it lacks nothing
            lifecycle.advance(work, number, "incident", by=asked.by, now=asked.now)
        if of.stage == "resolution":
            lifecycle.advance(work, number, "resolution", by=asked.by, now=asked.now)

    asked.act(step)
    return Answer(f"INC-{number} is resolved.")


VERBS = {"resolve": resolve}
FORMS = {"resolve": Form("Resolve", "Resolve", _fields, _filled, lambda _understood: True, _act)}
