"""Catalogues of Backstage (catalog-info.yaml): a text or whole folders become plain records, problems and counts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.intake.backstage_entities import EntityReading
from app.intake.backstage_records import ComponentRead, EntityRead, GroupRead, Read, SystemRead
from app.intake.backstage_refs import Ref
from app.intake.backstage_yaml import Broken, Fields, documents, read_document
from app.intake.problem import Problem, printable

NAMES = ("catalog-info.yaml", "catalog-info.yml")
ENDINGS = (".yaml", ".yml")
FILE_MAX = 20_000_000  # bytes
LEFT_OUT = frozenset({".git", "node_modules"})
TAKEN = ("component", "group", "system")
_BACKSTAGE = re.compile(rb"""^[ \t{"']*apiVersion["']?[ \t]*:[ \t]*["']?backstage\.io/""", re.MULTILINE)
_IS_BACKSTAGE = "backstage.io/"


def read_text(text: str, origin: str) -> Read:
    """The entities of one text. `origin` is what it is called in problems, and afterwards."""
    found = Read(files=1)
    _read_into(found, origin, text, is_catalogue=True)
    _refuse_doubles(found)
    return found


def read_paths(paths: Sequence[tuple[Path, str]]) -> Read:
    """The entities of files and folders, each with the name by which it is known; folders with all that they hold.

    In a folder every catalog-info.yaml is read, and every other YAML file that has an apiVersion of Backstage.
    """
    found = Read()
    for path, name in paths:
        if path.is_dir():
            for each in _files(path, found, name):
                _read_file(found, each, f"{name}/{_spelled(each.relative_to(path).as_posix())}", is_named=False)
        else:
            _read_file(found, path, name, is_named=True)
    _refuse_doubles(found)
    return found


def _files(folder: Path, found: Read, name: str) -> Iterator[Path]:
    """In the order of their names. Links to folders are not followed: they may lead in a circle."""

    def note(error: OSError) -> None:
        _unsure(found, name, "folder", error.strerror or "it cannot be opened", None)

    for at, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(each for each in folders if each not in LEFT_OUT)
        for each in sorted(files):
            if each.lower().endswith(ENDINGS):
                yield Path(at, each)


def _read_file(found: Read, path: Path, file: str, *, is_named: bool) -> None:
    is_catalogue = is_named or path.name.lower() in NAMES
    try:
        if not path.is_file():  # a pipe would keep us waiting for ever
            raise FileNotFoundError(0, "not a file")
        with path.open("rb") as opened:
            raw = opened.read(FILE_MAX + 1)
    except OSError as error:
        _unsure(found, file, "file", error.strerror or "it cannot be opened", None)
        return
    if not is_catalogue and not _BACKSTAGE.search(raw):
        found.other_files += 1
        return
    found.files += 1
    if len(raw) > FILE_MAX:
        _unsure(found, file, "file", f"larger than {FILE_MAX:,} bytes", None)
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _unsure(found, file, "file", f"not UTF-8: byte 0x{raw[error.start]:02X}", line)
        return
    _read_into(found, file, text, is_catalogue=is_catalogue)


def _read_into(found: Read, file: str, text: str, *, is_catalogue: bool) -> None:
    for number, (line, source) in enumerate(documents(text), 1):
        try:
            document = read_document(source, line)
        except Broken as error:
            _unsure(found, file, f"document {number}", str(error), error.line)
            continue
        if not isinstance(document, Fields):
            what = "no mapping: write one `field: value` on each line"
            _unsure(found, file, f"document {number}", what, line)
        else:
            _read_entity(found, file, document, number, is_catalogue=is_catalogue)


def _read_entity(found: Read, file: str, document: Fields, number: int, *, is_catalogue: bool) -> None:
    version: Any = document.get("apiVersion")
    kind: Any = document.get("kind")
    if not _is_word(version) or not _is_word(kind):
        name, value = ("kind", kind) if _is_word(version) else ("apiVersion", version)
        what = "missing" if value in (None, "") else "a text is expected here"
        if is_catalogue:
            _unsure(found, file, f"document {number}: {name}", what, document.lines.get(name, document.line))
        return
    is_of_backstage = str(version).startswith(_IS_BACKSTAGE)
    if not is_of_backstage or kind.lower() not in TAKEN:
        of_others = "" if is_of_backstage else f" ({printable(version[:60])})"
        found.skipped[f"{printable(kind[:60])}{of_others}"] += 1
        return
    reading = EntityReading(file, kind.lower(), document, found.skipped)
    made = reading.read()
    found.problems += reading.problems
    if made is None:
        found.refused.add(reading.ref)
        if not reading.is_known:
            found.unsure.add(file)
    else:
        found.notes += reading.notes
        _keep(found, made)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _keep(found: Read, made: EntityRead) -> None:
    if isinstance(made, ComponentRead):
        found.components.append(made)
    elif isinstance(made, GroupRead):
        found.groups.append(made)
    elif isinstance(made, SystemRead):
        found.systems.append(made)


def _refuse_doubles(found: Read) -> None:
    """One entity in two places: neither is taken in, so that the order of files decides nothing."""
    of: dict[Ref, list[EntityRead]] = {}
    for each in (*found.components, *found.groups, *found.systems):
        of.setdefault(each.ref, []).append(each)
    doubles = {ref: rows for ref, rows in of.items() if len(rows) > 1}
    for rows in doubles.values():
        places = sorted((each.file, each.lines.get("metadata.name", 1)) for each in rows)
        for each in rows:
            mine = (each.file, each.lines.get("metadata.name", 1))
            others = ", ".join(f"{file}, line {line}" for file, line in places if (file, line) != mine)
            found.problems.append(each.problem("metadata.name", f"{each.ref} is also in {others}; neither is taken in"))
        found.refused.add(rows[0].ref)
    found.components = [each for each in found.components if each.ref not in doubles]
    found.groups = [each for each in found.groups if each.ref not in doubles]
    found.systems = [each for each in found.systems if each.ref not in doubles]


def _unsure(found: Read, file: str, field: str, reason: str, line: int | None) -> None:
    found.problems.append(Problem(file, field, reason, line))
    found.unsure.add(file)


def _spelled(name: str) -> str:
    """The name of a file as text that every database and terminal can keep: names on disk are bytes."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))
