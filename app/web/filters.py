"""How values look on pages: times in the reader's zone, Markdown made safe, Slack's mrkdwn for the preview."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import nh3
from flask import Flask, request
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.web import current
from app.words import plural

VERSION = "0.1.0"
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        iso=iso, when=when, day=day, ago=ago, utc=utc, markdown=markdown, mrkdwn=mrkdwn, plural=plural
    )
    app.context_processor(_for_every_page)
    app.jinja_env.globals["kept"] = _keep_macros(app)
    app.jinja_env.globals["option_tags"] = lambda options, chosen: _option_tags(tuple(map(tuple, options)), chosen)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _keep_macros(app: Flask) -> Any:
    """`kept('severity_badge', 'SEV1')`: a macro whose few answers are kept, for lists where it stands in every row."""

    @lru_cache(maxsize=4096)
    def kept(name: str, *values: Any) -> Markup:
        module = app.jinja_env.get_template(f"components/{name}.html").module
        return Markup(getattr(module, name)(*values))  # noqa: S704 - a template of ours has escaped it

    return kept


def _for_every_page() -> dict[str, Any]:
    return {
        "now": current.now(), "zone": current.zone().key, "theme": request.cookies.get("theme", ""),
        "app_version": VERSION,
    }  # fmt: skip


def iso(at: datetime | None) -> str:
    """The instant for machines, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def when(at: datetime | None) -> str:
    """The instant in the reader's zone, with the zone's name."""
    if at is None:
        return ""
    local = at.astimezone(current.zone())
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def utc(at: datetime | None) -> str:
    """The same instant on the other clock, where people compare clocks."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""


def day(on: date | datetime | None) -> str:
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(current.zone()).date()
    return f"{on.day} {on:%b %Y}"


def ago(at: datetime | None) -> str:
    """How long ago, or in how long, in the largest unit that says enough."""
    if at is None:
        return ""
    seconds = (current.now() - at).total_seconds()
    size = abs(seconds)
    for limit, unit, name in ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h")):
        if size < limit:
            words = f"{int(size // unit)} {name}"
            break
    else:
        days = int(size // 86_400)
        words = f"{days} d" if days < 60 else f"{days // 30} mo" if days < 730 else f"{days // 365} y"
    return words if seconds >= 0 else f"in {words}"


def markdown(text: str | None) -> Markup:
    """CommonMark as HTML that can harm nobody: no raw HTML, no scripts, links that lead out say so."""
    html = _markdown.render(text or "")
    return Markup(nh3.clean(html, link_rel="noopener noreferrer nofollow", url_schemes={"http", "https", "mailto"}))  # noqa: S704 - cleaned


@lru_cache(maxsize=64)
def _option_tags(options: tuple[tuple[Any, str], ...], chosen: Any) -> Markup:
    """The <option>s of (value, words). Kept, for a company has hundreds of teams, and every page of a list offers
    them."""
    tags = [
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in options
    ]
    return Markup("".join(tags))  # noqa: S704 - every value and every word is escaped above


_LINK = re.compile(r"&lt;(https?://[^|&\s]+(?:&amp;[^|&\s]+)*)\|(.+?)&gt;")
_BARE = re.compile(r"&lt;(https?://[^|\s]+?)&gt;")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])")
_DATE = re.compile(r"&lt;!date\^\d+\^[^|]+\|([^|]+?)&gt;")
_PERSON = re.compile(r"&lt;@([A-Z0-9]+)(?:\|[^&]*)?&gt;")


def mrkdwn(text: Any) -> Markup:
    """Slack's mrkdwn as it would look. What Slack escapes once (&amp; &lt; &gt;) is shown as the character."""
    html = str(escape(str(text)))
    html = _DATE.sub(r"\1", html)  # Slack shows it in the reader's zone; here it is the words for everybody else
    html = _LINK.sub(r'<a href="\1">\2</a>', html)
    html = _BARE.sub(r'<a href="\1">\1</a>', html)
    html = _PERSON.sub(r"<b>@\1</b>", html)
    html = _BOLD.sub(r"<b>\1</b>", html)
    html = _ITALIC.sub(r"<i>\1</i>", html)
    for escaped in ("amp", "lt", "gt"):
        html = html.replace(f"&amp;{escaped};", f"&{escaped};")
    return Markup(html)  # noqa: S704 - escaped above; only links, bold and italics were added
