"""Workspaces that install the app: tokens sealed at rest, the newest wins, uninstalling forgets; and who may begin."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.db import reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import ADMINISTRATOR, OWNER, RESPONDER, VIEWER, Actor
from app.models.slack import SlackInstallation, SlackState
from app.slack import sealed
from app.slack.installations import Installations, token_of
from app.slack.oauth import States, forget, may_install, oauth_settings
from app.slack.setup.scopes import NAMES
from app.workflow.unit_of_work import UnitOfWork
from tests.slack.answering import Answering, answering, say
from tests.slack.settings import slack_settings

KEY = "a secret key of the tests, long enough"
BOT, USER, REFRESH = "xoxb-very-secret-bot", "xoxp-very-secret-user", "xoxe-very-secret-refresh"
AT = datetime(2026, 3, 2, 9, 0, 0, 123457, tzinfo=UTC)


def installation(team: str | None = "T1", **more: Any) -> Installation:
    told: dict[str, Any] = {
        "app_id": "A1", "enterprise_id": None, "team_id": team, "team_name": f"Team {team}", "bot_token": BOT,
        "bot_id": "B1", "bot_user_id": "U0BOT", "bot_scopes": ["chat:write", "commands"], "user_id": "UANA",
        "user_token": USER, "bot_refresh_token": REFRESH, "installed_at": AT.timestamp(), **more,
    }  # fmt: skip
    return Installation(**told)


@pytest.fixture
def store(begin: UnitOfWork) -> Installations:
    return Installations(begin, begin.sessions, KEY)


@pytest.fixture
def states(begin: UnitOfWork, clock: Any) -> States:
    return States(begin, clock)


def rows(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(SlackInstallation)).one()


def bot_token(store: Installations, team: str | None = "T1", enterprise: str | None = None, **more: Any) -> str | None:
    found = store.find_bot(enterprise_id=enterprise, team_id=team, **more)
    return found.bot_token if found else None


# Sealed


def test_what_is_sealed_is_read_with_its_key_alone() -> None:
    kept = sealed.seal(BOT, KEY)
    assert BOT not in kept
    assert sealed.unseal(kept, KEY) == BOT
    assert sealed.seal(BOT, KEY) != kept  # no two look alike
    for wrong in ("another key", KEY + " "):
        with pytest.raises(sealed.CannotUnseal):
            sealed.unseal(kept, wrong)
    with pytest.raises(sealed.CannotUnseal):
        sealed.unseal(kept[:-5] + "AAAA=", KEY)


def test_while_a_key_is_replaced_both_read() -> None:
    old = sealed.seal(BOT, KEY)
    assert sealed.unseal(old, "the new key", KEY) == BOT
    assert sealed.unseal(sealed.seal(BOT, "the new key", KEY), "the new key") == BOT


@pytest.mark.parametrize("keys", [(), ("",), (KEY, "")])
def test_without_a_key_nothing_is_sealed(keys: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="RATCHET_SECRET_KEY"):
        sealed.seal(BOT, *keys)


def test_no_token_stands_in_the_database(fresh_engine: Engine, tmp_path: Path) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, {}, lambda *_: None)
    store = Installations(begin, reading(fresh_engine), KEY)
    store.save(installation())
    assert bot_token(store) == BOT
    if fresh_engine.dialect.name == "sqlite":
        path = Path(str(fresh_engine.url.database))
        kept = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
        assert b"T1" in kept  # it looks where it should
    else:
        with fresh_engine.connect() as connection:
            kept = str(connection.execute(text("select * from slack_installation")).all()).encode()
    for secret in (BOT, USER, REFRESH, "xoxb", "very-secret"):
        assert secret.encode() not in kept


def test_no_token_is_logged(store: Installations, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        store.save(installation())
        Installations(store.begin, store.read, "another key").first()
        store.delete_all(enterprise_id=None, team_id="T1")
    assert "very-secret" not in caplog.text
    assert "cannot be read" in caplog.text


# Installations


def test_an_installation_is_found_as_it_was_saved(store: Installations) -> None:
    store.save(installation(bot_token_expires_at=1_900_000_000))
    found = store.find_installation(enterprise_id=None, team_id="T1")
    assert found is not None
    kept = installation(bot_token_expires_at=1_900_000_000)
    assert found.to_dict() == {**kept.to_dict(), "user_scopes": found.to_dict()["user_scopes"]}
    bot = store.find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert (bot.bot_id, bot.bot_user_id, list(bot.bot_scopes)) == ("B1", "U0BOT", ["chat:write", "commands"])


def test_another_workspace_s_token_is_never_found(store: Installations) -> None:
    store.save(installation())
    for asked in ({"team_id": "T2"}, {"team_id": None}, {"team_id": ""}, {"team_id": "T1 "}, {"team_id": "%"}):
        assert store.find_bot(enterprise_id=None, **asked) is None
        assert store.find_installation(enterprise_id=None, **asked) is None
    assert store.find_bot(enterprise_id="E1", team_id="T2", is_enterprise_install=True) is None


def test_the_newest_installation_wins(store: Installations, session: Session) -> None:
    store.save(installation(bot_token="xoxb-2", installed_at=(AT + timedelta(days=1)).timestamp()))
    store.save(installation(bot_token="xoxb-1"))  # it was begun earlier, and comes late
    assert bot_token(store) == "xoxb-2"
    store.save(installation(bot_token="xoxb-3", installed_at=(AT + timedelta(days=2)).timestamp()))
    assert bot_token(store) == "xoxb-3"
    assert rows(session) == 1


def test_an_organization_serves_its_workspaces_unless_they_have_their_own(store: Installations) -> None:
    store.save(installation(None, enterprise_id="E1", is_enterprise_install=True, bot_token="xoxb-org"))
    assert bot_token(store, "T1", "E1") == "xoxb-org"
    assert bot_token(store, None, "E1", is_enterprise_install=True) == "xoxb-org"
    assert bot_token(store, "T1", "E2") is None
    store.save(installation("T1", enterprise_id="E1", bot_token="xoxb-own"))
    assert bot_token(store, "T1", "E1") == "xoxb-own"
    assert bot_token(store, "T2", "E1") == "xoxb-org"
    assert bot_token(store, "T1", "E1", is_enterprise_install=True) == "xoxb-org"


def test_nobody_acts_with_the_token_of_somebody_else(store: Installations) -> None:
    store.save(installation())
    mine = store.find_installation(enterprise_id=None, team_id="T1", user_id="UANA")
    assert mine is not None
    assert mine.user_token == USER
    assert store.find_installation(enterprise_id=None, team_id="T1", user_id="UBEN") is None


def test_a_rotated_token_replaces_the_bot_s_and_nothing_else(store: Installations, session: Session) -> None:
    store.save(installation())
    bot = store.find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    bot.bot_token, bot.bot_token_expires_at = "xoxb-rotated", 1_900_000_000
    store.save_bot(bot)
    found = store.find_installation(enterprise_id=None, team_id="T1")
    assert found is not None
    assert (found.bot_token, found.user_token, found.bot_token_expires_at) == ("xoxb-rotated", USER, 1_900_000_000)
    store.save_bot(Bot(team_id="T9", bot_token="xoxb-9", bot_id="B", bot_user_id="U", installed_at=AT.timestamp()))
    assert bot_token(store, "T9") == "xoxb-9"
    assert rows(session) == 2


def test_a_revoked_token_of_a_person_leaves_the_bot_s(store: Installations) -> None:
    store.save(installation())
    store.delete_installation(enterprise_id=None, team_id="T1", user_id="UBEN")
    store.delete_installation(enterprise_id=None, team_id="T1", user_id="UANA")
    found = store.find_installation(enterprise_id=None, team_id="T1")
    assert found is not None
    assert (found.bot_token, found.user_token) == (BOT, None)


@pytest.mark.parametrize("how", ["delete_bot", "delete_installation", "delete_all"])
def test_uninstalling_forgets_this_workspace_alone(store: Installations, session: Session, how: str) -> None:
    store.save(installation("T1"))
    store.save(installation("T2"))
    getattr(store, how)(enterprise_id=None, team_id="T1")
    assert bot_token(store, "T1") is None
    assert bot_token(store, "T2") == BOT
    getattr(store, how)(enterprise_id=None, team_id=None)  # of nobody
    assert rows(session) == 1


def test_an_organization_is_forgotten_without_its_workspaces(store: Installations, session: Session) -> None:
    store.save(installation(None, enterprise_id="E1", is_enterprise_install=True))
    store.save(installation("T1", enterprise_id="E1", bot_token="xoxb-own"))
    assert forget(store, None, "E1") is True
    assert bot_token(store, "T1", "E1") == "xoxb-own"
    assert bot_token(store, "T2", "E1") is None
    assert forget(store, "T1", "E1") is True
    assert forget(store, "T1", "E1") is False  # Slack says so twice
    assert rows(session) == 0


def test_an_event_that_comes_late_says_nothing_about_a_newer_installation(store: Installations) -> None:
    store.save(installation())
    assert forget(store, "T1", None, at=AT - timedelta(minutes=5)) is False
    assert bot_token(store) == BOT
    assert forget(store, "T1", None, at=AT) is True


def test_another_secret_key_reads_nothing_and_says_so(store: Installations) -> None:
    store.save(installation())
    other = Installations(store.begin, store.read, "another key")
    assert other.find_bot(enterprise_id=None, team_id="T1") is None
    assert other.first() is None
    (shown,) = other.workspaces()
    assert (shown.name, shown.is_readable) == ("Team T1", False)
    assert store.workspaces()[0].is_readable
    assert "very-secret" not in str(store.workspaces())


def test_what_ratchet_tells_goes_to_the_workspace_that_was_there_first(store: Installations) -> None:
    without, with_token = slack_settings(token=""), slack_settings(token="xoxb-env")
    assert token_of(without, None) is None
    assert token_of(without, store) is None
    store.save(installation("T1", bot_token="xoxb-1"))
    store.save(installation("T2", bot_token="xoxb-2", installed_at=(AT + timedelta(days=1)).timestamp()))
    assert token_of(without, store) == "xoxb-1"
    assert token_of(with_token, store) == "xoxb-env"
    forget(store, "T1", None)
    assert token_of(without, store) == "xoxb-2"


def test_two_who_install_at_the_same_moment_are_one_installation(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, {}, lambda *_: None)
    store, gate = Installations(begin, reading(fresh_engine), KEY), threading.Barrier(4)

    def save(number: int) -> None:
        gate.wait()
        store.save(installation(bot_token=f"xoxb-{number}", installed_at=AT.timestamp() + number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(4)))
    assert bot_token(store) == "xoxb-3"
    assert len(store.workspaces()) == 1


def test_a_state_is_consumed_by_one_of_many(fresh_engine: Engine, clock: Any) -> None:
    states = States(UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, {}, lambda *_: None), clock)
    state, gate = states.issue(), threading.Barrier(4)

    def consume(_: int) -> bool:
        gate.wait()
        return states.consume(state)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(consume, range(4))) == [False, False, False, True]


def test_what_cannot_be_saved_ends_on_bolt_s_failure_page(bare_engine: Engine) -> None:
    begin = UnitOfWork(writing(bare_engine), DEFAULT_POLICY, {}, lambda *_: None)
    with pytest.raises(BoltError) as caught:
        Installations(begin, reading(bare_engine), KEY).save(installation())
    assert "very-secret" not in str(caught.value)


# States


def test_a_state_is_used_once_and_within_ten_minutes(states: States, clock: Any, session: Session) -> None:
    first, second = states.issue(), states.issue()
    assert first != second
    assert states.consume(first) is True
    assert states.consume(first) is False
    clock.tick(minutes=10)
    assert states.consume(second) is False
    for wrong in ("", "x" * 9_000, "a\x00b", "'; drop table slack_state"):
        assert states.consume(wrong) is False
    states.issue()
    assert session.scalars(select(func.count()).select_from(SlackState)).one() == 1  # old ones are swept


# The whole way, as bolt goes it


INSTALLED = {
    "ok": True, "app_id": "A1", "access_token": BOT, "token_type": "bot", "scope": "chat:write", "bot_user_id": "U0BOT",
    "team": {"id": "T1", "name": "Acme <b>"}, "enterprise": None, "authed_user": {"id": "UANA"},
    "is_enterprise_install": False,
}  # fmt: skip
OAUTH = {"slack_client_id": "1.2", "slack_client_secret": "client-secret"}


@pytest.fixture
def slack() -> Iterator[Answering]:
    with answering() as made:
        made.replies["oauth.v2.access"] = say(200, INSTALLED)
        made.replies["auth.test"] = say(200, {"ok": True, "bot_id": "B1", "team_id": "T1", "user_id": "U0BOT"})
        yield made


def bolt(slack: Answering, store: Installations, states: States) -> App:
    client = WebClient(base_url=slack.api, retry_handlers=[])
    told = oauth_settings(slack_settings(slack.api, "", **OAUTH), store, states)
    return App(client=client, signing_secret="x", oauth_settings=told)


def begun(of: App) -> tuple[str, str]:
    """State and cookie of an installation that somebody has begun."""
    assert of.oauth_flow
    answer = of.oauth_flow.handle_installation(BoltRequest(body="", query={}, headers={}))
    assert answer.status == 302
    url = answer.headers["location"][0]
    assert url.startswith("https://slack.com/oauth/v2/authorize?")
    query = parse_qs(urlsplit(url).query)
    assert query["scope"] == [",".join(NAMES)]
    assert query["user_scope"] == [""] if "user_scope" in query else True
    assert query["redirect_uri"] == ["https://ratchet.example.com/slack/oauth_redirect"]
    return query["state"][0], answer.headers["set-cookie"][0].split(";")[0]


def back(of: App, cookie: str, **query: str) -> Any:
    assert of.oauth_flow
    return of.oauth_flow.handle_callback(BoltRequest(body="", query=dict(query), headers={"cookie": cookie}))


def test_a_workspace_is_installed_from_the_button_to_the_token(
    slack: Answering, store: Installations, states: States, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        of = bolt(slack, store, states)
        state, cookie = begun(of)
        answer = back(of, cookie, code="c1", state=state)
        logging.getLogger("elsewhere").debug("others are heard")
    assert "others are heard" in caplog.text
    assert not any(secret in caplog.text for secret in (BOT, "client-secret", state))
    assert answer.status == 200
    assert "Ratchet is installed in Acme &lt;b&gt;." in answer.body
    assert 'href="/slack/setup"' in answer.body
    assert BOT not in answer.body
    assert bot_token(store) == BOT
    again = back(of, cookie, code="c1", state=state)
    assert again.status == 401
    assert "was completed already" in again.body


def test_whoever_comes_back_without_having_begun_installs_nothing(
    slack: Answering, store: Installations, states: States, session: Session
) -> None:
    of = bolt(slack, store, states)
    state, cookie = begun(of)
    for told, words in (
        ({"error": "access_denied", "state": state}, "You have not allowed it."),
        ({"error": "<script>", "state": state}, "Slack has stopped it."),
        ({"code": "c", "state": "of somebody else"}, "another browser"),
        ({"code": "c"}, "another browser"),
        ({"state": state}, "Slack sent nothing"),
    ):
        answer = back(of, cookie, **told)
        assert words in answer.body
        assert "<script>" not in answer.body
        assert "Not installed" in answer.body
    assert rows(session) == 0
    assert "oauth.v2.access" not in slack.methods()


def test_a_code_that_slack_refuses_installs_nothing(
    slack: Answering, store: Installations, states: States, caplog: pytest.LogCaptureFixture
) -> None:
    slack.replies["oauth.v2.access"] = say(200, {"ok": False, "error": "invalid_code"})
    of = bolt(slack, store, states)
    state, cookie = begun(of)
    answer = back(of, cookie, code="c1", state=state)
    assert answer.status == 401
    assert "did not accept" in answer.body
    assert "client-secret" not in caplog.text + answer.body


def test_bolt_finds_the_token_of_the_workspace_that_asks(
    slack: Answering, store: Installations, states: States
) -> None:
    store.save(installation("T1"))
    of = bolt(slack, store, states)
    heard: list[str | None] = []

    @of.command("/ratchet")
    def command(ack: Any, context: Any) -> None:
        ack()
        heard.append(context.bot_token)

    def ask(team: str) -> int:
        body = f"command=%2Fratchet&team_id={team}&user_id=UBEN&channel_id=C1&text=mine"
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "x-slack-signature": str(SignatureVerifier("x").generate_signature(timestamp=stamp, body=body)),
            "x-slack-request-timestamp": stamp, "content-type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        return int(of.dispatch(BoltRequest(body=body, headers=headers)).status)

    assert ask("T1") == 200
    assert heard == [BOT]
    ask("T2")
    assert heard == [BOT]


def test_without_client_id_and_secret_there_is_no_installing(store: Installations, states: States) -> None:
    assert oauth_settings(slack_settings(), store, states) is None
    assert oauth_settings(slack_settings(slack_client_id="1.2"), store, states) is None


def test_only_an_administrator_may_install() -> None:
    assert [may_install(Actor(1, "A", role)) for role in (VIEWER, RESPONDER, OWNER, ADMINISTRATOR)] == [
        False, False, False, True,
    ]  # fmt: skip
    assert may_install(None) is False


def test_what_is_kept_is_json_that_a_newer_version_can_read(store: Installations, session: Session) -> None:
    store.save(installation())
    kept = session.scalars(select(SlackInstallation.sealed)).one()
    assert json.loads(sealed.unseal(kept, KEY))["bot_token"] == BOT
