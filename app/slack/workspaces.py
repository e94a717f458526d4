"""Which workspaces are ours, and the client for each: everybody else is refused."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from slack_sdk import WebClient

from app.slack.client import web_client
from app.slack.installations import Installations
from config import Settings


@dataclass
class Workspaces:
    """With a token in the settings there is one workspace, the token's own; else those that have installed the app."""

    settings: Settings
    installations: Installations
    _own: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client_of(self, team_id: str) -> WebClient | None:
        """The client for a workspace; None: it is not ours. Raises what slack_sdk raises when Slack, asked whose the
        token is, does not answer."""
        if self.settings.slack_token:
            client = web_client(self.settings)
            return client if client is not None and team_id == self._own_team(client) else None
        bot = self.installations.find_bot(enterprise_id=None, team_id=team_id)
        return web_client(self.settings, bot.bot_token) if bot else None

    def _own_team(self, client: WebClient) -> str:
        """Asked once: the team of a token never changes."""
        with self._lock:
            if not self._own:
                self._own = str(client.auth_test()["team_id"])
        return self._own
