"""A postmortem is read from a file to the letter, or it is told what is wrong with the file, and where."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.intake import front_matter
from app.intake.instants import NoInstant, read_instant
from app.intake.names import name_of, title_of
from app.intake.postmortems import FILE_MAX, Postmortem, find, read, read_file
from app.intake.problem import Unreadable

UUID = "6f1c2a9e-5a1b-4a3e-9c55-0d6a1f5b7c11"
FILE = f"{UUID}.md"
WHOLE = f"""---
uuid: {UUID}
url: https://example.com/postmortem
title: "Orders: none went through"
start_time: 2021-04-05T06:07:08Z
end_time: 2021-04-05T08:00:00+02:00
categories:
- cloud
- time
keywords: [no, 010, 1.0, ~, "#1", "naïve ☂"]
company: Example
product: ""
severity_hint: yes
source_published_at: 2021-04-06T00:00:00.123456Z
summary: The queue was full.

---

First *line*.

Last line.

"""


def written(**fields: str) -> bytes:
    """A file with these lines in its front matter."""
    lines = {"uuid": UUID, **fields}
    return "".join(["---\n", *(f"{name}: {value}\n" for name, value in lines.items()), "---\nText.\n"]).encode()


def told(postmortem: Postmortem) -> list[str]:
    return [str(each).removeprefix(f"{FILE}: ") for each in postmortem.problems]


def refusals(raw: bytes, file: str = FILE) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        read(file, raw)
    return [str(each).removeprefix(f"{file}: ") for each in caught.value.problems]


def test_a_whole_file_is_read_to_the_letter() -> None:
    found = read(FILE, WHOLE.encode())
    assert found.head + found.body == WHOLE
    assert found.body == "\nFirst *line*.\n\nLast line.\n\n"
    assert (found.uuid, found.title, found.company, found.product) == (UUID, "Orders: none went through", "Example", "")
    assert found.start_time == datetime(2021, 4, 5, 6, 7, 8, tzinfo=UTC)
    assert found.end_time == datetime(2021, 4, 5, 6, 0, tzinfo=UTC)
    assert found.source_published_at == datetime(2021, 4, 6, 0, 0, 0, 123456, tzinfo=UTC)
    assert found.categories == ("cloud", "time")
    assert told(found) == ["keywords: line 10: an empty entry was left out"]


def test_values_stay_the_text_that_was_written() -> None:
    found = read(FILE, WHOLE.encode())
    assert found.keywords == ("no", "010", "1.0", "#1", "naïve ☂")
    assert found.fields["severity_hint"] == "yes"
    assert found.fields["end_time"] == "2021-04-05T08:00:00+02:00"
    assert found.fields["product"] == ""
    assert found.lines["company"] == 11


def test_fields_nobody_knows_are_kept() -> None:
    found = read(FILE, written(owner="{name: Ana, pager: [1, 2]}", empty="", nothing="null"))
    assert found.fields["owner"] == {"name": "Ana", "pager": ["1", "2"]}
    assert found.fields["empty"] is None
    assert found.fields["nothing"] is None
    assert found.problems == ()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_are_kept(end: str) -> None:
    text = WHOLE.replace("\n", end)
    found = read(FILE, text.encode())
    assert found.head + found.body == text
    assert found.title == "Orders: none went through"
    assert found.lines["company"] == 11


def test_a_byte_order_mark_is_kept_and_harms_nobody() -> None:
    raw = b"\xef\xbb\xbf" + WHOLE.encode()
    found = read(FILE, raw)
    assert (found.head + found.body).encode() == raw
    assert found.uuid == UUID


@pytest.mark.parametrize("body", ["", "\n", "---\n", "a\n---\nb", "x" * 2_000_000])
def test_any_body_is_kept(body: str) -> None:
    assert read(FILE, f"---\nuuid: {UUID}\n---\n{body}".encode()).body == body


def test_a_front_matter_may_end_with_the_file_or_have_blank_lines_before_it() -> None:
    assert read(FILE, f"---\nuuid: {UUID}\n---".encode()).body == ""
    assert read(FILE, f"\n \n---  \nuuid: {UUID}\n--- \nText".encode()).body == "Text"


def test_dashes_inside_a_text_do_not_end_the_front_matter() -> None:
    found = read(FILE, f"---\nuuid: {UUID}\nsummary: |\n  one\n  ---\n  two\n---\nText".encode())
    assert found.summary == "one\n---\ntwo\n"
    assert found.body == "Text"


@pytest.mark.parametrize(
    ("raw", "reasons"),
    [
        (b"", ["file: empty"]),
        (b"\n\n", ["file: empty"]),
        (b"# A heading\n", ["front matter: line 1: missing: the file does not begin with a line ---"]),
        (b"\nuuid: 1\n---\n", ["front matter: line 2: missing: the file does not begin with a line ---"]),
        (b"---\nuuid: 1\n", ["front matter: line 1: the line --- that ends it is missing"]),
        (b"---\n---\nText\n", ["front matter: line 2: empty"]),
        (b"---\n- a\n- b\n---\n", ["front matter: line 2: no mapping: write one `field: value` on each line"]),
        (b"---\njust words\n---\n", ["front matter: line 2: no mapping: write one `field: value` on each line"]),
        (b"---\nuuid: 1\ntitle: a: b\n---\n",
         ["front matter: line 3: no valid YAML: mapping values are not allowed here"]),
        (b'---\nuuid: 1\ntitle: "open\n---\n', ["front matter: line 4: no valid YAML: found unexpected end of stream"]),
        (b"---\nuuid: 1\na: \x07\n---\n", ["front matter: line 3: no valid YAML: it holds the character U+0007"]),
        (b"---\nuuid: 1\na: \x00\n---\n", ["front matter: line 3: no valid YAML: it holds the character U+0000"]),
        (b'---\na: "\\UFFFFFFFF"\n---\n',
         ["front matter: no valid YAML: Python int too large to convert to C int"]),
        (b"---\nuuid: 1\n---\ncaf\xe9\n", ["file: line 4: not UTF-8: byte 0xE9 at position 19"]),
        (WHOLE.encode("utf-16"), ["file: line 1: not UTF-8: byte 0xFF at position 0"]),
        (WHOLE.encode() + b"a\x00b", ["body: line 23: holds a NUL character, which no database can keep"]),
        (written(title=r'"a\0b"'),
         ["title: line 3: holds a NUL character or half a character, which no database can keep"]),
        (written(extra=r'[{a: "\uD800"}]'),
         ["extra: line 3: holds a NUL character or half a character, which no database can keep"]),
        (b"x" * (FILE_MAX + 1), ["file: larger than 5,000,000 bytes"]),
        (b"---\na: " + b"x" * 1_000_001 + b"\n---\n", ["front matter: longer than 1,000,000 characters"]),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[0][:40],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_without_loss_is_refused_with_field_and_reason(
    raw: bytes, reasons: list[str]
) -> None:
    assert refusals(raw) == reasons


@pytest.mark.parametrize(
    "deep",
    [b"a: " + b"[" * 1_000, b"a: " + b"[" * 60 + b"]" * 60, b"a: &x [*x]",
     b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
         b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(8))],
    ids=["unclosed", "deep", "itself", "billion laughs"],
)  # fmt: skip
def test_a_front_matter_that_would_take_all_memory_is_refused(deep: bytes) -> None:
    assert len(refusals(b"---\nuuid: " + UUID.encode() + b"\n" + deep + b"\n---\n")) == 1


def test_without_a_uuid_the_name_of_the_file_is_one_or_the_file_is_refused() -> None:
    raw = b"---\ntitle: a\n---\n"
    found = read(FILE, raw)
    assert found.uuid == UUID
    assert told(found) == [f"uuid: missing; {UUID} was taken from the name of the file"]
    why = "without one, importing again could not recognise the incident"
    assert refusals(raw, "notes.md") == [f"uuid: missing, and the name of the file is none: {why}"]
    assert refusals(written(uuid="17")) == [f"uuid: line 2: “17” is no UUID: {why}"]
    assert refusals(written(uuid="[1, 2]"), "notes.md")[0].startswith("uuid: line 2: missing")


def test_one_uuid_has_one_spelling() -> None:
    assert read(FILE, written(uuid=UUID.upper())).uuid == UUID


@pytest.mark.parametrize("name", ["title", "company", "product", "summary", "url", "start_time"])
@pytest.mark.parametrize("value", ["[a, b]", "{a: b}"])
def test_a_list_where_a_text_is_expected_is_told_and_kept(name: str, value: str) -> None:
    found = read(FILE, written(**{name: value}))
    assert not getattr(found, name)
    assert found.fields[name] in (["a", "b"], {"a": "b"})
    assert told(found) == [f"{name}: line 3: a text is expected here, not a list or a mapping; kept as it is, not used"]


@pytest.mark.parametrize(
    ("value", "kept", "reason"),
    [
        ("outage", ("outage",), "a list is expected here, not a text; taken as a list of one"),
        ("a, b", ("a, b",), "a list is expected here, not a text; taken as a list of one"),
        ("{a: b}", (), "a list is expected here, not a mapping; kept as it is, not used"),
        ("[a, [b], {c: d}]", ("a",), "an entry is a list or a mapping, not a text; kept as it is, not used"),
        ('[a, "", b]', ("a", "b"), "an empty entry was left out"),
    ],
)
def test_keywords_of_another_kind_are_told_and_kept(value: str, kept: tuple[str, ...], reason: str) -> None:
    found = read(FILE, written(keywords=value))
    assert found.keywords == kept
    assert told(found) == [f"keywords: line 3: {reason}"]


@pytest.mark.parametrize("value", ["", '""', "[]", "~"])
def test_no_keywords_are_no_problem(value: str) -> None:
    found = read(FILE, written(keywords=value))
    assert (found.keywords, found.problems) == ((), ())


def test_a_field_that_is_there_twice_is_told() -> None:
    found = read(FILE, b"---\nuuid: " + UUID.encode() + b"\ntitle: a\ntitle: b\nx: {k: 1, k: 2}\n[1]: z\n---\n")
    assert found.title == "a"
    assert "title: b" in found.head
    assert sorted(told(found)) == [
        "front matter: line 6: a list or a mapping stands where the name of a field is expected; kept, not used",
        "title: line 4: “title” is there twice (first on line 3); the first is used, both are kept",
        "x.k: line 5: “x.k” is there twice; the first is used, both are kept",
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2021-04-05T06:07:08Z", datetime(2021, 4, 5, 6, 7, 8, tzinfo=UTC)),
        ("2021-04-05t06:07:08.5z", datetime(2021, 4, 5, 6, 7, 8, 500000, tzinfo=UTC)),
        ("2021-04-05 06:07 +02:00", datetime(2021, 4, 5, 4, 7, tzinfo=UTC)),
        ("2021-04-05T00:07:08-07", datetime(2021, 4, 5, 7, 7, 8, tzinfo=UTC)),
        ("2021-04-05T06:07:08+0530", datetime(2021, 4, 5, 0, 37, 8, tzinfo=UTC)),
        ("1628-08-10T12:00:00Z", datetime(1628, 8, 10, 12, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_without_a_remark(text: str, at: datetime) -> None:
    found, remark = read_instant(text)
    assert (found, found.utcoffset(), remark) == (at, at.utcoffset(), "")


def test_what_was_assumed_about_an_instant_is_said() -> None:
    assert read_instant("2021-04-05 06:07:08")[1] == "has no time zone and was read as UTC"
    assert "finer than a microsecond" in read_instant("2021-04-05T06:07:08.123456789Z")[1]
    assert read_instant("2021-04-05T06:07:08.123456000Z")[1] == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2021-04-05", "is a date without a time of day"),
        ("0001-01-01T00:00:00Z", "is the year 1"),
        ("2021-02-30T00:00:00Z", "is no time that exists"),
        ("2021-04-05T24:00:00Z", "is no time that exists"),
        ("2016-12-31T23:59:60Z", "is no time that exists"),
        ("9999-12-31T23:59:59-12:00", "is no time that exists"),
        ("2021-04-05T06:07:08+25:00", "is no time that exists"),
        ("0000-01-01T00:00:00Z", "is the year 1"),
        ("2021-04-05T06:07:08 PST", "is no time that can be read"),
        ("1617602828", "is no time that can be read"),
        ("last Monday", "is no time that can be read"),
        ("٢٠٢١-04-05T06:07:08Z", "is no time that can be read"),
        ("", "is no time that can be read"),
    ],
)
def test_what_is_no_instant_is_not_made_into_one(text: str, reason: str) -> None:
    with pytest.raises(NoInstant, match=reason):
        read_instant(text)


def test_an_odd_time_is_told_with_its_line_and_kept() -> None:
    found = read(FILE, written(start_time="2021-04-05", end_time='"soon"', source_published_at="2021-04-05 10:00"))
    assert (found.start_time, found.end_time) == (None, None)
    assert found.source_published_at == datetime(2021, 4, 5, 10, tzinfo=UTC)
    assert found.fields["start_time"] == "2021-04-05"
    assert told(found) == [
        "start_time: line 3: “2021-04-05” is a date without a time of day; kept as it is, not used",
        "end_time: line 4: “soon” is no time that can be read; write it like 2026-03-02T09:00:00Z; "
        "kept as it is, not used",
        "source_published_at: line 5: “2021-04-05 10:00” has no time zone and was read as UTC",
    ]


def test_what_a_problem_quotes_cannot_move_the_cursor() -> None:
    found = read(FILE, written(start_time=r'"\e[2J\nsoon"'))
    assert told(found)[0].startswith(r"start_time: line 3: “\x1b[2J\nsoon” is no time")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("Heroku", "Git server component"), "heroku.git-server-component"),
        (("Heroku", ""), "heroku"),
        (("", "Git"), "git"),
        (("incident.io",), "incident-io"),
        (("DataDog",), "datadog"),
        (("Yahoo!",), "yahoo"),
        (("FirstEnergy / General Electric",), "firstenergy-general-electric"),
    ],
)
def test_a_name_is_made_from_words(words: tuple[str, ...], name: str) -> None:
    assert name_of(*words) == name


def test_different_words_have_different_names() -> None:
    words: list[tuple[str, ...]] = [
        ("C",), ("C++",), ("C#",), ("AT&T",), ("AT T",), ("日本",), ("中国",), ("Nestlé",), ("Nestle",), ("&",), ("?",),
        ("Google Cloud",), ("Google", "Cloud"), ("Google", "Cloud", "X"), ("a" * 300,), ("a" * 301,), ("a", "b" * 70),
    ]  # fmt: skip
    names = [name_of(*each) for each in words]
    assert len(set(names)) == len(words)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=2).filter(lambda words: any(each.strip() for each in words)))
def test_every_name_fits_the_catalogue(words: list[str]) -> None:
    from app.workflow.catalog import NAME  # noqa: PLC0415 - the only need of the database here

    assert NAME.fullmatch(name_of(*words))


def test_a_title_is_made_from_company_and_first_sentence() -> None:
    assert title_of("Ex", "Shop", "It [broke](https://x.y).\nAt v1.2. Then", "-") == "Ex: It broke."
    assert title_of("Ex", "Shop", "  ", "-") == "Ex: Shop"
    assert title_of("", "", "no end", "-") == "no end"
    assert title_of("", "", "", "-") == "-"


def test_a_folder_is_read_in_the_order_of_names_and_what_is_no_markdown_is_named(tmp_path: Path) -> None:
    for name in ("b.md", "a.MD", "c.txt", "d.markdown"):
        (tmp_path / name).write_bytes(WHOLE.encode())
    files, others = find(tmp_path)
    assert [each.name for each in files] == ["a.MD", "b.md", "d.markdown"]
    assert [each.name for each in others] == ["c.txt"]


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "nowhere.md").symlink_to(tmp_path / "gone")
    (tmp_path / "circle.md").symlink_to(tmp_path / "circle.md")
    os.mkfifo(tmp_path / "pipe.md")
    reasons = {}
    for path in find(tmp_path)[0]:
        with pytest.raises(Unreadable) as caught:
            read_file(path)
        reasons[path.name] = caught.value.problems[0].reason
    assert reasons == {
        "folder.md": "not a file", "pipe.md": "not a file", "nowhere.md": "No such file or directory",
        "circle.md": "Too many levels of symbolic links",
    }  # fmt: skip


def test_a_link_to_a_file_is_read_and_odd_names_are_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_bytes(WHOLE.encode())
    (tmp_path / "link.md").symlink_to(tmp_path / "real.txt")
    assert read_file(tmp_path / "link.md").file == "link.md"
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.md"))
    odd.write_bytes(WHOLE.encode())
    assert read_file(odd).file == r"caf\xe9\n.md"


MARKS = st.sampled_from(
    ["---\n", "---", "\n", "\r", ": ", "- ", "[", "]", "{", "}", '"', "'", "&a ", "*a ", "!!int ", "|\n", ">-\n", "%",
     "? ", "#", "\t", "\\u0000", "\\UFFFFFFFF", "uuid: " + UUID + "\n", "start_time: ", "2021-04-05", "T1:00Z", "~",
     "\ufeff", "keywords: ", "<<: ", "...\n", "\x85", "\u2028"]
)  # fmt: skip


def _read_or_refuse(raw: bytes) -> None:
    problems = None
    try:
        found = read(FILE, raw)
    except Unreadable as error:
        problems = error.problems
    if problems is None:
        assert (found.head + found.body).encode() == raw
    else:
        assert [bool(each.field and each.reason) for each in problems] == [True] * len(problems) != []


@settings(deadline=None)
@given(st.binary())
@example(b"\xef\xbb\xbf---\n---\n")
def test_arbitrary_bytes_are_read_or_refused(raw: bytes) -> None:
    _read_or_refuse(raw)


@settings(deadline=None)
@given(st.lists(MARKS | st.text(max_size=5)).map("".join))
def test_arbitrary_front_matter_is_read_or_refused(middle: str) -> None:
    raw = f"---\nuuid: {UUID}\n{middle}\n---\n{middle}".encode()
    _read_or_refuse(raw)


KEYS = st.text(min_size=1, max_size=50)  # YAML allows 1,024 characters, counted with their escapes
VALUES: Any = st.recursive(
    st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_json_says_is_read_as_it_is(given_fields: dict[str, Any]) -> None:
    """JSON is YAML, so another writer checks our reading."""
    source = json.dumps(given_fields)
    assert {
        name: each.value for name, each in front_matter.read(FILE, f"---\n{source}\n---\n").fields.items()
    } == given_fields
