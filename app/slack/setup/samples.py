"""One of each message, form and home that Ratchet shows, made up: for Slack's own validator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.domain.adoption import Progress
from app.queries.notice import (
    IncidentNotice,
    ItemNotice,
    KnownLine,
    Notice,
    PracticeLine,
    PracticeNotice,
    ServiceLine,
    SlipLine,
    SlipNotice,
    Who,
)
from app.slack.messages import BUILDERS
from app.slack.messages.card import card, private_card
from app.slack.setup import sample_views

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA, BEN = Who(1, "Ana"), Who(2, "Ben")
TITLE, RULE = "Checkout <is> down & nobody can pay 🔥", "Every client sets a timeout below that of its caller."


@dataclass(frozen=True)
class Sample:
    """`body` is what blocks.validate takes: `blocks`, or a `view`."""

    name: str
    body: dict[str, Any]


def samples(base_url: str) -> Iterator[Sample]:
    """Each kind of message once, and each view."""
    of = _incident()
    for name, message in (("card of an incident", card(of, base_url)), ("card of a private incident", private_card())):
        yield Sample(name, {"blocks": message.blocks})
    for event, build in BUILDERS.items():
        yield Sample(event, {"blocks": build(_notice(event, of), base_url).blocks})
    for name, view in sample_views.views(base_url):
        yield Sample(name, {"view": view})


def _notice(event: str, of: IncidentNotice) -> Notice:
    practice = PracticeNotice(
        number=5, statement=RULE, why="Retries piled up.", state="accepted", level="must", target_percent=90,
        target_on=date(2026, 5, 1), author=ANA, accepted_by=BEN, progress=Progress("BP-5", 3, 8, 90),
        to_do=["checkout", "search"], to_do_count=5,
    )  # fmt: skip
    slips = SlipNotice(
        team="Shop", team_name="shop", lines=[SlipLine("checkout", "BP-5", RULE, "The timeout is 5000.")], count=4,
        services=3,
    )  # fmt: skip
    item = ItemNotice(7, "Alert on declined payments", "must", "detect", date(2026, 3, 6), "open", ANA)
    return Notice(
        event=event, at=AT, by=BEN, why="The vendor must answer first.", stage="review", incident=of,
        practice=practice, item=item, slips=slips,
    )  # fmt: skip


def _incident() -> IncidentNotice:
    return IncidentNotice(
        number=42, title=TITLE, severity="SEV1", stage="review", state="active", declared_at=AT, stage_entered_at=AT,
        waits_for="Ben", services=[ServiceLine("checkout", "Shop")], commander=ANA, declared_by=BEN, facilitator=BEN,
        started_at=AT, resolved_at=AT, impact="Nobody could pay.", customer_minutes=12, how_resolved="Rolled back.",
        summary="A retry storm.", lessons="Timeouts.", factors=2, items=3, items_open=1, pattern="Retry storm",
        decision="new", reason="A rule would help.", practices=[PracticeLine(5, RULE, "accepted")],
        known=[KnownLine("checkout", 5, "checkout had not adopted BP-5, learned from INC-12.", RULE)], known_more=2,
    )  # fmt: skip
