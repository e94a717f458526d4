"""Fields of one entity by the kind of value that is expected; what is of another kind is named, with its line."""

from __future__ import annotations

from typing import Any

from app.intake.backstage_yaml import Fields
from app.intake.problem import Problem


class FieldReading:
    """One document: `label` says whose it is, `lines` where each field stands; what was wrong, and what is to note."""

    def __init__(self, file: str, kind: str, document: Fields) -> None:
        self.file, self.document = file, document
        self.label = kind.capitalize()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.lines: dict[str, int] = dict(document.lines)

    def _fields(self, of: Fields, name: str, above: str = "") -> Fields:
        value = of.get(name)
        if isinstance(value, Fields):
            self.lines |= {f"{above}{name}.{key}": line for key, line in value.lines.items()}
            return value
        if value is not None:
            self.wrong(f"{above}{name}", "a mapping is expected here: one `field: value` on each line")
        return Fields(of.line)

    def _text(self, of: Fields, above: str, name: str, most: int) -> str | None:
        value = of.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(above + name, "a text is expected here, not a list or a mapping")
            return None
        if any(each == "\x00" or "\ud800" <= each <= "\udfff" for each in value):
            self.wrong(above + name, "holds a NUL character or half a character, which no database can keep")
        elif len(value) > most:
            self.wrong(above + name, f"longer than {most:,} characters")
        return value

    def _line(self, of: Fields, above: str, name: str, most: int) -> str | None:
        text = self._text(of, above, name, most)
        return None if text is None else " ".join(text.split())

    def _list(self, of: Fields, above: str, name: str, most: int) -> list[Any] | None:
        value = of.get(name)
        if value is None or (isinstance(value, list) and len(value) <= most):
            return value
        is_list = isinstance(value, list)
        self.wrong(above + name, f"more than {most:,} entries" if is_list else "a list is expected here")
        return None

    def wrong(self, name: str, reason: str) -> None:
        """The entity is not taken in because of this field."""
        self.problems.append(Problem(self.file, f"{self.label}: {name}", reason, self._where(name)))

    def note(self, name: str, reason: str) -> None:
        """The entity is taken in all the same."""
        self.notes.append(Problem(self.file, f"{self.label}: {name}", reason, self._where(name)))

    def _where(self, name: str) -> int:
        return self.lines.get(name) or self.document.line
