"""Slack's own validator, asked about every kind of message, form and home that Ratchet shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.slack.setup.asking import Answer, Asking
from app.slack.setup.result import Result, right, unknown, wrong
from app.slack.setup.samples import Sample

NAME = "Messages"
METHOD = "blocks.validate"
REFUSALS = ("invalid_blocks", "invalid_message", "invalid_view", "invalid_blocks_format")
PATIENCE_SECONDS, TRIES = 30, 3
REPORT = "Please report this to the makers of Ratchet."
UNTIL = ("Until then the message goes out as plain text.", "Until then do on the web what it is for.")


def validate(
    asking: Asking, told: Iterable[Sample], *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Result]:
    """One result for each kind that Slack refuses, and one for all that it takes."""
    good = 0
    for each in told:
        answer = _patiently(asking, each, sleep)
        if answer.error in REFUSALS:
            yield wrong(NAME, f"Slack refuses {each.name}: {_why(answer)}", f"{REPORT} {UNTIL['view' in each.body]}")
        elif answer.error == "unknown_method":
            yield unknown(NAME, "This Slack cannot validate messages.", "Only the real Slack does.")
            return
        elif not answer.is_good:
            words = f"{each.name} and those after it were not validated: {answer.error or answer.silence}."
            yield unknown(NAME, words, "Try again in a minute.")
            break
        else:
            good += 1
    if good:
        yield right(NAME, f"Slack takes these forms and kinds of message as they are: {good}.")


def _patiently(asking: Asking, of: Sample, sleep: Callable[[float], None]) -> Answer:
    answer = asking.post(METHOD, of.body)
    for _ in range(TRIES - 1):
        if answer.error != "ratelimited":
            break
        given = answer.headers.get("retry-after", "")
        sleep(min(int(given), PATIENCE_SECONDS) if given.isdecimal() and len(given) < 6 else 1)
        answer = asking.post(METHOD, of.body)
    return answer


def _why(answer: Answer) -> str:
    """Where and what, as Slack says it."""
    found: Any = answer.data.get("errors")
    told = [
        f"{each.get('pointer', '')} {each.get('message') or each.get('code') or ''}".strip() if isinstance(each, dict)
        else str(each)
        for each in (found if isinstance(found, list) else [])
    ]  # fmt: skip
    return "; ".join(told[:5])[:500] or answer.error
