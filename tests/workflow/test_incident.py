"""Stage 1: declaring what broke, and keeping it right."""

from __future__ import annotations

import pytest

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.counter import PRIVATE_FROM
from app.workflow import incident, lifecycle
from tests.cast import Cast, sentences


def told(cast: Cast, **other: object) -> incident.Told:
    about = {"title": "Carts are empty", "severity": "SEV2", "service_ids": [cast.services["cart"]],
             "commander_id": cast.id("Ana")}  # fmt: skip
    return incident.Told(**{**about, **other})


def test_a_complete_declaration_goes_on_to_resolution_at_once(cast: Cast) -> None:
    number = cast.declare()
    assert cast.stands(number) == ("resolution", "active")
    assert cast.moves(number) == [("declare", "Ana"), ("advance", "Ratchet")]


def test_a_title_is_enough_and_what_is_missing_is_named(cast: Cast) -> None:
    number = cast.do(incident.declare, incident.Told(title="  Something   is odd "), by="Cleo").number
    assert cast.stands(number) == ("incident", "active")
    assert cast.find(number).title == "Something is odd"
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, "incident", by="Cleo")
    assert sentences(refused) == [
        "Choose a severity, SEV1 to SEV4.", "Name at least one affected service.", "Name a commander.",
    ]  # fmt: skip
    assert cast.moves(number) == [("declare", "Cleo")]


def test_what_is_added_later_completes_the_stage_by_itself(cast: Cast) -> None:
    number = cast.do(incident.declare, incident.Told(title="Carts are empty")).number
    cast.do(incident.edit, number, told(cast), version=1, by="Cleo")
    assert cast.stands(number) == ("resolution", "active")
    assert cast.moves(number) == [("declare", "Ana"), ("edit", "Cleo"), ("advance", "Ratchet")]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "  \n "}, "Give the incident a title."),
        ({"title": "x" * 201}, "Shorten the title to 200 characters; it has 201."),
        ({"title": "a\x00b"}, "Remove the NUL character: no database can keep it."),
        ({"severity": "SEV5"}, "Choose one of SEV1, SEV2, SEV3, SEV4."),
        ({"service_ids": [999_999_999]}, "Choose services from the catalogue."),
        ({"commander_id": 999_999_999}, "Choose a person from the list."),
        ({"labels": [str(each) for each in range(201)]}, "Keep at most 200 labels; there are 201."),
    ],
)
def test_a_wrong_declaration_is_refused_in_a_sentence(cast: Cast, wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        cast.do(incident.declare, told(cast, **wrong))
    assert sentences(refused) == [sentence]


def test_a_second_save_of_the_same_values_changes_nothing(cast: Cast) -> None:
    number = cast.do(incident.declare, told(cast, labels=["a", "a", " "])).number
    before = cast.moves(number)
    cast.do(incident.edit, number, told(cast, labels=["a"]), version=1, by="Ben")
    assert cast.moves(number) == before
    assert cast.find(number).version == 1


def test_two_people_who_edit_do_not_overwrite_each_other(cast: Cast) -> None:
    number = cast.declare()
    cast.do(incident.edit, number, told(cast, title="Ben's title"), version=1, by="Ben")
    with pytest.raises(Conflict) as conflict:
        cast.do(incident.edit, number, told(cast, title="Cleo's title"), version=1, by="Cleo")
    assert (conflict.value.who, conflict.value.version) == ("Ben", 2)
    assert conflict.value.saved["title"] == "Ben's title"
    assert cast.find(number).title == "Ben's title"


def test_a_completed_stage_cannot_be_edited_to_nothing(cast: Cast) -> None:
    number = cast.declare()
    with pytest.raises(Refused) as refused:
        cast.do(incident.edit, number, told(cast, severity=None, commander_id=None), version=1)
    assert sentences(refused) == [
        "Incident is complete. Reopen it before you change it so:", "Choose a severity, SEV1 to SEV4.",
        "Name a commander.",
    ]  # fmt: skip
    assert cast.find(number).severity == "SEV3"


def test_an_edit_says_what_was_changed_and_only_the_card_is_told(cast: Cast) -> None:
    number = cast.declare()
    cast.do(incident.edit, number, told(cast, title="Checkout is down", severity="SEV1"), version=1)
    assert cast.moves(number)[-1] == ("edit", "Ana")
    assert cast.heard("IncidentChanged") == ["incidents"]


def test_a_public_declaration_tells_the_channel_and_the_owning_teams(cast: Cast) -> None:
    cast.declare(service_ids=[cast.services["checkout"], cast.services["cart"], cast.services["search"]])
    assert cast.heard("IncidentDeclared") == ["incidents", "team shop", "team search"]


def test_a_viewer_may_not_declare_and_is_told_who_may(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refused:
        cast.declare(by="Dev")
    assert str(refused.value) == (
        "Only responders or owners or administrators may declare an incident; you are a viewer."
    )


def test_public_numbers_have_no_gap_for_private_incidents(cast: Cast) -> None:
    first = cast.declare()
    hidden = cast.declare(is_private=True)
    assert cast.declare() == first + 1
    assert hidden >= PRIVATE_FROM


def test_whoever_makes_an_incident_private_stays_inside_and_the_others_do_not(cast: Cast) -> None:
    number = cast.declare(commander_id=cast.id("Cleo"))
    cast.do(incident.change_privacy, number, is_private=True, reader_ids=[], by="Ben")
    cast.do(incident.change_privacy, number, is_private=True, reader_ids=[cast.id("Dev")], by="Ben")
    with pytest.raises(NotFound):
        cast.do(
            incident.edit, cast.declare(by="Ada", is_private=True, commander_id=None), told(cast), version=1, by="Ben"
        )
    assert [verb for verb, _ in cast.moves(number)].count("change_privacy") == 2


def test_only_an_owner_may_change_who_may_see(cast: Cast) -> None:
    number = cast.declare(by="Cleo")
    with pytest.raises(NotAllowed):
        cast.do(incident.change_privacy, number, is_private=True, reader_ids=[], by="Cleo")
    with pytest.raises(Refused):
        cast.do(incident.change_privacy, number, is_private=True, reader_ids=[999_999_999])
    assert not cast.find(number).is_private
