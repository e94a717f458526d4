"""What forms of the first stages share: people who were named, long texts, choices in words, refusals beside fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.models.person import Person
from app.slack import inputs, pick
from app.slack.asked import Asked
from app.slack.inputs import Choice
from app.slack.messages import parts
from app.slack.messages.parts import Block

SEVERITIES: Sequence[Choice] = (
    ("SEV1", "SEV1: most customers cannot use us"), ("SEV2", "SEV2: many customers, or something important"),
    ("SEV3", "SEV3: some customers, or a workaround exists"), ("SEV4", "SEV4: near miss, nobody noticed"),
)  # fmt: skip
PRIORITIES: Sequence[Choice] = (
    ("must", "Must: remediation is not complete without it"), ("should", "Should: unless there is a reason"),
    ("could", "Could: if there is time"),
)  # fmt: skip
KINDS: Sequence[Choice] = (
    ("detect", "Detect: we notice sooner"), ("mitigate", "Mitigate: it hurts less"),
    ("prevent", "Prevent: it does not happen"), ("process", "Process: we work differently"),
)  # fmt: skip
AREAS: Sequence[Choice] = (
    ("dependency", "Dependency: something we rely on"), ("scale", "Scale: load, size, growth"),
    ("variance", "Variance: things that are not alike"), ("change", "Change: something that we altered"),
    ("organization", "Organization: how we work together"),
)  # fmt: skip
# Where the sentence of an exit criterion stands in a form that also completes the stage.
PLACES = {
    "incident.title_missing": "title", "incident.severity_missing": "severity",
    "incident.service_missing": "service_ids", "incident.commander_missing": "commander_id",
    "resolution.impact_missing": "impact", "resolution.how_missing": "how_resolved",
    "review.facilitator_missing": "facilitator_id", "review.summary_missing": "summary",
    "review.factor_missing": "factors", "review.went_well_missing": "went_well",
    "review.went_badly_missing": "went_badly", "review.got_lucky_missing": "got_lucky",
}  # fmt: skip


@contextmanager
def beside_fields() -> Iterator[None]:
    """Refusals of exit criteria name the field of the web's form, or none: here they name that of this form."""
    try:
        yield
    except Refused as refused:
        raise Refused(replace(each, field=PLACES.get(each.code, each.field)) for each in refused.refusals) from refused


def person(asked: Asked, field: str, mention: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a form holds, and what it carries along, for somebody who was named. Who has no Slack account cannot be
    shown in a field of Slack's: they are carried, and named in its hint."""
    if not mention:
        return {}, {}
    try:
        found = pick.person(asked, mention, field)
    except Refused as refused:
        return {"notes": [str(refused)]}, {}
    return known_person(asked, field, found)


def known_person(asked: Asked, field: str, person_id: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same for somebody who is known by their id."""
    if person_id is None:
        return {}, {}

    def account(session: Session) -> tuple[str | None, str]:
        row = session.get_one(Person, person_id)
        return row.slack_user_id, row.name

    slack_user, name = asked.read(account)
    return ({field: slack_user}, {}) if slack_user else ({f"{field}:name": name}, {field: person_id})


def person_field(
    name: str, label: str, filled: Mapping[str, Any], *, hint: str = "", is_optional: bool = False
) -> Block:
    """The field for such a person."""
    carried = filled.get(f"{name}:name")
    if carried:
        hint = f"{str(carried)[:80]}, unless you choose somebody else."
    return inputs.person(name, label, filled.get(name), hint=hint, is_optional=is_optional or bool(carried))


def person_told(asked: Asked, name: str) -> int | None:
    """The person whom a submitted form names, by id."""
    chosen = asked.values.get(name)
    if chosen:
        return pick.person(asked, str(chosen), name)
    carried = asked.about.get(name)
    return int(carried) if carried is not None else None


def long_text(name: str, label: str, filled: Mapping[str, Any], *, hint: str = "", is_optional: bool = True) -> Block:
    """Several lines. A text that is longer than a field of Slack holds is not shown: cut, it would be lost on saving;
    what is not shown is not changed."""
    value = str(filled.get(name) or "")
    if length(value) > inputs.TEXT_MAX:
        return parts.section(f"*{label}* is longer than Slack can show, and stays as it is. Change it on its page.")
    return inputs.text(name, label, value, is_long=True, is_optional=is_optional, hint=hint)


def length(text: str) -> int:
    """As Slack counts: emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def texts_told(asked: Asked, names: Sequence[str]) -> dict[str, str]:
    """The texts that the submitted form has shown."""
    return {name: str(asked.values[name] or "") for name in names if name in asked.values}


def cut(text: str, most: int) -> str:
    """Plain text of at most so many characters, as Slack counts them; cut at a word with "…"."""
    if length(text) <= most:
        return text
    kept = text[: most - 1]
    while length(kept) > most - 1:
        kept = kept[: len(kept) - max(1, (length(kept) - most + 1) // 2)]
    at = kept.rfind(" ")
    return (kept[:at] if at >= len(kept) // 2 else kept).rstrip() + "…"


def text_field(
    name: str, label: str, value: object, *, most: int = inputs.TEXT_MAX, is_long: bool = False,
    is_optional: bool = False, hint: str = "",
) -> Block:  # fmt: skip
    """What was typed, in a field that holds so many characters."""
    shown = cut(str(value or ""), most)
    return inputs.text(name, label, shown, is_long=is_long, is_optional=is_optional, hint=hint, most=most)


def sought(query: str, most: int = 100) -> str:
    """What somebody looks for, without characters that no database keeps."""
    return " ".join("".join(each if each.isprintable() else " " for each in query).split())[:most]
