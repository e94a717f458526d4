"""Tokens: made for oneself or by an administrator, never above their person, kept as a digest, revoked for good."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.person import Person
from app.models.token import ApiToken
from app.queries import tokens as rows
from app.workflow import tokens
from tests.cast import Cast, snapshot


def make(cast: Cast, who: str, *, by: str | None = None, **told: Any) -> tuple[ApiToken, str]:
    about = {"name": "CI", "role": "viewer", "expires_on": None, "person_id": cast.id(who), **told}
    return cast.do(tokens.make, by=by or who, **about)


def shown(cast: Cast, secret: str) -> rows.Shown | None:
    return cast.look(lambda session: rows.shown(session, tokens.digest(secret), cast.now.date()))


def test_a_secret_is_long_random_and_kept_as_a_digest_alone(cast: Cast) -> None:
    made, secret = make(cast, "Cleo")
    assert re.fullmatch(r"rtk_[A-Za-z0-9_-]{40}", secret)
    assert made.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.startswith(made.hint)
    assert len(made.hint) == 8
    assert secret not in str(cast.look(snapshot))
    assert make(cast, "Cleo")[1] != secret


def test_a_token_acts_as_its_person_with_the_lower_of_two_roles(cast: Cast) -> None:
    secret = make(cast, "Ana", role="responder")[1]
    found = shown(cast, secret)
    assert found is not None
    assert (found.actor.id, found.actor.name, found.actor.role, found.problem) == (
        cast.id("Ana"),
        "Ana",
        "responder",
        "",
    )
    with cast.begin() as work:
        work.session.execute(update(Person).where(Person.id == cast.id("Ana")).values(role="viewer"))
    lowered = shown(cast, secret)
    assert lowered is not None
    assert lowered.actor.role == "viewer"
    assert shown(cast, "rtk_" + "x" * 40) is None


@pytest.mark.parametrize(("name", "most"), [("Cleo", "responder"), ("Ana", "owner"), ("Ada", "administrator")])
def test_a_token_may_do_no_more_than_its_person(cast: Cast, name: str, most: str) -> None:
    assert make(cast, name, role=most)[0].role == most
    for role in ("administrator", "king", ""):
        if role != most:
            with pytest.raises(Refused, match="a token may do no more than its person"):
                make(cast, name, role=role)


def test_a_viewer_makes_no_token_but_an_administrator_makes_one_that_only_reads(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="make a token for the API"):
        make(cast, "Dev")
    made, _ = make(cast, "Dev", by="Ada")
    assert (made.person_id, made.created_by_id) == (cast.id("Dev"), cast.id("Ada"))


def test_nobody_but_an_administrator_makes_a_token_for_somebody_else(cast: Cast) -> None:
    for name in ("Ana", "Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            make(cast, "Ben", by=name)
    with pytest.raises(NotFound):
        make(cast, "Ben", by="Ada", person_id=999_999)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "  "}, "Say what the token is for"),
        ({"name": "x" * 121}, "Shorten this to 120"),
        ({"name": "a\x00"}, "Remove the NUL"),
        ({"expires_on": date(2026, 3, 1)}, "Choose a last day from 2026-03-02 on"),
    ],
)
def test_a_token_that_cannot_be_made(cast: Cast, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        make(cast, "Cleo", **wrong)


def test_who_is_not_active_gets_no_token(cast: Cast) -> None:
    with cast.begin() as work:
        work.session.execute(update(Person).where(Person.id == cast.id("Ben")).values(is_active=False))
    with pytest.raises(Refused, match="Ben is not active"):
        make(cast, "Ben", by="Ada")


def test_there_is_an_end_to_tokens_and_revoked_or_expired_ones_do_not_count(cast: Cast, clock: Any) -> None:
    first = [make(cast, "Cleo", expires_on=date(2026, 3, 2))[0] for _ in range(tokens.LIVE_MAX)]
    with pytest.raises(Refused, match="Revoke a token that is no longer needed first: there are 50"):
        make(cast, "Cleo")
    make(cast, "Ana")
    cast.do(tokens.revoke, first[0].id, by="Cleo")
    make(cast, "Cleo")
    clock.tick(days=1)
    make(cast, "Cleo")


def test_one_revokes_ones_own_and_an_administrator_anybodys(cast: Cast) -> None:
    (own, secret), (other, _) = make(cast, "Cleo"), make(cast, "Ana")
    for name in ("Cleo", "Ben", "Dev"):
        with pytest.raises(NotFound, match="There is no such token, or it is not yours"):
            cast.do(tokens.revoke, other.id, by=name)
    assert cast.do(tokens.revoke, own.id, by="Cleo").revoked_at == cast.now
    assert cast.do(tokens.revoke, other.id, by="Ada").revoked_at == cast.now
    found = shown(cast, secret)
    assert found is not None
    assert "revoked" in found.problem


def test_a_token_is_revoked_for_good_and_once(cast: Cast, clock: Any) -> None:
    made, _ = make(cast, "Cleo")
    first = cast.do(tokens.revoke, made.id, by="Cleo").revoked_at
    clock.tick(days=1)
    assert cast.do(tokens.revoke, made.id, by="Cleo").revoked_at == first


def test_the_use_is_noted_once_an_hour_at_most(cast: Cast) -> None:
    made, _ = make(cast, "Cleo")
    noted = []
    for minutes in (0, 30, 59, 60, 90):
        with cast.begin() as work:
            tokens.note_use(work, made.id, now=cast.now + timedelta(minutes=minutes))
        noted.append(
            cast.look(lambda session: session.scalar(select(ApiToken.last_used_at).where(ApiToken.id == made.id)))
        )
    assert [(each - cast.now).total_seconds() / 60 for each in noted if each] == [0, 0, 0, 60, 60]
