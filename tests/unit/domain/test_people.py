"""Who may do what, and who may know: Ana responds, Ben owns, Cleo administers, Dev only looks."""

from __future__ import annotations

import pytest

from app.domain import people
from app.domain.errors import NotAllowed
from app.domain.people import ADMINISTRATOR, MAY, OWNER, RATCHET, RESPONDER, ROLES, VIEWER, Actor

DEV, ANA, BEN, CLEO = (
    Actor(number, name, role)
    for number, (name, role) in enumerate(zip(("Dev", "Ana", "Ben", "Cleo"), ROLES, strict=True), 1)
)
CAST = {VIEWER: DEV, RESPONDER: ANA, OWNER: BEN, ADMINISTRATOR: CLEO}


@pytest.mark.parametrize("action", MAY)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_those_before_it_may(role: str, action: str) -> None:
    allowed = ROLES.index(role) >= ROLES.index(MAY[action][0])
    assert people.may(CAST[role], action) is allowed
    if allowed:
        people.require(CAST[role], action)
    else:
        with pytest.raises(NotAllowed, match=rf"^Only .+ may {MAY[action][1]}; you are an? {role}\.$"):
            people.require(CAST[role], action)


@pytest.mark.parametrize(
    ("by", "action", "sentence"),
    [
        (DEV, "declare",
         "Only responders or owners or administrators may declare an incident; you are a viewer."),
        (ANA, "skip", "Only owners or administrators may skip a stage; you are a responder."),
        (BEN, "manage_people", "Only administrators may manage people; you are an owner."),
    ],
)  # fmt: skip
def test_a_refusal_says_who_may(by: Actor, action: str, sentence: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        people.require(by, action)
    assert str(refused.value) == sentence
    assert refused.value.code == "not_allowed"


def test_everybody_may_see_and_only_administrators_manage_people() -> None:
    assert {role for role in ROLES if people.may(CAST[role], "see")} == set(ROLES)
    assert {role for role in ROLES if people.may(CAST[role], "manage_people")} == {ADMINISTRATOR}


def test_ratchet_itself_may_do_everything() -> None:
    assert RATCHET.id is None
    assert all(people.may(RATCHET, action) for action in MAY)
    assert all(each.id is not None for each in CAST.values())


def test_an_action_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        people.may(CLEO, "blame")


@pytest.mark.parametrize("by", CAST.values(), ids=lambda by: str(by.name))
def test_everybody_may_see_what_is_not_private(by: Actor) -> None:
    assert people.may_see(by, is_private=False, insiders=[])


@pytest.mark.parametrize("by", [DEV, ANA, BEN], ids=lambda by: str(by.name))
def test_a_private_incident_is_known_to_insiders_alone(by: Actor) -> None:
    assert people.may_see(by, is_private=True, insiders={by.id, 99})
    assert not people.may_see(by, is_private=True, insiders={98, 99})
    assert not people.may_see(by, is_private=True, insiders=[])


def test_administrators_and_ratchet_know_of_private_incidents() -> None:
    assert people.may_see(CLEO, is_private=True, insiders=[])
    assert people.may_see(RATCHET, is_private=True, insiders=[])


def test_a_machine_is_not_an_insider_because_a_commander_is_missing() -> None:
    token = Actor(None, "a token", RESPONDER)
    assert not people.may_see(token, is_private=True, insiders=[None])
