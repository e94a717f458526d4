"""The catalogue by the API: teams and services read, services put, and a whole file taken in."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from app.domain.people import RATCHET
from app.workflow import catalog
from tests.api.machine import Machine, Make, problem, sentences
from tests.cast import Cast, snapshot
from tests.web.practices import statements_of

FILE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: mail, description: Sends mail}
spec: {type: service, lifecycle: production, owner: shop, dependsOn: [component:checkout]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: "not a name!"}
spec: {type: service, lifecycle: production, owner: shop}
"""


def all_of(api: Machine, path: str) -> list[Any]:
    """Every item of a list, part by part, as a machine follows `next`."""
    found: list[Any] = []
    url: str | None = path
    while url is not None:
        answer = api.get(url)
        assert answer.status_code == 200, answer.text
        found += answer.get_json()["items"]
        following = answer.get_json()["next"]
        url = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else None
    return found


def test_services_are_listed_by_name_with_all_that_is_known(api: Machine) -> None:
    found = api.get("/services").get_json()
    assert [each["name"] for each in found["items"]] == ["cart", "checkout", "search"]
    assert found["next"] is None
    assert {"team": "shop", "kind": "stateless", "is_retired": False, "depends_on": []}.items() <= found["items"][
        1
    ].items()
    assert found["items"][1]["url"] == "http://127.0.0.1:8000/services/checkout"


def test_services_are_chosen_by_team_tier_and_words(api: Machine) -> None:
    def names(query: str) -> list[str]:
        return [each["name"] for each in api.get(f"/services?{query}").get_json()["items"]]

    assert names("team=search") == ["search"]
    assert names("team=nobody") == []
    assert names("q=CHE") == ["checkout"]
    assert names("q=%25") == []
    api.put("/services/cart", {"is_retired": True, "tier": 4})
    assert names("tier=4") == []
    assert names("tier=4&retired=1") == ["cart"]


def test_a_long_list_comes_in_parts_with_as_many_statements_each(api: Machine, cast: Cast, engine: Engine) -> None:
    with cast.begin() as work:
        for number in range(60):
            catalog.add_service(work, catalog.ServiceTold(name=f"s{number:02}"), by=RATCHET, now=cast.now)
    first = api.get("/services?limit=2&team=shop")
    assert first.get_json()["next"] is None
    found = all_of(api, "/services?limit=25")
    assert [each["name"] for each in found] == sorted(each["name"] for each in found)
    assert len(found) == 63
    for path in ("/services", "/teams", "/practices", "/incidents", "/standings"):
        few = statements_of(engine, partial(api.get, f"{path}?limit=1"))
        assert statements_of(engine, partial(api.get, f"{path}?limit=200")) == few


def test_a_service_is_read_with_its_facts_and_where_it_stands(api: Machine, cast: Cast) -> None:
    cast.check(cast.practice().number)
    cast.report(50, "checkout")
    found = api.get("/services/checkout").get_json()
    (stands,) = found["standings"]
    assert (stands["practice"], stands["standing"], stands["statement"]) == ("BP-1", "adopted", "Calls have timeouts")
    assert [(each["key"], each["value"]) for each in found["facts"]] == [("timeout", 50)]
    assert problem(api.get("/services/nope"), 404)["detail"] == "There is no service of this name."


def test_a_service_is_added_and_then_changed_without_losing_what_is_left_out(api: Machine) -> None:
    told = {"title": "Mail", "team": "shop", "tier": 2, "kind": "stateful", "depends_on": ["cart", "search"]}
    answer = api.put("/services/mail", told)
    assert answer.status_code == 201
    assert told.items() <= answer.get_json().items()
    answer = api.put("/services/mail", {"description": "Sends mail."})
    assert answer.status_code == 200
    assert {**told, "description": "Sends mail."}.items() <= answer.get_json().items()
    answer = api.put("/services/mail", {"team": None, "depends_on": []})
    assert {**told, "team": None, "depends_on": []}.items() <= answer.get_json().items()


def test_what_a_file_says_of_a_service_stays_when_a_machine_puts_the_rest(api: Machine) -> None:
    told = {"system": "shop", "type": "website", "lifecycle": "production", "tags": ["pci", "go"]}
    assert told.items() <= api.put("/services/checkout", told).get_json().items()
    assert {**told, "tier": 2}.items() <= api.put("/services/checkout", {"tier": 2}).get_json().items()


