"""The least that the app may do in Slack: every scope with its reason, and what goes without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """`why` completes "so that …", `without` completes "Without it …"."""

    name: str
    why: str
    without: str


SCOPES: tuple[Scope, ...] = (
    Scope("chat:write", "Ratchet can post and update its messages", "nothing can be sent"),
    Scope("commands", "the slash command and the shortcuts exist", "the slash command and the shortcuts are missing"),
    Scope(
        "app_mentions:read", "Ratchet hears its name in threads, where slash commands do not work",
        "mentions of Ratchet are not heard",
    ),
    Scope("im:write", "Ratchet can tell somebody in person", "nobody is told in person"),
    Scope(
        "im:history", "Ratchet hears direct messages, and finds its own when an answer was lost",
        "direct messages are not heard, and after a lost answer a message to a person waits until this is added",
    ),
    Scope("users:read", "people are matched with their accounts", "nobody is recognized by their Slack account"),
    Scope(
        "users:read.email", "people are matched by their verified address",
        "nobody is recognized by their address, and must be linked by hand",
    ),
    Scope("channels:read", "Ratchet finds public channels by name", "channels must be named by their id"),
    Scope("channels:join", "Ratchet joins the public channels that it posts to", "it must be invited to each channel"),
    Scope(
        "channels:history", "Ratchet finds its own message when an answer was lost, so that nothing is posted twice",
        "after a lost answer a message waits until this is added",
    ),
    Scope("groups:read", "Ratchet finds the private channels that it was invited to",
          "private channels must be named by their id"),
    Scope("groups:history", "the same holds in private channels",
          "after a lost answer a message to a private channel waits until this is added"),
    Scope("files:write", "the weekly report comes with its chart", "the weekly report comes without its chart"),
    Scope("files:read", "Ratchet sees when Slack has processed it", "the weekly report comes without its chart"),
)  # fmt: skip
NAMES: tuple[str, ...] = tuple(each.name for each in SCOPES)
ESSENTIAL = frozenset({"chat:write"})  # without any of these nothing works at all


def missing(given: Collection[str]) -> list[Scope]:
    """Those that the token has not, the most important first."""
    return [each for each in SCOPES if each.name not in given]
