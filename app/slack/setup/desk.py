"""What the page and the commands ask for: the manifest for this Ratchet, the checks, the workspaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.models.person import Team
from app.slack.installations import Installations, Workspace, token_of
from app.slack.setup import checks, manifest, samples, validate
from app.slack.setup.asking import Asking
from app.slack.setup.channels import Wanted
from app.slack.setup.hearing import HEARING, Hearing
from app.slack.setup.known import Known
from app.slack.setup.result import Result, unneeded
from app.slack.setup.scopes import SCOPES, Scope
from config import Settings

WHOSE_MAX = 3


@dataclass(frozen=True)
class Desk:
    """Everything about connecting Slack. `read` and `installations` are None where there is no database to ask."""

    settings: Settings
    clock: Callable[[], datetime]
    read: sessionmaker[Session] | None = None
    installations: Installations | None = None
    hearing: Hearing = HEARING

    @property
    def has_oauth(self) -> bool:
        return bool(self.settings.slack_client_id and self.settings.slack_client_secret)

    @property
    def scopes(self) -> Sequence[Scope]:
        return SCOPES

    def manifest(self, *, is_socket_mode: bool, base_url: str | None = None) -> dict[str, Any]:
        """Of the app, for this address or another one."""
        at = base_url or self.settings.base_url
        return manifest.manifest(at, self.settings.slack_command, is_socket_mode, has_oauth=self.has_oauth)

    def text(self, *, is_socket_mode: bool) -> str:
        """The manifest as Slack's page takes it."""
        return manifest.as_yaml(self.manifest(is_socket_mode=is_socket_mode))

    def link(self, *, is_socket_mode: bool) -> str:
        """Where the app is created with one click."""
        return manifest.link(self.manifest(is_socket_mode=is_socket_mode))

    def warnings(self, *, is_socket_mode: bool) -> Sequence[str]:
        """Why an app with this manifest would not work."""
        return manifest.warnings(self.settings.base_url, is_socket_mode)

    def workspaces(self) -> Sequence[Workspace]:
        """Those that have installed the app."""
        return self.installations.workspaces() if self.installations else ()

    def channels(self) -> Sequence[Wanted]:
        """Those of the settings and of every team, each once."""
        whose = {
            self.settings.slack_incidents_channel: ["RATCHET_SLACK_INCIDENTS_CHANNEL"],
        }
        whose.setdefault(self.settings.slack_engineering_channel, []).append("RATCHET_SLACK_ENGINEERING_CHANNEL")
        if self.read is not None:
            with self.read() as session:
                of = select(Team.title, Team.slack_channel).where(Team.slack_channel != "").order_by(Team.title)
                for title, channel in session.execute(of):
                    whose.setdefault(channel, []).append(f"team {title}")
        return [Wanted(channel, _some(of)) for channel, of in whose.items()]

    def check(self) -> Iterator[Result]:
        """All checks, as they are made."""
        token = token_of(self.settings, self.installations)
        yield from checks.check(
            Known(
                settings=self.settings, token=token, is_installed=bool(token) and not self.settings.slack_token,
                channels=self.channels(), workspaces=self.workspaces(), clock=self.clock, hearing=self.hearing,
            )
        )  # fmt: skip

    def validate(self) -> Iterator[Result]:
        """Every kind of message, form and home, before Slack's validator."""
        token = token_of(self.settings, self.installations)
        if not token:
            yield unneeded(validate.NAME, "There is no token to ask Slack's validator with.")
            return
        yield from validate.validate(Asking(self.settings, token), samples.samples(self.settings.base_url))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - WHOSE_MAX} more" if len(names) > WHOSE_MAX else ""
    return ", ".join(names[:WHOSE_MAX]) + more
