"""The files of a folder of manifests: found at any depth, bounded in number and size, never outside of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.intake.problem import Problem, Unreadable, printable

ENDINGS = (".yaml", ".yml")
FILE_MAX = 10_000_000  # bytes
FILES_MAX = 5_000


def find(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every YAML file of the folder and below, once and in the order of names. Unreadable: there are too many."""
    root = folder.resolve()
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in _walk(folder, problems):
        real = path.resolve()
        is_folder, is_yaml = path.is_dir(), path.name.lower().endswith(ENDINGS)
        if not real.is_relative_to(root) and (is_folder or is_yaml):
            problems.append(Problem(file_name(folder, path), "file", "leads out of the folder; it is not followed"))
        elif is_yaml and not is_folder:
            found.setdefault(real, path)
        if len(found) > FILES_MAX:
            reason = f"has more than {FILES_MAX:,} YAML files; name a folder below it"
            raise Unreadable([Problem(folder.name, "folder", reason)])
    return sorted(found.values()), problems


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Every YAML file, and every link whatever it is called: a folder behind a link is not entered."""

    def unreadable(error: OSError) -> None:
        name = file_name(folder, Path(os.fsdecode(error.filename or folder)))
        problems.append(Problem(name, "folder", error.strerror or "it cannot be read"))

    for at, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = Path(at, name)
            if path.is_symlink() or (name in files and name.lower().endswith(ENDINGS)):
                yield path


def read_text(folder: Path, path: Path) -> str:
    """The text of a file. Unreadable: it cannot be opened, is no file, is too large or is not UTF-8."""
    file = file_name(folder, path)
    try:
        if not path.is_file():  # a pipe would keep us waiting for ever
            raise Unreadable([Problem(file, "file", "not a file")])
        with path.open("rb") as opened:
            raw = opened.read(FILE_MAX + 1)
    except OSError as error:
        raise Unreadable([Problem(file, "file", error.strerror or "it cannot be opened")]) from None
    if len(raw) > FILE_MAX:
        raise Unreadable([Problem(file, "file", f"larger than {FILE_MAX:,} bytes")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable([Problem(file, "file", f"not UTF-8: byte 0x{raw[error.start]:02X}", line)]) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Unreadable([Problem(file, "file", "holds a NUL character: it is no YAML", line)])
    return text


def file_name(folder: Path, path: Path) -> str:
    """The name of a file below the folder, as text that every database and terminal can keep."""
    name = path.relative_to(folder) if path.is_relative_to(folder) else path
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))
