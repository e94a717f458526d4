"""A catalogue from a text on the web, looked at before it is kept; and the page of who needs whom."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.people import RATCHET
from app.models.catalog import Service
from app.models.person import Team
from app.queries import dependencies
from app.workflow import catalog
from tests.web.desk import post
from tests.web.practices import Story, statements_of

URL = "/services/import"
DRAWN = "Services in columns; each arrow leads to what is needed"
CART = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: cart, annotations: {ratchet.dev/tier: "1"}, tags: [java]}
spec: {type: service, lifecycle: production, owner: pay, dependsOn: [component:checkout]}
"""
BAD = CART.replace("cart", "bad").replace('"1"', '"7"')


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def services(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service)) or 0


def link(story: Story, *pairs: str) -> None:
    """`link(story, "a>b")`: a needs b; both are made if they are not there."""
    with story.begin() as work:
        ids = dict(work.session.execute(select(Service.name, Service.id)).all())
        needs: dict[str, list[str]] = {}
        for one, other in (each.split(">") for each in pairs):
            needs.setdefault(one, []).append(other)
            for name in (one, other):
                if name not in ids:
                    told = catalog.ServiceTold(name=name)
                    ids[name] = catalog.add_service(work, told, by=RATCHET, now=story.now).id
        for one, some in needs.items():
            told = catalog.ServiceTold(name=one, depends_on_ids=[ids[each] for each in some])
            version = work.session.scalars(select(Service.version).where(Service.name == one)).one()
            catalog.edit_service(work, one, told, version=version, by=RATCHET, now=story.now)
        work.told.clear()


# Import


def test_what_would_change_is_shown_and_nothing_is_kept(as_: Any, session: Session) -> None:
    before = services(session)
    answer = post(as_("Ana"), URL, text=CART + "---\n" + BAD, then="look")
    assert answer.status_code == 200
    assert "What would change" in answer.text
    assert 'Component <span class="mono">cart</span>' in answer.text
    assert "Component bad: metadata.annotations.ratchet.dev/tier" in answer.text
    assert "line 8" in answer.text
    assert 'name="then" value="take"' in answer.text
    assert "ratchet.dev/tier: &#34;7&#34;" in answer.text, "the text is still there"
    assert services(session) == before


def test_it_is_taken_in_when_it_is_asked_for_once_more(story: Story, as_: Any, session: Session) -> None:
    answer = post(as_("Ana"), URL, text=CART + "---\n" + BAD, then="take")
    assert "Taken in" in answer.text
    assert "Not taken in" in answer.text
    assert "ratchet.dev/tier: &#34;7&#34;" in answer.text, "what was refused can be mended and sent again"
    made = session.scalars(select(Service).where(Service.name == "cart")).one()
    assert (made.tier, made.team_id, made.tags, made.edited_by_id) == (
        1, story.team_id, ["java"], story.people["Ana"].id,
    )  # fmt: skip
    answer = post(as_("Ben"), URL, text=CART, then="look")
    assert "Nothing would change" in answer.text
    assert 'value="take"' not in answer.text


def test_a_file_is_read_and_put_into_the_text(as_: Any) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbf" + CART.encode()), "catalog-info.yaml")
    answer = post(as_("Ana"), URL, file=file, text="", then="look")
    assert answer.status_code == 200
    assert "name: cart" in answer.text
    assert "What would change" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "  "}, "Paste a text, or choose a file."),
        ({"text": "x" * 1_000_001}, "More than 1 MB: take in one part after the other"),
        ({"text": "é" * 500_001}, "More than 1 MB"),
        ({"text": "", "file": b"\xff\xfe"}, "Choose a text file in UTF-8: this is none."),
        ({"text": CART, "file": b"a: b"}, "Paste a text or choose a file: not both at once."),
        ({"text": "# nothing"}, "There is no Component and no Group in it."),
        ({"text": CART.replace("Component", "API")}, "There is no Component and no Group in it, only API."),
    ],
    ids=["nothing", "long", "long in bytes", "no text", "both", "empty", "other kinds"],
)
def test_what_cannot_be_read_is_said_and_the_text_is_kept(as_: Any, fields: Any, words: str) -> None:
    sent = {**fields, "file": (io.BytesIO(fields["file"]), "a.yaml")} if "file" in fields else fields
    answer = post(as_("Ana"), URL, **sent, then="take")
    assert answer.status_code == 422
    assert words in answer.text
    typed = fields["text"].strip().splitlines()
    assert not typed or typed[0][:50] in answer.text