def test_the_same_service_put_again_changes_nothing(api: Machine, cast: Cast) -> None:
    told = {"title": "Checkout", "tier": 1}
    api.put("/services/checkout", told).close()
    before = cast.look(snapshot)
    assert api.put("/services/checkout", told).status_code == 200
    assert cast.look(snapshot) == before


@pytest.mark.parametrize(
    ("name", "told", "words"),
    [
        ("checkout", {"team": "nope"}, "There is no team nope."),
        ("checkout", {"depends_on": ["nope", "cart"]}, "There is no service nope."),
        ("checkout", {"tier": 9}, "tier must be one of 1, 2, 3 or 4."),
        ("checkout", {"tier": "1"}, "tier must be one of"),
        ("checkout", {"kind": "odd"}, "kind must be one of 'stateless' or 'stateful'."),
        ("checkout", {"title": "a\x00b"}, "title has a NUL character"),
        ("checkout", {"owner": "shop"}, "There is no owner here."),
        ("no name", {}, "Use 1 to 63 small letters"),
        ("new", {}, "Choose another name"),
        ("x" * 64, {}, "Use 1 to 63 small letters"),
        ("n%00l", {}, "Use 1 to 63 small letters"),
    ],
)
def test_a_service_that_cannot_be_put(api: Machine, name: str, told: dict[str, Any], words: str) -> None:
    assert words in sentences(api.put(f"/services/{name}", told))


def test_only_owners_change_the_catalogue(machine: Make) -> None:
    for name in ("Cleo", "Dev"):
        problem(machine(name).put("/services/mail", {}), 403)
        problem(machine(name).put("/services/checkout", {"tier": 1}), 403)
        problem(machine(name).post("/catalogue", data=FILE, content_type="application/yaml"), 403)


def test_teams_are_listed_with_how_much_they_own(api: Machine) -> None:
    found = all_of(api, "/teams?limit=1")
    assert [(each["name"], each["title"], each["slack_channel"], each["services"]) for each in found] == [
        ("search", "Search", "#search", 1), ("shop", "Shop", "#shop", 2),
    ]  # fmt: skip


def test_a_catalogue_of_another_type_is_refused(api: Machine) -> None:
    assert "application/yaml" in problem(api.post("/catalogue", data=FILE, content_type="text/html"), 415)["detail"]
    problem(api.post("/catalogue"), 415)


def test_a_file_of_backstage_is_taken_in_and_bad_entities_are_named(api: Machine) -> None:
    found = api.post("/catalogue", data=FILE, content_type="application/yaml")
    assert found.status_code == 200, found.text
    assert [(each["kind"], each["name"]) for each in found.get_json()["new"]] == [("Component", "mail")]
    assert found.get_json()["refused"]
    assert api.get("/services/mail").get_json()["depends_on"] == ["checkout"]
    again = api.post("/catalogue", data=FILE, content_type="application/yaml").get_json()
    assert (again["new"], again["changed"], again["unchanged"]) == ([], [], 1)


def test_what_a_whole_origin_no_longer_has_is_retired(api: Machine) -> None:
    def send(text: str, query: str) -> Any:
        return api.post(f"/catalogue?{query}", data=text, content_type="application/yaml").get_json()

    mail, news = FILE.split("---", maxsplit=1)[0], FILE.split("---", maxsplit=1)[0].replace("mail", "news", 1)
    send(mail, "origin=post")
    send(news, "origin=press")
    assert send(news, "origin=post")["retired"] == [], "a file is a part unless it is said to be the whole"
    (gone,) = send(news, "origin=post&retire_missing=1")["retired"]
    assert gone["name"] == "mail"
    assert api.get("/services/mail").get_json()["is_retired"]


def test_retiring_what_is_missing_needs_an_origin(api: Machine) -> None:
    answer = api.post("/catalogue?retire_missing=1", data=FILE, content_type="application/yaml")
    assert "Name the origin" in sentences(answer)


def test_a_dry_run_keeps_nothing(api: Machine) -> None:
    found = api.post("/catalogue?dry_run=1", data=FILE, content_type="application/yaml").get_json()
    assert found["is_dry_run"]
    assert [each["name"] for each in found["new"]] == ["mail"]
    problem(api.get("/services/mail"), 404)


@pytest.mark.parametrize(
    "text", ["", "a: [", "\x00", "5", "--- 1\n--- 2", "a: &a [*a]", "kind: Component", "x" * 100_000]
)
def test_what_is_no_catalogue_is_said_in_words(api: Machine, text: str) -> None:
    answer = api.post("/catalogue", data=text, content_type="application/yaml")
    if answer.status_code != 200:
        assert sentences(answer)
