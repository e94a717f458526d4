"""Who may do what: one table, asked by every door; and who may know of a private incident."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.errors import NotAllowed

VIEWER, RESPONDER, OWNER, ADMINISTRATOR = "viewer", "responder", "owner", "administrator"
ROLES = (VIEWER, RESPONDER, OWNER, ADMINISTRATOR)  # each may do what those before it may

MAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # action: (lowest role, the words of the refusal: "Only … may …")
        "see": (VIEWER, "see this"),
        "declare": (RESPONDER, "declare an incident"),
        "edit_incident": (RESPONDER, "change an incident"),
        "resolve": (RESPONDER, "resolve an incident"),
        "review": (RESPONDER, "write a review"),
        "remediate": (RESPONDER, "change action items"),
        "verify": (RESPONDER, "verify an action item"),
        "analyse": (RESPONDER, "analyse an incident"),
        "advance": (RESPONDER, "complete a stage"),
        "block": (RESPONDER, "block or unblock a stage"),
        "skip": (OWNER, "skip a stage"),
        "reopen": (OWNER, "reopen a stage"),
        "change_privacy": (OWNER, "change who may see an incident"),
        "propose": (RESPONDER, "propose a practice"),
        "accept": (OWNER, "accept a practice"),
        "write_check": (OWNER, "write a check"),
        "activate_check": (OWNER, "activate a check"),
        "retire": (OWNER, "retire a practice"),
        "report": (RESPONDER, "report facts and results"),
        "attest": (OWNER, "attest that a service follows a practice"),
        "ask_exemption": (RESPONDER, "ask for an exemption"),
        "exempt": (OWNER, "exempt a service from a practice"),
        "campaign": (OWNER, "run a campaign"),
        "question": (OWNER, "question a practice"),
        "edit_catalogue": (OWNER, "change the catalogue"),
        "post_report": (RESPONDER, "post a weekly report into a channel"),
        "correct_report": (OWNER, "correct a weekly report"),
        "retry_message": (OWNER, "retry a message"),
        "make_token": (RESPONDER, "make a token for the API"),
        "manage_people": (ADMINISTRATOR, "manage people"),
    }
)


@dataclass(frozen=True)
class Actor:
    """The person behind a request, or Ratchet itself (`id` is None)."""

    id: int | None
    name: str
    role: str
    team_ids: frozenset[int] = frozenset()


RATCHET = Actor(None, "Ratchet", ADMINISTRATOR)


def may(by: Actor, action: str) -> bool:
    """True if the role of this person allows the action. KeyError: no such action, a mistake of ours."""
    return ROLES.index(by.role) >= ROLES.index(MAY[action][0])


def require(by: Actor, action: str) -> None:
    """NotAllowed, with a sentence that says who may, unless the role allows the action."""
    if not may(by, action):
        lowest, words = MAY[action]
        who = " or ".join(_plural(role) for role in ROLES[ROLES.index(lowest) :])
        raise NotAllowed(f"Only {who} may {words}; you are {_article(by.role)} {by.role}.")


def _plural(role: str) -> str:
    return f"{role}s"


def _article(role: str) -> str:
    return "an" if role[0] in "aeiou" else "a"


def may_see(by: Actor, *, is_private: bool, insiders: Collection[int | None]) -> bool:
    """A private incident is known to its declarer, commander, facilitator, given readers, and administrators."""
    return not is_private or by.role == ADMINISTRATOR or (by.id is not None and by.id in insiders)
