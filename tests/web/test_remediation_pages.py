"""Action items on the web: who does what with them, and the word that none are needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models.incident import Incident
from app.models.remediation import ActionItem
from app.workflow import incident, remediation
from tests.web.desk import Desk, post
from tests.web.practices import statements_of
from tests.web.stages import add_item, advance, at_remediation, step

ClientOf = Callable[[Any], FlaskClient]


@pytest.fixture
def ana(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Ana"])


@pytest.fixture
def ben(desk: Desk, client_of: ClientOf) -> FlaskClient:
    return client_of(desk.people["Ben"])


def url_of(of: Incident) -> str:
    return f"/incidents/{of.number}/remediation"


def typed(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "title": "Set a deadline", "owner_id": desk.people["Ben"].id, "priority": "must", "kind": "prevent",
        "due_on": "2026-03-30", **more,
    }  # fmt: skip


def test_an_action_item_is_added_and_its_owner_named(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made = at_remediation(desk)
    assert "Add at least one action item, or say why none is needed." in ana.get(url_of(made)).text
    answer = post(ana, f"{url_of(made)}/items", page=url_of(made), follow=True, **typed(desk))
    item = session.scalars(select(ActionItem)).one()
    assert f"{item.name} is added; its owner is told." in answer.text
    assert "30 Mar 2026" in answer.text
    assert f"{item.name} “Set a deadline” must be done and verified, or dropped with a reason." in answer.text


def test_an_item_without_owner_or_day_says_so_and_keeps_the_rest(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_remediation(desk)
    for fields, sentences in (
        (typed(desk, owner_id="", due_on=""), ("Choose an owner.", "Choose the day when it is due.")),
        (typed(desk, title=" ", kind="detect"), ("Say what has to be done.",)),
        (typed(desk, due_on="2026-02-30"), ("Not a valid date value.",)),
        (typed(desk, priority="urgent"), ("Choose one of must, should, could.",)),
    ):
        answer = post(ana, f"{url_of(made)}/items", page=url_of(made), **fields)
        assert answer.status_code == 422
        for sentence in sentences:
            assert sentence in answer.text
        assert f'value="{fields["title"].strip()}"' in answer.text
    assert session.scalars(select(ActionItem)).all() == []


def test_done_and_verified_are_claims_of_two_people(
    desk: Desk, ana: FlaskClient, ben: FlaskClient, session: Session
) -> None:
    made = at_remediation(desk)
    item = add_item(desk, made)
    base = f"{url_of(made)}/items/{item.number}"
    answer = post(ben, f"{base}/finish", page=url_of(made), follow=True)
    assert "is done. Someone other than its owner verifies it." in answer.text
    assert "You own it, so somebody else verifies it: Ana, Ada, Cleo." in answer.text
    assert f"{base}/verify" not in answer.text
    refused = post(ben, f"{base}/verify", page=url_of(made))
    assert refused.status_code == 403
    assert "An action item is verified by someone other than its owner." in refused.text
    assert f'action="{base}/verify"' in ana.get(url_of(made)).text
    verified = post(ana, f"{base}/verify", page=url_of(made), follow=True)
    assert "by Ana" in verified.text
    assert session.scalars(select(ActionItem.state)).one() == "verified"


def test_a_private_incident_names_only_people_who_may_see_it_as_verifiers(
    desk: Desk, client_of: ClientOf, begin: Any
) -> None:
    made = at_remediation(desk, "Hidden", is_private=True)
    item = add_item(desk, made, owner="Ben")
    step(desk, item, "finish", "Ben")
    page = client_of(desk.people["Ben"]).get(url_of(made)).text
    assert "You own it, so somebody else verifies it: Ana, Ada." in page
    with begin() as work:
        readers = [desk.people["Cleo"].id]
        incident.change_privacy(
            work, made.number, is_private=True, reader_ids=readers, by=desk.actor("Ana"), now=desk.clock()
        )
    assert "verifies it: Ana, Ada, Cleo." in client_of(desk.people["Ben"]).get(url_of(made)).text


def test_dropping_asks_for_a_reason_and_keeps_a_reason_that_is_too_long(
    desk: Desk, ana: FlaskClient, session: Session
) -> None:
    made = at_remediation(desk)
    item = add_item(desk, made)
    url = f"{url_of(made)}/items/{item.number}/drop"
    answer = post(ana, url, page=url_of(made), why=" ")
    assert answer.status_code == 422
    assert "Say why this action item is dropped." in answer.text
    long = "because " * 300
    answer = post(ana, url, page=url_of(made), why=long)
    assert "Shorten this to 2,000 characters" in answer.text
    assert long in answer.text
    answer = post(ana, url, page=url_of(made), follow=True, why="The <service> is gone.")
    assert "The &lt;service&gt; is gone." in answer.text
    assert session.scalars(select(ActionItem.state)).one() == "dropped"
    answer = post(ana, f"{url_of(made)}/items/{item.number}/resume", page=url_of(made), follow=True)
    assert f"{item.name} is open again." in answer.text


def test_a_step_that_does_not_fit_is_a_sentence(desk: Desk, ana: FlaskClient) -> None:
    made = at_remediation(desk)
    item = add_item(desk, made)
    answer = post(ana, f"{url_of(made)}/items/{item.number}/verify", page=url_of(made), follow=True)
    assert "Only an action item that is done can be verified." in answer.text
    assert post(ana, f"{url_of(made)}/items/{item.number}/explode", page=url_of(made)).status_code == 404


def test_an_item_is_only_found_in_its_own_incident(desk: Desk, ana: FlaskClient, session: Session) -> None:
    made, other = at_remediation(desk), at_remediation(desk, "Search is empty")
    item = add_item(desk, made)
    wrong = f"{url_of(other)}/items/{item.number}"
    assert ana.get(wrong).status_code == 404
    assert post(ana, wrong, page=url_of(other), **typed(desk, title="Taken over", version=1)).status_code == 404
    for verb in ("finish", "verify", "drop", "resume"):
        assert post(ana, f"{wrong}/{verb}", page=url_of(other), why="x").status_code == 404
    assert session.execute(select(ActionItem.title, ActionItem.state)).one() == ("Set a deadline", "open")


def test_two_people_on_one_item_the_second_sees_both_versions(
    desk: Desk, ana: FlaskClient, ben: FlaskClient, session: Session
) -> None:
    made = at_remediation(desk)
    item = add_item(desk, made)
    url = f"{url_of(made)}/items/{item.number}"
    assert post(ben, url, **typed(desk, title="Set deadlines", priority="should", version=1)).status_code == 302
    answer = post(ana, url, **typed(desk, title="Set a limit", version=1, due_on="2026-04-01"))
    assert answer.status_code == 409
    assert "Ben saved this while you were typing" in answer.text
    for words in ("Set deadlines", "Set a limit", "1 April 2026", "30 March 2026", "Should: unless there is a reason"):
        assert words in answer.text
    assert 'value="Set a limit"' in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version is not None
    assert post(ana, url, **typed(desk, title="Set a limit", version=version[1])).status_code == 302
    assert session.scalars(select(ActionItem.title)).one() == "Set a limit"


def test_overdue_is_said_in_words_and_only_of_what_is_open(desk: Desk, ana: FlaskClient) -> None:
    made = at_remediation(desk)
    late = add_item(desk, made, due_on=date(2026, 3, 1))
    add_item(desk, made, "Due today", due_on=date(2026, 3, 2))
    assert "1 overdue" in ana.get(url_of(made)).text
    step(desk, late, "finish", "Ben")
    assert "overdue" not in ana.get(url_of(made)).text


def test_that_none_are_needed_is_said_once_and_completes_the_stage(desk: Desk, ana: FlaskClient) -> None:
    made = at_remediation(desk)
    fields = {"none_needed_because": "The fix is the rule.", "version": 0}
    answer = post(ana, url_of(made), then="advance", **fields)
    assert answer.headers["Location"].endswith("/analysis")
    page = ana.get(url_of(made)).text
    assert "No action items are needed, because:" in page
    assert "The fix is the rule." in page
    assert 'name="none_needed_because"' not in page


def test_two_people_saying_why_none_are_needed_overwrite_nothing(desk: Desk, ana: FlaskClient) -> None:
    made = at_remediation(desk)
    with desk.begin() as work:
        remediation.save_none_needed(
            work, made.number, "Ben's reason.", version=0, by=desk.actor("Ben"), now=desk.clock()
        )
    answer = post(ana, url_of(made), none_needed_because="Ana's reason.", version=0)
    assert answer.status_code == 409
    assert "Ben&#39;s reason." in answer.text
    assert "Ana&#39;s reason.</textarea>" in answer.text


def test_after_completion_the_rest_can_still_be_finished_but_nothing_slips_back(
    desk: Desk, ana: FlaskClient, ben: FlaskClient
) -> None:
    made = at_remediation(desk)
    must, could = add_item(desk, made), add_item(desk, made, "Later", priority="could")
    step(desk, must, "finish", "Ben")
    step(desk, must, "verify", "Ana")
    advance(desk, made, "remediation")
    page = ben.get(url_of(made)).text
    assert "Add an action item" not in page
    answer = post(ben, f"{url_of(made)}/items/{could.number}/finish", page=url_of(made), follow=True)
    assert f"{could.name} is done." in answer.text
    answer = post(ana, f"{url_of(made)}/items/{must.number}/resume", page=url_of(made), follow=True)
    assert "Remediation is complete. Reopen it before you change it so:" in answer.text


def test_a_viewer_reads_the_list_and_can_press_nothing(desk: Desk, client_of: ClientOf) -> None:
    made = at_remediation(desk)
    item = add_item(desk, made)
    dev = client_of(desk.people["Dev"])
    page = dev.get(url_of(made)).text
    assert "Set a deadline" in page
    assert "/items/" not in page
    for url, fields in (
        (f"{url_of(made)}/items", typed(desk)),
        (url_of(made), {"none_needed_because": "x", "version": 0}),
        (f"{url_of(made)}/items/{item.number}", typed(desk, version=1)),
        (f"{url_of(made)}/items/{item.number}/finish", {}),
    ):
        assert post(dev, url, page="/", **fields).status_code == 403


def test_items_of_a_private_incident_are_not_there_for_others(desk: Desk, client_of: ClientOf) -> None:
    made = at_remediation(desk, "Hidden", is_private=True)
    item = add_item(desk, made)
    cleo = client_of(desk.people["Cleo"])
    url = f"{url_of(made)}/items/{item.number}"
    assert cleo.get(url_of(made)).status_code == 404
    assert cleo.get(url).status_code == 404
    for address in (f"{url_of(made)}/items", url_of(made), url, f"{url}/finish"):
        assert post(cleo, address, page="/", **typed(desk, version=1)).status_code == 404


def test_many_items_cost_as_many_queries_as_one(desk: Desk, ana: FlaskClient, engine: Engine) -> None:
    made = at_remediation(desk)
    step(desk, add_item(desk, made, owner="Ana"), "finish", "Ana")
    few = statements_of(engine, lambda: ana.get(url_of(made)))
    for each in range(20):
        step(desk, add_item(desk, made, f"Item {each}", owner=("Ana", "Ben")[each % 2]), "finish", "Ben")
    assert statements_of(engine, lambda: ana.get(url_of(made))) == few
