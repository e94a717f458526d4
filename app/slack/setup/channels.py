"""The channels that Ratchet posts to: are they there, and is it in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.slack.setup.asking import Answer, Asking
from app.slack.setup.result import RIGHT, Result, right, unknown, wrong

NAME = "Channels"
PAGES_MAX = 15  # of a thousand channels each; Slack allows twenty such questions a minute
SHOWN_MAX = 20


@dataclass(frozen=True)
class Wanted:
    """A channel as it is written, and who wants it: a setting, or a team."""

    channel: str
    whose: str


def check(asking: Asking, wanted: Sequence[Wanted], scopes: frozenset[str] | None) -> Iterator[Result]:
    """One result for each that is wrong, and one for all that are right."""
    if scopes is not None and "channels:read" not in scopes:
        yield unknown(NAME, "Without the scope channels:read channels are not found.", "Add it as said above.")
        return
    found, is_complete, trouble = _look(asking, {each.channel for each in wanted}, scopes)
    if trouble:
        mend = "Look whether the channels of the settings and of the teams exist, and try again in a minute."
        yield unknown(NAME, f"Channels cannot be listed: {trouble}.", mend)
        return
    may_join = scopes is None or "channels:join" in scopes
    all_ = [_one(each, found.get(each.channel), is_complete=is_complete, may_join=may_join) for each in wanted]
    good = [each for each in all_ if each.outcome == RIGHT]
    bad = [each for each in all_ if each.outcome != RIGHT]
    yield from good[:2] if len(good) <= 2 else [_together(good, wanted)]
    yield from bad[:SHOWN_MAX]
    if len(bad) > SHOWN_MAX:
        yield wrong(
            NAME, f"{len(bad) - SHOWN_MAX} more channels are wrong.", "Mend those above first.", is_bearable=True
        )


def _together(good: Sequence[Result], wanted: Sequence[Wanted]) -> Result:
    all_ = "All" if len(good) == len(wanted) else "The other"
    return right(NAME, f"{all_} {len(good)} channels are there, and Ratchet is in them or joins by itself.")


def _one(of: Wanted, found: Mapping[str, Any] | None, *, is_complete: bool, may_join: bool) -> Result:
    channel, whose = of.channel, of.whose
    if found is None:
        words = f"There is no channel {channel} ({whose}) that the app can see."
        if not is_complete:
            return unknown(NAME, f"{channel} ({whose}) is not among the first {PAGES_MAX},000 channels.", "Use its id.")
        return wrong(
            NAME, words, "Create it, or correct its name. A private channel is found once the app is invited: "
            "/invite @ratchet", is_bearable=True,
        )  # fmt: skip
    if found.get("is_archived"):
        words = f"{channel} ({whose}) is archived."
        return wrong(NAME, words, "Unarchive it, or name another channel.", is_bearable=True)
    if found.get("is_member"):
        return right(NAME, f"{channel} is there, and Ratchet is in it.")
    if found.get("is_private") or not may_join:
        words = f"Ratchet is not in {channel} ({whose}), and may not join it by itself."
        return wrong(NAME, words, "Write in that channel: /invite @ratchet", is_bearable=True)
    return right(NAME, f"{channel} is there; Ratchet joins it with its first message.")


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
