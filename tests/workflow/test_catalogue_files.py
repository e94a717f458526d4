"""The catalogue from files: good entities go in, the same files change nothing, renames keep the row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select

from app.db import writing
from app.domain.errors import Conflict, NotAllowed
from app.domain.events import ServiceChanged
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET
from app.intake.backstage import read_text
from app.models.adoption import Standing
from app.models.catalog import Service, service_dependency
from app.models.person import Team, membership
from app.workflow import adoption, catalog
from app.workflow.announcements import announce
from app.workflow.catalogue_files import Report, take_in
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast, snapshot

ORIGIN = "shop"


def component(name: str, owner: str = "pay", needs: str = "", notes: str = "", **metadata: str) -> str:
    lines = "".join(f"  {key}: {value}\n" for key, value in metadata.items())
    annotations = f"  annotations: {{{notes}}}\n" if notes else ""
    spec = f"  owner: {owner}\n" if owner else ""
    spec += f"  dependsOn: [{needs}]\n" if needs != "" else ""
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n{lines}{annotations}"
        f"spec:\n  type: service\n  lifecycle: production\n{spec}"
    )


def group(name: str, notes: str = "", title: str = "") -> str:
    annotations = f"  annotations: {{{notes}}}\n" if notes else ""
    profile = f", profile: {{displayName: {title}}}" if title else ""
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\n{annotations}"
        f"spec: {{type: team, children: []{profile}}}\n"
    )


SHOP = (
    group("pay", "ratchet.dev/slack-channel: pay", "Payments"),
    component("basket", needs="component:prices", notes="ratchet.dev/tier: '1', ratchet.dev/kind: stateful"),
    component("prices", needs="component:vouchers", title="Prices", tags="[java]"),
    component("vouchers", needs="component:basket, component:cart"),
)


class Shelf:
    """The cast, and files to bring in."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.told: list[int] = []

    def bring(self, *documents: str, by: str = "Ana", origin: str = ORIGIN, **how: Any) -> Report:
        with self.cast.begin() as work:
            read = read_text("---\n".join(documents), how.pop("file", origin))
            report = take_in(work, read, origin=origin, by=self.cast[by], now=self.cast.now, **how)
            self.told = [each.service_id for each in work.told if isinstance(each, ServiceChanged)]
        return report

    def service(self, name: str) -> Service:
        return self.cast.look(lambda session: session.scalars(select(Service).where(Service.name == name)).one())

    def team(self, name: str) -> Team:
        return self.cast.look(lambda session: session.scalars(select(Team).where(Team.name == name)).one())

    def owner(self, name: str) -> str | None:
        team_id = self.service(name).team_id
        return self.cast.look(lambda session: session.scalar(select(Team.name).where(Team.id == team_id)))

    def needs(self, name: str) -> list[str]:
        rows = (
            select(Service.name)
            .join(service_dependency, service_dependency.c.depends_on_id == Service.id)
            .where(service_dependency.c.service_id == self.service(name).id)
            .order_by(Service.name)
        )
        return self.cast.look(lambda session: list(session.scalars(rows)))

    def rows(self) -> dict[str, Any]:
        """Everything in the database."""
        return self.cast.look(snapshot)


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return Shelf(cast)


def names(entries: Any) -> list[str]:
    return [each.name for each in sorted(entries)]


def reasons(problems: Any) -> list[str]:
    return [f"{each.field}: {each.reason}" for each in problems]


def test_teams_services_and_circles_go_in(shelf: Shelf) -> None:
    report = shelf.bring(*SHOP)
    assert names(report.new) == ["basket", "prices", "vouchers", "pay"]
    assert (report.refused, reasons(report.notes)) == ([], [])
    basket = shelf.service("basket")
    assert (basket.tier, basket.kind, basket.type, basket.lifecycle) == (1, "stateful", "service", "production")
    assert (basket.entity_ref, basket.origin, basket.version) == ("component:default/basket", ORIGIN, 1)
    assert (shelf.team("pay").title, shelf.team("pay").slack_channel) == ("Payments", "#pay")
    assert shelf.owner("basket") == "pay"
    assert [shelf.needs(each) for each in ("basket", "prices", "vouchers")] == [
        ["prices"], ["vouchers"], ["basket", "cart"],
    ]  # fmt: skip
    assert shelf.service("prices").tags == ["java"]


