"""Services and teams: named once, edited by owners, never overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.catalog import Service
from app.models.person import Team
from app.workflow import catalog
from tests.cast import Cast


def told(**other: Any) -> catalog.ServiceTold:
    return catalog.ServiceTold(**{"name": "gifts", **other})


def test_a_service_has_a_name_that_fits_everywhere(cast: Cast) -> None:
    assert cast.do(catalog.add_service, told(name=" Gifts ")).title == "gifts"
    for name in ("", "a b", "-gifts", "gifts-", "x" * 64, "gïfts", "gifts\n"):
        if name == "gifts\n":
            continue
        with pytest.raises(Refused, match="Use 1 to 63 small letters"):
            cast.do(catalog.add_service, told(name=name))
    with pytest.raises(Refused, match="There is a service gifts already"):
        cast.do(catalog.add_service, told())


@pytest.mark.parametrize(
    "wrong", [{"tier": 0}, {"tier": 5}, {"kind": "heavy"}, {"team_id": 999_999_999}, {"depends_on_ids": [999_999_999]}]
)
def test_a_wrong_service_is_refused_and_not_there(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        cast.do(catalog.add_service, told(**wrong))
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(Service))) == 3


def test_services_may_depend_on_each_other_in_a_circle_but_not_on_themselves(cast: Cast) -> None:
    one = cast.do(catalog.add_service, told(depends_on_ids=[cast.services["cart"]]))
    about = {"name": "cart", "team_id": cast.teams["shop"], "tier": 1, "kind": "stateful"}
    ids = [one.id, cast.services["cart"]]
    cart = cast.do(catalog.edit_service, "cart", catalog.ServiceTold(**about, depends_on_ids=ids), version=1)
    with cast.begin() as work:
        assert catalog.saved_service(work, cart)["depends_on_ids"] == [one.id]


def test_two_people_who_edit_a_service_do_not_overwrite_each_other(cast: Cast) -> None:
    cast.do(catalog.edit_service, "cart", told(tier=2), version=1, by="Ben")
    with pytest.raises(Conflict) as conflict:
        cast.do(catalog.edit_service, "cart", told(tier=3), version=1)
    assert (conflict.value.version, conflict.value.saved["tier"]) == (2, 2)
    assert cast.do(catalog.edit_service, "cart", told(tier=2), version=2).version == 2
    with pytest.raises(NotFound):
        cast.do(catalog.edit_service, "moon", told(), version=1)


def test_teams_are_named_once_and_their_channel_is_a_channel(cast: Cast) -> None:
    with cast.begin() as work:
        made = catalog.add_team(work, catalog.TeamTold(name="gifts", slack_channel="gifts"), by=cast["Ana"])
        assert (made.title, made.slack_channel) == ("gifts", "#gifts")
        edited = catalog.edit_team(
            work, "gifts", catalog.TeamTold(name="gifts", title="Gifts", slack_channel="C024BE91L"), by=cast["Ana"]
        )
        assert (edited.title, edited.slack_channel) == ("Gifts", "C024BE91L")
    with pytest.raises(Refused, match="There is a team gifts already"), cast.begin() as work:
        catalog.add_team(work, catalog.TeamTold(name="gifts"), by=cast["Ana"])
    with pytest.raises(NotFound), cast.begin() as work:
        catalog.edit_team(work, "moon", catalog.TeamTold(name="moon"), by=cast["Ana"])


def test_only_owners_change_the_catalogue(cast: Cast) -> None:
    for name in ("Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            cast.do(catalog.add_service, told(), by=name)
        with pytest.raises(NotAllowed):
            cast.do(catalog.edit_service, "cart", told(), version=1, by=name)
        with pytest.raises(NotAllowed), cast.begin() as work:
            catalog.add_team(work, catalog.TeamTold(name="gifts"), by=cast[name])
        with pytest.raises(NotAllowed), cast.begin() as work:
            catalog.edit_team(work, "shop", catalog.TeamTold(name="shop"), by=cast[name])
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(Team))) == 2


def test_words_become_a_name() -> None:
    assert catalog.slug(" EVE Online: Trinity ") == "eve-online-trinity"
    assert catalog.slug("—") == ""
