"""Whether e-mails go out, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checkup import Finding, ok, problem, warning
from app.mail import server
from config import Settings


def findings(settings: Settings) -> Iterator[Finding]:
    """Says hello to the mail server, and signs in; no letter is sent."""
    if not settings.smtp_url:
        yield ok("mail", "No mail server is set: e-mails are kept on the outbox page, and nothing is lost.")
        return
    if not settings.mail_from:
        yield warning(
            "mail", "RATCHET_MAIL_FROM is not set: many servers refuse a sender that they do not know.",
            "Set it to an address that your mail server sends for, such as Ratchet <ratchet@example.com>.",
        )  # fmt: skip
    try:
        server.check(settings.smtp_url)
    except OSError as error:
        reason = server.outcome(error, "anybody").reason
        yield problem("mail", reason, "Correct RATCHET_SMTP_URL, or unset it: e-mails are kept then.")
    else:
        yield ok("mail", "The mail server answers, and takes our user and password.")
