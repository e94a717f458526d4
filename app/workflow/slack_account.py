"""Which Slack account belongs to whom. An account belongs to one person, and a person has one account."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from app.domain.errors import Refused
from app.domain.people import Actor
from app.models.person import Person
from app.workflow.unit_of_work import Work

LINK_SECONDS = 900


def signer(secret_key: str) -> URLSafeTimedSerializer:
    """Signs links by which somebody who is signed in says that a Slack account is theirs."""
    return URLSafeTimedSerializer(secret_key, salt="ratchet: link of a slack account")


def slack_user_of(by: URLSafeTimedSerializer, token: str) -> str | None:
    """The Slack user whom a link was made for. None: it is too old, or was not made by us."""
    try:
        return str(by.loads(token, max_age=LINK_SECONDS))
    except BadSignature:
        return None


def link_by_address(work: Work, email: str, slack_user_id: str) -> Person | None:
    """The active person with this address, which Slack has verified, if they have no account yet. None: nobody."""
    person = work.session.scalar(
        select(Person).where(Person.email == email, Person.is_active, Person.slack_user_id.is_(None)).with_for_update()
    )
    if person is not None and not _taken(work, slack_user_id):
        person.slack_user_id = slack_user_id
        work.session.flush()
    return person


def link(work: Work, person_id: int, slack_user_id: str, *, by: Actor) -> Person:
    """Somebody who is signed in says that this Slack account is theirs; an earlier one is let go."""
    assert by.id == person_id, "one links one's own account"
    person = work.get(Person, person_id)
    owner = _taken(work, slack_user_id)
    if owner is not None and owner.id != person.id:
        raise Refused.because("slack.taken", "This Slack account belongs to somebody else. Ask an administrator.")
    person.slack_user_id = slack_user_id
    work.session.flush()
    return person


def unlink(work: Work, person_id: int, *, by: Actor) -> Person:
    """Nobody in Slack acts for this person any more, until they are matched or linked again."""
    assert by.id == person_id, "one unlinks one's own account"
    person = work.get(Person, person_id)
    person.slack_user_id = None
    work.session.flush()
    return person


def _taken(work: Work, slack_user_id: str) -> Person | None:
    return work.session.scalar(select(Person).where(Person.slack_user_id == slack_user_id))
