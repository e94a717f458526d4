"""Everything that a connected Slack needs, looked at one after the other: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.slack.setup import channels, echo, secret, token
from app.slack.setup.asking import Asking
from app.slack.setup.known import Known
from app.slack.setup.result import Result, right, unknown, unneeded, wrong

APP_PAGE = "https://api.slack.com/apps"


def check(known: Known) -> Iterator[Result]:
    """All checks, as they are made. Every question to the network waits five seconds at most; none raises."""
    settings = known.settings
    asking = Asking(settings, known.token) if known.token else None
    scopes: frozenset[str] | None = None
    is_signed_in = False
    if asking is None:
        yield token.absent(settings)
    else:
        answer = asking.ask("auth.test")
        yield from token.signed_in(answer, known)
        is_signed_in, scopes = answer.is_good, token.scopes_of(answer)
    if asking is not None and is_signed_in:
        yield token.scopes(scopes)
        yield from channels.check(asking, known.channels, scopes)
    yield secret.form(settings, is_connected=asking is not None)
    yield echo.address_of(settings, is_connected=asking is not None)
    yield from echo.check(settings, known.clock)
    yield from _heard(known)
    yield token.app_token(settings)
    yield from _oauth(known)
    if asking is not None and is_signed_in:
        yield _rate(asking)


def _heard(known: Known) -> Iterator[Result]:
    """What Slack's own requests met, in this process: only they tell whether the secret is Slack's."""
    heard, name = known.hearing, "Requests of Slack"
    mend = (
        f"Compare RATCHET_SLACK_SIGNING_SECRET with {APP_PAGE}, Basic Information, Signing Secret; and look whether a "
        "proxy changes requests on their way. Nothing needs to be done if a stranger has sent it."
    )
    if heard.taken_at is not None:
        yield right(name, f"The last one came at {_at(heard.taken_at)}, and its signature was good.")
    if heard.refused_at is not None and (heard.taken_at is None or heard.taken_at < heard.refused_at):
        words = f"A request was refused at {_at(heard.refused_at)}, because {heard.refused_because}."
        yield wrong(name, words, mend) if heard.taken_at is None else unknown(name, words, mend)


def _oauth(known: Known) -> Iterator[Result]:
    settings, name = known.settings, "Several workspaces"
    given = [bool(settings.slack_client_id), bool(settings.slack_client_secret)]
    if any(given) and not all(given):
        lacks = "RATCHET_SLACK_CLIENT_SECRET" if given[0] else "RATCHET_SLACK_CLIENT_ID"
        yield wrong(name, f"{lacks} is not set.", f"Take it from {APP_PAGE}, Basic Information.", is_bearable=True)
    elif all(given):
        words = f"The app can be installed from /slack/install; {len(known.workspaces)} installed so far."
        yield right(name, words) if settings.is_https else wrong(
            name, f"{settings.base_url} is not https: Slack does not come back from the installation.",
            "Put a proxy with TLS in front, and set RATCHET_BASE_URL to its https address.", is_bearable=True,
        )  # fmt: skip
    else:
        yield unneeded(name, "One workspace is enough: no client id and secret are set.")
    for each in known.workspaces:
        if not each.is_readable:
            yield wrong(
                name, f"The token of {each.name} cannot be read: the secret key is not the one that sealed it.",
                "Set RATCHET_SECRET_KEY to what it was, or install the app there again.", is_bearable=True,
            )  # fmt: skip


def _rate(asking: Asking) -> Result:
    if asking.wait_seconds:
        words = f"Slack asked us to wait {asking.wait_seconds} seconds during these checks."
        return unknown("Rate", words, "Try again after that. Messages wait meanwhile and are not lost.")
    return right("Rate", "Slack held none of these questions back.")


def _at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
