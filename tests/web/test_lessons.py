"""Known lessons on pages: at declaration, at review, in analysis; and a practice that is questioned."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from app.models.adoption import Standing
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.workflow import analysis, best_practice, lifecycle, question
from tests.web.desk import Desk, post
from tests.web.practices import statements_of
from tests.web.stages import advance, analyse, at_analysis, at_review, write_review


@pytest.fixture
def ana(desk: Desk, client_of: Any) -> FlaskClient:
    return client_of(desk.people["Ana"])


@pytest.fixture
def dev(desk: Desk, client_of: Any) -> FlaskClient:
    return client_of(desk.people["Dev"])


def learn(desk: Desk, *, standing: str | None = "not_adopted", is_private: bool = False, **about: Any) -> Any:
    """An incident a month ago, its pattern, and the practice that was learned from it: incident and practice."""
    desk.clock.tick(days=-30)
    of = at_analysis(desk, "Payments hang", is_private=is_private)
    analyse(desk, of, new_pattern="Retry storm", decision="new", reason="A rule.")
    advance(desk, of, "analysis")
    told = {"statement": "Calls have <timeouts>", "why": "One hung.", "area": "dependency", **about}
    with desk.begin() as work:
        made = best_practice.propose(
            work, best_practice.Told(**told), by=desk.actor("Ana"), now=desk.clock(), incident_number=of.number
        )
    with desk.begin() as work:
        best_practice.accept(work, made.number, version=1, by=desk.actor("Ben"), now=desk.clock())
    desk.clock.tick(days=30)
    if standing:
        with desk.begin() as work:
            since = desk.clock() - timedelta(days=20)
            service = desk.services["checkout"]
            work.session.add(
                Standing(practice_id=made.id, service_id=service, standing=standing, since=since, message="")
            )
    return of, made


def text_of(html: str, heading: str) -> str:
    """The words of one section, as a reader sees them."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', html, re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[0])).split()) if found else ""


# At declaration


def test_the_lesson_stands_on_the_page_right_after_declaration(desk: Desk, ana: FlaskClient) -> None:
    first, practice = learn(desk)
    about = {
        "title": "Payments hang again", "severity": "SEV1", "services-0": "checkout",
        "commander_id": desk.people["Ana"].id,
    }  # fmt: skip
    page = post(ana, "/incidents/new", follow=True, **about)
    shown = text_of(page.text, "known-lessons")
    assert f"checkout had not adopted {practice.name}, learned from INC-{first.number}." in shown
    assert "Alike in words: Payments, hang" in shown
    assert "Calls have &lt;timeouts&gt;" in page.text
    for link in (
        f"/adoption/checkout/{practice.number}",
        f"/practices/{practice.number}",
        f"/incidents/{first.number}",
    ):
        assert f'href="{link}"' in page.text
        assert ana.get(link, follow_redirects=True).status_code == 200


def test_it_stands_there_until_the_incident_is_resolved(desk: Desk, ana: FlaskClient) -> None:
    learn(desk)
    of = desk.incident("Payments hang again")
    for stage in ("incident", "resolution", "remediation"):
        assert text_of(ana.get(f"/incidents/{of.number}/{stage}").text, "known-lessons"), stage
    desk.resolve(of)
    for stage in ("incident", "resolution", "review", "remediation", "analysis"):
        assert not text_of(ana.get(f"/incidents/{of.number}/{stage}").text, "known-lessons"), stage


def test_nothing_is_shown_where_nothing_is_known(desk: Desk, ana: FlaskClient) -> None:
    learn(desk, standing="adopted")
    of = desk.incident("Payments hang again")
    page = ana.get(f"/incidents/{of.number}", follow_redirects=True).text
    assert "Known lessons" not in page


def test_lessons_beyond_five_are_counted(desk: Desk, ana: FlaskClient) -> None:
    for _ in range(7):
        learn(desk)
    of = desk.incident("Payments hang again")
    shown = text_of(ana.get(f"/incidents/{of.number}/incident").text, "known-lessons")
    assert shown.count("had not adopted") == 5
    assert "and 2 other lessons not adopted by checkout" in shown


