"""Every face says the same, to the digit, whatever the figures are and whatever people wrote."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.report import Figures
from app.domain.report_sections import Count
from app.faces import words
from app.faces.brief import in_short
from app.faces.csv import csv_of
from app.faces.json import json_of, load
from app.faces.mail import mail
from app.faces.mail_html import ROWS, html
from app.faces.markdown import markdown
from app.faces.sections import sections
from app.faces.text import text
from app.queries import reports
from tests.faces import sample, strategies
from tests.faces.reading import BASE, META, Page, csv_rows, inline_tokens, markdown_parts, seen

ANY = strategies.figures()
CALM = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
OURS = {
    "html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "h3", "p", "strong", "a", "br", "span",
    "table", "tbody", "tr", "td", "img",
}  # fmt: skip


@given(ANY)
@CALM
def test_markdown_has_every_cell_as_the_sections_have_it(of: Figures) -> None:
    told = markdown(of, META, BASE)
    parts = {each.title: each for each in markdown_parts(told)}
    for section in sections(of, META.path):
        if section.is_detail and not section.rows:
            continue
        part = parts[seen(section.title)]
        if section.key == "needs":
            said = " ".join(part.texts)
            assert all(seen(cell.words.rstrip(".")) in said for row in section.rows for cell in row[:4])
        else:
            assert part.rows == [[seen(cell.words) for cell in row] for row in section.rows]
        assert seen(section.lead) in part.texts
    assert list(parts["In short"].texts) == [f"{each.label}: {seen(each.sentence)}" for each in in_short(of)]


@given(ANY)
@CALM
def test_markdown_is_formatted_and_linked_by_us_alone(of: Figures) -> None:
    told = markdown(of, META, BASE)
    kinds = {each.type for each in inline_tokens(told)}
    assert kinds <= {"text", "text_special", "softbreak", "strong_open", "strong_close", "link_open", "link_close"}
    for token in inline_tokens(told):
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(BASE)
    labels = {each.label for each in in_short(of)} | {each.title for each in sections(of)}
    strong = re.findall(r"^(?:- |\d+\. )\*\*(.*?):?\*\*", told, re.MULTILINE)
    assert len(strong) == 3 + len(of.needs) + len(sections(of))
    assert labels >= set(strong[:3])
    assert not re.search(r"(?<!\\)\bhttps?:(?!//ratchet\.example\.com)", told)
    assert not re.search(r"(?<!\w)@\w", told), "nobody is mentioned"


@given(ANY)
@CALM
def test_csv_has_every_value_and_every_count(of: Figures) -> None:
    rows = csv_rows(csv_of(of, META, BASE))
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        key = (row["section"], row["row"], row["column"])
        assert key not in found
        found[key] = row
    assert found["adoption", "0", "practices"]["value"] == str(of.adoption.practices)
    assert found["loops", "0", "closed"]["value"] == str(of.loops.closed_count)
    assert found["loops", "0", "open"]["value"] == str(of.loops.open_count)
    assert found["slips", "0", "lost"]["value"] == str(of.slips.lost_count)
    assert found["items", "0", "overdue"]["value"] == str(of.items.overdue)
    _same(found, "adoption", 0, "now", of.adoption.now)
    for at, line in enumerate(of.practices, 1):
        assert found["practices", str(at), "practice"]["value"] == line.name
        assert found["practices", str(at), "missing"]["value"] == str(line.missing)
        assert found["practices", str(at), "target"]["value"] == str(line.target_percent)
        _same(found, "practices", at, "adopted", line.now)
    for at, stage in enumerate(of.stages.lines, 1):
        assert found["stages", str(at), "reached"]["value"] == str(stage.reached)
        assert found["stages", str(at), "waiting"]["value"] == str(stage.waiting)
        median = found["stages", str(at), "median"]["value"]
        assert (float(median) if median else None) == stage.median_hours
    for at, point in enumerate(reversed(of.adoption.series), 1):
        _same(found, "series", at, "share", point.count)
    for section in sections(of, META.path):
        for at, cells in enumerate(section.rows, 1):
            for column, cell in zip(section.columns, cells, strict=True):
                name = f"{column.key}.percent" if isinstance(cell.value, Count) else column.key
                said = found[section.key, str(at), name]
                assert seen(said["words"]) == seen(cell.words.removeprefix("'"))
                assert said["url"] == (BASE + cell.path if cell.path else "")


def _same(found: Any, section: str, row: int, column: str, count: Count | None) -> None:
    if count is None:
        assert found[section, str(row), column]["value"] == ""
        assert found[section, str(row), column]["words"] == "unknown"
        return
    shown = {name: found[section, str(row), f"{column}.{name}"]["value"] for name in (*vars(count), "percent")}
    assert {name: int(shown[name]) for name in vars(count)} == vars(count)
    assert shown["percent"] == ("" if count.tenths is None else f"{count.tenths / 10:.1f}")


@given(ANY)
@CALM
def test_csv_has_no_formula(of: Figures) -> None:
    told = csv_of(of, META, BASE)
    import csv  # noqa: PLC0415 - the raw fields, apostrophes and all
    import io  # noqa: PLC0415 - for the same look at the raw fields

    for row in csv.reader(io.StringIO(told[1:], newline="")):
        assert len(row) == 10
        for each in row:
            assert not each.lstrip().startswith(("=", "+", "@", "\t", "\r", "＝", "＋", "＠"))
            assert not each.lstrip().startswith("-") or re.fullmatch(r"-[\d.]+", each)


@given(ANY)
@CALM
def test_json_gives_the_same_figures_back(of: Figures) -> None:
    told = json.loads(json_of(of, META, BASE))
    assert reports.dump(load(told)) == reports.dump(of)
    assert [each["sentence"] for each in told["in_short"]] == [each.sentence for each in in_short(of)]
    assert set(told["how"]) >= {each.key for each in sections(of)}


@given(ANY)
@CALM
def test_the_page_of_the_mail_has_every_cell_that_it_shows_and_nothing_of_others(of: Figures) -> None:
    page = Page(html(of, META, BASE, None))
    assert page.tags <= OURS
    assert all(each.startswith(BASE) for each in page.links)
    for each in in_short(of):
        assert seen(each.sentence) in page.text
    for section in sections(of, META.path):
        if section.is_detail or not section.rows:
            continue
        assert section.key == "needs" or seen(section.lead) in page.text
        for row in section.shown(ROWS):
            assert all(seen(cell.words) in page.text for cell in row[:2])


@given(ANY)
@CALM
def test_a_mail_can_be_sent_whatever_it_says(of: Figures) -> None:
    told = mail(
        of, META, base_url=BASE, sender="Ratchet <r@example.com>", to="Ana <ana@example.com>", message_id="<1@x>",
        chart=b"PNG",
    )  # fmt: skip
    raw = told.as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    head = raw.split(b"\r\n\r\n", 1)[0].decode("ascii")
    assert len(re.findall(r"^[A-Za-z-]+:", head, re.MULTILINE)) == 9
    plain = told.get_body(("plain",))
    assert plain is not None
    assert in_short(of)[1].label in plain.get_content()


@given(ANY)
@CALM
def test_the_few_lines_of_text_have_the_three_sentences(of: Figures) -> None:
    said = seen(text(of, META, BASE))
    for each in in_short(of):
        assert seen(each.sentence) in said


@pytest.mark.parametrize("of", [strategies.empty(), sample.figures()])
def test_what_is_unknown_or_absent_is_said_by_every_face(of: Figures) -> None:
    shown = words.share(of.adoption.now)
    parts = {each.title: each for each in markdown_parts(markdown(of, META, BASE))}
    assert any(shown in each for each in parts["Adoption"].texts)
    assert f"{shown}" in text(of, META, BASE).lower()
    assert shown in Page(html(of, META, BASE, None)).text.lower()
    assert csv_rows(csv_of(of, META, BASE))


def test_an_incident_that_is_private_now_is_named_and_linked_nowhere() -> None:
    of = sample.figures().without({61, 31, 44})
    for told in (markdown(of, META, BASE), csv_of(of, META, BASE), html(of, META, BASE, None), text(of, META, BASE),
                 json_of(of, META, BASE)):  # fmt: skip
        assert not re.search(r"INC-(61|31|44|0)\b|incidents/(61|31|44|0)\b", told)
        assert "declined payments" not in told
        assert "nobody can pay" not in told
    assert "1 incident could have been prevented" in in_short(of)[1].sentence
