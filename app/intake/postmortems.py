"""Postmortems as Markdown files with YAML front matter: one file becomes one `Postmortem`, or problems."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.intake import front_matter
from app.intake.front_matter import Document, Value
from app.intake.instants import NoInstant, read_instant
from app.intake.problem import Problem, Unreadable, printable, quoted

ENDINGS = (".md", ".markdown")
FILE_MAX = 5_000_000  # bytes; the longest public postmortem has some 100,000
TIMES = ("start_time", "end_time", "source_published_at")


@dataclass(frozen=True, kw_only=True)
class Postmortem:
    """One file. What is missing is "" or None; `fields` has every field as it was written, also those unknown to us.

    `head` + `body` is the file to the letter; `problems` are what could not be used though it was there.
    """

    file: str
    sha256: str
    head: str
    body: str
    fields: Mapping[str, Value]
    lines: Mapping[str, int]
    uuid: str
    title: str
    company: str
    product: str
    summary: str
    url: str
    archive_url: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    start_time: datetime | None
    end_time: datetime | None
    source_published_at: datetime | None
    problems: tuple[Problem, ...]

    def note(self, field: str, reason: str) -> Problem:
        """Something else to tell of a field of this file."""
        return Problem(self.file, field, reason, self.lines.get(field))


def find(folder: Path) -> tuple[list[Path], list[Path]]:
    """The Markdown files of a folder in the order of their names, and everything else that lies there."""
    files: list[Path] = []
    others: list[Path] = []
    for each in sorted(folder.iterdir()):
        (files if each.name.lower().endswith(ENDINGS) else others).append(each)
    return files, others


def file_name(path: Path) -> str:
    """The name of a file as text that every database and terminal can keep: names on disk are bytes."""
    return printable(os.fsencode(path.name).decode("utf-8", "backslashreplace"))


def read_file(path: Path) -> Postmortem:
    """Unreadable: the file cannot be opened, or see `read`."""
    file = file_name(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would keep us waiting for ever
            raise Unreadable([Problem(file, "file", "not a file")])
        with path.open("rb") as opened:
            raw = opened.read(FILE_MAX + 1)
    except OSError as error:
        raise Unreadable([Problem(file, "file", error.strerror or "it cannot be opened")]) from None
    return read(file, raw)


def read(file: str, raw: bytes) -> Postmortem:
    """The postmortem in this file. Unreadable: nothing could be taken from it without loss, or it has no identity."""
    if len(raw) > FILE_MAX:
        raise Unreadable([Problem(file, "file", f"larger than {FILE_MAX:,} bytes")])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        reason = f"not UTF-8: byte 0x{raw[error.start]:02X} at position {error.start:,}"
        raise Unreadable([Problem(file, "file", reason, line)]) from None
    document = front_matter.read(file, text)
    if unkeepable := [*_unkeepable(file, document)]:
        raise Unreadable(unkeepable)
    fields = _Fields(file, document)
    return Postmortem(
        file=file, sha256=hashlib.sha256(raw).hexdigest(), head=document.head, body=document.body,
        fields={name: each.value for name, each in document.fields.items()},
        lines={name: each.line for name, each in document.fields.items()},
        uuid=fields.identity(), title=fields.text("title"), company=fields.text("company"),
        product=fields.text("product"), summary=fields.text("summary"), url=fields.text("url"),
        archive_url=fields.text("archive_url"), categories=fields.texts("categories"),
        keywords=fields.texts("keywords"), **{name: fields.instant(name) for name in TIMES},
        problems=tuple(fields.problems),
    )  # fmt: skip


def _unkeepable(file: str, document: Document) -> Iterator[Problem]:
    """Characters that no database keeps: to drop them would alter the text."""
    if "\x00" in document.body:
        before = document.head + document.body[: document.body.index("\x00")]
        yield Problem(file, "body", "holds a NUL character, which no database can keep", before.count("\n") + 1)
    for name, field in document.fields.items():
        for text in (name, *_texts(field.value)):
            if any(each == "\x00" or "\ud800" <= each <= "\udfff" for each in text):
                reason = "holds a NUL character or half a character, which no database can keep"
                yield Problem(file, name, reason, field.line)
                break


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)


class _Fields:
    """The fields of one document by the kind that is expected, and a problem for each that is of another kind."""

    def __init__(self, file: str, document: Document) -> None:
        self.file, self.document = file, document
        self.problems = list(document.problems)

    def text(self, name: str) -> str:
        value = self._value(name)
        if isinstance(value, list | dict):
            self._note(name, "a text is expected here, not a list or a mapping; kept as it is, not used")
            return ""
        return value if value and value.strip() else ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if isinstance(value, dict):
            self._note(name, "a list is expected here, not a mapping; kept as it is, not used")
            return ()
        if isinstance(value, str) and value.strip():
            self._note(name, "a list is expected here, not a text; taken as a list of one")
        entries = value if isinstance(value, list) else [value]
        if any(isinstance(each, list | dict) for each in entries):
            self._note(name, "an entry is a list or a mapping, not a text; kept as it is, not used")
        if isinstance(value, list) and any(
            each is None or (isinstance(each, str) and not each.strip()) for each in value
        ):
            self._note(name, "an empty entry was left out")
        return tuple(dict.fromkeys(each for each in entries if isinstance(each, str) and each.strip()))

    def instant(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            at, remark = read_instant(text)
        except NoInstant as error:
            self._note(name, f"{quoted(text)} {error}; kept as it is, not used")
            return None
        if remark:
            self._note(name, f"{quoted(text)} {remark}")
        return at

    def identity(self) -> str:
        """The uuid, by which the next import recognises this one; else the name of the file, if that is one."""
        given = self.text("uuid").strip()
        found = _uuid(given or self.file.rsplit(".", 1)[0])
        if found is None:
            reason = f"{quoted(given)} is no UUID" if given else "missing, and the name of the file is none"
            line = self.document.fields["uuid"].line if "uuid" in self.document.fields else None
            unknown = f"{reason}: without one, importing again could not recognise the incident"
            raise Unreadable([Problem(self.file, "uuid", unknown, line)])
        if not given:
            self._note("uuid", f"missing; {found} was taken from the name of the file")
        return found

    def _value(self, name: str) -> Value:
        return self.document.fields[name].value if name in self.document.fields else None

    def _note(self, name: str, reason: str) -> None:
        line = self.document.fields[name].line if name in self.document.fields else None
        self.problems.append(Problem(self.file, name, reason, line))


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