def test_the_same_files_again_change_nothing(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    assert len(shelf.told) == 3
    before = shelf.rows()
    report = shelf.bring(*reversed(SHOP), by="Ben")
    assert shelf.rows() == before
    assert shelf.told == []
    assert not report.is_change
    assert len(report.unchanged) == 4


def test_only_what_is_different_is_changed_and_told_of(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    report = shelf.bring(SHOP[0], SHOP[1], component("prices", needs="component:basket", title="All prices"), SHOP[3])
    assert [(each.name, each.detail) for each in report.changed] == [("prices", "title, dependsOn")]
    assert shelf.told == [shelf.service("prices").id]
    assert (shelf.service("prices").version, shelf.service("basket").version) == (2, 1)
    assert shelf.needs("prices") == ["basket"]
    assert shelf.service("prices").tags == ["java"], "the file does not say it any more: it stays"


def test_what_was_edited_by_hand_stays_unless_the_file_says_it(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    about = {"name": "prices", "title": "By hand", "tier": 2, "kind": "stateful", "description": "Words",
             "system": "shop", "lifecycle": "deprecated", "depends_on_ids": [shelf.service("basket").id]}  # fmt: skip
    told = catalog.ServiceTold(**about, team_id=shelf.team("pay").id)
    shelf.cast.do(catalog.edit_service, "prices", told, version=1)
    with shelf.cast.begin() as work:
        channel = catalog.TeamTold(name="pay", title="Mine", slack_channel="#other")
        catalog.edit_team(work, "pay", channel, by=shelf.cast["Ana"])
    shelf.bring(group("pay"), *SHOP[1:])
    prices = shelf.service("prices")
    assert (prices.tier, prices.kind, prices.description, prices.system) == (2, "stateful", "Words", "shop")
    assert (prices.title, prices.lifecycle, shelf.needs("prices")) == ("Prices", "production", ["vouchers"])
    assert (shelf.team("pay").title, shelf.team("pay").slack_channel) == ("Mine", "#other")
    shelf.bring(group("pay", "ratchet.dev/slack-channel: ''"), *SHOP[1:])
    assert shelf.team("pay").slack_channel == ""


def test_an_import_is_a_new_version_for_whoever_has_the_form_open(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    shelf.bring(component("prices", title="New"))
    with pytest.raises(Conflict) as conflict:
        shelf.cast.do(catalog.edit_service, "prices", catalog.ServiceTold(name="prices"), version=1, by="Ben")
    assert (conflict.value.who, conflict.value.saved["title"]) == ("Ana", "New")


def test_a_service_made_by_hand_is_adopted_and_not_doubled(shelf: Shelf) -> None:
    before = shelf.service("cart")
    report = shelf.bring(component("Cart", owner="shop", description="From the file"))
    assert [(each.name, each.detail) for each in report.changed] == [
        ("cart", "description, type, lifecycle, now from these files")
    ]
    after = shelf.service("cart")
    assert (after.id, after.tier, after.kind, after.title) == (before.id, 1, "stateful", "cart")
    assert (after.description, after.entity_ref) == ("From the file", "component:default/cart")
    assert shelf.owner("cart") == "shop"


def test_dependencies_that_no_file_says_stay_and_are_told_of(shelf: Shelf) -> None:
    told = catalog.ServiceTold(name="gifts", depends_on_ids=[shelf.cast.services["cart"]])
    shelf.cast.do(catalog.add_service, told)
    report = shelf.bring(component("gifts"), group("pay"))
    assert shelf.needs("gifts") == ["cart"]
    assert "Component gifts: spec.dependsOn: missing; it keeps" in reasons(report.notes)[0]
    shelf.bring(component("gifts", needs=" "))
    assert shelf.needs("gifts") == []


def test_dependencies_are_read_from_either_end(shelf: Shelf) -> None:
    other = component("b").replace("spec:\n", "spec:\n  dependencyOf: [component:a, component:cart]\n")
    report = shelf.bring(group("pay"), component("a", needs="component:cart"), other)
    assert shelf.needs("a") == ["b", "cart"]
    assert "is needed by component:default/cart, which is not in these files" in reasons(report.notes)[0]


def test_a_dependency_that_is_nowhere_is_left_out_and_said(shelf: Shelf) -> None:
    report = shelf.bring(component("a", owner="shop", needs="component:x, component:cart"))
    assert shelf.needs("a") == ["cart"]
    assert reasons(report.notes) == [
        "Component a: spec.dependsOn: depends on component:default/x, which is not in the catalogue: left out"
    ]


def test_a_bad_entity_is_refused_with_its_field_and_the_service_stays_as_it_was(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    before = shelf.service("prices")
    report = shelf.bring(component("prices", notes="ratchet.dev/tier: '9'"), component("fresh"))
    assert [each.field for each in report.refused] == ["Component prices: metadata.annotations.ratchet.dev/tier"]
    assert names(report.new) == ["fresh"]
    assert shelf.service("prices").version == before.version
    assert not any("prices" in each for each in reasons(report.notes)), "refused is not gone"


@pytest.mark.parametrize("name", ["new", "import", "dependencies"])
def test_addresses_of_pages_are_no_names(shelf: Shelf, name: str) -> None:
    report = shelf.bring(component(name), group(name))
    assert len(report.refused) == 2
    assert report.new == []


def test_names_that_are_longer_with_their_namespace_are_refused(shelf: Shelf) -> None:
    report = shelf.bring(component("x" * 63), component("y" * 60, namespace="abc"), group("pay"))
    assert names(report.new) == ["x" * 63, "pay"]
    assert reasons(report.refused)[0].startswith(f"Component {'y' * 60}: metadata.name: abc.{'y' * 60}: Use 1 to 63")


def test_one_name_is_one_service(shelf: Shelf) -> None:
    shelf.bring(component("external.cart", owner="shop"))
    report = shelf.bring(component("cart", owner="shop", namespace="external"))
    assert reasons(report.refused) == [
        "Component cart: metadata.name: external.cart is component:default/external.cart already"
    ]
    both = [component("a.b"), component("b", namespace="a")]
    assert len(shelf.bring(*both).refused) == 1


# Owners


def test_an_owner_that_no_file_describes_becomes_a_team(shelf: Shelf) -> None:
    report = shelf.bring(component("a", owner="billing"), component("b", owner="group:default/Billing"))
    assert reasons(report.notes) == [
        "Component a: spec.owner: group:default/billing is no Group in these files, so a team billing is made for it"
    ]
    assert names(report.new) == ["a", "b", "billing"]
    assert shelf.owner("b") == "billing"
    report = shelf.bring(group("Billing", title="Bills"))
    assert (shelf.team("billing").title, shelf.team("billing").entity_ref) == ("Bills", "group:default/billing")


def test_an_owner_by_hand_is_found_by_its_name(shelf: Shelf) -> None:
    report = shelf.bring(component("a", owner="shop"))
    assert shelf.owner("a") == "shop"
    assert names(report.new) == ["a"]


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("", "missing; Backstage asks for it; it belongs to no team"),
        ("user:default/ana", "user:default/ana is no group: only teams own services, so it belongs to no team"),
        ("new", "no team can be called new, so it belongs to no team"),
    ],
)
def test_where_no_team_is_named_the_service_has_none_and_it_is_said(shelf: Shelf, owner: str, words: str) -> None:
    shelf.bring(component("a", owner="shop"))
    report = shelf.bring(component("a", owner=owner))
    assert shelf.owner("a") is None
    assert f"Component a: spec.owner: {words}" in reasons(report.notes)
    assert "Group shop: owns nothing any more" not in reasons(report.notes)


def test_an_owner_whose_group_is_refused_is_not_made_up(shelf: Shelf) -> None:
    report = shelf.bring(component("a", owner="bad"), group("bad", "ratchet.dev/slack-channel: [a]"))
    assert shelf.owner("a") is None
    assert "could not be taken in" in reasons(report.notes)[0]
    assert names(report.new) == ["a"]


def test_a_retired_team_keeps_what_it_owns_and_gets_nothing_new(shelf: Shelf) -> None:
    shelf.bring(component("a", owner="billing"))
    with shelf.cast.begin() as work:
        told = catalog.TeamTold(name="billing", is_retired=True)
        catalog.edit_team(work, "billing", told, by=shelf.cast["Ana"])
    report = shelf.bring(component("a", owner="billing"), component("b", owner="billing"))
    assert (shelf.owner("a"), shelf.owner("b")) == ("billing", None)
    assert reasons(report.notes) == ["Component b: spec.owner: the team billing is retired; it belongs to no team"]


def test_a_team_that_lost_its_last_service_is_named(shelf: Shelf) -> None:
    shelf.bring(component("a", owner="one"), component("b", owner="two"))
    report = shelf.bring(component("a", owner="two"), component("b", owner="two"))
    assert reasons(report.notes) == ["Group one: owns nothing any more"]


# Renames


def test_a_renamed_component_keeps_its_row_and_all_that_belongs_to_it(shelf: Shelf) -> None:
    cast = shelf.cast
    cast.check(cast.practice().number)
    shelf.bring(*SHOP)
    cast.do(adoption.report_facts, "basket", {"timeout": 50}, source="test")
    was = shelf.service("basket")
    renamed = component("trolley", needs="component:prices", notes="ratchet.dev/formerly: basket")
    report = shelf.bring(SHOP[0], renamed, *SHOP[2:])
    now = shelf.service("trolley")
    assert (now.id, now.title, now.tier, now.entity_ref) == (was.id, "trolley", 1, "component:default/trolley")
    assert [(each.name, each.detail) for each in report.renamed] == [("trolley", "was basket")]
    assert shelf.needs("vouchers") == ["cart", "trolley"], "its old name is still understood in these files"
    stands = cast.look(lambda session: session.scalar(select(func.count()).where(Standing.service_id == was.id)))
    assert stands == 1
    assert set(shelf.told) == {was.id, shelf.service("vouchers").id}, "what needs it sees another name"
    before = shelf.rows()
    assert not shelf.bring(SHOP[0], renamed, *SHOP[2:]).is_change
    assert shelf.rows() == before


def test_a_renamed_group_keeps_its_people_and_its_channel(shelf: Shelf) -> None:
    cast = shelf.cast
    shelf.bring(*SHOP)
    was = shelf.team("pay")
    with cast.begin() as work:
        work.session.execute(insert(membership).values(team_id=was.id, person_id=cast.id("Dev")))
    report = shelf.bring(group("money", "ratchet.dev/formerly: group:default/pay"), *SHOP[1:])
    now = shelf.team("money")
    assert (now.id, now.slack_channel, now.title) == (was.id, "#pay", "Payments")
    members = cast.look(lambda session: list(session.scalars(select(membership.c.person_id).filter_by(team_id=was.id))))
    assert members == [cast.id("Dev")]
    assert names(report.renamed) == ["money"]
    assert shelf.owner("basket") == "money", "components that still name the old owner are understood"
    assert len(shelf.told) == 3, "its services see another name of their team"
    assert not shelf.bring(group("money", "ratchet.dev/formerly: pay"), *SHOP[1:]).is_change


def test_what_was_made_by_hand_can_be_renamed_by_a_file(shelf: Shelf) -> None:
    was = shelf.service("cart")
    shelf.bring(component("trolley", owner="shop", notes="ratchet.dev/formerly: cart"))
    assert (shelf.service("trolley").id, shelf.service("trolley").title) == (was.id, "trolley")


def test_two_that_exist_do_not_become_one(shelf: Shelf) -> None:
    shelf.bring(*SHOP, component("trolley"), group("money"))
    before = shelf.rows()
    report = shelf.bring(
        component("trolley", notes="ratchet.dev/formerly: basket"), group("money", "ratchet.dev/formerly: pay"),
        is_whole=False,
    )  # fmt: skip
    assert reasons(report.refused) == [
        "Component trolley: metadata.annotations.ratchet.dev/formerly: both basket and trolley are in the catalogue, "
        "and two cannot become one: retire basket and take the annotation away",
        "Group money: metadata.annotations.ratchet.dev/formerly: both pay and money are in the catalogue, and two "
        "cannot become one: retire pay and take the annotation away",
    ]
    assert shelf.rows() == before


def test_the_old_name_may_not_stand_in_the_same_files(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    report = shelf.bring(*SHOP, component("trolley", notes="ratchet.dev/formerly: basket"))
    assert "component:default/basket is in these files as well" in reasons(report.refused)[0]
    two = [component(each, notes="ratchet.dev/formerly: basket") for each in ("a", "b")]
    report = shelf.bring(*two)
    assert names(report.renamed) == ["a"]
    assert reasons(report.refused) == [
        "Component b: metadata.name: basket is component:default/a already: only one can be that"
    ]


def test_a_former_name_that_nobody_knows_does_no_harm(shelf: Shelf) -> None:
    report = shelf.bring(component("a", owner="shop", notes="ratchet.dev/formerly: long-ago"))
    assert names(report.new) == ["a"]
    assert report.refused == []


# Gone


def test_what_is_gone_is_told_of_and_stays(shelf: Shelf) -> None:
    shelf.bring(*SHOP, group("old"), component("a", owner="old"))
    report = shelf.bring(*SHOP)
    assert reasons(report.notes) == [
        "Component a: is no longer there; the service stays until somebody retires it",
        "Group old: is no longer there; it still owns 1 service; the team stays",
    ]
    assert not shelf.service("a").is_retired
    assert not report.is_change


def test_what_is_gone_is_retired_when_it_is_asked_for_and_comes_back_with_its_file(shelf: Shelf) -> None:
    gone = (group("old"), component("a", owner="old"))
    shelf.bring(*SHOP, *gone)
    report = shelf.bring(*SHOP, retire_missing=True)
    assert names(report.retired) == ["a", "old"]
    assert (shelf.service("a").is_retired, shelf.team("old").is_retired) == (True, True)
    assert shelf.told == [report and shelf.service("a").id]
    before = shelf.rows()
    assert not shelf.bring(*SHOP, retire_missing=True).is_change
    assert shelf.rows() == before
    report = shelf.bring(*SHOP, *gone)
    assert not shelf.service("a").is_retired
    assert not shelf.team("old").is_retired
    assert shelf.owner("a") == "old"
    assert all("in use again" in each.detail for each in report.changed)


def test_a_team_that_still_owns_something_is_not_retired(shelf: Shelf) -> None:
    shelf.bring(*SHOP, group("old"))
    told = catalog.ServiceTold(name="by-hand", team_id=shelf.team("old").id)
    shelf.cast.do(catalog.add_service, told)
    report = shelf.bring(*SHOP, retire_missing=True)
    assert "Group old: is no longer there; it still owns 1 service; the team stays" in reasons(report.notes)
    assert not shelf.team("old").is_retired


def test_who_retires_by_hand_is_not_overruled_by_a_file(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    told = catalog.ServiceTold(name="prices", is_retired=True, team_id=shelf.team("pay").id)
    shelf.cast.do(catalog.edit_service, "prices", told, version=1)
    report = shelf.bring(*SHOP)
    assert shelf.service("prices").is_retired
    assert "Component prices: metadata.name: is retired here, though the file has it" in reasons(report.notes)


def test_only_what_came_from_the_same_place_can_be_gone_from_it(shelf: Shelf) -> None:
    shelf.bring(*SHOP, file="shop/org/catalog-info.yaml")
    shelf.bring(component("other", owner="elsewhere"), group("elsewhere"), origin="shop-two")
    report = shelf.bring(component("third"), origin="third", retire_missing=True)
    assert report.retired == []
    report = shelf.bring(component("other", owner="elsewhere"), origin="shop-two", retire_missing=True)
    assert (report.retired, reasons(report.notes)) == ([], [])
    report = shelf.bring(SHOP[0], SHOP[1], file="shop/org/catalog-info.yaml", retire_missing=True)
    assert names(report.retired) == ["prices", "vouchers"]


def test_what_may_stand_in_a_broken_part_is_not_gone(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    report = shelf.bring(*SHOP[:3], SHOP[3].replace("owner: pay", "owner: [pay"), retire_missing=True)
    assert (report.retired, len(report.refused)) == ([], 1)
    report = shelf.bring(*SHOP[:3], SHOP[3].replace("name: vouchers", "name: '!'"), retire_missing=True)
    assert report.retired == []


def test_a_part_of_a_catalogue_takes_nothing_away(shelf: Shelf) -> None:
    shelf.bring(*SHOP)
    report = shelf.bring(SHOP[1], is_whole=False, retire_missing=True)
    assert (report.notes, report.retired) == ([], [])
    report = shelf.bring(*(each.replace("owner: pay", "owner: shop") for each in SHOP[1:]), is_whole=False)
    assert reasons(report.notes) == ["Group pay: owns nothing any more"]


# Everybody


def test_only_owners_bring_in_a_catalogue(shelf: Shelf) -> None:
    for name in ("Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            shelf.bring(*SHOP, by=name)


def catalogue_of(session: Any) -> Any:
    """The catalogue by names, without ids."""
    names = dict(session.execute(select(Service.id, Service.name)).all())
    teams = dict(session.execute(select(Team.id, Team.name)).all())
    rows = [
        (each.name, each.title, each.description, teams.get(each.team_id), each.tier, each.kind, each.system,
         each.type, each.lifecycle, tuple(each.tags), each.entity_ref, each.is_retired)
        for each in session.scalars(select(Service))
    ]  # fmt: skip
    links = [(names[of], names[on]) for of, on in session.execute(select(service_dependency))]
    owners = [(each.name, each.title, each.slack_channel, each.entity_ref) for each in session.scalars(select(Team))]
    return sorted(rows), sorted(links), sorted(owners, key=str)


def some_catalogue(random: Random) -> list[str]:
    """Components in knots, with owners that are there or not, and bad ones among them."""
    every = [f"s{number}" for number in range(8)]
    made = [group(f"g{number}", title=f"Group {number}") for number in range(3)]
    made += [group("renamed", "ratchet.dev/formerly: search")] if random.random() < 0.5 else []
    for name in every:
        needs = ", ".join(f"component:{each}" for each in random.sample([*every, "cart", "nowhere"], 3))
        tier = random.choice(("1", "2", "9"))
        owner = random.choice(("g0", "g1", "unknown", "shop", "user:ana", ""))
        notes = f"ratchet.dev/tier: '{tier}'"
        if name == "s0":
            notes += ", ratchet.dev/formerly: checkout"
        made.append(component(name, owner, needs, notes, tags="[a, b]"))
    return [*made, component("s9"), component("S9")]


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_documents_gives_the_same_catalogue_and_again_changes_nothing(
    shelf: Shelf, connection: Connection, seed: int
) -> None:
    random = Random(seed)
    documents = some_catalogue(random)
    results = []
    for _ in range(4):
        point = connection.begin_nested()
        random.shuffle(documents)
        shelf.bring(*documents)
        results.append(shelf.cast.look(catalogue_of))
        before = shelf.rows()
        assert not shelf.bring(*random.sample(documents, len(documents))).is_change
        assert shelf.rows() == before
        point.rollback()
    assert all(each == results[0] for each in results)


def test_files_one_by_one_in_any_order_end_in_the_same_catalogue(shelf: Shelf, connection: Connection) -> None:
    results = []
    for seed in range(4):
        point = connection.begin_nested()
        files = Random(seed).sample(SHOP, len(SHOP))
        for _ in range(2):  # what needs a service that comes later is complete the second time
            for number, each in enumerate(files):
                shelf.bring(each, origin=f"repository-{number}")
        results.append(shelf.cast.look(catalogue_of))
        point.rollback()
    assert all(each == results[0] for each in results)


def test_many_entities_take_no_more_queries_than_few(shelf: Shelf, engine: Engine) -> None:
    def bring(count: int) -> int:
        seen = 0

        def note(*_: Any) -> None:
            nonlocal seen
            seen += 1

        many = [component(f"s{number}", needs=f"component:s{number - 1}") for number in range(count)]
        text = "---\n".join([group("pay"), *many])
        with shelf.cast.begin() as work:
            event.listen(engine, "before_cursor_execute", note)
            take_in(work, read_text(text, ORIGIN), origin=ORIGIN, by=shelf.cast["Ana"], now=shelf.cast.now)
            event.remove(engine, "before_cursor_execute", note)
            work.told.clear()
        return seen

    few = bring(20)
    many = bring(400)
    assert many <= few + 4, "the database driver may send a long list of rows in pieces"


def test_two_imports_at_once_wait_for_each_other(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def bring(_: int) -> Report:
        with begin() as work:
            return take_in(work, read_text("---\n".join(SHOP), ORIGIN), origin=ORIGIN, by=RATCHET, now=now)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(bring, range(4)))
    assert sorted(len(each.new) for each in reports) == [0, 0, 0, 4]
    assert sorted(len(each.unchanged) for each in reports) == [0, 4, 4, 4]