@pytest.mark.parametrize("who", ["Cleo", "Dev"])
def test_a_private_origin_is_neither_named_nor_counted(desk: Desk, client_of: Any, who: str) -> None:
    first, practice = learn(desk)
    secret = desk.incident("Payments hang in a breach", is_private=True)
    analyse(desk, secret, new_pattern="Retry storm", decision="known", reason="x", practice_ids=[practice.id])
    hidden, _ = learn(desk, is_private=True, statement="Tokens are short-lived")
    desk.clock.tick(minutes=1)
    of = at_review(desk, "Payments hang again")
    write_review(desk, of)
    analyse(desk, of, new_pattern="Retry storm")
    client = client_of(desk.people[who])
    for stage in ("incident", "resolution", "review", "analysis"):
        page = client.get(f"/incidents/{of.number}/{stage}").text
        assert str(secret.number) not in page
        assert str(hidden.number) not in page
        assert "breach" not in page
    assert f"learned from INC-{first.number}." in text_of(
        client.get(f"/incidents/{of.number}/review").text, "was-known"
    )


# At review and in analysis


def test_the_review_shows_likely_lessons_until_the_pattern_is_named(desk: Desk, ana: FlaskClient) -> None:
    first, practice = learn(desk)
    of = at_review(desk, "Payments hang again")
    words = f"checkout had not adopted {practice.name}, learned from INC-{first.number}."
    shown = text_of(ana.get(f"/incidents/{of.number}/review").text, "was-known")
    assert "Nobody has named the pattern yet" in shown
    assert words in shown
    other = at_review(desk, "The disk is full")
    assert not text_of(ana.get(f"/incidents/{other.number}/review").text, "was-known"), "only what is likely"
    analyse(desk, of, new_pattern="Retry storm")
    shown = text_of(ana.get(f"/incidents/{of.number}/review").text, "was-known")
    assert "Known, not adopted" in shown
    assert words in shown
    assert f"Earlier incidents of this pattern: INC-{first.number}" in shown


def test_a_published_review_says_what_was_known_to_whoever_reads_it(desk: Desk, ana: FlaskClient, dev: Any) -> None:
    learn(desk)
    of = at_analysis(desk, "Payments hang again")
    analyse(desk, of, new_pattern="Retry storm")
    for client in (ana, dev):
        assert "Known, not adopted" in text_of(client.get(f"/incidents/{of.number}/review").text, "was-known")


@pytest.mark.parametrize(
    ("standing", "title", "words"),
    [
        ("not_adopted", "Known, not adopted", "checkout had not adopted"),
        ("exempt", "Known, exempt", "checkout was exempt from"),
        ("unknown", "Known, not adopted", "checkout was not known to have adopted"),
        ("adopted", "Adopted, yet it happened", "checkout had adopted"),
        ("not_applicable", "New", "No practice against this pattern was known for checkout."),
    ],
)
def test_analysis_says_the_verdict_as_soon_as_the_pattern_is_saved(
    desk: Desk, ana: FlaskClient, standing: str, title: str, words: str
) -> None:
    _, practice = learn(desk, standing=standing)
    of = at_analysis(desk, "Payments hang again")
    url = f"/incidents/{of.number}/analysis"
    assert not text_of(ana.get(url).text, "was-known")
    pattern = re.search(r'value="(\d+)">Retry storm', ana.get(url).text)
    assert pattern
    saved = post(ana, url, follow=True, version="0", pattern_id=pattern[1], decision="known", reason="It is.",
                 practice_ids=str(practice.id))  # fmt: skip
    shown = text_of(saved.text, "was-known")
    assert title in shown
    assert words in shown
    assert ("When this analysis is completed" in saved.text) == (standing == "adopted")


def test_a_private_incident_offers_to_question_by_hand_in_other_words(
    desk: Desk, ana: FlaskClient, client_of: Any
) -> None:
    _, practice = learn(desk, standing="adopted")
    of = at_analysis(desk, "Payments hang again", is_private=True)
    analyse(desk, of, new_pattern="Retry storm")
    page = ana.get(f"/incidents/{of.number}/analysis").text
    assert "Nothing is questioned by itself" in page
    assert f'action="/practices/{practice.number}/question"' in page
    asked = post(ana, f"/practices/{practice.number}/question", page=f"/incidents/{of.number}/analysis", follow=True,
                 why="A timeout alone is not enough.")  # fmt: skip
    assert f"{practice.name} is questioned." in asked.text
    with desk.begin() as work:
        row = work.session.scalars(select(Practice).where(Practice.id == practice.id)).one()
        assert row.questioned_because == "A timeout alone is not enough."


# Questioning and settling


