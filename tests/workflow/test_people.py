"""People: added by administrators, changed so that one of these remains, signed out when their rights change."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.person import Person
from app.workflow import people
from tests.cast import Cast


def find(cast: Cast, name: str) -> Person:
    return cast.look(lambda session: session.get_one(Person, cast.id(name)))


def change(cast: Cast, who: str, *, by: str = "Ada", **told: Any) -> Person:
    person = find(cast, who)
    about = {"name": person.name, "role": person.role, "is_active": person.is_active, "team_ids": [], **told}
    with cast.begin() as work:
        return people.change(work, cast.id(who), by=cast[by], **about)


def test_an_address_is_kept_in_small_letters_and_given_once(cast: Cast) -> None:
    made = cast.do(people.add, by="Ada", email=" Eve@Cast.Example ", name="Eve", role="viewer")
    assert (made.email, made.password_hash, made.is_active) == ("eve@cast.example", "", True)
    with pytest.raises(Refused, match=r"There is a person with the address eve@cast\.example already"):
        cast.do(people.add, by="Ada", email="EVE@cast.example", name="Eve", role="viewer")


@pytest.mark.parametrize("wrong", [{"email": "eve"}, {"email": "a@b" * 99}, {"name": " "}, {"role": "king"}])
def test_a_wrong_person_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        cast.do(people.add, by="Ada", **{"email": "eve@cast.example", "name": "Eve", "role": "viewer", **wrong})


def test_only_administrators_manage_people(cast: Cast) -> None:
    for name in ("Ana", "Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            cast.do(people.add, by=name, email="eve@cast.example", name="Eve", role="viewer")
        with pytest.raises(NotAllowed):
            change(cast, "Ben", by=name, role="administrator")
        for step in (people.set_password, people.set_time_zone):
            with pytest.raises(NotAllowed), cast.begin() as work:
                step(work, cast.id("Ben"), "x", by=cast[name])
        with pytest.raises(NotAllowed), cast.begin() as work:
            people.end_sessions(work, cast.id("Ben"), by=cast[name])


def test_the_last_administrator_stays_one(cast: Cast) -> None:
    for told in ({"role": "owner"}, {"is_active": False}):
        with pytest.raises(Refused, match="Name another administrator first"):
            change(cast, "Ada", **told)
    change(cast, "Ana", role="administrator")
    assert change(cast, "Ada", role="viewer").role == "viewer"
    with pytest.raises(Refused, match="Name another administrator first"):
        change(cast, "Ana", is_active=False)


def test_other_rights_end_every_session_and_another_name_does_not(cast: Cast) -> None:
    assert change(cast, "Cleo", name="Cleopatra", team_ids=[cast.teams["shop"]]).session_epoch == 0
    assert change(cast, "Cleo", role="owner").session_epoch == 1
    assert change(cast, "Cleo", is_active=False).session_epoch == 2
    with pytest.raises(NotFound, match="There is no such team"):
        change(cast, "Cleo", team_ids=[999_999_999])
    with pytest.raises(NotFound), cast.begin() as work:
        people.change(work, 999_999_999, name="x", role="viewer", is_active=True, team_ids=[], by=cast["Ada"])


def test_ones_own_password_zone_and_sessions_are_ones_own(cast: Cast) -> None:
    with cast.begin() as work:
        assert people.set_password(work, cast.id("Dev"), "hash", by=cast["Dev"]).session_epoch == 1
        people.end_sessions(work, cast.id("Dev"), by=cast["Dev"])
        people.set_time_zone(work, cast.id("Dev"), "Europe/Berlin", by=cast["Dev"])
    dev = find(cast, "Dev")
    assert (dev.session_epoch, dev.time_zone, dev.password_hash) == (2, "Europe/Berlin", "hash")
    with cast.begin() as work:
        assert people.set_password(work, cast.id("Dev"), "other", by=cast["Ada"]).session_epoch == 3
        assert people.count(work) == 5


def test_somebody_who_has_left_is_not_given_anything_new(cast: Cast) -> None:
    change(cast, "Cleo", is_active=False)
    with pytest.raises(Refused, match="Choose a person from the list"):
        cast.declare(commander_id=cast.id("Cleo"))
