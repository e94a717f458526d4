"""The practices of an incident, the list of practices, and one practice from its proposal to its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select

from app.models.best_practice import Practice, PracticeVersion
from app.queries.practice import linked_ids
from app.workflow import best_practice
from tests.web.practices import Story, send, statements_of

RULE = {
    "statement": "Queues are bounded", "why": "One grew.", "area": "scale", "level": "must", "selector": "true",
    "target_percent": "80", "target_on": "2026-06-01",
}  # fmt: skip


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def test_the_list_shows_each_practice_with_its_progress(story: Story, as_: Any) -> None:
    story.check(story.practice(selector="service.tier <= 2"))
    story.practice("Restores are tried", accepted=False)
    page = as_("Dev").get("/practices").text
    assert "1 of 2 services" in page
    assert "Not measured yet" in page
    assert "Propose a practice" not in page


def test_practices_are_found_by_words_number_area_and_state(story: Story, as_: Any) -> None:
    number = story.practice("Queues have an upper bound", area="scale").number
    story.practice("Restores are tried", accepted=False)
    reader = as_("Dev")
    for query in ("q=upper+bound", f"q=BP-{number}", "area=scale", "state=accepted"):
        page = reader.get(f"/practices?{query}").text
        assert "Queues have an upper bound" in page, query
        assert "Restores are tried" not in page, query
    assert "No practice matches" in reader.get("/practices?q=%25").text
    assert reader.get("/practices?q=%00&page=99999999999&state=x&area=y").status_code == 200


def test_the_list_takes_as_many_statements_for_many_practices_as_for_one(
    story: Story, as_: Any, engine: Engine
) -> None:
    story.check(story.practice())
    reader = as_("Dev")
    for_one = statements_of(engine, lambda: reader.get("/practices"))
    for each in range(12):
        story.check(story.practice(f"Rule {each}"))
    assert statements_of(engine, lambda: reader.get("/practices")) == for_one


def test_the_list_is_paged(story: Story, as_: Any) -> None:
    for each in range(51):
        story.practice(f"Rule {each:02}", accepted=False)
    first, second = as_("Dev").get("/practices").text, as_("Dev").get("/practices?page=2").text
    assert "Rule 50" in first
    assert "Rule 00" not in first
    assert "Rule 00" in second
    assert "51–51 of 51 practices" in second


def test_a_practice_is_proposed_from_an_incident_and_linked_to_it(story: Story, as_: Any, session: Any) -> None:
    of = story.incident()
    story.analyse(of, new_pattern="Retry storm", area="scale", decision="new", reason="Retries had no budget.")
    cleo = as_("Cleo")
    form = cleo.get(f"/practices/new?incident={of.number}").text
    assert "Retries had no budget." in form
    assert '<option selected value="scale">' in form
    answer = send(cleo, f"/practices/new?incident={of.number}", **RULE)
    made = session.scalar(select(Practice))
    assert answer.headers["Location"] == f"/practices/{made.number}"
    assert linked_ids(session, of.number) == {made.id}
    assert "Retry storm" in cleo.get(f"/practices/{made.number}").text


def test_the_incident_is_kept_when_only_the_form_is_sent_again(story: Story, as_: Any, session: Any) -> None:
    of = story.incident()
    send(as_("Cleo"), "/practices/new", incident=str(of.number), **RULE)
    assert len(linked_ids(session, of.number)) == 1


def test_what_was_typed_stays_when_it_is_refused(story: Story, as_: Any, session: Any) -> None:
    answer = send(
        as_("Cleo"), "/practices/new", **{**RULE, "selector": "service.tier <=", "why": "A long & true story"}
    )
    assert answer.status_code == 422
    assert "A long &amp; true story" in answer.text
    assert "line 1, column" in answer.text
    assert session.scalar(select(Practice)) is None


def test_a_viewer_may_not_propose(story: Story, as_: Any) -> None:
    assert as_("Dev").get("/practices/new").status_code == 403
    of = story.incident()
    assert send(as_("Dev"), f"/incidents/{of.number}/best_practice", practice_ids=[]).status_code == 403


def test_the_selector_can_be_tried_without_saving(story: Story, as_: Any, session: Any) -> None:
    tried = send(as_("Cleo"), "/practices/new", then="try", **{**RULE, "selector": 'facts["timeout"] > 100'})
    assert tried.status_code == 200
    assert "1 of 3 services now" in tried.text
    assert "The selector fails on 1 service;" in tried.text
    assert "Queues are bounded" in tried.text
    wrong = send(as_("Cleo"), "/practices/new", then="try", **{**RULE, "selector": "service.("})
    assert wrong.status_code == 422
    assert "line 1, column" in wrong.text
    assert session.scalar(select(Practice)) is None


def test_the_page_says_whom_the_selector_means_and_where_it_fails(story: Story, as_: Any) -> None:
    number = story.practice(selector='facts["timeout"] < 100').number
    page = as_("Dev").get(f"/practices/{number}").text
    assert "1 of 3 services now" in page
    assert "The selector fails on 1 service;" in page
    assert "mail" in page


def test_the_author_is_not_offered_to_accept_and_is_told_who_can(story: Story, as_: Any, session: Any) -> None:
    number = story.practice(accepted=False).number
    page = as_("Ana").get(f"/practices/{number}").text
    assert "other than its author: Ben" in page
    assert f"Accept BP-{number}" not in page
    assert send(as_("Ana"), f"/practices/{number}/accept", version="1").status_code == 403
    assert f"Accept BP-{number}" in as_("Ben").get(f"/practices/{number}").text
    send(as_("Ben"), f"/practices/{number}/accept", version="1")
    assert session.scalar(select(Practice.state)) == "accepted"


def test_nobody_accepts_words_that_they_have_not_read(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice(accepted=False)
    with story.begin() as work:
        told = best_practice.Told(statement="Other words", why="w", area="scale")
        best_practice.edit(work, practice.number, told, version=1, by=story.actor("Ana"), now=story.now)
    ben = as_("Ben")
    answer = send(ben, f"/practices/{practice.number}/accept", version="1")
    assert "Ana changed the practice while you were reading" in ben.get(answer.headers["Location"]).text
    assert session.scalar(select(Practice.state)) == "proposed"


def test_two_who_edit_see_both_versions(story: Story, as_: Any, session: Any) -> None:
    number = story.practice(accepted=False).number
    ana, ben = as_("Ana"), as_("Ben")
    url = f"/practices/{number}/edit"
    assert send(ben, url, **RULE, version="1").status_code == 302
    late = send(ana, url, **{**RULE, "statement": "Queues are short"}, version="1")
    assert late.status_code == 409
    assert "Ben saved this while you were typing" in late.text
    assert "Queues are bounded" in late.text
    assert 'value="Queues are short"' in late.text
    assert send(ana, url, **{**RULE, "statement": "Queues are short"}, version="2").status_code == 302
    assert session.scalar(select(Practice.statement)) == "Queues are short"


def test_after_acceptance_only_owners_edit(story: Story, as_: Any) -> None:
    practice = story.practice(by="Cleo", accepted=False)
    url = f"/practices/{practice.number}/edit"
    assert as_("Cleo").get(url).status_code == 200
    send(as_("Ben"), f"/practices/{practice.number}/accept", version="1")
    assert as_("Cleo").get(url).status_code == 403
    assert "/edit" not in as_("Cleo").get(f"/practices/{practice.number}").text
    assert as_("Ben").get(url).status_code == 200


def test_a_practice_is_retired_for_a_reason(story: Story, as_: Any, session: Any) -> None:
    number = story.practice().number
    ben = as_("Ben")
    send(ben, f"/practices/{number}/retire", why=" ")
    assert "Say why it is retired." in ben.get(f"/practices/{number}").text
    send(ben, f"/practices/{number}/retire", why="The mesh does it now.")
    assert session.scalar(select(Practice.state)) == "retired"
    assert "The mesh does it now." in ben.get(f"/practices/{number}").text
    assert send(as_("Cleo"), f"/practices/{number}/retire", why="x").status_code == 403


def test_a_private_incident_shows_on_no_practice_to_a_stranger(story: Story, as_: Any) -> None:
    hidden = story.incident("Insider trading alert", by="Ana", is_private=True)
    story.analyse(hidden, new_pattern="Secret pattern", decision="new", reason="Secret reason")
    number = story.practice(incident_number=hidden.number, accepted=False).number
    for url in (f"/practices/{number}", "/practices", "/practices/new", "/adoption", f"/practices/{number}/checks/new"):
        page = as_("Ben").get(url).text
        for word in ("Insider trading", "Secret", f"INC-{hidden.number}", "from 1 incident"):
            assert word not in page, (url, word)
    page = as_("Ana").get(f"/practices/{number}").text
    assert "Insider trading alert" in page
    assert "Secret pattern" in page
    for stage in ("best_practice", "automation", "adoption"):
        assert as_("Ben").get(f"/incidents/{hidden.number}/{stage}").status_code == 404
    assert as_("Ben").get(f"/practices/new?incident={hidden.number}").status_code == 404
    assert send(as_("Ben"), f"/incidents/{hidden.number}/best_practice", linked="").status_code == 404


def test_words_of_a_private_incident_are_not_filled_into_a_practice(story: Story, as_: Any) -> None:
    hidden = story.incident(by="Ana", is_private=True)
    story.analyse(hidden, decision="new", reason="Secret reason")
    form = as_("Ana").get(f"/practices/new?incident={hidden.number}").text
    assert "Everybody can read a practice" in form
    assert "Secret reason" not in form


def test_known_practices_are_linked_and_the_page_says_who_must_act(story: Story, as_: Any, session: Any) -> None:
    of = story.incident()
    known, other = story.practice("Calls have timeouts", accepted=False), story.practice("Restores are tried")
    url = f"/incidents/{of.number}/best_practice"
    cleo = as_("Cleo")
    assert "No practice is linked yet." in cleo.get(url).text
    assert send(cleo, url, linked="", practice_ids=[str(known.id), str(other.id)]).status_code == 302
    assert linked_ids(session, of.number) == {known.id, other.id}
    page = cleo.get(url).text
    assert "an owner other than Ana to read and accept it" in page
    assert "Accepted by Ben." in page
    assert f"/practices/new?incident={of.number}" in page


def test_a_link_that_somebody_else_made_meanwhile_stays(story: Story, as_: Any, session: Any) -> None:
    of = story.incident()
    mine, theirs, gone = story.practice("A"), story.practice("B"), story.practice("C")
    url = f"/incidents/{of.number}/best_practice"
    send(as_("Cleo"), url, linked="", practice_ids=[str(theirs.id), str(gone.id)])
    send(as_("Ben"), url, linked=str(gone.id), practice_ids=[str(mine.id)])
    assert linked_ids(session, of.number) == {mine.id, theirs.id}


@pytest.mark.parametrize("wrong", ["x", "9" * 30, "999999"])
def test_a_practice_that_there_is_not_cannot_be_linked(story: Story, as_: Any, wrong: str) -> None:
    of = story.incident()
    story.practice()
    answer = send(as_("Cleo"), f"/incidents/{of.number}/best_practice", linked="", practice_ids=[wrong])
    assert answer.status_code == 422


def test_known_practices_are_found_by_words(story: Story, as_: Any) -> None:
    of = story.incident()
    story.practice("Calls have timeouts")
    story.practice("Restores are tried")
    page = as_("Cleo").get(f"/incidents/{of.number}/best_practice?find=restores").text
    assert "Restores are tried" in page
    assert "Calls have timeouts" not in page


def test_the_history_tells_every_change(story: Story, as_: Any) -> None:
    practice = story.practice()
    story.check(practice)
    page = as_("Dev").get(f"/practices/{practice.number}").text
    for words in ("Proposed the practice", "Accepted the practice", "Wrote a check", "Activated a check"):
        assert words in page
    assert as_("Dev").get("/practices/99").status_code == 404


def test_versions_show_word_by_word_what_changed_who_and_when(story: Story, as_: Any) -> None:
    number = story.practice("Calls have timeouts").number
    reader = as_("Dev")
    assert f'href="/practices/{number}/versions"' in reader.get(f"/practices/{number}").text
    first = reader.get(f"/practices/{number}/versions").text
    assert "The first version." in first
    edited = {**RULE, "statement": "Calls have short <b>timeouts", "why": "One hung.", "area": "dependency"}
    assert send(as_("Ben"), f"/practices/{number}/edit", version="1", **edited).status_code == 302
    page = reader.get(f"/practices/{number}/versions").text
    assert page.index("Version 2") < page.index("Version 1")
    assert re.search(r'<ins><span class="sr-only">new: </span>short &lt;b&gt;<span', page)
    assert re.search(r'<del><span class="sr-only">gone: </span>100<span', page)  # the target
    assert re.search(r'<ins><span class="sr-only">new: </span>1 June 2026<span', page)
    assert "Ben ·" in page
    assert "Every incident ends" not in re.sub(r"(?s)<footer.*", "", page)


def test_a_practice_whose_versions_were_never_kept_says_so(story: Story, as_: Any, session: Any) -> None:
    number = story.practice().number
    session.execute(delete(PracticeVersion))
    session.commit()
    page = as_("Dev").get(f"/practices/{number}/versions").text
    assert "No version was kept yet" in page
    assert as_("Dev").get("/practices/99/versions").status_code == 404
    assert as_("Dev").get(f"/practices/{number}/versions?page=7").status_code == 200


def test_versions_take_as_many_statements_for_many_as_for_one(story: Story, as_: Any, engine: Engine) -> None:
    number = story.practice().number
    reader = as_("Dev")
    for_one = statements_of(engine, lambda: reader.get(f"/practices/{number}/versions"))
    for version in range(1, 30):
        with story.begin() as work:
            told = best_practice.Told(statement=f"Calls have timeouts {version}", why="w", area="scale")
            best_practice.edit(work, number, told, version=version, by=story.actor("Ben"), now=story.now)
    assert statements_of(engine, lambda: reader.get(f"/practices/{number}/versions")) == for_one
    page = reader.get(f"/practices/{number}/versions").text
    assert "1–20 of 30 versions" in page
    assert "The first version." in reader.get(f"/practices/{number}/versions?page=2").text


def test_a_practice_that_nobody_has_reviewed_in_time_is_marked(story: Story, as_: Any) -> None:
    number = story.practice(review_on=date(2026, 3, 20)).number
    ben = as_("Ben")
    assert "20 Mar 2026" in ben.get(f"/practices/{number}").text
    assert "verdue since" not in ben.get("/practices").text
    story.clock.tick(days=19)
    assert "review overdue since 20 Mar 2026" in ben.get("/practices").text
    page = ben.get(f"/practices/{number}").text
    assert "Review overdue since 20 Mar 2026." in page
    assert "Still right…" in page
    assert "Still right…" not in as_("Cleo").get(f"/practices/{number}").text


def test_it_is_confirmed_with_another_day_and_a_wrong_day_is_told(story: Story, as_: Any, session: Any) -> None:
    number = story.practice(review_on=date(2026, 3, 20)).number
    ben, url = as_("Ben"), f"/practices/{number}/confirm"
    for wrong in ("", "tomorrow", "2026-03-02", "9999-99-99"):
        send(ben, url, version="1", review_on=wrong)
        assert "Choose a day after today" in ben.get(f"/practices/{number}").text
    send(ben, url, version="1", review_on="2027-03-20")
    page = ben.get(f"/practices/{number}").text
    assert "Confirmed that the practice is still right" in page
    assert "20 Mar 2027" in page
    send(ben, url, version="1", review_on="2028-03-20")
    assert "Ben changed the practice while you were reading" in ben.get(f"/practices/{number}").text
    assert send(as_("Cleo"), url, version="2", review_on="2028-03-20").status_code == 403
    assert session.scalar(select(Practice.review_on)) == date(2027, 3, 20)


def test_a_new_practice_is_offered_a_review_in_a_year(as_: Any) -> None:
    form = as_("Cleo").get("/practices/new").text
    assert re.search(r'name="review_on"[^>]*value="2027-03-02"', form)
    assert "Any one of its checks is enough" in form


def test_a_day_of_review_that_is_over_is_told_beside_its_field(story: Story, as_: Any, session: Any) -> None:
    answer = send(as_("Cleo"), "/practices/new", **RULE, review_on="2026-03-01", combine="any")
    assert answer.status_code == 422
    assert 'id="review_on-error"' in answer.text
    assert '<option selected value="any">' in answer.text
    assert session.scalar(select(Practice)) is None
    assert send(as_("Cleo"), "/practices/new", **RULE, review_on="2026-12-01", combine="any").status_code == 302
    assert session.scalar(select(Practice.combine)) == "any"
