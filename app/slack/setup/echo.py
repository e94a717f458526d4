"""Our own door, asked through the address that Slack uses: is it that address, is it us, is a signature still good."""

from __future__ import annotations

import json
import secrets
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import gaierror
from urllib.parse import urlsplit

from slack_sdk.signature import SignatureVerifier

from app.slack.setup import address, secret
from app.slack.setup.asking import WAIT_SECONDS
from app.slack.setup.hearing import OURS
from app.slack.setup.result import Result, right, unknown, unneeded, wrong
from config import Settings

ADDRESS, DOOR = "Address", "Events"
READ_MOST = 64 * 1024
SET_ADDRESS = "Set RATCHET_BASE_URL to the public https address of Ratchet, or use Socket Mode."
ALTERED = "é <&> ✓"  # a proxy that rewrites bodies does not leave this as it is


def address_of(settings: Settings, *, is_connected: bool) -> Result:
    """Whether Slack can send to it, as far as the address itself says."""
    obstacle = address.obstacle(settings.base_url)
    if obstacle is None:
        return right(ADDRESS, f"Slack's requests go to {address.at(settings.base_url, address.EVENTS_PATH)}.")
    if settings.slack_app_token:
        return unneeded(ADDRESS, "In Socket Mode Slack needs no address of Ratchet.")
    if not is_connected:
        return unneeded(ADDRESS, f"{obstacle}; without a token that does not matter.")
    return wrong(ADDRESS, f"{obstacle}.", SET_ADDRESS, is_bearable=True)


def check(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Result]:
    """Sends Slack's own test of an address, signed with each of our secrets, through the public address."""
    if settings.slack_app_token and address.obstacle(settings.base_url):
        return
    for number, each in enumerate(secret.given(settings), 1):
        which = f" with secret {number}" if number > 1 else ""
        yield _one(settings, each, clock(), which)


def _one(settings: Settings, signing_secret: str, now: datetime, which: str) -> Result:
    url = address.at(settings.base_url, address.EVENTS_PATH)
    challenge = secrets.token_urlsafe(24)
    told = {"type": "url_verification", "token": "setup test", "challenge": challenge, "altered": ALTERED}
    body = json.dumps(told, ensure_ascii=False).encode()
    try:
        status, text, location = _post(url, body, _signed(signing_secret, body, now))
    except (OSError, HTTPException, ValueError) as error:
        return _silent(url, error)
    if status == 200 and challenge in text:
        return right(DOOR, f"{url} answers{which}, and takes a signed request unchanged.")
    return _strange(url, status, location, which)


def _signed(signing_secret: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=stamp, body=body)
    return {
        "Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or "",
        "User-Agent": "Ratchet's own test (Slackbot 1.0)", OURS: "1",
    }  # fmt: skip


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, beginning of the text, and where it leads to. Does not follow that: neither does Slack."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=WAIT_SECONDS)
    try:
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(READ_MOST).decode("utf-8", "replace"), answer.getheader("Location") or ""
    finally:
        connection.close()


def _silent(url: str, error: Exception) -> Result:
    host = urlsplit(url).hostname
    if isinstance(error, gaierror):
        return wrong(DOOR, f"Nobody knows the name {host}.", SET_ADDRESS)
    if isinstance(error, ssl.SSLCertVerificationError):
        mend = "Give the proxy a certificate that browsers accept, with its whole chain: Slack accepts no other."
        return wrong(DOOR, f"The certificate of {host} is not good: {error.verify_message}.", mend)
    if isinstance(error, ConnectionRefusedError):
        return wrong(DOOR, f"Nothing listens at {url}.", "Start Ratchet and its proxy, or correct RATCHET_BASE_URL.")
    words = f"{url} does not answer from here: {str(error) or type(error).__name__}."
    mend = (
        "Try it from outside: some networks do not let a machine reach its own public address. Else open the firewall."
    )
    return unknown(DOOR, words, mend)


def _strange(url: str, status: int, location: str, which: str) -> Result:
    if status in (401, 403):
        words = f"{url} refuses a request{which} that is signed with our secret ({status})."
        mend = (
            "Restart every web process, so that all have the same RATCHET_SLACK_SIGNING_SECRET; and let the proxy pass "
            "bodies and the X-Slack headers unchanged, without asking anybody to sign in."
        )
        return wrong(DOOR, words, mend)
    if 300 <= status < 400:
        to = f" to {location[:200]}" if location else ""
        mend = "Slack does not follow it: set RATCHET_BASE_URL to where it leads, and exempt /slack/ from sign-in."
        return wrong(DOOR, f"{url} sends on{to} ({status}).", mend)
    if status == 404:
        mend = "Correct RATCHET_BASE_URL, or let the proxy pass /slack/ to Ratchet with its whole path."
        return wrong(DOOR, f"There is nothing at {url} (404).", mend)
    if status >= 500:
        return wrong(DOOR, f"{url} answers with an error ({status}).", "Look at the log of Ratchet and of its proxy.")
    mend = "Something else than Ratchet answers there: correct RATCHET_BASE_URL or the proxy."
    return wrong(DOOR, f"{url} answers something that is not ours ({status}).", mend)
