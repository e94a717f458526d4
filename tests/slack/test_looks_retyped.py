"""What was understood can be typed anew after the verb that was meant, and means the same: nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.slack.grammar import understand
from app.slack.grammar.retyped import retyped
from app.slack.grammar.understood import UNCLEAR
from app.slack.phrases import PHRASES

TODAY = date(2026, 11, 25)
MEANT = [each for each in (understand(phrase.typed, today=TODAY) for phrase in PHRASES) if not each.problems]


@pytest.mark.parametrize("of", MEANT, ids=lambda of: of.typed[:40])
def test_a_phrase_typed_anew_means_the_same(of: object) -> None:
    assert isinstance(of, type(MEANT[0]))
    verb = (of.nearest or of.verb) if of.verb == UNCLEAR else of.verb
    again = understand(f"{verb} {retyped(of)}", today=TODAY)
    meant = replace(of, verb=verb, typed="", nearest=None, is_guess=False)
    assert replace(again, typed="", nearest=None, is_guess=False) == meant


def test_groups_and_channels_are_typed_as_slack_sends_them() -> None:
    of = understand("checkout is down sev2 <#C1|payments> <!subteam^S1|oncall> <@U1|bob>", today=TODAY)
    assert retyped(of) == "checkout is down <@U1> <!subteam^S1> <#C1> SEV2"
