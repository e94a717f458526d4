"""What somebody wrote stays what it is in Markdown, and links are references."""

from __future__ import annotations

import pytest

from app.faces.escaped import JOINER, Links, escaped


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("http.timeout_ms is 5000", "http.timeout_ms is 5000"),
        ("_all_ of *it*", "\\_all\\_ of \\*it\\*"),
        ("a | b", "a \\| b"),
        ("<script>", "\\<script>"),
        ("[x](https://evil.example)", "\\[x\\](https\\://evil.example)"),
        ("www.evil.example", "www\\.evil.example"),
        ("@octocat sees #42", f"@{JOINER}octocat sees #{JOINER}42"),
        ("a@evil.example", f"a@{JOINER}evil.example"),
        ("&copy; AT&T", "\\&copy; AT&T"),
        (":tada: at 10:30", f":{JOINER}tada: at 10:30"),
        ("$5 and $6", "\\$5 and \\$6"),
        ("שלום", "\u2068שלום\u2069"),
        ("71.2 % (1,420 of 2,000)", "71.2 % (1,420 of 2,000)"),
    ],
)
def test_it_is_escaped_no_more_than_needed(written: str, told: str) -> None:
    assert escaped(written) == told


def test_names_are_references_and_the_rest_is_numbered() -> None:
    to = Links("https://r.example/")
    assert to.link("BP-5", "/practices/5") == "[BP-5]"
    assert to.link("BP-5", "/practices/5") == "[BP-5]"
    assert to.link("9 of 25", "/reports/2026-W47/practices/5") == "[9 of 25][1]"
    assert to.link("Shop | x", "/teams/shop") == "[Shop \\| x][2]"
    assert to.link("bp-5", "/services/bp-5") == "[bp-5][3]", "labels are compared without their case"
    assert "".join(to.definitions()).splitlines() == [
        "[BP-5]: <https://r.example/practices/5>", "[1]: <https://r.example/reports/2026-W47/practices/5>",
        "[2]: <https://r.example/teams/shop>", "[3]: <https://r.example/services/bp-5>",
    ]  # fmt: skip
