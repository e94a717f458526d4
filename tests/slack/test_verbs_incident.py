"""Stage 1 from Slack: declaring, taking the lead, severity, details, and the shortcuts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Conflict, NotAllowed, Refused
from app.models.catalog import Service
from app.models.incident import Incident
from app.slack.asked import Place
from app.slack.grammar import Understood
from app.slack.verbs import LOOKUPS
from app.workflow.receipt import AlreadyDone
from tests.slack.asking_stages import Desk, button, buttons, desk, words_of


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


def services_of(at: Desk, number: int) -> list[str]:
    with at.parts.read() as session:
        rows = select(Service.name).join(Incident.services).where(Incident.number == number)
        return list(session.scalars(rows))


def test_what_is_typed_fills_the_form_and_the_form_declares(at: Desk) -> None:
    answer = at.say("checkout is down sev2 ~checkout <@U0BEN|ben>")
    assert answer.form is not None
    assert answer.form.filled["title"] == "checkout is down"
    said = at.submit(answer, description="Nobody can pay.")
    made = at.read(1)
    assert (made.title, made.severity, made.commander_id) == ("checkout is down", "SEV2", at.ben.id)
    assert (made.description, made.is_private, made.stage) == ("Nobody can pay.", False, "resolution")
    assert services_of(at, 1) == ["checkout"]
    assert "INC-1> is declared" in said.text
    assert "It is at Resolution, and waits for Ben." in said.text
    assert words_of(said)[0] == "Resolve"


def test_a_channel_may_name_a_service_and_what_names_none_stays_in_the_text(at: Desk) -> None:
    answer = at.say("it is slow #checkout <#C1|general> ~nothing")
    assert answer.form is not None
    assert answer.form.filled["service_ids"] == ["checkout"]
    assert answer.form.filled["title"] == "it is slow ~nothing #general"


def test_a_long_text_is_cut_for_the_title_and_kept_as_what_is_known(at: Desk) -> None:
    text = "checkout fails " * 40
    answer = at.say(f"declare {text}")
    assert answer.form is not None
    assert len(answer.form.filled["title"]) <= 200
    assert answer.form.filled["description"] == text.strip()


def test_several_people_are_named_and_nobody_is_lost(at: Desk) -> None:
    answer = at.say("checkout is down <@U0BEN> <@U0CLEO> <@U0NEW>")
    assert answer.form is not None
    assert answer.form.filled["commander_id"] == "U0BEN"
    assert "Cleo" in answer.form.filled["description"]


def test_a_commander_without_a_slack_account_is_carried_along(at: Desk) -> None:
    at.submit(at.say("checkout is down @dev"))
    assert at.read(1).commander_id == at.dev.id


def test_a_stranger_who_is_named_is_no_commander_and_the_form_says_so(at: Desk) -> None:
    answer = at.say("checkout is down <@U0NEW>")
    assert answer.form is not None
    assert "does not know this person" in answer.form.filled["notes"][0]
    assert "commander_id" not in answer.form.filled


def test_two_severities_open_the_form_with_the_sentence_about_it(at: Desk) -> None:
    answer = at.say("checkout is down sev1 sev2")
    assert answer.form is not None
    assert "Several severities" in answer.form.filled["notes"][0]


def test_a_private_incident_is_private_and_says_who_knows(at: Desk) -> None:
    said = at.submit(at.say("somebody has our keys"), is_private=["yes"])
    with at.parts.read() as session:
        assert session.scalars(select(Incident)).one().is_private
    assert "It is private" in said.text


def test_a_title_that_is_empty_is_refused_beside_its_field(at: Desk) -> None:
    with pytest.raises(Refused) as refused:
        at.submit(at.say("checkout is down"), title="  ")
    assert [each.field for each in refused.value.refusals] == ["title"]
    assert at.moves() == 0


def test_a_service_that_is_gone_is_refused_beside_its_field(at: Desk) -> None:
    with pytest.raises(Refused) as refused:
        at.submit(at.say("checkout is down"), service_ids=["gone"])
    assert refused.value.refusals[0].field == "service_ids"


def test_a_viewer_may_not_even_open_the_form(at: Desk) -> None:
    for text in ("checkout is down", "declare"):
        with pytest.raises(NotAllowed, match="Only responders"):
            at.say(text, at.dev)


def test_the_same_form_declares_once(at: Desk) -> None:
    answer = at.say("checkout is down")
    at.submit(answer, key="view-1")
    with pytest.raises(AlreadyDone):
        at.submit(answer, key="view-1")
    with at.parts.read() as session:
        assert len(session.scalars(select(Incident)).all()) == 1


def test_a_message_is_declared_with_its_author_and_its_link(at: Desk) -> None:
    text = "checkout is <https://x.example|down> &amp; out\nsince <@U0BEN|ben> deployed"
    answer = at.shortcut(
        "declare_from_message", message={"text": text, "user": "U0BEN", "ts": "1.2"}, channel={"id": "C1"},
        permalink="https://slack.example/p1",
    )  # fmt: skip
    assert answer.form is not None
    assert answer.form.filled["title"] == "checkout is down (https://x.example) & out"
    described = answer.form.filled["description"]
    assert "since @ben deployed" in described
    assert described.endswith("Ben in Slack, https://slack.example/p1")
    at.submit(answer)
    assert at.read(1).title.startswith("checkout is down")


def test_a_message_of_forty_thousand_characters_is_cut_and_keeps_its_link(at: Desk) -> None:
    message = {"text": "🔥 word " * 5_000, "user": "U9"}
    link = "https://slack.example/p1"
    answer = at.shortcut("declare_from_message", message=message, channel={"id": "C"}, permalink=link)
    assert answer.form is not None
    assert answer.form.filled["description"].endswith("https://slack.example/p1")


def test_the_shortcut_without_a_message_opens_an_empty_form(at: Desk) -> None:
    answer = at.shortcut("declare_incident")
    assert answer.form is not None
    at.submit(answer, title="Search is slow")
    assert at.read(1).title == "Search is slow"
    with pytest.raises(NotAllowed):
        at.shortcut("declare_incident", at.dev)


def test_whoever_takes_an_incident_leads_it_and_all_else_stays(at: Desk) -> None:
    of = at.office.declare()
    said = at.say(f"take {of.number}", at.ben)
    assert (
        f"You lead <https://ratchet.example.com/incidents/{of.number}|INC-{of.number}> now, instead of Ana."
        in said.text
    )
    now = at.read(of.number)
    assert (now.commander_id, now.title, now.severity) == (at.ben.id, "Checkout is down", "SEV1")
    assert services_of(at, of.number) == ["checkout"]


def test_whoever_leads_already_is_told_so_and_nothing_changes(at: Desk) -> None:
    of = at.office.declare()
    before = at.moves()
    assert "already" in at.say(f"take {of.number}", at.ana).text
    assert at.moves() == before


def test_a_viewer_may_not_take_an_incident(at: Desk) -> None:
    of = at.office.declare()
    with pytest.raises(NotAllowed):
        at.say(f"take {of.number}", at.dev)
    assert at.read(of.number).commander_id == at.ana.id


def test_a_wrong_number_offers_those_that_are_open(at: Desk) -> None:
    of = at.office.declare()
    said = at.say("take 99", at.ben)
    assert "There is no INC-99" in said.text
    at.click(buttons(said)[0], at.ben)
    assert at.read(of.number).commander_id == at.ben.id


def test_a_private_incident_does_not_exist_for_others(at: Desk) -> None:
    of = at.office.declare(is_private=True)
    said = at.say(f"take {of.number}", at.cleo)
    assert f"There is no INC-{of.number}" in said.text
    assert "Checkout" not in str(said)


def test_the_same_click_takes_once(at: Desk) -> None:
    of = at.office.declare()
    at.say(f"take {of.number}", at.ben, key="k")
    at.say(f"take {of.number}", at.ana)
    with pytest.raises(AlreadyDone):
        at.say(f"take {of.number}", at.ben, key="k")
    assert at.read(of.number).commander_id == at.ana.id


def test_a_severity_is_changed_and_the_same_one_changes_nothing(at: Desk) -> None:
    of = at.office.declare()
    said = at.say(f"sev2 {of.number}", at.cleo)
    assert "is SEV2 now, it was SEV1" in said.text
    assert at.read(of.number).severity == "SEV2"
    before = at.moves()
    assert "is SEV2 already" in at.say(f"sev 2 {of.number}", at.cleo).text
    assert at.moves() == before
    with pytest.raises(NotAllowed):
        at.say(f"sev1 {of.number}", at.dev)


def test_without_a_severity_the_four_are_offered(at: Desk) -> None:
    of = at.office.declare()
    said = at.say(f"severity INC-{of.number}")
    assert words_of(said) == ["SEV1", "SEV2", "SEV3", "SEV4"]
    at.click(button(said, "SEV4"))
    assert at.read(of.number).severity == "SEV4"


def test_the_details_are_shown_and_saved_under_their_version(at: Desk) -> None:
    at.submit(at.say("checkout is down"))
    asks = at.say("advance 1")
    assert "Name at least one affected service." in asks.text
    opened = at.click(button(asks, "Complete the details"))
    said = at.submit(opened, severity="SEV1", service_ids=["checkout"], commander_id="U0ANA")
    assert "It is at Resolution" in said.text
    with pytest.raises(Conflict):
        at.submit(opened, title="Something else")
    assert at.read(1).title == "checkout is down"


def test_services_are_found_by_their_words(at: Desk) -> None:
    asked = at.asked(Understood("", ""), at.ana)
    assert LOOKUPS["service"](asked, "CHECK") == [("checkout", "checkout")]
    assert LOOKUPS["service"](asked, "") == [("checkout", "checkout")]
    assert LOOKUPS["service"](asked, "100%_") == []


def test_in_a_channel_with_a_private_incident_nobody_else_is_told_of_it(at: Desk) -> None:
    at.office.declare(is_private=True)
    said = at.say("take it", at.cleo, place=Place("T1", "C1"))
    assert "None is open" in said.text
