"""Every setting in one place: its variable, its default, its reason. Wrong values are reported all at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.lifecycle import DEFAULT_POLICY, KEYS, SEVERITIES, Policy

PREFIX = "RATCHET_"


class ConfigError(ValueError):
    """One or more variables are wrong; `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _text(value: str) -> str:
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not low <= seconds <= high:  # which "nan" is not either
            raise ValueError(f"must be a number of seconds from {low:g} to {high:g}")
        return seconds

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return read


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an absolute http or https URL")
    return value


def _database(value: str) -> str:
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value.startswith("postgresql://"):  # psycopg 3 is the driver that is installed
        value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if value in ("sqlite:///", "sqlite:///:memory:"):
        raise ValueError("must name a file: in memory each connection would have a database of its own")
    return value


def _command(value: str) -> str:
    if not value.startswith("/") or not value[1:].replace("-", "").replace("_", "").isalnum() or len(value) > 32:
        raise ValueError("must be a slash and at most 31 letters, digits, - or _, such as /ratchet")
    return value.lower()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("must be a time zone such as Europe/Berlin or UTC") from None
    return value


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("must look like smtp://host:587 or smtps://host:465")
    return value


def _flag(value: str) -> bool:
    if value.lower() not in ("1", "0", "true", "false", "yes", "no"):
        raise ValueError("must be true or false")
    return value.lower() in ("1", "true", "yes")


def _policy(value: str) -> Mapping[str, Policy]:
    """A TOML file with a table per severity: `skippable = ["analysis"]`, `working_days.review = 3`."""
    if not value:
        return DEFAULT_POLICY
    try:
        told = tomllib.loads(Path(value).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    if unknown := set(told) - set(SEVERITIES):
        raise ValueError(f"has unknown severities: {', '.join(sorted(unknown))}")
    return {severity: _policy_row(severity, told.get(severity, {})) for severity in SEVERITIES}


def _policy_row(severity: str, row: Any) -> Policy:
    usual = DEFAULT_POLICY[severity]
    if not isinstance(row, dict) or (unknown := set(row) - {"skippable", "working_days"}):
        names = f": {', '.join(sorted(unknown))}" if isinstance(row, dict) else ""
        raise ValueError(f"may say skippable and working_days for {severity}, nothing else{names}")
    skippable, days = row.get("skippable", sorted(usual.skippable)), row.get("working_days", {})
    if not isinstance(skippable, list) or any(not isinstance(each, str) for each in skippable):
        raise ValueError(f"needs a list of stages as skippable for {severity}")
    if not isinstance(days, dict) or any(type(each) is not int or not 1 <= each <= 1000 for each in days.values()):
        raise ValueError(f"needs whole working days from 1 to 1000 for {severity}")
    if unknown := (set(skippable) | set(days)) - set(KEYS):
        raise ValueError(f"names unknown stages for {severity}: {', '.join(sorted(unknown))}")
    return Policy(frozenset(skippable), {**usual.working_days, **days})


def _setting(default: str, read: Callable[[str], Any], reason: str, *, secret: bool = False) -> Any:
    # Nothing secret in a repr: it ends in logs and error pages.
    return field(repr=not secret, metadata={"default": default, "read": read, "reason": reason, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Read once at start and never again; `Settings.from_env()` is the only place that looks at the environment."""

    database_url: str = _setting(
        "sqlite:///var/ratchet.db", _database, "SQLite file or PostgreSQL URL. SQLite serves one machine.", secret=True
    )
    base_url: str = _setting(
        "http://127.0.0.1:8000", _http_url, "Where people reach Ratchet; links in Slack start with it."
    )
    secret_key: str = _setting(
        "", _text, "Signs sessions. Empty: one is made and kept in var/secret-key; set it for several processes.",
        secret=True,
    )  # fmt: skip
    session_hours: int = _setting("12", _whole(1, 720), "Hours without a click after which people sign in again.")
    proxies: int = _setting("0", _whole(0, 5), "How many reverse proxies to trust for X-Forwarded-For and -Proto.")
    web_threads: int = _setting("16", _whole(1, 64), "Requests that one web process of `flask serve` answers at once.")
    slack_token: str = _setting(
        "", _text, "Bot token (xoxb-…). Empty: messages are kept and shown on the outbox page.", secret=True
    )
    slack_signing_secret: str = _setting(
        "", _text, "Tells that a request is Slack's. Two with a comma between them while one replaces the other.",
        secret=True,
    )  # fmt: skip
    slack_app_token: str = _setting(
        "", _text, "App-level token (xapp-…) for `flask slack socket`, where Slack cannot reach Ratchet.", secret=True
    )
    slack_client_id: str = _setting(
        "", _text, "With the next one: the app can be installed in several workspaces from /slack/install."
    )
    slack_client_secret: str = _setting("", _text, "Of the app, from its Basic Information page.", secret=True)
    slack_command: str = _setting("/ratchet", _command, "The slash command.")
    slack_api_url: str = _setting("https://slack.com/api/", _http_url, "The Web API; a stand-in server in tests.")
    slack_incidents_channel: str = _setting("#incidents", _text, "Where the card of each public incident appears.")
    slack_engineering_channel: str = _setting("#engineering", _text, "Where new practices are announced.")
    slack_report_channel: str = _setting(
        "", _text, "Where the weekly report for everyone is posted. Empty: the engineering channel."
    )
    time_zone: str = _setting(
        "UTC",
        _zone,
        "Of the company: its weekly report is made on Monday at 08:00 there. Teams and people have their own.",
    )
    smtp_url: str = _setting(
        "", _smtp_url, "smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Empty: e-mails are kept and shown.",
        secret=True,
    )  # fmt: skip
    mail_from: str = _setting("", _text, "The sender of e-mails, such as Ratchet <ratchet@example.com>.")
    worker_poll_seconds: float = _setting(
        "0.5", _seconds(0.1, 300), "How often the worker looks for messages. People wait for the card in Slack."
    )
    slip_minutes: int = _setting(
        "10",
        _whole(0, 1440),
        "Minutes that adoption must stay lost before its team is told; what comes back sooner is quiet.",
    )
    policy: Mapping[str, Policy] = _setting(
        "", _policy, "A TOML file with stages that may be skipped and working days, per severity. Empty: the defaults."
    )
    rate_limit_storage: str = _setting(
        "memory://",
        _text,
        "Where sign-in attempts are counted; redis://… when there are several web processes.",
        secret=True,
    )
    metrics: bool = _setting("true", _flag, "Whether /metrics answers. It shows no incident, only counts of requests.")
    log_level: str = _setting("info", _one_of("debug", "info", "warning", "error"), "The least level that is logged.")
    log_format: str = _setting("text", _one_of("text", "json"), "text for people, json for machines.")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Settings from variables such as RATCHET_DATABASE_URL. ConfigError names every wrong or unknown one."""
        values: dict[str, Any] = {}
        problems = []
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        for name, each in known.items():
            raw = env.get(name, "").strip() or each.metadata["default"]
            try:
                values[each.name] = each.metadata["read"](raw)
            except ValueError as error:
                problems.append(f"{name} {error}.")
        problems += [
            f"{name} is not a setting of Ratchet."
            for name in sorted(env)
            if name.startswith(PREFIX) and name not in known and not name.startswith(PREFIX + "TESTS_")
        ]
        if problems:
            raise ConfigError(problems)
        return cls(**values)

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")


def described() -> list[tuple[str, str, str]]:
    """Variable, default and reason of every setting: the README and `.env.example` are held to it."""
    assert all(each.default is MISSING for each in fields(Settings))
    return [
        (PREFIX + each.name.upper(), each.metadata["default"], each.metadata["reason"]) for each in fields(Settings)
    ]
