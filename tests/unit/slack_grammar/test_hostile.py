"""Whatever is typed, something is understood, nothing is lost, and it takes no time."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.domain.lifecycle import SEVERITIES
from app.slack.grammar import Understood, echo, understand
from app.slack.grammar.verbs import BY_NAME, VERBS
from app.slack.phrases import PHRASES, TODAY

SPELLED = [spelling for verb in VERBS for spelling in verb.spellings]
MARKS = [
    "<", ">", "<@", "<@U1", "<@U1|bob>", "<@U1>", "<#C1|payments>", "<#C1|>", "<#>", "<@>", "<!here>", "<!subteam^S1>",
    "<!date^1^{date}|now>", "<https://x.io|x.io>", "<https://x.io|>", "<|>", "<>", "<<@U1>>", "&amp;lt;", "&lt;@U1&gt;",
    "INC-42", "inc42", "#42", "42", "0", "99999999999", "BP-5", "act 7", "~payments", "~", "~~x", "@bob", "@",
    "#x", "#",
    "sev", "sev1", "sev 2", "s3", "P1", "SEV9", "by", "by fri", "by 31 feb", "by 1/12", "in", "in 2 weeks", "+3d", "+",
    "+9999w", "for a week", "end of the", "last", "W47", "2026-W99", "week", "is", "because", "to", "and", ",",
    ":", "…", "< \n >", "<!x| >",
    "\x00", "\u202e", "\ud800", "٤٢", "²", "ﬁx", "İ", "ẞ", "🔥", "\u200b", "\n", "\t", " ", "’",
]  # fmt: skip
TOKENS = some.one_of(some.sampled_from(SPELLED), some.sampled_from(MARKS), some.text(max_size=8))
TEXTS = some.one_of(
    some.lists(TOKENS, max_size=12).map(" ".join),
    some.lists(TOKENS, max_size=12).map("".join),
    some.sampled_from([phrase.typed for phrase in PHRASES]).flatmap(
        lambda it: some.permutations(it.split()).map(" ".join)
    ),
)


def _require_sound(found: Understood, typed: str) -> None:
    assert found.typed == typed
    assert found.verb in BY_NAME or found.verb == "unclear"
    assert found.severity in (None, *SEVERITIES)
    assert all(1 <= ref.number < 10**9 for ref in found.refs)
    assert found.on is None or found.on >= TODAY
    assert found.nearest is None or found.nearest in BY_NAME
    assert found.nearest or found.verb != "unclear"
    assert not found.is_guess or found.verb == "declare"
    assert found.words == " ".join(found.words.split())
    found.words.encode()  # what no database keeps is not in it
    assert "\x00" not in found.words
    for problem in found.problems:
        assert problem[:1].upper() == problem[:1]
        assert problem.endswith(".")
        assert len(problem.split()) >= 4
    assert echo(found)


@given(TEXTS)
@settings(max_examples=6_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_is_understood_somehow(typed: str) -> None:
    _require_sound(understand(typed, today=TODAY), typed)


@given(TEXTS, some.dates(date(1970, 1, 1), date(2999, 12, 31)))
@settings(max_examples=500, deadline=None)
def test_the_same_text_means_the_same_on_the_same_day(typed: str, today: date) -> None:
    assert understand(typed, today=today) == understand(typed, today=today)


@given(some.lists(some.sampled_from([*SPELLED, "42", "checkout", "down,", "is", "@bob", "sev1", "by", "fri", "+1w"])))
def test_no_word_is_made_up_and_none_changes_its_place(tokens: list[str]) -> None:
    typed = " ".join(tokens)
    left = iter(typed.split())
    words = understand(typed, today=TODAY).words.split()
    assert all(any(word == each.rstrip(",") or word == each for each in left) for word in words)


@pytest.mark.parametrize("before", ["", "resolve ", "resolve 42 ", "pattern ", "snooze ", "INC-42 "])
@pytest.mark.parametrize(
    "mark",
    ["<@", "<", "<@U1>", "<@U1|", "~", "#", "@", "+", "1", "1 ", "0", "a", "a ", "sev ", "by fri ", "INC-1 ", "&amp;",
     "((", "in 2 ", "<a ", "> ", "|"],
)  # fmt: skip
def test_ten_thousand_characters_take_no_time(before: str, mark: str) -> None:
    typed = (before + mark * 10_000)[:10_000]
    spent = []
    for _ in range(3):  # the least of three: other work on the machine is not ours
        start = time.perf_counter()
        _require_sound(understand(typed, today=TODAY), typed)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05


def test_a_pasted_log_stays_whole() -> None:
    log = " ".join(f"line{number} &lt;ok&gt;" for number in range(3_000))
    assert understand(log, today=TODAY).words == log.replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("typed", ["&lt;@U1&gt; broke it", "&amp;lt;@U1&amp;gt; broke it"])
def test_a_mention_that_was_only_typed_names_nobody(typed: str) -> None:
    assert understand(typed, today=TODAY).people == ()
