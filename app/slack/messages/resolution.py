"""Stage 2: it is over, and what it did."""

from __future__ import annotations

from app.queries.notice import IncidentNotice, Notice
from app.slack.messages import parts
from app.slack.messages.card import page_of, reply
from app.slack.messages.parts import Message
from app.words import plural


def resolved(notice: Notice, base_url: str) -> Message:
    """Broadcast: whoever was waiting for it sees it in the channel."""
    of = notice.incident
    assert of
    lines = (
        _lasted(of),
        of.impact and f"Impact: {parts.typed(of.impact, parts.PARAGRAPH_MAX)}",
        of.how_resolved and f"How: {parts.typed(of.how_resolved, parts.PARAGRAPH_MAX)}",
    )
    edit = page_of(of, "resolution", "Read the resolution", base_url)
    return reply(notice, of, base_url, sign="🟢", what="is resolved", lines=lines, page=edit)


def _lasted(of: IncidentNotice) -> str:
    """How long it lasted; customer minutes only where somebody knows them."""
    if of.started_at is None or of.resolved_at is None:
        return ""
    minutes = max(int((of.resolved_at - of.started_at).total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    lasted = f"{hours:,} h {rest} min" if hours else f"{rest} min"
    hurt = f" · {plural(of.customer_minutes, 'customer minute')}" if of.customer_minutes is not None else ""
    return f"It lasted {lasted}{hurt}."
