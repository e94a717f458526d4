"""The weekly report as JSON: its figures in the shape of `domain/report`, with what is said of them beside."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from app import links
from app.domain.report import VERSION, Figures
from app.faces import words
from app.faces.brief import in_short
from app.faces.how import HOW
from app.faces.meta import Meta

_SHAPE: TypeAdapter[Figures] = TypeAdapter(Figures)


class Sentence(BaseModel):
    """One of the three of "In short". `url`: where its rows are."""

    label: str
    sentence: str
    url: str


class Told(BaseModel):
    """A weekly report. Instants are in UTC, minutes are customer minutes, and null is what nobody knows, never zero.
    `figures` keeps its shape for as long as `version` does."""

    version: int
    url: str
    week: str
    title: str = Field(description="For whom it is: Everyone, a team, or a person's own choice.")
    words: str = Field(description="The week as people say it.")
    revision: int
    revisions: int
    made_at: datetime
    is_late: bool
    is_preview: bool
    remarks: list[str]
    why: str = Field(description="Why it was corrected; empty for the first revision.")
    changed: list[str]
    in_short: list[Sentence]
    how: dict[str, str] = Field(description="How each figure is computed, by section and figure.")
    figures: Figures


def told(figures: Figures, meta: Meta, base_url: str) -> Told:
    """The whole as a model, for whoever answers with it."""
    return Told(
        version=VERSION, url=links.absolute(base_url, meta.path), week=figures.week, title=figures.title,
        words=words.week(meta.week, figures.zone), revision=meta.revision, revisions=meta.revisions,
        made_at=meta.made_at, is_late=meta.is_late, is_preview=meta.is_preview,
        remarks=list(words.remarks(figures, meta)), why=meta.why, changed=list(meta.changed),
        in_short=[
            Sentence(label=each.label, sentence=each.sentence, url=links.absolute(base_url, each.path))
            for each in in_short(figures, meta.path)
        ],
        how=dict(HOW), figures=_in_shape(figures),
    )  # fmt: skip


def _in_shape(figures: Figures) -> Figures:
    """`Figures.without` makes lists of pairs."""
    return _SHAPE.validate_python(_SHAPE.dump_python(figures, mode="json", warnings=False))


def json_of(figures: Figures, meta: Meta, base_url: str) -> str:
    """As text, indented: people look into it as well."""
    whole = told(figures, meta, base_url).model_dump(mode="json")
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def load(whole: dict[str, Any]) -> Figures:
    """The figures from the whole that `json_of` has written. ValueError: it is of another version, or no report."""
    if whole.get("version") != VERSION or "figures" not in whole:
        raise ValueError(f"It is no weekly report of version {VERSION}.")
    return _SHAPE.validate_python(whole["figures"])
