"""Every setting is documented where people look for it, with the default that it has."""

from __future__ import annotations

import re
from pathlib import Path

import config

ROOT = Path(__file__).parents[2]
VARIABLES = {name: default for name, default, _reason in config.described()}


def test_every_setting_has_a_row_in_the_readme() -> None:
    readme = ROOT / "README.md"
    rows = [line for line in _text(readme).splitlines() if line.startswith("|")]
    missing = [name for name in VARIABLES if not any(f"`{name}`" in row for row in rows)]
    assert missing == [], "README.md needs a table row with each of these in backticks"


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"`(RATCHET_[A-Z_]+)`", _text(ROOT / "README.md")))
    assert {name for name in named if not name.startswith("RATCHET_TESTS_")} <= set(VARIABLES)


def test_the_example_has_every_setting_with_its_default() -> None:
    given = dict(re.findall(r"^#(RATCHET_[A-Z_]+)=(.*)$", _text(ROOT / ".env.example"), re.MULTILINE))
    assert given == VARIABLES


def test_the_example_gives_the_reason_of_every_setting() -> None:
    text = _text(ROOT / ".env.example")
    assert [reason for _name, _default, reason in config.described() if f"# {reason}" not in text] == []


def test_the_defaults_are_valid_settings() -> None:
    assert config.Settings.from_env({}).base_url == VARIABLES["RATCHET_BASE_URL"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
