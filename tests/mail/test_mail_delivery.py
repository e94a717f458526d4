"""A weekly report by e-mail: to one person, once, or kept, waiting or dead with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.cli.checkup import mail as checkup
from app.mail import server
from app.mail.delivery import MailDelivery
from app.models.outbox import OutboxMessage
from app.models.person import Person
from app.models.report import Subscription
from app.outbox.relay import Relay
from app.queries import outbox
from tests.mail.smtp import HANG_UP, MailServer
from tests.slack import reporting
from tests.slack.company import Company, drain, relay, slack_settings

SENDER = "Ratchet <ratchet@example.com>"


@pytest.fixture
def post_office(tmp_path: Path) -> Iterator[MailServer]:
    made = MailServer(tmp_path, user="ratchet", password="s3:cret")
    yield made
    made.close()


@pytest.fixture
def office(sessions: sessionmaker[Session], clock: Any) -> Company:
    return Company(sessions, clock)


def by_mail(sessions: sessionmaker[Session], clock: Any, of: MailServer, url: str = "") -> Relay:
    settings = slack_settings(smtp_url=url or of.url("ratchet", "s3%3Acret"), mail_from=SENDER)
    send = partial(server.send, context=of.trusted)
    return relay(sessions, MailDelivery(sessions, settings, draw=reporting.png, send=send), clock)


def announce(office: Company, sessions: sessionmaker[Session], clock: Any, **more: Any) -> str:
    """Ana has subscribed; her report is made. The audience of its e-mail."""
    with sessions() as session, session.begin():
        session.add(Subscription(person_id=office.ana.id, about=["all"], by_mail=True))
    to = f"mail:{office.ana.id}"
    reporting.announce(sessions, clock(), to, audience=f"person:{office.ana.id}", is_late_charted=False, **more)
    return to


def test_a_subscriber_gets_one_letter_with_the_figures_and_the_chart(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    to = announce(office, sessions, clock)
    drain(by_mail(sessions, clock, post_office))
    (letter,) = post_office.letters
    assert post_office.envelopes == [("FROM:<ratchet@example.com>", ["TO:<ana@example.com>"])]
    assert post_office.were_secret == [True]
    assert str(letter["To"]) == "Ana <ana@example.com>"
    assert "71.2 %" in str(letter["Subject"])
    plain = letter.get_body(("plain",))
    assert plain
    assert "71.2 % (52 of 73)" in plain.get_content()
    (chart,) = [each for each in letter.walk() if each.get_content_type() == "image/png"]
    assert chart.get_content() == reporting.png()
    assert office.message("ReportMade", to).state == "delivered"


def test_a_name_is_shown_as_it_is_written(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    announce(office, sessions, clock)
    with sessions() as session, session.begin():
        session.execute(update(Person).where(Person.id == office.ana.id).values(name="Jürgen Größe, 山田"))
    drain(by_mail(sessions, clock, post_office))
    (letter,) = post_office.letters
    assert [each.display_name for each in letter["To"].addresses] == ["Jürgen Größe, 山田"]


def test_a_letter_whose_answer_was_lost_is_sent_again_and_known_as_the_same_one(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    to = announce(office, sessions, clock)
    post_office.next(".", HANG_UP)
    drain(by_mail(sessions, clock, post_office))
    assert office.message("ReportMade", to).state == "pending"
    clock.tick(minutes=1)
    drain(by_mail(sessions, clock, post_office))
    assert len({each["Message-ID"] for each in post_office.letters}) == 1
    assert office.message("ReportMade", to).state == "delivered"


@pytest.mark.parametrize(
    ("command", "answer"),
    [("MAIL", "451 greylisted"), ("RCPT", "450 busy"), ("DATA", "421 too many letters"), (".", "452 no room"),
     ("MAIL", HANG_UP), ("EHLO", HANG_UP), ("STARTTLS", "454 not now")],
)  # fmt: skip
def test_what_passes_is_waited_out(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer, command: str, answer: str
) -> None:
    to = announce(office, sessions, clock)
    post_office.next(command, answer, answer)
    drain(by_mail(sessions, clock, post_office))
    waiting = office.message("ReportMade", to)
    assert waiting.state == "pending"
    assert waiting.last_error.startswith("The mail server ")
    for _ in range(3):
        clock.tick(minutes=10)
        drain(by_mail(sessions, clock, post_office))
    assert len(post_office.letters) == 1
    assert office.message("ReportMade", to).state == "delivered"


@pytest.mark.parametrize(
    ("command", "answer"), [("RCPT", "550 no such user"), ("MAIL", "553 not from you"), (".", "554 spam")]
)
def test_what_is_refused_for_good_is_dead_with_the_reason(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer, command: str, answer: str
) -> None:
    to = announce(office, sessions, clock)
    post_office.next(command, answer)
    drain(by_mail(sessions, clock, post_office))
    dead = office.message("ReportMade", to)
    assert dead.state == "dead"
    assert f"refused the letter for Ana: {answer}" in dead.last_error
    assert post_office.letters == []


def test_a_wrong_password_waits_for_somebody_to_correct_it(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    to = announce(office, sessions, clock)
    drain(by_mail(sessions, clock, post_office, post_office.url("ratchet", "guess")))
    waiting = office.message("ReportMade", to)
    assert waiting.state == "pending"
    assert "Correct RATCHET_SMTP_URL" in waiting.last_error
    assert "guess" not in waiting.last_error


def test_a_password_is_not_sent_where_everybody_reads_it(
    office: Company, sessions: sessionmaker[Session], clock: Any, tmp_path: Path
) -> None:
    open_ = MailServer(tmp_path, user="ratchet", password="s3:cret", offers_tls=False)
    to = announce(office, sessions, clock)
    drain(by_mail(sessions, clock, open_))
    assert "offers no STARTTLS" in office.message("ReportMade", to).last_error
    clock.tick(minutes=20)
    drain(by_mail(sessions, clock, open_, open_.url()))
    assert len(open_.letters) == 1, "a relay of one's own that asks for no password is fine"
    open_.close()


def test_a_server_that_nobody_vouches_for_gets_no_letter(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    to = announce(office, sessions, clock)
    settings = slack_settings(smtp_url=post_office.url("ratchet", "s3%3Acret"), mail_from=SENDER)
    drain(relay(sessions, MailDelivery(sessions, settings, draw=reporting.png), clock))
    assert post_office.letters == []
    assert "certificate" in office.message("ReportMade", to).last_error


def test_without_a_mail_server_it_is_kept_and_shows_others_nothing(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    to = announce(office, sessions, clock)
    drain(relay(sessions, MailDelivery(sessions, slack_settings(), draw=reporting.png), clock))
    kept = office.message("ReportMade", to)
    assert kept.state == "kept"
    assert kept.rendered
    assert "71.2 % adopted" in kept.rendered["text"]
    with sessions() as session:
        found, _ = outbox.page(session, office.ben)
    assert "Checkout" not in str(found)


@pytest.mark.parametrize(
    ("name", "email"),
    [("Ana\r\nBcc: eve@example.com", "ana@example.com"), ("Ana\nSubject: hello", "ana@example.com"),
     ("Ana\x00, eve@example.com", "ana@example.com"), ('A"na <eve@example.com>,', "ana@example.com"),
     ("Ana", "ana@example.com\r\nBcc: eve@example.com"), ("Ana", "ana@example.com>, <eve@example.com"),
     ("Ana", "ana@example.com, eve@example.com"), ("Ana", ""), ("", "ana@example.com"), ("Ana", "nobody")],
)  # fmt: skip
def test_nobody_adds_a_header_or_a_reader(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer, name: str, email: str
) -> None:
    to = announce(office, sessions, clock, title="Everyone\r\nBcc: eve@example.com")
    with sessions() as session, session.begin():
        if "\x00" in name and session.get_bind().dialect.name == "postgresql":
            name = name.replace("\x00", "")  # PostgreSQL keeps none
        session.execute(update(Person).where(Person.id == office.ana.id).values(name=name, email=email))
    drain(by_mail(sessions, clock, post_office))
    for (_, readers), letter in zip(post_office.envelopes, post_office.letters, strict=True):
        assert readers == ["TO:<ana@example.com>"]
        assert letter["Bcc"] is None
        assert len(letter.get_all("Subject")) == 1
    assert office.message("ReportMade", to).state in ("delivered", "dead")


def test_somebody_elses_report_and_a_person_who_left_get_no_letter(
    office: Company, sessions: sessionmaker[Session], clock: Any, post_office: MailServer
) -> None:
    to = announce(office, sessions, clock)
    with sessions() as session, session.begin():
        session.execute(update(OutboxMessage).values(audience=f"mail:{office.ben.id}").where(
            OutboxMessage.audience == to))  # fmt: skip
    drain(by_mail(sessions, clock, post_office))
    assert "somebody else's own" in office.message("ReportMade", f"mail:{office.ben.id}").last_error
    with sessions() as session, session.begin():
        session.execute(update(OutboxMessage).values(audience=to, state="pending").where(
            OutboxMessage.event == "ReportMade"))  # fmt: skip
        session.execute(update(Person).where(Person.id == office.ana.id).values(is_active=False))
    drain(by_mail(sessions, clock, post_office))
    assert "not active" in office.message("ReportMade", to).last_error
    assert post_office.letters == []


def test_the_doctor_says_whether_mail_is_set_up(post_office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(**more: str) -> list[tuple[str, str]]:
        return [(each.level, each.words) for each in checkup.findings(slack_settings(**more))]

    assert told()[0][0] == "ok"
    assert told(smtp_url="smtp://127.0.0.1:1")[-1][0] == "problem"
    assert "certificate" in told(smtp_url=post_office.url("ratchet", "s3%3Acret"), mail_from=SENDER)[0][1]
    assert told(smtp_url=post_office.url("ratchet", "x"))[0][0] == "warning"
