"""What the checks are told before they ask anybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.slack.installations import Workspace
from app.slack.setup.channels import Wanted
from app.slack.setup.hearing import HEARING, Hearing
from config import Settings


@dataclass(frozen=True)
class Known:
    """What the checks are told: the token in use and whether an installation gave it, channels by whose they are, the
    workspaces, what this process has heard, and the time in UTC."""

    settings: Settings
    token: str | None
    is_installed: bool
    channels: Sequence[Wanted]
    workspaces: Sequence[Workspace]
    clock: Callable[[], datetime]
    hearing: Hearing = HEARING
