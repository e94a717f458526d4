"""The manifest: within Slack's limits (github.com/slackapi/manifest-schema, 2.0.0), with one address, created by one
click."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from app.slack.setup import manifest as made
from app.slack.setup.address import obstacle
from app.slack.setup.scopes import ESSENTIAL, NAMES, SCOPES, missing

BASE = "https://ratchet.example.com"
LINK_MOST = 8_000  # what browsers, proxies and Slack's own servers take without a doubt


def of(**more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"base_url": BASE, "command": "/ratchet", "is_socket_mode": False, **more}
    return made.manifest(told.pop("base_url"), told.pop("command"), told.pop("is_socket_mode"), **told)


def urls(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [each for inner in value.values() for each in urls(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in urls(inner)]
    return [value] if isinstance(value, str) and value.startswith("http") else []


@pytest.mark.parametrize("is_socket_mode", [False, True])
@pytest.mark.parametrize("command", ["/ratchet", "/" + "x" * 31])
def test_the_manifest_is_within_slack_s_limits(is_socket_mode: bool, command: str) -> None:
    told = of(is_socket_mode=is_socket_mode, command=command, has_oauth=True)
    about, features = told["display_information"], told["features"]
    assert 1 <= len(about["name"]) <= 35
    assert 1 <= len(about["description"]) <= 140
    assert "long_description" not in about  # if it is there, it has at least 175 characters
    assert 1 <= len(features["bot_user"]["display_name"]) <= 80
    assert 1 <= len(features["shortcuts"]) <= 5
    for each in features["shortcuts"]:
        assert set(each) == {"name", "type", "callback_id", "description"}
        assert 1 <= len(each["name"]) <= 24, each["name"]
        assert 1 <= len(each["description"]) <= 150
        assert len(each["callback_id"]) <= 255
        assert each["type"] in ("message", "global")
    (slash,) = features["slash_commands"]
    assert 2 <= len(slash["command"]) <= 32
    assert len(slash["description"]) <= 2_000
    assert len(slash["usage_hint"]) <= 1_000
    scopes = told["oauth_config"]["scopes"]["bot"]
    assert len(set(scopes)) == len(scopes) <= 255
    assert all(len(each) <= 50 for each in scopes)
    events = told["settings"]["event_subscriptions"]["bot_events"]
    assert len(set(events)) == len(events) <= 100


def test_everything_is_in_it_that_the_bot_answers() -> None:
    told = of()
    assert told["features"]["app_home"]["home_tab_enabled"]
    assert told["features"]["app_home"]["messages_tab_enabled"]
    assert not told["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert {(each["type"], each["callback_id"]) for each in told["features"]["shortcuts"]} == {
        ("message", "declare_from_message"), ("message", "add_to_timeline"), ("global", "declare_incident"),
    }  # fmt: skip
    assert told["features"]["slash_commands"][0]["should_escape"] is True
    assert set(told["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened", "app_mention", "message.im", "app_uninstalled", "tokens_revoked",
    }  # fmt: skip
    assert told["settings"]["interactivity"]["is_enabled"]


def test_every_address_is_the_one_that_ratchet_listens_at() -> None:
    assert set(urls(of(base_url=f"{BASE}/"))) == {f"{BASE}/slack/events"}
    assert set(urls(of(base_url=f"{BASE}/learning"))) == {f"{BASE}/learning/slack/events"}
    told = of(has_oauth=True)
    assert told["oauth_config"]["redirect_urls"] == [f"{BASE}/slack/oauth_redirect"]
    assert "redirect_urls" not in of()["oauth_config"]


def test_in_socket_mode_slack_is_given_no_address() -> None:
    told = of(is_socket_mode=True)
    assert urls(told) == []
    assert told["settings"]["socket_mode_enabled"] is True
    assert of()["settings"]["socket_mode_enabled"] is False


def test_every_event_and_feature_has_its_scope_and_every_scope_its_reason() -> None:
    needs = {"app_mention": "app_mentions:read", "message.im": "im:history"}
    assert set(needs.values()) | {"commands", "chat:write"} <= set(NAMES)
    assert all(each.why and each.without for each in SCOPES)
    assert set(NAMES) >= ESSENTIAL
    assert [each.name for each in missing(set(NAMES) - {"users:read"})] == ["users:read"]


def test_one_click_carries_the_whole_manifest() -> None:
    told = of(has_oauth=True)
    link = made.link(told)
    assert len(link) < LINK_MOST
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(parts.query)
    assert query["new_app"] == ["1"]
    assert yaml.safe_load(query["manifest_yaml"][0]) == told
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://ratchet.example.com", "is not https"),
        ("https://localhost", "only on this machine or network"),
        ("https://127.0.0.1:8000", "only on this machine or network"),
        ("https://10.1.2.3", "only on this machine or network"),
        ("https://[::1]/", "only on this machine or network"),
        ("https://ratchet", "only on this machine or network"),
        ("https://ratchet.corp.internal", "only on this machine or network"),
        ("https://ratchet.example.com?x=1", "more than a host and a path"),
        ("ftp://ratchet.example.com", "begins with https"),
    ],
)
def test_an_address_that_slack_cannot_reach_is_named(url: str, words: str) -> None:
    assert words in (obstacle(url) or "")
    (warned,) = made.warnings(url, False)
    assert "use Socket Mode" in warned
    assert made.warnings(url, True) == []


def test_a_public_https_address_is_good() -> None:
    assert obstacle("https://ratchet.example.com:8443/learning") is None
    assert made.warnings(BASE, False) == []
