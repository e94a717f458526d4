"""Text can be read: every pair of colours that stand on each other has the contrast that WCAG 2.2 AA asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "app/static/css/tokens.css").read_text(encoding="utf-8")
INKS = ("ink", "ink-2", "ink-3", "accent", "ok", "bad", "warn")
GROUNDS = ("bg", "surface", "surface-2")
TEXT = [(ink, ground) for ink in INKS for ground in GROUNDS] + [
    ("on-accent", "accent"), ("on-solid", "bad"), ("on-solid", "sev2"), ("on-solid", "ok"), ("ok", "ok-soft"),
    ("bad", "bad-soft"), ("warn", "warn-soft"), ("accent", "accent-soft"), ("ink", "warn-soft"), ("ink", "bad-soft"),
]  # fmt: skip
CONTROLS = [("line-strong", "surface"), ("focus", "surface"), ("focus", "bg")]


def _palettes() -> dict[str, dict[str, str]]:
    light, dark, chosen = re.split(r"@media \(prefers-color-scheme: dark\)|:root\[data-theme=\"dark\"\]", TOKENS)
    return {name: dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})\b", part))
            for name, part in (("light", light), ("dark", dark), ("chosen dark", chosen))}  # fmt: skip


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", ["light", "dark", "chosen dark"])
def test_text_has_four_and_a_half_to_one_and_controls_three(palette: str) -> None:
    colours = _palettes()[palette]
    poor = [
        f"{ink} on {ground}: {ratio:.2f}"
        for pairs, least in ((TEXT, 4.5), (CONTROLS, 3.0))
        for ink, ground in pairs
        if (ratio := contrast(colours[ink], colours[ground])) < least
    ]
    assert not poor


def test_the_two_dark_palettes_are_the_same() -> None:
    palettes = _palettes()
    assert palettes["dark"] == palettes["chosen dark"]
