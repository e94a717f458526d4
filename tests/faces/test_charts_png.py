"""The chart of adoption as a picture: a PNG of the right size whose letters need no font of the machine."""

from __future__ import annotations

import re
import struct
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.faces import charts
from app.faces.charts.png import DARK, LIGHT, adoption_png, picture
from tests.faces.sample import figures
from tests.faces.test_charts import hostile, nothing, said, whole

TOKENS = (Path(__file__).parents[2] / "app/static/css/tokens.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(("palette", "block"), [(LIGHT, ":root {"), (DARK, ':root[data-theme="dark"]')])
def test_the_colours_of_the_picture_are_those_of_the_pages(palette, block):
    values = dict(re.findall(r"--([\w-]+): (#\w+);", TOKENS[TOKENS.index(block) :].partition("}")[0]))
    assert asdict(palette) == {key: values[key.replace("_", "-")] for key in asdict(palette)}


@pytest.mark.parametrize("of", [figures, hostile, nothing, whole])
def test_the_picture_says_what_the_page_says(of):
    page, drawn = said(charts.adoption(of())), said(picture(of()))
    assert [each for each in page if each not in drawn] == []
    assert "week 47 of 2026" in drawn
    ElementTree.fromstring(picture(of()))


@pytest.mark.parametrize("of", [figures, hostile, nothing, whole])
def test_a_picture_is_a_png_of_twice_its_size(of):
    made = adoption_png(of())
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", made[16:24]) == (1200, 520)


def test_its_words_are_drawn_and_dark_is_another_picture():
    light = adoption_png(figures())
    assert len(light) > len(adoption_png(replace(figures(), title=""))) > 8_000
    assert light != adoption_png(figures(), dark=True)
    assert struct.unpack(">II", adoption_png(figures(), scale=1)[16:24]) == (600, 260)
