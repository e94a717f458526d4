"""The weekly report as an e-mail: the main figure in its subject, Markdown for plain text, and simple HTML."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from app import links
from app.domain.report import Figures
from app.faces import words
from app.faces.mail_html import ACCOUNT, ROWS, html
from app.faces.markdown import markdown
from app.faces.meta import Meta
from app.faces.spark import spark

CHART = "adoption-chart"
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\]+")


def mail(
    figures: Figures, meta: Meta, *, base_url: str, sender: str, to: str, message_id: str, chart: bytes | None = None,
    alt: str = "",
) -> EmailMessage:  # fmt: skip
    """A whole message to one person. `message_id` is the same whenever the same report is sent to the same person, so
    that a second copy is known as one; `chart` is a picture of adoption in PNG and `alt` what it says."""
    told = EmailMessage(policy=policy.SMTP)
    told["Subject"] = subject(figures, meta)
    told["From"] = _address(sender)
    told["To"] = _address(to)
    told["Date"] = format_datetime(meta.made_at)
    told["Message-ID"] = message_id
    told["List-Unsubscribe"] = f"<{links.absolute(base_url, ACCOUNT)}>"
    told["Auto-Submitted"] = "auto-generated"
    said = alt or course(figures)
    told.set_content(markdown(figures, meta, base_url, ROWS) + f"\n{_why(base_url)}\n")
    picture = (f"cid:{CHART}", said) if chart else None
    told.add_alternative(html(figures, meta, base_url, picture), subtype="html")
    if chart:
        page = told.get_body(("html",))
        assert page is not None
        page.add_related(chart, "image", "png", cid=f"<{CHART}>", filename="adoption.png", disposition="inline")
    return told


def subject(figures: Figures, meta: Meta) -> str:
    """ "Week 47: 71.2 % adopted, +6.9 points – Everyone"."""
    first = "Preview of week" if meta.is_preview else "Corrected: week" if meta.revision > 1 else "Week"
    now, before = figures.adoption.now, figures.adoption.before
    figure = "nothing is measured yet" if now is None else f"{words.percent(now)} adopted"
    change = words.change(now, before, "")
    moved = f", {change}" if change and before is not None else ""
    return f"{first} {meta.week.number}: {figure}{moved} – {words.plain(figures.title, 60)}"


def course(figures: Figures) -> str:
    """What a picture of adoption says, in words."""
    _, _, said = spark(figures.adoption.series).partition(" ")
    return f"Adoption: {said}." if said else f"Adoption: {words.share(figures.adoption.now)}."


def _address(text: str) -> Address:
    """ "Ana Keller <ana@example.com>", whatever the name is made of: nothing in it adds a header. ValueError: it is no
    address."""
    name, _, spec = words.plain(text, 400).removesuffix(">").rpartition("<")
    if not _ADDRESS.fullmatch(spec):
        raise ValueError(f"“{words.plain(text)}” is no e-mail address.")
    user, _, host = spec.partition("@")
    return Address(words.plain(name.strip(' "'), 100), user, host)


def _why(base_url: str) -> str:
    return f"You have subscribed to this report. Change or end it: {links.absolute(base_url, ACCOUNT)}"
