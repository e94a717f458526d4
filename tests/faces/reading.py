"""Reads the faces of a report back, as a reader's program would: what tests compare with the figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.faces.csv import BOM
from app.faces.meta import Meta
from tests.faces.sample import AS_OF, WEEK

BASE = "https://ratchet.example.com"
META = Meta(WEEK, AS_OF + timedelta(hours=8), "/reports/2026-W47")
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
UNSEEN = dict.fromkeys(map(ord, "\u2060\u2068\u2069"))


def seen(text: str) -> str:
    """Without what is not seen, and with one blank for several."""
    return " ".join(text.translate(UNSEEN).split())


@dataclass
class Part:
    """What stands below one heading."""

    title: str
    rows: list[list[str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def markdown_parts(told: str) -> list[Part]:
    """Headings with their tables (without the head) and the text of their paragraphs and lists."""
    parts = [Part("")]
    is_heading = in_head = False
    for token in READER.parse(told):
        if token.type == "heading_open":
            is_heading = True
        elif token.type == "heading_close":
            is_heading = False
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type == "tr_open" and not in_head:
            parts[-1].rows.append([])
        elif token.type == "inline":
            said = seen("".join(_said(token.children or [])))
            if is_heading:
                parts.append(Part(said))
            elif token.level >= 4 and parts[-1].rows and not in_head and _in_cell(token):
                parts[-1].rows[-1].append(said)
            elif not in_head:
                parts[-1].texts.append(said)
    return parts


def inline_tokens(told: str) -> Iterator[Token]:
    """Everything that formats or links."""
    for token in READER.parse(told):
        yield from token.children or []
        if token.type in ("html_block", "code_block", "fence", "hr", "lheading_open"):
            yield token


def _in_cell(token: Token) -> bool:
    return token.level == 4


def _said(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type in ("softbreak", "hardbreak") else token.content


def csv_rows(told: str) -> list[dict[str, str]]:
    """Lines by the names of their columns; an apostrophe before what would be a formula is taken off."""
    assert told.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(told.removeprefix(BOM), newline="")))
    return [{key: value.removeprefix("'") for key, value in row.items()} for row in rows]


class Page(HTMLParser):
    """The text of a page, its elements and where it leads."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.alts: list[str] = []
        self._open: list[str] = []
        self.feed(told)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "alt":
                self.alts.append(value or "")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open[-1:]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return seen(" ".join(self.texts).replace("\xa0", " "))
