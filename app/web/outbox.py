"""The outbox on the web: every message as it looks in Slack, where it is, why it is not there yet, and try again."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.domain import people
from app.domain.errors import Refused
from app.models.outbox import DEAD, DELIVERED, KEPT, LEASED, PENDING
from app.parts import parts
from app.queries import outbox as rows
from app.web import current
from app.workflow import outbox

page = Blueprint("outbox", __name__)
SIZE = 20  # a message is tall
TITLES = {
    "": "All", PENDING: "Waiting", LEASED: "On its way", DELIVERED: "Delivered", DEAD: "Undeliverable", KEPT: "Kept",
}  # fmt: skip


@page.get("/outbox")
def index() -> str:
    session, by = current.reading(), current.actor()
    state = _state(request.args.get("state", ""))
    before = _before(request.args.get("before", ""))
    found, older = rows.page(session, by, state=state or None, before=before, size=SIZE)
    count = rows.counts(session, by)
    tabs = [
        {"label": title, "url": _url(key), "is_selected": key == state,
         "count": f"{count[key] if key else sum(count.values()):,}"}
        for key, title in TITLES.items()
    ]  # fmt: skip
    return render_template(
        "outbox/outbox.html", rows=found, tabs=tabs, state=state, titles=TITLES, event_words=event_words,
        newest_url=_url(state) if before is not None else None, older_url=_url(state, older) if older else None,
        has_token=bool(parts().settings.slack_token) or rows.has_workspace(current.reading()),
        may_retry=people.may(by, "retry_message"), may_connect=people.may(by, "manage_people"),
    )  # fmt: skip


@page.route("/outbox/<int:message_id>/retry", methods=["GET", "POST"])
def retry(message_id: int) -> Response:
    back = redirect(_url(_state(request.values.get("state", ""))))
    if request.method == "GET":  # from the sign-in page, when the session had expired
        return back
    current.close()
    try:
        with parts().begin() as work:
            outbox.retry(work, message_id, by=current.actor(), now=current.now())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash("The message waits for the worker again.", "success")
    return back


def event_words(name: str) -> str:
    """ "IncidentDeclared" reads "Incident declared"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _state(text: str) -> str:
    return text if text in TITLES else ""


def _before(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _url(state: str, before: int | None = None) -> str:
    query = urlencode({key: value for key, value in (("state", state), ("before", before or "")) if value})
    return f"/outbox?{query}" if query else "/outbox"
