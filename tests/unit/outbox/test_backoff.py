"""How long the relay waits."""

from __future__ import annotations

import pytest

from app.outbox import backoff


def test_the_first_wait_is_a_few_seconds_and_the_longest_about_half_an_hour() -> None:
    assert 3 < backoff.seconds(1, "a") < 7
    assert all(1300 < backoff.seconds(attempts, "a") < 2300 for attempts in (12, 30, 1000))


@pytest.mark.parametrize("attempts", range(1, 9))
def test_each_wait_is_longer_than_the_one_before(attempts: int) -> None:
    assert backoff.seconds(attempts + 1, "a") > backoff.seconds(attempts, "a")


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    waits = {round(backoff.seconds(3, f"IncidentDeclared:{number}:incidents"), 3) for number in range(50)}
    assert len(waits) > 40


def test_the_same_message_always_waits_alike() -> None:
    assert backoff.seconds(4, "a") == backoff.seconds(4, "a")


def test_it_gives_up_after_hours_and_not_after_minutes() -> None:
    waited = sum(backoff.seconds(attempts, "a") for attempts in range(1, backoff.MOST_ATTEMPTS))
    assert 8 * 3600 < waited < 16 * 3600
    assert not backoff.is_hopeless(backoff.MOST_ATTEMPTS - 1)
    assert backoff.is_hopeless(backoff.MOST_ATTEMPTS)