def test_a_file_that_is_too_large_is_refused_in_words(as_: Any) -> None:
    ana = as_("Ana")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ana.get(URL).text)
    assert token is not None
    parts = [("csrf_token", "", token[1]), ("text", "", ""), ("file", '; filename="a.yaml"', "x" * 1_000_001)]
    head = "--cut\r\nContent-Disposition: form-data; name="
    body = "".join(f'{head}"{name}"{more}\r\n\r\n{value}\r\n' for name, more, value in parts) + "--cut--\r\n"
    answer = ana.post(URL, data=body.encode(), content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 422
    assert "More than 1 MB" in answer.text


def test_hostile_text_is_answered_in_words(as_: Any) -> None:
    for text in (
        "\x00",
        "a: \x00",
        "[" * 500_000,
        "&a [*a]",
        "'",
        "---\n" * 1_000 + "- x",
        "<script>alert(1)</script>",
    ):
        answer = post(as_("Ana"), URL, text=text, then="take")
        assert answer.status_code in (200, 422)
        assert "<script>alert" not in answer.text


def test_only_owners_import(as_: Any, session: Session) -> None:
    for name in ("Cleo", "Dev"):
        assert as_(name).get(URL).status_code == 403
        assert post(as_(name), URL, page="/services", text=CART, then="take").status_code == 403
        assert 'href="/services/import"' not in as_(name).get("/services").text
    assert 'href="/services/import"' in as_("Ana").get("/services").text


def test_parts_of_a_catalogue_do_not_miss_each_other(as_: Any) -> None:
    post(as_("Ana"), URL, text=CART, then="take")
    answer = post(as_("Ana"), URL, text=CART.replace("cart", "gifts"), then="take")
    assert "no longer there" not in answer.text


# The form of a service, and teams that are retired


def test_a_service_says_its_system_type_lifecycle_and_tags(as_: Any, session: Session) -> None:
    url, fields = "/services/mail/edit", {"version": "1", "tier": "3", "kind": "stateless", "title": "Mail"}
    more = {"system": "shop", "type": "service", "lifecycle": "production", "tags": " java, c++ ,java,"}
    assert post(as_("Ana"), url, **fields, **more).status_code == 302
    made = session.scalars(select(Service).where(Service.name == "mail")).one()
    assert (made.system, made.type, made.lifecycle, made.tags) == ("shop", "service", "production", ["java", "c++"])
    answer = post(as_("Ben"), url, **fields, system="bank", tags="go")
    assert answer.status_code == 409
    for words in ("Ana saved this", ">bank<", ">shop<", "java\nc++", ">go<"):
        assert words in answer.text
    answer = post(as_("Ben"), url, **{**fields, "version": "2"}, tags="Java Script")
    assert answer.status_code == 422
    assert "Use small letters, digits" in answer.text
    assert 'value="Java Script"' in answer.text


def test_whoever_edits_an_imported_service_is_told_what_the_file_will_set_again(as_: Any) -> None:
    post(as_("Ana"), URL, text=CART, then="take")
    assert "what that file says of it is set again" in as_("Ana").get("/services/cart/edit").text
    assert "is set again" not in as_("Ana").get("/services/mail/edit").text


def test_a_retired_team_is_no_choice_but_stays_where_it_is(story: Story, as_: Any, session: Session) -> None:
    ana = as_("Ana")
    fields = {"version": "1", "title": "Payments", "is_retired": "y"}
    assert post(ana, "/teams/pay/edit", **fields).status_code == 302
    assert ">Retired</span>" in ana.get("/teams").text.replace("</svg>", ">")
    assert "Payments" not in ana.get("/services/mail/edit").text
    assert "Payments (retired)" in ana.get("/services/checkout/edit").text
    kept = {"tier": "1", "kind": "stateless", "version": "1", "title": "Kept", "team_id": story.team_id}
    assert post(ana, "/services/checkout/edit", **kept).status_code == 302
    answer = post(ana, "/services/mail/edit", **kept)
    assert answer.status_code == 422
    assert "Payments is retired: choose another team." in answer.text
    assert session.scalars(select(Team.is_retired).where(Team.name == "pay")).one()
    assert post(ana, "/teams/pay/edit", version="2", title="Payments").status_code == 302
    assert "Payments" in ana.get("/services/mail/edit").text


# Dependencies


def test_circles_come_first_and_say_why_they_matter(story: Story, as_: Any) -> None:
    link(story, "checkout>cart", "cart>checkout", "search>mail", "mail>search", "mail>checkout")
    page = as_("Dev").get("/services/dependencies").text
    spans = re.findall(r'<span class="circle">.*?</span>\n?</p>', page)
    circles = [re.sub(r"<[^>]+>", "", each).replace("→ needs", ">").split() for each in spans]
    assert circles == [["cart", ">", "checkout", ">", "cart"], ["mail", ">", "search", ">", "mail"]]
    assert "when one of them is down, all of them are" in page
    assert page.index("Circles") < page.index(DRAWN)
    assert 'aria-label="cart, part of a circle"' in page


def test_without_circles_it_says_so(story: Story, as_: Any) -> None:
    link(story, "checkout>mail")
    page = as_("Dev").get("/services/dependencies").text
    assert "There are none" in page
    assert '<a href="/services/mail" aria-label="mail">' in page
    assert "1 service without dependencies on record is left out" in page


def test_without_dependencies_it_says_where_they_come_from(as_: Any) -> None:
    assert "No dependency on record" in as_("Dev").get("/services/dependencies").text


def test_retired_services_are_in_no_circle(story: Story, as_: Any, session: Session) -> None:
    link(story, "checkout>cart", "cart>checkout", "mail>cart")
    with story.begin() as work:
        told = catalog.ServiceTold(name="cart", is_retired=True)
        version = work.session.scalars(select(Service.version).where(Service.name == "cart")).one()
        catalog.edit_service(work, "cart", told, version=version, by=RATCHET, now=story.now)
    assert "No dependency on record" in as_("Dev").get("/services/dependencies").text
    ids = dict(session.execute(select(Service.name, Service.id)).all())
    assert dependencies.circle_through(session, ids["checkout"]) == []


def test_a_service_is_shown_with_its_neighbours_up_to_two_steps(story: Story, as_: Any) -> None:
    link(story, "a>b", "b>c", "c>d", "x>a", "w>x", "v>w")
    page = as_("Dev").get("/services/dependencies?service=A").text
    lists = {
        key: re.findall(r'service=([^"]+)"', part)
        for key, part in re.findall(r'<section class="card stack stack-s" id="(\w+)"(.*?)</section>', page, re.DOTALL)
    }
    assert lists == {"needs": ["b"], "further": ["c"], "by": ["x"], "before": ["w"]}


def test_the_neighbours_of_a_service_are_paged(story: Story, as_: Any) -> None:
    link(story, *(f"s{number:02}>hub" for number in range(70)))
    reader = as_("Dev")
    page = reader.get("/services/dependencies?service=hub").text
    assert "1–25 of 70 services" in page
    assert "service=s24" in page
    assert "service=s25" not in page
    assert "service=hub&amp;by=2#by" in page
    assert "service=s69" in reader.get("/services/dependencies?service=hub&by=3").text
    assert DRAWN not in page, "more than can be read in a drawing"
    page = reader.get("/services/dependencies").text
    assert "too many for one drawing" in page
    assert "needed by 70 services" in page


def test_a_part_of_a_name_finds_services(story: Story, as_: Any) -> None:
    link(story, "pay-api>pay-ledger")
    page = as_("Dev").get("/services/dependencies?service=pay").text
    assert "2 services with “pay”" in page
    assert 'href="/services/dependencies?service=pay-api"' in page
    assert "Try a shorter part of its name" in as_("Dev").get("/services/dependencies?service=zzz").text
    for odd in ("%00", "%25", "_", "x" * 5_000, "%ff", "<b>"):
        assert as_("Dev").get(f"/services/dependencies?service={odd}").status_code == 200


def test_the_way_back_to_a_service_is_found(story: Story, session: Session) -> None:
    link(story, "a>b", "b>c", "c>a", "c>b", "d>a")
    ids = dict(session.execute(select(Service.name, Service.id)).all())
    assert dependencies.circle_through(session, ids["a"]) == ["a", "b", "c", "a"]
    assert dependencies.circle_through(session, ids["b"]) == ["b", "c", "b"]
    assert dependencies.circle_through(session, ids["d"]) == []


def test_the_pages_ask_as_often_for_many_services_as_for_few(story: Story, as_: Any, engine: Engine) -> None:
    reader = as_("Dev")
    urls = ("/services/dependencies", "/services/dependencies?service=checkout")
    link(story, "checkout>cart", "cart>checkout", "cart>mail", "mail>search", "x>checkout", "y>x")
    few = {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls}
    link(story, *(f"s{number}>checkout" for number in range(80)), *(f"t{number}>s{number}" for number in range(80)))
    many = {url: statements_of(engine, lambda url=url: reader.get(url)) for url in urls}
    assert all(many[url] <= few[url] for url in urls)
    assert max(few.values()) <= 16
