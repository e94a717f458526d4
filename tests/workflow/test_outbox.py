"""Messages that are dead or kept are sent once more by those who may, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.outbox import OutboxMessage
from app.workflow import outbox
from tests.cast import Cast


def message(cast: Cast, state: str) -> int:
    with cast.begin() as work:
        first = work.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).first()
        assert first is not None
        work.session.execute(
            update(OutboxMessage).where(OutboxMessage.id == first).values(state=state, last_error="gone", attempts=3)
        )
    return first


@pytest.mark.parametrize("state", ["dead", "kept"])
def test_a_settled_message_is_tried_again_now(cast: Cast, state: str) -> None:
    cast.declare()
    cast.clock.tick(hours=1)
    again = cast.do(outbox.retry, message(cast, state), by="Ben")
    assert (again.state, again.next_at, again.last_error) == ("pending", cast.now, "")
    with pytest.raises(Refused, match="Only a message that is dead or kept"):
        cast.do(outbox.retry, again.id, by="Ben")


@pytest.mark.parametrize("state", ["pending", "leased", "delivered"])
def test_a_message_that_is_on_its_way_or_there_is_left_alone(cast: Cast, state: str) -> None:
    cast.declare()
    with pytest.raises(Refused):
        cast.do(outbox.retry, message(cast, state))


def test_responders_may_not_and_strangers_do_not_know_of_private_ones(cast: Cast) -> None:
    cast.declare(is_private=True, commander_id=cast.id("Ben"))
    dead = message(cast, "dead")
    for name in ("Cleo", "Dev"):
        with pytest.raises(NotFound):
            cast.do(outbox.retry, dead, by=name)
    assert cast.do(outbox.retry, dead, by="Ben").state == "pending"
    cast.declare()
    with pytest.raises(NotFound):
        cast.do(outbox.retry, 999_999_999)


def test_a_responder_may_not_retry(cast: Cast) -> None:
    cast.declare()
    with pytest.raises(NotAllowed, match="Only owners or administrators may retry a message"):
        cast.do(outbox.retry, message(cast, "dead"), by="Cleo")
