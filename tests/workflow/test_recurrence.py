"""A second incident of the pattern: what was known when it started, and where its services stood then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import selectinload

from app.domain.people import Actor
from app.domain.recurrence import ADOPTED_YET, EXCUSED, KNOWN_NOT_ADOPTED, NEW
from app.models.adoption import PastStanding, Standing
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.queries import lessons, preventable
from app.queries.known import PUBLIC
from app.queries.lesson import Lessons, Recurrence
from app.workflow import analysis, best_practice, incident, lifecycle, resolution, review
from tests.cast import Cast, resolved, reviewed
from tests.web.practices import statements_of

DAY = timedelta(days=1)
Span = tuple[str, datetime, datetime | None]


def stood(cast: Cast, practice: Practice, service: str, *spans: Span, **about: Any) -> None:
    """The standings of one cell: standing, since, until (None: still)."""
    with cast.begin() as work:
        for standing, since, until in spans:
            key = {"practice_id": practice.id, "service_id": cast.services[service], "standing": standing}
            more = {"since": since, "message": ""}
            row = Standing(**key, **more, **about) if until is None else PastStanding(**key, **more, until=until)
            work.session.add(row)


def learned(
    cast: Cast, *, at: str = "Payments hung on a call without a deadline", pattern: str = "Retry storm", **told: Any
) -> tuple[int, Practice]:
    """An incident of a pattern that led to a practice, which was accepted a month before now."""
    cast.clock.tick(days=-30)
    number = cast.incident_at("analysis", title=at)
    with cast.begin() as work:
        cast.fill(work, number, "analysis", new_pattern=pattern)
    cast.do(lifecycle.advance, number, "analysis")
    practice = cast.practice(incident_number=number, **told)
    cast.clock.tick(days=30)
    return number, practice


def read(cast: Cast, number: int) -> Incident:
    rows = select(Incident).where(Incident.number == number).options(selectinload(Incident.services))
    return cast.look(lambda session: session.scalars(rows).one())


def told(cast: Cast, number: int, by: str = "Ana") -> Lessons:
    return cast.look(lambda session: lessons.at_declaration(session, cast[by], read(cast, number)))


def words(cast: Cast, number: int, by: str = "Ana") -> list[str]:
    return [each.words for each in told(cast, number, by)]


def named(cast: Cast, number: int, pattern: str = "Retry storm", **more: Any) -> None:
    """The analysis names the pattern."""
    cast.do(analysis.save, number, analysis.Told(new_pattern=pattern, reason="It is.", **more), version=0)


def judged(cast: Cast, number: int, by: Actor | str = "Ana") -> Recurrence | None:
    actor = cast[by] if isinstance(by, str) else by
    return cast.look(lambda session: lessons.of_incident(session, actor, read(cast, number)))


def verdicts(cast: Cast, number: int, by: Actor | str = "Ana") -> dict[str, str]:
    found = judged(cast, number, by)
    assert found is not None
    return {each.service: each.verdict for each in found.services}


# At declaration


def test_the_known_lesson_is_said_at_declaration(cast: Cast) -> None:
    first, practice = learned(cast)
    stood(cast, practice, "checkout", ("not_adopted", cast.now - 9 * DAY, None))
    second = cast.declare(title="Payments time out on a call")
    (lesson,) = told(cast, second)
    assert lesson.words == f"checkout had not adopted {practice.name}, learned from INC-{first}."
    assert (lesson.is_likely, lesson.alike) == (True, ["Payments", "call"])
    assert (lesson.statement, lesson.since) == ("Calls have timeouts", cast.now - 9 * DAY)


def test_both_incidents_that_it_was_learned_from_are_named_oldest_first(cast: Cast) -> None:
    first, practice = learned(cast)
    second = cast.declare(title="Payments hang")
    cast.clock.tick(days=1)
    cast.do(best_practice.link, second, [practice.id])
    third = cast.declare(title="Payments hang once more")
    assert told(cast, third)[0].learned_from == [second, first]
    assert f"learned from INC-{first} and INC-{second}." in words(cast, third)[0]


def test_what_was_adopted_or_does_not_apply_is_no_lesson(cast: Cast) -> None:
    _, adopted = learned(cast)
    _, other = learned(cast, statement="Stores have backups", selector='service.kind == "stateful"')
    stood(cast, adopted, "checkout", ("adopted", cast.now - DAY, None))
    stood(cast, other, "checkout", ("not_applicable", cast.now - DAY, None))
    assert words(cast, cast.declare()) == []


def test_an_incident_is_measured_at_its_start_not_today(cast: Cast) -> None:
    _, practice = learned(cast)
    now = cast.now
    spans = [("adopted", now - 20 * DAY, now - 10 * DAY), ("not_adopted", now - 10 * DAY, now - 5 * DAY)]
    stood(cast, practice, "checkout", *spans, ("adopted", now - 5 * DAY, None))
    number = cast.declare()
    named(cast, number)
    for version, (days, expected) in enumerate(
        [(4, ADOPTED_YET), (7, KNOWN_NOT_ADOPTED), (10, KNOWN_NOT_ADOPTED), (12, ADOPTED_YET), (25, KNOWN_NOT_ADOPTED)]
    ):
        times = {"started_at": now - days * DAY, "detected_at": now - days * DAY + timedelta(minutes=1)}
        cast.do(resolution.save, number, resolved(now, **times), version=version)
        assert verdicts(cast, number) == {"checkout": expected}, days
        assert bool(words(cast, number)) == (expected == KNOWN_NOT_ADOPTED), days
    (lesson,) = told(cast, number)
    assert (lesson.standing, lesson.since) == ("unknown", None), "it was not measured yet 25 days ago"
    assert "checkout was not known to have adopted" in lesson.words


def test_what_time_alone_has_made_of_a_cell_counts(cast: Cast) -> None:
    _, practice = learned(cast)
    now = cast.now
    later = [[(now - 2 * DAY).isoformat(), "not_adopted"]]
    stood(
        cast, practice, "checkout", ("exempt", now - 20 * DAY, None), due_at=now - 6 * DAY, due_standing="unknown",
        later=later,
    )  # fmt: skip
    number = cast.declare()
    named(cast, number)
    for version, (days, verdict, standing) in enumerate(
        [(8, EXCUSED, "exempt"), (4, KNOWN_NOT_ADOPTED, "unknown"), (1, KNOWN_NOT_ADOPTED, "not_adopted")]
    ):
        cast.do(resolution.save, number, resolution.Told(started_at=now - days * DAY), version=version)
        assert verdicts(cast, number) == {"checkout": verdict}
        assert told(cast, number)[0].standing == standing


def test_a_practice_counts_from_its_acceptance_until_it_is_retired(cast: Cast) -> None:
    first, practice = learned(cast)
    proposed = cast.practice(statement="Retries back off", accepted=False, incident_number=first)
    number = cast.declare()
    assert [each.practice for each in told(cast, number)] == [practice.name], "a proposal is no lesson yet"
    cast.clock.tick(hours=1)
    cast.do(best_practice.accept, proposed.number, version=1, by="Ben")
    assert [each.practice for each in told(cast, number)] == [practice.name], "it was accepted after the start"
    cast.do(best_practice.retire, practice.number, why="Another one holds.")
    assert [each.practice for each in told(cast, number)] == [practice.name], "it was retired after the start"
    cast.clock.tick(hours=1)
    assert [each.practice for each in told(cast, cast.declare())] == [proposed.name]


def test_a_practice_that_nobody_measures_is_a_lesson_where_it_applies(cast: Cast) -> None:
    learned(cast, selector='service.kind == "stateful"')
    both = cast.declare(service_ids=[cast.services["checkout"], cast.services["cart"]])
    assert [each.service for each in told(cast, both)] == ["cart"]
    assert "cart was not known to have adopted" in words(cast, both)[0]


def test_only_words_make_a_rule_that_no_incident_taught_a_lesson(cast: Cast) -> None:
    cast.practice(statement="Certificates are renewed before they expire", why="They expire.")
    assert words(cast, cast.declare(title="Nobody can pay")) == []
    (lesson,) = told(cast, cast.declare(title="Nobody can pay", description="An expired certificate.",
                                        labels=["certificate"]))  # fmt: skip
    assert lesson.words == "checkout was not known to have adopted BP-1."
    assert lesson.alike == ["certificate"]


def test_the_most_relevant_come_first_and_the_rest_is_counted(cast: Cast) -> None:
    for place in range(7):
        level = "must" if place == 3 else "should"
        learned(cast, at=f"Thing number {place}", pattern=f"Pattern {place}", statement=f"Rule {place}", level=level)
    for statement in ("Certificates renew themselves", "Certificates are counted", "Roots are pinned", "Keys are new"):
        learned(cast, at="Certificates ran out", pattern="Expired", statement=statement, level="should")
    number = cast.declare(title="A certificate ran out")
    found = told(cast, number)
    assert [each.practice for each in found] == ["BP-8", "BP-9", "BP-10", "BP-11", "BP-4"], "words, then must"
    assert (len(found), found.more) == (5, 6)
    assert [each.is_likely for each in found] == [True, True, True, True, False]


def test_the_name_of_the_service_alone_makes_nothing_alike(cast: Cast) -> None:
    learned(cast, at="Checkout is down after a release")
    (lesson,) = told(cast, cast.declare(title="Checkout is down: the disk is full"))
    assert (lesson.is_likely, lesson.alike) == (False, [])


# Once the pattern is named


def test_a_new_pattern_is_new_and_an_unnamed_one_has_no_verdict(cast: Cast) -> None:
    number = cast.declare()
    assert judged(cast, number) is None
    named(cast, number, "Never seen")
    assert verdicts(cast, number) == {"checkout": NEW}
    found = judged(cast, number)
    assert found is not None
    assert found.services[0].words == "No practice against this pattern was known for checkout."
    assert (found.earlier, found.earlier_count, found.pattern) == ([], 0, "Never seen")


def test_each_service_has_its_own_verdict_with_its_lessons(cast: Cast) -> None:
    first, practice = learned(cast)
    stood(cast, practice, "checkout", ("adopted", cast.now - DAY, None))
    stood(cast, practice, "cart", ("exempt", cast.now - DAY, None))
    stood(cast, practice, "search", ("not_applicable", cast.now - DAY, None))
    number = cast.declare(service_ids=list(cast.services.values()))
    named(cast, number)
    assert verdicts(cast, number) == {"cart": EXCUSED, "checkout": ADOPTED_YET, "search": NEW}
    found = judged(cast, number)
    assert found is not None
    assert found.verdict == EXCUSED
    assert [lesson.words for each in found.services for lesson in each.lessons] == [
        f"cart was exempt from {practice.name}, learned from INC-{first}.",
        f"checkout had adopted {practice.name}, learned from INC-{first}, and yet it happened.",
    ]
    assert [each.number for each in found.earlier] == [first]


def test_what_this_incident_links_for_the_first_time_was_not_known_against_the_pattern(cast: Cast) -> None:
    _, other = learned(cast)  # of the pattern Retry storm
    number = cast.declare()
    named(cast, number, "Full disk", decision="known", practice_ids=[other.id])
    found = judged(cast, number)
    assert found is not None
    assert (found.verdict, found.services[0].lessons) == (NEW, [])
    assert [each.practice for each in found.services[0].also] == [other.name], "but it is said where it stood"
    again = cast.declare()
    cast.clock.tick(minutes=1)
    named(cast, again, "Full disk")
    assert verdicts(cast, again) == {"checkout": NEW}, "declared at the same instant: not earlier"
    last = cast.declare()
    named(cast, last, "Full disk")
    assert verdicts(cast, last) == {"checkout": KNOWN_NOT_ADOPTED}
    assert verdicts(cast, number) == {"checkout": NEW}


def test_what_was_accepted_after_the_start_was_not_known(cast: Cast) -> None:
    number = cast.incident_at("best_practice")
    cast.practice(incident_number=number)
    assert verdicts(cast, number) == {"checkout": NEW}


# Private incidents


def secretly_learned(cast: Cast, **about: Any) -> tuple[int, Practice]:
    cast.clock.tick(days=-30)
    secret = cast.declare(title="Breach of tokens by phishing", is_private=True)
    cast.do(review.save, secret, reviewed(cast.id("Ana"), cast.now), version=0)
    named(cast, secret, "Stolen tokens")
    practice = cast.practice(incident_number=secret, **about)
    cast.clock.tick(days=30)
    return secret, practice


def test_a_lesson_of_private_incidents_is_no_lesson_for_strangers(cast: Cast) -> None:
    secret, practice = secretly_learned(cast)
    number = cast.declare(title="Tokens of a phishing breach")
    assert words(cast, number, "Ana") == [
        f"checkout was not known to have adopted {practice.name}, learned from INC-{secret}."
    ]
    for stranger in (cast["Ben"], cast["Dev"], PUBLIC):
        found = cast.look(lambda session, who=stranger: lessons.at_declaration(session, who, read(cast, number)))
        assert (list(found), found.more) == ([], 0), "neither number, count nor words in common with its title"


def test_a_private_incident_is_neither_named_nor_counted_among_others(cast: Cast) -> None:
    first, practice = learned(cast)
    secret = cast.declare(title="Payments hang in a breach", is_private=True)
    named(cast, secret)
    cast.do(best_practice.link, secret, [practice.id])
    cast.clock.tick(days=1)
    number = cast.declare(title="Payments hang")
    named(cast, number)
    assert told(cast, number, "Ana")[0].learned_from == [secret, first]
    assert told(cast, number, "Ben")[0].learned_from == [first]
    mine, theirs = judged(cast, number, "Ana"), judged(cast, number, "Ben")
    assert mine is not None
    assert theirs is not None
    assert (mine.earlier_count, theirs.earlier_count) == (2, 1)
    assert [each.number for each in theirs.earlier] == [first]
    assert theirs.services[0].lessons[0].words.endswith(f"learned from INC-{first}.")


def test_a_link_that_only_a_private_incident_has_makes_no_verdict_for_strangers(cast: Cast) -> None:
    other = cast.practice(statement="Tokens are short-lived")
    cast.clock.tick(days=1)
    secret = cast.declare(is_private=True)
    named(cast, secret, "Full disk", decision="known", practice_ids=[other.id])
    cast.clock.tick(days=1)
    number = cast.declare()
    cast.do(analysis.save, number, analysis.Told(new_pattern="Full disk", reason="It is."), version=0)
    assert verdicts(cast, number, "Ana") == {"checkout": KNOWN_NOT_ADOPTED}
    assert verdicts(cast, number, "Ben") == {"checkout": NEW}


def test_the_verdict_of_a_private_incident_is_for_its_insiders(cast: Cast) -> None:
    learned(cast)
    secret = cast.declare(is_private=True)
    named(cast, secret)
    assert judged(cast, secret, "Ben") is None
    assert judged(cast, secret, "Ana") is not None


# Preventable minutes


def happened(cast: Cast, minutes: int | None, **declared: Any) -> int:
    number = cast.declare(**declared)
    cast.do(resolution.save, number, resolved(cast.now, customer_minutes=minutes), version=0)
    named(cast, number)
    return number


def test_minutes_that_could_have_been_prevented_are_those_of_known_lessons_not_adopted(cast: Cast) -> None:
    _, practice = learned(cast)
    since = cast.now - DAY
    stood(cast, practice, "checkout", ("not_adopted", cast.now - 20 * DAY, None))
    stood(cast, practice, "search", ("adopted", cast.now - 20 * DAY, None))
    happened(cast, 500)
    happened(cast, None)
    happened(cast, 40, service_ids=[cast.services["search"]])
    happened(cast, 7, is_private=True)
    cast.declare()

    def figures(by: Actor) -> tuple[int, int, int]:
        found = cast.look(lambda session: preventable.between(session, by, since, cast.now + DAY))
        return found.minutes, found.incidents, found.unknown

    assert figures(cast["Ben"]) == (500, 2, 1)
    assert figures(cast["Ana"]) == (507, 3, 1)
    empty = cast.look(lambda session: preventable.between(session, cast["Ana"], cast.now + DAY, cast.now + 2 * DAY))
    assert (empty.minutes, empty.incidents, empty.unknown) == (0, 0, 0)


# How much is asked


def counted(cast: Cast, engine: Engine, act: Any) -> int:
    with cast.begin.sessions() as session:
        return statements_of(engine, lambda: act(session))


def test_lessons_take_as_many_queries_for_many_practices_as_for_one(cast: Cast, engine: Engine) -> None:
    number = cast.declare(title="Payments hang")
    of = read(cast, number)

    def ask() -> int:
        return counted(cast, engine, lambda session: lessons.at_declaration(session, cast["Ben"], of))

    assert ask() == 1, "nothing is known at all"
    cast.clock.tick(days=-1)
    kinds: Sequence[str] = ("true", 'service.kind == "stateless"')
    for place in range(6):
        learned(cast, at=f"Payments hang in way {place}", statement=f"Rule {place}", selector=kinds[place % 2])
    assert ask() <= 10
    few = ask()
    for place in range(6, 12):
        learned(cast, at=f"Payments hang in way {place}", statement=f"Rule {place}", selector=kinds[place % 2])
    assert ask() == few


def test_verdicts_take_as_many_queries_for_many_incidents_as_for_one(cast: Cast, engine: Engine) -> None:
    _, practice = learned(cast)
    stood(cast, practice, "checkout", ("not_adopted", cast.now - 20 * DAY, None))
    since, until = cast.now - DAY, cast.now + DAY

    def ask() -> int:
        return counted(cast, engine, lambda session: preventable.between(session, cast["Ben"], since, until))

    happened(cast, 1)
    one = ask()
    for _ in range(5):
        happened(cast, 1, service_ids=[cast.services["checkout"], cast.services["cart"]])
    assert ask() == one <= 9


def test_a_declared_incident_without_services_asks_nothing(cast: Cast, engine: Engine) -> None:
    learned(cast)
    made = cast.do(incident.declare, incident.Told(title="Something is wrong"))
    of = read(cast, made.number)
    assert counted(cast, engine, lambda session: lessons.at_declaration(session, cast["Ben"], of)) == 0


@pytest.mark.parametrize("who", ["Ana", "Ben", "Dev", "Ada"])
def test_everybody_who_may_read_the_incident_reads_its_lessons(cast: Cast, who: str) -> None:
    first, practice = learned(cast)
    assert words(cast, cast.declare(), who) == [
        f"checkout was not known to have adopted {practice.name}, learned from INC-{first}."
    ]
