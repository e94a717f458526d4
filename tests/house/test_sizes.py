"""Rooms stay small enough to read in one sitting."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPONENT_LINES, PAGE_LINES, MODULE_LINES = 60, 200, 400


def _too_long(folder: str, pattern: str, most: int) -> dict[str, int]:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / folder).rglob(pattern)
    }
    assert lengths, f"there is nothing in {folder}"
    return {name: length for name, length in sorted(lengths.items()) if length > most}


def test_no_module_has_more_than_400_lines() -> None:
    assert _too_long("app", "*.py", MODULE_LINES) == {}


@pytest.mark.parametrize(
    ("folder", "most"), [("app/templates", PAGE_LINES - 1), ("app/templates/components", COMPONENT_LINES - 1)]
)
def test_templates_are_short(folder: str, most: int) -> None:
    assert _too_long(folder, "*.html", most) == {}


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if (text := path.read_text(encoding="utf-8").strip()) and not text.startswith('"""')
    ]
    assert silent == []