def test_what_was_typed_stays_when_a_question_is_refused(desk: Desk, ana: FlaskClient) -> None:
    _, practice = learn(desk)
    url = f"/practices/{practice.number}"
    assert "Say why the practice is not enough." in post(ana, f"{url}/question", why=" ").text
    long = post(ana, f"{url}/question", why="x" * 2_001)
    assert long.status_code == 422
    assert "Shorten this to 2,000 characters" in long.text
    assert "x" * 2_001 in long.text
    assert post(ana, f"{url}/question", why="Too weak.").status_code == 302
    again = post(ana, f"{url}/question", why="Once more")
    assert again.status_code == 422
    assert "questioned already: settle that first" in again.text
    assert "Once more" in again.text
    assert "Say why the practice stays as it is." in post(ana, f"{url}/settle", answer="").text
    assert post(ana, f"{url}/settle", answer="It stays.").status_code == 302
    assert "is not questioned" in post(ana, f"{url}/settle", answer="It stays.").text
    moves = ana.get(url).text
    assert "Questioned the practice" in moves
    assert "Settled the question" in moves


def test_who_may_not_question_is_told_who_may(desk: Desk, client_of: Any) -> None:
    _, practice = learn(desk)
    for who in ("Cleo", "Dev"):
        client = client_of(desk.people[who])
        for verb in ("question", "settle"):
            answer = client.get(f"/practices/{practice.number}/{verb}")
            assert answer.status_code == 403
            assert "Only owners or administrators may question a practice" in answer.text
    assert client_of(desk.people["Ana"]).get("/practices/99999/question").status_code == 404


def test_the_box_of_a_questioned_practice_says_why_and_offers_to_keep_it(desk: Desk, app: Any) -> None:
    _, practice = learn(desk)
    with desk.begin() as work:
        question.question(work, practice.number, why="<b>Weak</b>", by=desk.actor("Ana"), now=desk.clock())
        row = work.session.scalars(select(Practice).where(Practice.id == practice.id)).one()
    with app.test_request_context("/"):
        box = app.jinja_env.get_template("components/question_box.html").module
        told, silent = str(box.question_box(row, True, [7])), str(box.question_box(row, False))
    for words in (f"{practice.name} is questioned", "&lt;b&gt;Weak&lt;/b&gt;"):
        assert words in told
        assert words in silent
    assert 'href="/incidents/7"' in told
    assert f'action="/practices/{practice.number}/settle"' in told
    assert "<form" not in silent


# How much is asked


def test_pages_ask_little_more_where_nothing_is_known(desk: Desk, ana: FlaskClient, engine: Engine) -> None:
    of = desk.incident()
    ana.get(f"/incidents/{of.number}/resolution")

    def asked(stage: str) -> int:
        return statements_of(engine, lambda: ana.get(f"/incidents/{of.number}/{stage}"))

    before = {stage: asked(stage) for stage in ("resolution", "remediation")}
    desk.resolve(of)
    after = {stage: asked(stage) for stage in ("resolution", "remediation")}
    assert before["resolution"] <= after["resolution"] + 3
    assert before["remediation"] - after["remediation"] <= 2


def test_pages_ask_as_much_for_many_lessons_as_for_one(desk: Desk, ana: FlaskClient, engine: Engine) -> None:
    learn(desk)
    of = desk.incident("Payments hang again")
    url = f"/incidents/{of.number}/resolution"
    ana.get(url)
    one = statements_of(engine, lambda: ana.get(url))
    for _ in range(6):
        learn(desk)
    assert statements_of(engine, lambda: ana.get(url)) == one


def test_the_page_of_a_complete_analysis_tells_what_followed(desk: Desk, ana: FlaskClient) -> None:
    _, practice = learn(desk, standing="adopted")
    of = at_analysis(desk, "Payments hang again")
    with desk.begin() as work:
        told = analysis.Told(new_pattern="Retry storm", decision="new", reason="Another rule.")
        analysis.save(work, of.number, told, version=0, by=desk.actor("Ana"), now=desk.clock())
    with desk.begin() as work:
        lifecycle.advance(work, of.number, "analysis", by=desk.actor("Ana"), now=desk.clock())
        found = work.session.scalars(select(Incident).where(Incident.number == of.number)).one()
        question.question_by_incident(work, found, now=desk.clock())
    page = ana.get(f"/incidents/{of.number}/analysis").text
    assert f"has questioned it; see what became of {practice.name}." in text_of(page, "not-enough")
