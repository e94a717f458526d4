"""The mail server: one letter is handed to it, and what it answers is said in the words of the outbox."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from app.outbox.contract import Dead, Later

TIMEOUT_SECONDS = 20.0
SETTING_RETRY_SECONDS = 600.0
REASON_MAX = 300
_SET = "Correct RATCHET_SMTP_URL. Messages wait until then."


class NoTls(smtplib.SMTPException):
    """The server takes a password only where everybody could read it."""


def send(url: str, letter: EmailMessage, *, context: ssl.SSLContext | None = None) -> None:
    """Hand over one letter to the server of "smtp://user:password@host:587", over TLS if it offers that, or of
    "smtps://…:465". Raises what `outcome` explains."""
    with _ready(url, context) as server:
        server.send_message(letter)


def check(url: str, *, context: ssl.SSLContext | None = None) -> None:
    """Go as far as one goes before a letter is handed over. Raises what `outcome` explains."""
    with _ready(url, context):
        pass


def outcome(error: Exception, to: str) -> Later | Dead:
    """What becomes of a letter for `to` after this error."""
    if isinstance(error, NoTls):
        said = "The mail server offers no STARTTLS, so the password was not sent. Use smtps://, or leave the user out."
        return Later(f"{said} {_SET}", SETTING_RETRY_SECONDS, is_patient=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Later(
            f"The mail server refuses the user or the password. {_SET}", SETTING_RETRY_SECONDS, is_patient=True
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Dead(f"The mail server cannot take this letter for {to}: {_short(str(error))}.")
    code, said = _answer(error)
    if 500 <= code < 600:
        return Dead(f"The mail server refused the letter for {to}: {code} {said}. Correct the address; then retry.")
    if code:
        return Later(f"The mail server asks to try again later: {code} {said}.")
    return Later(f"The mail server could not be reached: {type(error).__name__}: {_short(str(error))}")


@contextmanager
def _ready(url: str, context: ssl.SSLContext | None) -> Iterator[smtplib.SMTP]:
    to = urlsplit(url)
    secure = context or ssl.create_default_context()
    with _connected(url, secure) as server:
        server.ehlo()
        if to.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
        elif to.scheme == "smtp" and to.username:
            raise NoTls
        if to.username:
            server.login(unquote(to.username), unquote(to.password or ""))
        yield server


def _connected(url: str, secure: ssl.SSLContext) -> smtplib.SMTP:
    to = urlsplit(url)
    assert to.hostname
    if to.scheme == "smtps":
        return smtplib.SMTP_SSL(to.hostname, to.port or 465, timeout=TIMEOUT_SECONDS, context=secure)
    return smtplib.SMTP(to.hostname, to.port or 587, timeout=TIMEOUT_SECONDS)


def _answer(error: Exception) -> tuple[int, str]:
    """Code and words of what the server said; 0: it said nothing. Of several addresses, the first."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
        return code, _short(said.decode("utf-8", "replace"))
    if not isinstance(error, smtplib.SMTPResponseException):
        return 0, ""
    words = error.smtp_error
    return error.smtp_code, _short(words.decode("utf-8", "replace") if isinstance(words, bytes) else words)


def _short(text: str) -> str:
    return " ".join(text.split()).rstrip(".")[:REASON_MAX]
