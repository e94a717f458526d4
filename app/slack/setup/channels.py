"""The channels that Ratchet posts to: are they there, and is it in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.slack.setup.asking import Answer, Asking
from app.slack.setup.result import RIGHT, UNKNOWN, WRONG, Result, unknown

NAME = "Channels"
PAGES_MAX = 15  # of a thousand channels each; Slack allows twenty such questions a minute
SHOWN_MAX = 10
# What may be true of a channel: the outcome, in words, and how to mend it.
FATES: Mapping[str, tuple[str, str, str]] = {
    "member": (RIGHT, "Ratchet is in {}.", ""),
    "joins": (RIGHT, "Ratchet joins {} by itself, with its first message there.", ""),
    "missing": (
        WRONG, "The app can see no such channel: {}.",
        "Create it, or correct its name. A private channel is seen once the app is invited: /invite @ratchet",
    ),
    "closed": (
        WRONG, "Ratchet is not in {}, and may not join by itself.", "Write in that channel: /invite @ratchet",
    ),
    "archived": (WRONG, "Archived: {}.", "Unarchive it, or name another channel."),
    "not seen": (UNKNOWN, f"Not among the first {PAGES_MAX},000 channels: {{}}.", "Name it by its id."),
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A channel as it is written, and who wants it: a setting, or a team."""

    channel: str
    whose: str


def check(asking: Asking, wanted: Sequence[Wanted], scopes: frozenset[str] | None) -> Iterator[Result]:
    """One result for all channels that share a fate."""
    if scopes is not None and "channels:read" not in scopes:
        yield unknown(NAME, "Without the scope channels:read channels are not found.", "Add it as said above.")
        return
    found, is_complete, trouble = _look(asking, {each.channel for each in wanted}, scopes)
    if trouble:
        mend = "Look whether the channels of the settings and of the teams exist, and try again in a minute."
        yield unknown(NAME, f"Channels cannot be listed: {trouble}.", mend)
        return
    may_join = scopes is None or "channels:join" in scopes
    fates: dict[str, list[Wanted]] = {fate: [] for fate in FATES}
    for each in wanted:
        fates[_fate(found.get(each.channel), is_complete=is_complete, may_join=may_join)].append(each)
    for fate, those in fates.items():
        if those:
            outcome, words, mend = FATES[fate]
            told = words.format(_named(those, with_owners=outcome != RIGHT))
            yield Result(NAME, outcome, told, mend, is_bearable=outcome == WRONG)


def _fate(found: Mapping[str, Any] | None, *, is_complete: bool, may_join: bool) -> str:
    if found is None:
        return "missing" if is_complete else "not seen"
    if found.get("is_archived"):
        return "archived"
    if found.get("is_member"):
        return "member"
    return "closed" if found.get("is_private") or not may_join else "joins"


def _named(those: Sequence[Wanted], *, with_owners: bool) -> str:
    names = [f"{each.channel} ({each.whose})" if with_owners else each.channel for each in those[:SHOWN_MAX]]
    more = f" and {len(those) - SHOWN_MAX} more" if len(those) > SHOWN_MAX else ""
    return ", ".join(names) + more


def _look(
    asking: Asking, names: set[str], scopes: frozenset[str] | None
) -> tuple[dict[str, Mapping[str, Any]], bool, str]:
    """What Slack knows of each name or id, whether it has told of all channels, and what went wrong."""
    found: dict[str, Mapping[str, Any]] = {}
    kinds = "public_channel" if scopes is not None and "groups:read" not in scopes else "public_channel,private_channel"
    cursor = ""
    for _ in range(PAGES_MAX):
        answer = asking.ask("conversations.list", types=kinds, limit=1000, cursor=cursor)
        if not answer.is_good:
            return found, False, answer.error or answer.silence
        for each in _listed(answer):
            for name in {f"#{each.get('name')}", str(each.get("name")), str(each.get("id"))} & names:
                if name not in found or not each.get("is_archived"):  # an archived one may have had the same name
                    found[name] = each
        cursor = _cursor(answer)
        if not cursor or len(found) == len(names):
            return found, True, ""
    return found, False, ""


def _listed(answer: Answer) -> Iterator[Mapping[str, Any]]:
    listed = answer.data.get("channels")
    yield from (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()


def _cursor(answer: Answer) -> str:
    more = answer.data.get("response_metadata")
    return str(more.get("next_cursor") or "") if isinstance(more, Mapping) else ""
