"""Checks on the web: what is missing, writing and trying one, activating it, switching it off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from app.models.adoption import Standing
from app.models.automation import Check, Evidence
from app.models.catalog import Service
from app.workflow import automation
from tests.web.practices import Story, send, statements_of

FACTS = {"kind": "facts", "expression": 'facts["timeout"] < 100', "because": "", "freshness_days": "30"}


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def test_the_stage_says_for_each_practice_what_is_missing(story: Story, as_: Any) -> None:
    of = story.incident()
    url = f"/incidents/{of.number}/automation"
    assert "No practice is linked, so there is nothing to check." in as_("Ana").get(url).text
    proposed = story.practice("A", accepted=False, incident_number=of.number)
    accepted = story.practice("B", incident_number=of.number)
    story.check(story.practice("C", incident_number=of.number), active=False)
    page = as_("Ana").get(url).text
    assert "the practice must be accepted before a check can be activated" in page
    assert "it has no check yet" in page
    assert "none of its checks is active" in page
    for each in (proposed, accepted):
        assert f"/practices/{each.number}/checks/new" in page
    assert "/checks/new" not in as_("Dev").get(url).text


def test_a_new_check_is_in_dry_run_and_shows_who_would_pass(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    ben = as_("Ben")
    answer = send(ben, f"/practices/{practice.number}/checks/new", **FACTS)
    assert answer.headers["Location"] == f"/practices/{practice.number}#checks"
    page = ben.get(f"/practices/{practice.number}").text
    assert "If it were active now:" in page
    assert "The service has not reported any facts." in page  # mail
    assert session.scalar(select(Check.state)) == "dry_run"
    assert session.scalar(select(Evidence)) is None


def test_a_check_is_tried_on_every_service_without_saving(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice(selector="service.tier <= 2")
    tried = send(as_("Ben"), f"/practices/{practice.number}/checks/new", then="try", **FACTS)
    assert tried.status_code == 200
    assert "What it would say now" in tried.text
    assert ">search</a>" in tried.text
    assert ">checkout</a>" in tried.text
    assert ">mail</a>" not in tried.text
    assert "facts[&#34;timeout&#34;] &lt; 100" in tried.text
    assert session.scalar(select(Check)) is None


@pytest.mark.parametrize("then", ["try", ""])
def test_an_expression_that_cannot_be_read_is_told_beside_its_field(
    story: Story, as_: Any, session: Any, then: str
) -> None:
    practice = story.practice()
    url = f"/practices/{practice.number}/checks/new"
    answer = send(as_("Ben"), url, then=then, **{**FACTS, "expression": "facts[ < 3", "freshness_days": "7"})
    assert answer.status_code == 422
    assert 'id="expression-error"' in answer.text
    assert "line 1, column 8" in answer.text
    assert "facts[ &lt; 3" in answer.text
    assert 'value="7"' in answer.text
    assert session.scalar(select(Check)) is None


def test_an_attested_check_needs_its_reason(story: Story, as_: Any) -> None:
    practice = story.practice()
    url = f"/practices/{practice.number}/checks/new"
    asked = {"kind": "attested", "expression": "Was the restore tried?", "freshness_days": "90"}
    answer = send(as_("Ben"), url, **asked)
    assert answer.status_code == 422
    assert "Say why no machine can check this." in answer.text
    assert send(as_("Ben"), url, **asked, because="It is a drill.").status_code == 302


def test_a_check_is_activated_and_services_are_evaluated(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    check = story.check(practice, active=False)
    send(as_("Ben"), f"/practices/{practice.number}/checks/{check.id}/activate", version="1")
    assert sorted(session.scalars(select(Standing.standing))) == ["adopted", "not_adopted", "unknown"]
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert "1 of 3 services" in page
    assert page.index(">search</a>") < page.index("/adoption/mail/") < page.index("/adoption/checkout/")


def test_a_check_that_was_changed_meanwhile_is_read_again_before_it_is_activated(
    story: Story, as_: Any, session: Any
) -> None:
    practice = story.practice()
    check = story.check(practice, active=False)
    with story.begin() as work:
        told = automation.Told(kind="facts", expression="true")
        automation.edit(work, check.id, told, version=1, by=story.actor("Ana"), now=story.now)
    ben = as_("Ben")
    send(ben, f"/practices/{practice.number}/checks/{check.id}/activate", version="1")
    assert "Ana changed the check while you were reading" in ben.get(f"/practices/{practice.number}").text
    assert session.scalar(select(Check.state)) == "dry_run"


def test_a_check_of_a_proposed_practice_is_not_activated(story: Story, as_: Any) -> None:
    practice = story.practice(accepted=False)
    check = story.check(practice, active=False)
    ben = as_("Ben")
    assert ">Activate<" not in ben.get(f"/practices/{practice.number}").text
    send(ben, f"/practices/{practice.number}/checks/{check.id}/activate", version="1")
    assert "must be accepted before its check is activated" in ben.get(f"/practices/{practice.number}").text


def test_a_check_is_switched_off_for_a_reason(story: Story, as_: Any, session: Any) -> None:
    practice = story.practice()
    check = story.check(practice)
    url = f"/practices/{practice.number}/checks/{check.id}/switch_off"
    ben = as_("Ben")
    send(ben, url, why="")
    assert "Say why it is switched off." in ben.get(f"/practices/{practice.number}").text
    send(ben, url, why="Too noisy.")
    assert session.scalar(select(Check.state)) == "off"
    assert "Too noisy." in ben.get(f"/practices/{practice.number}").text


def test_a_check_answers_only_below_its_own_practice(story: Story, as_: Any, session: Any) -> None:
    check, other = story.check(story.practice("A"), active=False), story.practice("B")
    ben = as_("Ben")
    base = f"/practices/{other.number}/checks/{check.id}"
    assert ben.get(f"{base}/edit").status_code == 404
    assert send(ben, f"{base}/edit", **FACTS, version="1").status_code == 404
    assert send(ben, f"{base}/activate", version="1").status_code == 404
    assert send(ben, f"{base}/switch_off", why="x").status_code == 404
    assert session.scalar(select(Check.state)) == "dry_run"


def test_two_who_edit_a_check_see_both_versions(story: Story, as_: Any) -> None:
    practice = story.practice()
    check = story.check(practice, active=False)
    url = f"/practices/{practice.number}/checks/{check.id}/edit"
    assert send(as_("Ana"), url, **{**FACTS, "expression": "true"}, version="1").status_code == 302
    late = send(as_("Ben"), url, **{**FACTS, "expression": "false"}, version="1")
    assert late.status_code == 409
    assert "Ana saved this while you were typing" in late.text


def test_only_owners_write_and_activate_checks(story: Story, as_: Any) -> None:
    practice = story.practice()
    check = story.check(practice, active=False)
    cleo = as_("Cleo")
    base = f"/practices/{practice.number}/checks"
    assert cleo.get(f"{base}/new").status_code == 403
    assert cleo.get(f"{base}/{check.id}/edit").status_code == 403
    assert send(cleo, f"{base}/{check.id}/activate", version="1").status_code == 403
    assert send(cleo, f"{base}/{check.id}/switch_off", why="x").status_code == 403
    page = cleo.get(f"/practices/{practice.number}").text
    assert "/checks/new" not in page
    assert "/activate" not in page


def evidence_of(story: Story, check: Check, **results: str) -> None:
    """What a pipeline has told about some services."""
    with story.begin() as work:
        for name, result in results.items():
            service = work.session.scalars(select(Service.id).where(Service.name == name)).one()
            work.session.add(
                Evidence(check_id=check.id, service_id=service, result=result, at=story.now, received_at=story.now)
            )


@pytest.mark.parametrize(
    ("kind", "path"), [("reported", "/results"), ("experiment", "/experiments?service=checkout")]
)  # fmt: skip
def test_a_check_that_is_told_from_elsewhere_shows_how_to_tell_it(
    story: Story, as_: Any, session: Any, kind: str, path: str
) -> None:
    practice = story.practice()
    told = {**FACTS, "kind": kind, "expression": "restore-drill"}
    assert send(as_("Ben"), f"/practices/{practice.number}/checks/new", **told).status_code == 302
    check = session.scalar(select(Check))
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert f"http://127.0.0.1:8000/api/v1/checks/{check.id}{path}" in page
    assert "RATCHET_TOKEN" in page
    assert "restore-drill" in page


def test_a_dry_run_shows_who_would_pass_by_the_evidence_so_far(story: Story, as_: Any) -> None:
    practice = story.practice()
    check = story.check(practice, "restore-drill", kind="reported", active=False)
    evidence_of(story, check, checkout="pass", search="fail")
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert "By what has come in so far:" in page
    assert re.search(r'aria-label="Pass">\s*<li><a class="mono" href="/services/checkout"', page)
    assert re.search(r'aria-label="Fail">\s*<li><a class="mono" href="/services/search"', page)
    assert "Nothing has come in yet." in page  # mail
    story.clock.tick(days=31)
    assert "What is known is older than 30 days." in as_("Dev").get(f"/practices/{practice.number}").text


def test_an_experiment_without_a_title_counts_any(story: Story, as_: Any) -> None:
    practice = story.practice()
    told = {**FACTS, "kind": "experiment", "expression": ""}
    assert send(as_("Ben"), f"/practices/{practice.number}/checks/new", **told).status_code == 302
    assert "Any experiment that is sent to this check" in as_("Dev").get(f"/practices/{practice.number}").text


def test_a_reported_check_is_tried_by_the_evidence_of_the_check_that_is_edited(story: Story, as_: Any) -> None:
    practice = story.practice()
    check = story.check(practice, "restore-drill", kind="reported", active=False)
    evidence_of(story, check, checkout="pass")
    told = {**FACTS, "kind": "reported", "expression": "restore-drill", "then": "try", "version": "1"}
    tried = send(as_("Ben"), f"/practices/{practice.number}/checks/{check.id}/edit", **told).text
    assert "By what has come in so far." in tried
    assert 'aria-label="Pass"' in tried
    fresh = send(as_("Ben"), f"/practices/{practice.number}/checks/new", **told).text
    assert 'aria-label="Pass"' not in fresh


def test_the_dry_run_of_the_whole_practice_names_who_would_lose_adoption(story: Story, as_: Any) -> None:
    practice = story.practice(selector="service.tier <= 2")
    story.check(practice, 'facts["timeout"] > 0')
    story.check(practice, 'facts["timeout"] < 100', active=False)
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert "<strong>all</strong> of the active checks; 1 of 2 are active" in page
    assert "1 service would lose adoption" in page
    part = page[page.index("would lose adoption") :]
    assert part.index("/services/search") < part.index("</details>")
    assert "would gain adoption" not in page


def test_where_any_check_is_enough_another_one_can_only_gain(story: Story, as_: Any) -> None:
    practice = story.practice(selector="service.tier <= 2", combine="any")
    story.check(practice, 'facts["timeout"] < 100')
    story.check(practice, 'facts["timeout"] > 0', active=False)
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert "<strong>any one</strong> of the active checks" in page
    assert "1 service would gain adoption" in page
    assert "would lose adoption" not in page


def test_a_dry_run_names_fifty_services_and_counts_the_others(story: Story, as_: Any) -> None:
    for at in range(60):
        story.add_service(f"many-{at:02}", 3)
        story.report(f"many-{at:02}", {"timeout": 500})
    practice = story.practice(selector='service.name.startsWith("many")')
    story.check(practice, 'facts["timeout"] > 0')
    story.check(practice, 'facts["timeout"] < 100', active=False)
    page = as_("Dev").get(f"/practices/{practice.number}").text
    assert "60 services would lose adoption" in page
    part = page[page.index("would lose adoption") :].split("</details>")[0]
    assert part.count('class="chip"') == 50
    assert "and 10 more" in part


def test_the_page_takes_as_many_statements_for_many_services_and_checks(story: Story, as_: Any, engine: Engine) -> None:
    practice = story.practice()
    story.check(practice, 'facts["timeout"] > 0')
    story.check(practice, 'facts["timeout"] < 100', active=False)
    reader = as_("Dev")
    few = statements_of(engine, lambda: reader.get(f"/practices/{practice.number}"))
    for at in range(10):
        story.add_service(f"many-{at:02}", 3)
        story.report(f"many-{at:02}", {"timeout": 500})
    for at in range(4):
        story.check(practice, f'facts["timeout"] < {at}', active=False)
    assert statements_of(engine, lambda: reader.get(f"/practices/{practice.number}")) == few


@pytest.mark.parametrize("combine", ["all"])
def test_what_was_foreseen_is_what_comes(story: Story, as_: Any, session: Any, combine: str) -> None:
    """The dry run of the whole practice and the evaluation are one rule."""
    for name, facts in (("a", {"x": 1}), ("b", {"y": 1}), ("c", {"x": 1, "y": 1}), ("d", {"x": 2, "y": 2})):
        story.add_service(name, 4)
        story.report(name, facts)
    practice = story.practice(combine=combine)
    story.check(practice, 'facts["x"] == 1')
    story.check(practice, 'facts["y"] == 1', active=False)
    page = as_("Dev").get(f"/practices/{practice.number}").text
    told = page[page.index("With it, the practice as a whole:") :]
    foreseen = {word: int(count) for word, count in re.findall(r"</svg>([A-Z][a-z ]+)</span>\s+(\d+)", told)}
    check = session.scalars(select(Check).where(Check.state == "dry_run")).one()
    send(as_("Ben"), f"/practices/{practice.number}/checks/{check.id}/activate", version="1")
    names = {"adopted": "Adopted", "not_adopted": "Not adopted", "unknown": "Unknown"}
    assert foreseen == Counter(names[each] for each in session.scalars(select(Standing.standing)))
