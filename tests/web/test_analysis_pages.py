"""Similar incidents, the pattern and the decision; and the pages of patterns. Private ones leak nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice, incident_practice
from app.models.incident import Incident, incident_service
from app.queries import analysis as queries
from app.workflow import best_practice
from tests.web.desk import Desk, post
from tests.web.practices import statements_of
from tests.web.stages import analyse, at_analysis, write_review

ClientOf = Callable[[Any], FlaskClient]


@pytest.fixture
def ana(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Ana"])


@pytest.fixture
def cleo(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Cleo"])


def url_of(of: Incident) -> str:
    return f"/incidents/{of.number}/analysis"


def practice(desk: Desk, statement: str = "Calls have deadlines", of: Incident | None = None, **about: Any) -> Practice:
    told = best_practice.Told(**{"statement": statement, "why": "It hung.", "area": "dependency", **about})
    with desk.begin() as work:
        return best_practice.propose(
            work, told, by=desk.actor("Ana"), now=desk.clock(), incident_number=of.number if of else None
        )


def similar_part(html: str) -> str:
    return html[html.index('id="similar-title"') : html.index("</section>", html.index('id="similar-title"'))]


def test_similar_incidents_say_why_which_pattern_it_was_and_what_was_learned(desk: Desk, cleo: FlaskClient) -> None:
    known = desk.incident("Payments hang behind the provider", labels=["retry", "peak"])
    write_review(desk, known, factors=[("scale", "No limit.")])
    analyse(desk, known, new_pattern="Retry storm")
    learned = practice(desk, of=known)
    desk.incident("The mail archive is full", service_ids=[desk.services["search"]])
    made = at_analysis(desk, "Payments time out", labels=["Retry"])
    part = similar_part(cleo.get(url_of(made)).text)
    assert f"INC-{known.number}" in part
    for words in ("checkout", "retry", "Payments", "Retry storm", f"{learned.name} Calls have deadlines"):
        assert words in part
    assert "The mail archive is full" not in part


def test_the_more_two_incidents_share_the_higher_the_other_is_listed(desk: Desk, ana: FlaskClient) -> None:
    both = [desk.services["checkout"], desk.services["search"]]
    titles = {"Two services": both, "One service": [both[0]], "One service, and payments hang": [both[0]]}
    for title, ids in titles.items():
        desk.incident(title, service_ids=ids)
    only_area = desk.incident("Nothing else", service_ids=[])
    write_review(desk, only_area)
    made = at_analysis(desk, "Payments fail", service_ids=both)
    part = similar_part(ana.get(url_of(made)).text)
    order = [
        part.index(each)
        for each in ("Two services", "One service, and payments hang", "One service</a>", "Nothing else")
    ]
    assert order == sorted(order)


def test_at_most_five_are_offered_and_the_newest_of_equals_come_first(desk: Desk, ana: FlaskClient) -> None:
    for each in range(7):
        desk.clock.tick(minutes=1)
        desk.incident(f"Number {each}")
    made = at_analysis(desk, "Something else")
    part = similar_part(ana.get(url_of(made)).text)
    assert re.findall(r"Number (\d)", part) == ["6", "5", "4", "3", "2"]


@pytest.mark.parametrize("label", ["überlast", 'say "no"', "100%", "back\\slash", "日本"])
def test_labels_of_any_script_are_compared(desk: Desk, ana: FlaskClient, label: str) -> None:
    other = desk.incident("Somewhere else", service_ids=[], labels=[label])
    made = at_analysis(desk, "Here", labels=[label])
    assert f"INC-{other.number}" in similar_part(ana.get(url_of(made)).text)


def test_a_private_incident_is_similar_only_for_those_who_may_know_of_it(
    desk: Desk, ana: FlaskClient, cleo: FlaskClient
) -> None:
    hidden = desk.incident("Payments are drained", is_private=True, labels=["theft"])
    analyse(desk, hidden, new_pattern="Embezzlement")
    made = at_analysis(desk, "Payments are slow", labels=["theft"])
    assert "Payments are drained" in ana.get(url_of(made)).text
    page = cleo.get(url_of(made)).text
    for secret in ("Payments are drained", "Embezzlement", str(hidden.number)):
        assert secret not in page


def test_a_pattern_that_only_private_incidents_have_is_as_private_as_they_are(
    desk: Desk, ana: FlaskClient, cleo: FlaskClient, session: Session
) -> None:
    hidden = desk.incident("Drained", is_private=True)
    analyse(desk, hidden, new_pattern="Embezzlement")
    secret = session.scalars(select(Pattern)).one()
    made = at_analysis(desk)
    assert "No pattern yet" in cleo.get("/patterns").text
    assert cleo.get(f"/patterns/{secret.id}").status_code == 404
    answer = post(cleo, url_of(made), version=0, pattern_id=secret.id, reason="Typed words.")
    assert answer.status_code == 422
    assert "Choose a pattern from the list, or name a new one." in answer.text
    assert "Embezzlement" not in answer.text
    assert "Typed words." in answer.text
    assert "Embezzlement" in ana.get("/patterns").text
    assert f"INC-{hidden.number}" in ana.get(f"/patterns/{secret.id}").text


def test_a_pattern_page_counts_and_lists_only_what_the_reader_may_know_of(
    desk: Desk, ana: FlaskClient, cleo: FlaskClient, session: Session
) -> None:
    public, hidden = desk.incident("In the open"), desk.incident("Drained", is_private=True)
    for each in (public, hidden):
        analyse(desk, each, new_pattern="retry storm")
    learned = practice(desk, of=public)
    pattern = session.scalars(select(Pattern)).one()
    page = cleo.get(f"/patterns/{pattern.id}").text
    assert "1 incident<" in page
    assert "Drained" not in page
    assert learned.name in page
    assert "2 incidents<" in ana.get(f"/patterns/{pattern.id}").text
    assert 'class="num">1</td>' in cleo.get("/patterns").text


def test_no_pattern_yet_says_where_patterns_come_from(desk: Desk, ana: FlaskClient) -> None:
    assert "A pattern is named when an incident is analysed." in ana.get("/patterns").text
    assert ana.get("/patterns/1").status_code == 404
    assert ana.get("/patterns?page=99").status_code == 200


def test_a_new_pattern_and_a_new_practice_complete_the_stage(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_analysis(desk)
    answer = post(
        ana, url_of(made), version=0, new_pattern="Retry storm", area="scale", decision="new",
        reason="Nobody **limits** them.", then="advance",
    )  # fmt: skip
    assert answer.headers["Location"].endswith("/best_practice")
    pattern = session.scalars(select(Pattern)).one()
    assert (pattern.name, pattern.area) == ("Retry storm", "scale")
    page = ana.get(url_of(made)).text
    assert "<strong>limits</strong>" in page
    assert "A new practice" in page
    assert f'href="/patterns/{pattern.id}"' in page


def test_a_known_practice_must_be_said(desk: Desk, ana: FlaskClient, session: Session) -> None:
    known = practice(desk)
    made = at_analysis(desk)
    fields: dict[str, Any] = {"new_pattern": "Retry storm", "decision": "known", "reason": "It would have helped."}
    answer = post(ana, url_of(made), follow=True, version=0, then="advance", **fields)
    assert "Link the practice that was decided on." in answer.text
    post(ana, url_of(made), version=1, then="advance", practice_ids=known.id, **fields)
    assert session.scalars(select(incident_practice.c.practice_id)).one() == known.id
    assert session.get_one(Incident, made.id).stage == "best_practice"


def test_what_others_linked_meanwhile_stays_linked(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_analysis(desk)
    mine = practice(desk, "Mine")
    page = ana.get(url_of(made)).text
    linked = re.search(r'name="linked"[^>]*value="([^"]*)"', page)
    theirs = practice(desk, "Theirs", of=made)
    post(ana, url_of(made), version=0, linked=linked[1] if linked else "", practice_ids=mine.id)
    assert set(session.scalars(select(incident_practice.c.practice_id))) == {mine.id, theirs.id}


def test_two_people_analysing_see_both_versions_in_words(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_analysis(desk)
    first, second = practice(desk, "Theirs"), practice(desk, "Mine")
    analyse(
        desk, made, by="Ben", new_pattern="Expired certificate", decision="none", reason="Ben's reason.",
        practice_ids=[first.id],
    )  # fmt: skip
    answer = post(
        ana, url_of(made), version=0, new_pattern="Retry storm", decision="known", reason="Ana's reason.",
        practice_ids=second.id, linked="",
    )  # fmt: skip
    assert answer.status_code == 409
    table = answer.text[answer.text.index("conflict-title") : answer.text.index("</table>")]
    for words in ("Expired certificate", "Retry storm", f"{first.name} Theirs", f"{second.name} Mine",
                  "Ben&#39;s reason.", "Ana&#39;s reason.", "A known practice", "None: no rule follows"):  # fmt: skip
        assert words in table
    assert "Ana&#39;s reason.</textarea>" in answer.text
    assert session.scalars(select(Pattern.name)).all() == ["Expired certificate"]


@pytest.mark.parametrize(
    "odd", [{"practice_ids": "x"}, {"practice_ids": "9" * 30}, {"practice_ids": "12345"}, {"decision": "maybe"},
            {"pattern_id": "99999"}, {"new_pattern": "x", "area": "weather"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_the_rest_is_kept(
    desk: Desk, ana: FlaskClient, session: Session, odd: dict[str, str]
) -> None:
    made = at_analysis(desk)
    answer = post(ana, url_of(made), **{"version": 0, "reason": "Typed words.", **odd})
    assert answer.status_code == 422
    assert "Typed words." in answer.text
    assert session.scalars(select(func.count()).select_from(Analysis)).one() == 0


def test_of_many_practices_the_nearest_are_offered(desk: Desk, ana: FlaskClient, session: Session) -> None:
    near = practice(desk, "The near one")
    for each in range(45):
        practice(desk, f"Far {each}", area="organization")
    linked = practice(desk, "The linked one", area="organization")
    made = at_analysis(desk)
    analyse(desk, made, practice_ids=[linked.id])
    page = ana.get(url_of(made)).text
    offered = re.findall(r'name="practice_ids" type="checkbox" value="(\d+)"', page)
    assert len(offered) == 40
    assert offered[:2] == [str(linked.id), str(near.id)]
    assert "The nearest 40" in page


def test_a_viewer_reads_and_private_analyses_are_not_there(desk: Desk, client_of: ClientOf, cleo: FlaskClient) -> None:
    made, hidden = at_analysis(desk), at_analysis(desk, "Hidden", is_private=True)
    dev = client_of(desk.people["Dev"])
    assert 'name="reason"' not in dev.get(url_of(made)).text
    assert post(dev, url_of(made), page="/", version=0).status_code == 403
    assert cleo.get(url_of(hidden)).status_code == 404
    assert post(cleo, url_of(hidden), page="/", version=0, reason="x").status_code == 404


def test_pages_cost_as_many_queries_with_thirty_incidents_as_with_two(
    desk: Desk, ana: FlaskClient, engine: Engine, session: Session
) -> None:
    made = at_analysis(desk, "Payments hang")
    pages = (url_of(made), "/patterns", f"/patterns/{_more(desk, 1, session)}")
    few = [statements_of(engine, lambda url=url: ana.get(url)) for url in pages]
    _more(desk, 30, session)
    assert [statements_of(engine, lambda url=url: ana.get(url)) for url in pages] == few


def _more(desk: Desk, count: int, session: Session) -> int:
    for each in range(count):
        other = desk.incident(f"Payments hang {each}")
        write_review(desk, other)
        analyse(desk, other, new_pattern=f"Pattern {each % 9}")
        practice(desk, f"Rule {each}", of=other)
    return session.scalars(select(Pattern.id).order_by(Pattern.id)).first() or 0


def test_the_work_is_bounded_however_many_incidents_there_are(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.incident("Payments hang")
    rows = [
        {
            "number": 1_000 + each, "title": f"Payments hang {each}", "stage": "review", "state": "active",
            "stage_entered_at": desk.clock(), "declared_at": desk.clock() - timedelta(minutes=each), "labels": [],
            "description": "", "is_private": False, "version": 1,
        }
        for each in range(50)
    ]  # fmt: skip
    ids = session.scalars(insert(Incident).returning(Incident.id), rows).all()
    session.execute(
        insert(incident_service), [{"incident_id": i, "service_id": desk.services["checkout"]} for i in ids]
    )
    session.commit()
    monkeypatch.setattr(queries, "CANDIDATES_MAX", 10)
    compared: list[int] = []
    read = queries._read
    monkeypatch.setattr(queries, "_read", lambda session, ids, *more: compared.extend(ids) or read(session, ids, *more))
    found = queries.similar(session, made, desk.actor("Cleo"), set())
    assert [each.number for each in found] == [1_000, 1_001, 1_002, 1_003, 1_004]
    assert len(compared) <= 30
