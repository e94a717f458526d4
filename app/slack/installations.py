"""The workspaces that have installed the app. Tokens are sealed: a copy of the database opens nobody's Slack."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.models.slack import SlackInstallation
from app.slack.sealed import CannotUnseal, seal, unseal
from app.workflow.unit_of_work import UnitOfWork
from config import Settings

log = logging.getLogger(__name__)
BOT_FIELDS = ("bot_token", "bot_id", "bot_user_id", "bot_scopes", "bot_refresh_token", "bot_token_expires_at")
WORKSPACE_FIELDS = (
    "app_id", "enterprise_id", "enterprise_name", "team_id", "team_name", "is_enterprise_install", "installed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """What may be shown of an installation. `is_readable`: the secret key is the one that sealed it."""

    name: str
    team_id: str
    enterprise_id: str
    installed_at: datetime
    is_readable: bool


class Installations(InstallationStore):
    """One installation for each workspace or organization; the newest replaces what was there. Every session is as long
    as its statement: Slack is never asked while one is open."""

    def __init__(self, begin: UnitOfWork, read: sessionmaker[Session], *keys: str) -> None:
        self.begin, self.read, self.keys = begin, read, keys

    @property
    def logger(self) -> logging.Logger:
        return log

    def save(self, installation: Installation) -> None:
        """Keep it. BoltError when that fails: bolt then shows its failure page."""
        for is_last in (False, True):
            try:
                self._keep(installation)
            except IntegrityError:  # somebody has installed it in the same workspace at the same moment
                if is_last:
                    raise BoltError("The installation could not be saved.") from None
            except SQLAlchemyError as error:
                log.error("an installation of Slack was not saved: %s", type(error).__name__)
                raise BoltError("The installation could not be saved.") from None
            else:
                return

    def _keep(self, of: Installation) -> None:
        sealed = seal(json.dumps(of.to_dict_for_copying(), default=_moment), *self.keys)
        team_id = "" if of.is_enterprise_install else of.team_id or ""
        name, installed_at = of.team_name or of.enterprise_name or "", datetime.fromtimestamp(of.installed_at, UTC)
        same = select(SlackInstallation).where(
            SlackInstallation.enterprise_id == (of.enterprise_id or ""), SlackInstallation.team_id == team_id
        )
        with self.begin() as work:
            row = work.session.scalars(same.with_for_update()).one_or_none()
            if row is None:
                row = SlackInstallation(enterprise_id=of.enterprise_id or "", team_id=team_id)
                work.session.add(row)
            elif row.installed_at > installed_at:
                return  # the newest wins
            row.name, row.sealed, row.installed_at = name, sealed, installed_at

    def save_bot(self, bot: Bot) -> None:
        """A new token for the bot, as rotation brings it; everything else stays."""
        found = self._newest(bot.enterprise_id, bot.team_id, bot.is_enterprise_install)
        made = found or Installation(user_id="", **{name: getattr(bot, name) for name in WORKSPACE_FIELDS})
        for name in BOT_FIELDS:
            setattr(made, name, getattr(bot, name))
        made.installed_at = max(made.installed_at, bot.installed_at)
        self.save(made)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of the workspace; else that of its organization."""
        found = self._newest(enterprise_id, team_id, is_enterprise_install)
        return found.to_bot() if found and found.bot_token else None

    def find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:  # fmt: skip
        """The installation of the workspace, else of its organization. With `user_id` only if that person has
        installed it: nobody acts with the token of somebody else."""
        found = self._newest(enterprise_id, team_id, is_enterprise_install)
        return found if found and user_id in (None, found.user_id) else None

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.forget(enterprise_id=enterprise_id, team_id=team_id)

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """All of it; with `user_id` only that person's own token: the bot's goes on working."""
        if user_id is None:
            self.forget(enterprise_id=enterprise_id, team_id=team_id)
            return
        found = self.find_installation(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
        if found is not None and found.user_token:
            found.user_token, found.user_refresh_token, found.user_token_expires_at = None, None, None
            self.save(found)

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        self.forget(enterprise_id=enterprise_id, team_id=team_id)

    def forget(self, *, enterprise_id: str | None, team_id: str | None, not_after: datetime | None = None) -> bool:
        """Remove it, unless it is newer than `not_after`. Whether anything was removed."""
        of = SlackInstallation
        told = delete(of).where(of.team_id == (team_id or ""))
        if not team_id:
            if not enterprise_id:
                return False
            told = told.where(of.enterprise_id == enterprise_id)
        if not_after is not None:
            told = told.where(of.installed_at < not_after + timedelta(seconds=1))  # Slack counts whole seconds
        with self.begin() as work:
            return bool(work.session.connection().execute(told).rowcount)

    def first(self) -> Installation | None:
        """The workspace that was there first, and can be read: what Ratchet tells by itself goes there."""
        for row in self._rows(select(SlackInstallation).order_by(SlackInstallation.id)):
            if (found := self._opened(row)) is not None and found.bot_token:
                return found
        return None

    def workspaces(self) -> list[Workspace]:
        """All of them, by name, without anything secret."""
        rows = self._rows(select(SlackInstallation).order_by(SlackInstallation.name, SlackInstallation.id))
        return [
            Workspace(
                row.name or row.team_id or row.enterprise_id, row.team_id, row.enterprise_id, row.installed_at,
                self._opened(row) is not None,
            )
            for row in rows
        ]  # fmt: skip

    def _newest(self, enterprise_id: str | None, team_id: str | None, of_all: bool | None) -> Installation | None:
        tried = [] if of_all or not team_id else [SlackInstallation.team_id == team_id]  # ids of teams are worldwide
        if enterprise_id:
            tried.append((SlackInstallation.team_id == "") & (SlackInstallation.enterprise_id == enterprise_id))
        for where in tried:
            for row in self._rows(
                select(SlackInstallation).where(where).order_by(SlackInstallation.installed_at.desc())
            ):
                if (found := self._opened(row)) is not None:
                    return found
        return None

    def _rows(self, query: Select[SlackInstallation]) -> Sequence[SlackInstallation]:
        with self.read() as session:
            return session.scalars(query).all()

    def _opened(self, row: SlackInstallation) -> Installation | None:
        try:
            return Installation(**json.loads(unseal(row.sealed, *self.keys)))
        except (CannotUnseal, ValueError, TypeError):
            log.error(
                "the installation in %s cannot be read: the secret key has changed; install the app anew", row.name
            )
            return None


def token_of(settings: Settings, installations: Installations | None) -> str | None:
    """The token with which Ratchet tells by itself: the setting, else the one of the first workspace. None: messages
    are kept."""
    if settings.slack_token or installations is None:
        return settings.slack_token or None
    found = installations.first()
    return found.bot_token if found else None


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept")
