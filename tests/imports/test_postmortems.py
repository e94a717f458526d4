"""Postmortems from files become incidents: nothing dropped, altered or made up, and a second import changes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.import_ import _take_all, import_
from app.db import writing
from app.domain.errors import NotAllowed
from app.domain.lifecycle import DEFAULT_POLICY, rail
from app.domain.people import OWNER, RATCHET, RESPONDER, VIEWER, Actor
from app.intake.postmortems import find, read
from app.models.base import Base
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.models.person import Person, Team
from app.models.resolution import Resolution
from app.models.review import Review
from app.parts import Parts
from app.queries import criteria
from app.workflow import (
    adoption,
    analysis,
    automation,
    best_practice,
    catalog,
    incident,
    lifecycle,
    remediation,
    resolution,
    review,
)
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.postmortems import CHANGED, NEW, REFUSED, UNCHANGED, Outcome, take_in
from app.workflow.unit_of_work import UnitOfWork
from tests.parts import need

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "postmortems"
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
UUID = "6f1c2a9e-5a1b-4a3e-9c55-0d6a1f5b7c11"
OTHER = "0b0e1d54-3c8e-4a57-8d0f-5f7c2c6f4a10"
FILE = f"{UUID}.md"
WHOLE = f"""---
uuid: {UUID}
url: https://example.com/postmortem
title: Orders did not go through
start_time: 2021-04-05T06:07:08Z
end_time: 2021-04-05T10:00:00+02:00
categories: [cloud, time]
keywords: [queue, "no", cloud]
company: Example Shops
product: Order queue
anything: else
source_published_at: 2021-04-09T00:00:00Z
summary: "The queue was full. "
---

First *line*.  \r

Last line.

"""


def made(**fields: str) -> bytes:
    lines = {"uuid": UUID, "title": "A title", **fields}
    return "".join(["---\n", *(f"{name}: {value}\n" for name, value in lines.items()), "---\nText.\n"]).encode()


@pytest.fixture
def begin(sessions: sessionmaker[Session]) -> UnitOfWork:
    return UnitOfWork(sessions, DEFAULT_POLICY, CHAIN, announce)


@pytest.fixture
def take(begin: UnitOfWork) -> Callable[..., Outcome]:
    def take(raw: bytes, file: str = FILE, now: datetime = NOW) -> Outcome:
        with begin() as work:
            return take_in(work, read(file, raw), by=RATCHET, now=now)

    return take


@pytest.fixture
def run(begin: UnitOfWork, sessions: sessionmaker[Session]) -> Callable[..., Result]:
    """The command, as `flask import postmortems` runs it."""
    app = Flask("test")
    app.extensions["ratchet"] = Parts(
        settings=cast(Any, None), engine=cast(Any, None), begin=begin, read=sessions, clock=lambda: NOW,
        make_worker=cast(Any, None),
    )  # fmt: skip
    return lambda *arguments: app.test_cli_runner().invoke(import_, ["postmortems", *map(str, arguments)])


def kept(session: Session, outcome: Outcome) -> Incident:
    assert outcome.result == NEW
    return session.scalars(select(Incident).where(Incident.number == outcome.number)).one()


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def notes(outcome: Outcome) -> list[str]:
    return [str(each).removeprefix(f"{FILE}: ") for each in outcome.notes]


def test_a_postmortem_becomes_an_incident_with_everything_that_its_file_says(
    take: Callable[..., Outcome], session: Session
) -> None:
    outcome = take(WHOLE.encode())
    found = kept(session, outcome)
    assert outcome.notes == ()
    assert (found.title, found.external_ref) == ("Orders did not go through", f"postmortem:{UUID}")
    assert found.labels == ["cloud", "time", "queue", "no"]
    assert found.description == "Source: https://example.com/postmortem"
    times = session.get_one(Resolution, found.id)
    assert times.started_at == found.declared_at == datetime(2021, 4, 5, 6, 7, 8, tzinfo=UTC)
    assert times.resolved_at == datetime(2021, 4, 5, 8, tzinfo=UTC)
    written = session.get_one(Review, found.id)
    assert written.summary == "The queue was full. "
    assert found.imported is not None
    assert found.imported["head"] + written.body == WHOLE
    assert found.imported["file"] == FILE
    assert found.imported["sha256"] == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert found.imported["fields"]["anything"] == "else"
    assert found.imported["fields"]["keywords"] == ["queue", "no", "cloud"]


def test_company_and_product_become_a_team_and_its_service(take: Callable[..., Outcome], session: Session) -> None:
    found = kept(session, take(WHOLE.encode()))
    session.refresh(found, ["services"])
    (service,) = found.services
    assert (service.name, service.title) == ("example-shops.order-queue", "Example Shops Order queue")
    team = session.get_one(Team, service.team_id)
    assert (team.name, team.title) == ("example-shops", "Example Shops")


def test_nothing_is_made_up(take: Callable[..., Outcome], session: Session) -> None:
    found = kept(session, take(WHOLE.encode()))
    assert (found.stage, found.state, found.severity, found.commander_id) == ("incident", "active", None, None)
    assert [each.code for each in criteria.missing(session, found, "incident")] == [
        "incident.severity_missing", "incident.commander_missing",
    ]  # fmt: skip
    times = session.get_one(Resolution, found.id)
    assert (times.detected_at, times.mitigated_at, times.customer_minutes, times.impact) == (None, None, None, "")
    bare = kept(session, take(made(uuid=OTHER)))
    session.refresh(bare, ["services"])
    assert session.get(Resolution, bare.id) is None
    assert (bare.services, bare.labels, bare.description, bare.declared_at) == ([], [], "", NOW)


def test_history_says_where_it_came_from_and_nobody_is_told(take: Callable[..., Outcome], session: Session) -> None:
    found = kept(session, take(WHOLE.encode()))
    (move,) = session.scalars(select(Move).where(Move.incident_id == found.id))
    assert (move.verb, move.why, move.by_id, move.at) == ("declare", f"Imported from {FILE}.", None, NOW)
    assert rail(found.position, criteria.moves_of(session, found.id))[0].since == NOW
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_viewer_may_not_import(begin: UnitOfWork) -> None:
    with pytest.raises(NotAllowed), begin() as work:
        take_in(work, read(FILE, WHOLE.encode()), by=Actor(1, "Vic", VIEWER), now=NOW)


def test_importing_again_changes_nothing(take: Callable[..., Outcome], session: Session) -> None:
    first = take(WHOLE.encode())
    before = everything(session)
    assert take(WHOLE.encode(), now=NOW + timedelta(days=9)) == Outcome(UNCHANGED, first.number)
    session.rollback()
    assert everything(session) == before


def test_a_file_changed_by_hand_is_reported_and_overwrites_nobody(
    take: Callable[..., Outcome], session: Session
) -> None:
    number = take(WHOLE.encode()).number
    before = everything(session)
    outcome = take(WHOLE.replace("Last", "Very last").replace("anything: else", "another: one").encode())
    assert outcome.result == CHANGED
    assert notes(outcome) == [
        f"file: changed since it was imported as INC-{number} (anything, another, the text); "
        "the incident is left as it is, because people may have edited it"
    ]
    session.rollback()
    assert everything(session) == before
    assert "(only in how it is written)" in notes(take(WHOLE.replace("[cloud, time]", "[cloud,time]").encode()))[0]


def test_a_uuid_in_two_files_is_reported_for_the_second(take: Callable[..., Outcome]) -> None:
    number = take(WHOLE.encode()).number
    copy = take(WHOLE.encode(), file="copy.md")
    assert (copy.result, copy.number) == (UNCHANGED, number)
    assert [str(each) for each in copy.notes] == [
        f"copy.md: file: a copy of {FILE}, which was imported as INC-{number}"
    ]
    other = take(made(), file="other.md")
    assert (other.result, other.number) == (REFUSED, None)
    assert [str(each) for each in other.notes] == [
        f"other.md: uuid: line 2: {UUID} is also the uuid of {FILE}, which was imported as INC-{number}; not imported"
    ]


@pytest.mark.parametrize(
    ("start", "end", "started", "resolved", "reasons"),
    [
        ("2021-04-05T06:00:00Z", "2021-04-05T05:00:00Z", datetime(2021, 4, 5, 6, tzinfo=UTC), None,
         ["end_time: line 5: “2021-04-05T05:00:00Z” is before start_time “2021-04-05T06:00:00Z”; "
          "kept as it is, not used"]),
        ("9999-12-31T23:59:59Z", "2021-04-05T05:00:00Z", None, datetime(2021, 4, 5, 5, tzinfo=UTC),
         ["start_time: line 4: “9999-12-31T23:59:59Z” lies in the future; kept as it is, not used"]),
        ("2021-04-05T06:00:00Z", "2026-06-01T09:06:00Z", datetime(2021, 4, 5, 6, tzinfo=UTC), None,
         ["end_time: line 5: “2026-06-01T09:06:00Z” lies in the future; kept as it is, not used"]),
        ("0001-01-01T00:00:00Z", "2021-04-05", None, None,
         ["start_time: line 4: “0001-01-01T00:00:00Z” is the year 1, which programs write when they know no time; "
          "kept as it is, not used",
          "end_time: line 5: “2021-04-05” is a date without a time of day; kept as it is, not used"]),
        ("1628-08-10T12:00:00Z", "1628-08-10T12:20:00Z", datetime(1628, 8, 10, 12, tzinfo=UTC),
         datetime(1628, 8, 10, 12, 20, tzinfo=UTC), []),
        ("0002-01-01T00:00:00+14:00", "0002-01-02T00:00:00-12:00", datetime(1, 12, 31, 10, tzinfo=UTC),
         datetime(2, 1, 2, 12, tzinfo=UTC), []),
        ('"2021-04-05 06:00"', "~", datetime(2021, 4, 5, 6, tzinfo=UTC), None,
         ["start_time: line 4: “2021-04-05 06:00” has no time zone and was read as UTC"]),
    ],
    ids=["end before start", "far future", "a minute too late", "year 1", "old", "oldest", "no zone"],
)  # fmt: skip
def test_an_odd_time_is_reported_and_the_rest_is_imported(
    take: Callable[..., Outcome], session: Session, start: str, end: str, started: datetime | None,
    resolved: datetime | None, reasons: list[str],
) -> None:  # fmt: skip
    outcome = take(made(start_time=start, end_time=end))
    found = kept(session, outcome)
    times = session.get(Resolution, found.id)
    assert (times.started_at if times else None, times.resolved_at if times else None) == (started, resolved)
    assert notes(outcome) == reasons
    assert found.imported is not None
    assert found.imported["fields"]["start_time"] == start.strip('"')
    assert [each[1] for each in found.imported["notes"]] == [each.reason for each in outcome.notes]


def test_an_incident_stands_at_its_start_else_its_publication_else_now(
    take: Callable[..., Outcome], session: Session
) -> None:
    published = kept(session, take(made(source_published_at="2021-04-05T06:00:00Z")))
    assert published.declared_at == datetime(2021, 4, 5, 6, tzinfo=UTC)
    assert kept(session, take(made(uuid=OTHER, source_published_at="2999-01-01T00:00:00Z"))).declared_at == NOW


def test_a_missing_or_long_title_is_noted(take: Callable[..., Outcome], session: Session) -> None:
    outcome = take(made(title='""', company="Ex", summary="The [queue](https://x.y) was full. Then more."))
    assert kept(session, outcome).title == "Ex: The queue was full."
    assert notes(outcome) == ["title: line 3: missing; “Ex: The queue was full.” was made from the text"]
    long = "words " * 50
    outcome = take(made(uuid=OTHER, title=long))
    found = kept(session, outcome)
    assert (len(found.title) <= 200, found.title[-1]) == (True, "…")
    assert found.imported is not None
    assert found.imported["fields"]["title"] == long.strip()
    assert [each.reason for each in outcome.notes] == [
        "longer than 200 characters; shortened, and kept whole in the front matter"
    ]


def test_every_keyword_is_kept_also_odd_ones(take: Callable[..., Outcome], session: Session) -> None:
    odd = ["a, b", "two  spaces", "x" * 300, "☂ <b>&amp;", "'; drop table", "ctrl+ś"]
    many = [f"word {each}" for each in range(250)]
    outcome = take(made(keywords=str([*odd, *many]).replace('"\'; drop table"', '"\'; drop table"')))
    assert kept(session, outcome).labels == [*odd, *many]
    assert len(notes(outcome)) == 4
    assert notes(outcome)[-1] == "keywords: line 4: 256 labels are all kept, but the form takes 200"


def test_companies_are_merged_by_spelling_only_and_aloud(take: Callable[..., Outcome], session: Session) -> None:
    def imported(number: int, **fields: str) -> list[str]:
        return [each.reason for each in take(made(uuid=f"{number:032x}", **fields)).notes]

    assert imported(1, company="DataDog") == []
    assert imported(2, company="Datadog") == [
        "“Datadog” was found as the team datadog, called “DataDog”",
        "“Datadog” was found in the catalogue as datadog, called “DataDog”",
    ]
    for number, fields in enumerate([{"company": "C"}, {"company": "C++"}, {"company": '"C#"'}, {"company": "日本"},
                                     {"company": "中国"}, {"company": "Go", "product": "Cloud"},
                                     {"company": "Go Cloud"}], 3):  # fmt: skip
        assert imported(number, **fields) == []
    titles = set(session.scalars(select(Team.title)))
    assert titles == {"DataDog", "C", "C++", "C#", "日本", "中国", "Go", "Go Cloud"}
    assert set(session.scalars(select(Service.title))) == titles - {"Go"}


def test_a_service_of_the_catalogue_is_used_and_left_alone(
    take: Callable[..., Outcome], begin: UnitOfWork, session: Session
) -> None:
    with begin() as work:
        told = catalog.ServiceTold(name="example-shops.order-queue", title="Orders", tier=1)
        catalog.add_service(work, told, by=RATCHET, now=NOW)
    outcome = take(WHOLE.encode())
    assert [each.reason for each in outcome.notes] == [
        "“Example Shops Order queue” was found in the catalogue as example-shops.order-queue, called “Orders”, "
        "of another team"
    ]
    service = session.scalars(select(Service)).one()
    assert (service.title, service.tier, service.team_id) == ("Orders", 1, None)


def test_a_huge_text_and_long_names_are_kept(take: Callable[..., Outcome], session: Session) -> None:
    long = "long name " * 40
    outcome = take(made(company=long, product=long + "x", summary='"' + "s" * 100_000 + '"') + b"y" * 3_000_000)
    found = kept(session, outcome)
    written = session.get_one(Review, found.id)
    assert (len(written.summary), len(written.body)) == (100_000, len("Text.\n") + 3_000_000)
    assert [each.field for each in outcome.notes] == ["company", "product"]


# The command


def test_the_command_reports_every_file(run: Callable[..., Result], tmp_path: Path, session: Session) -> None:
    (tmp_path / "a.md").write_bytes(WHOLE.encode())
    (tmp_path / "b.md").write_bytes(made(uuid=OTHER, start_time="soon"))
    (tmp_path / "c.md").write_bytes(b"no front matter\n")
    (tmp_path / "d.md").mkdir()
    (tmp_path / "e.md").write_bytes(made())
    (tmp_path / "f.txt").write_bytes(WHOLE.encode())
    first = run(tmp_path)
    assert first.exit_code == 1
    number = session.scalar(select(Incident.number).where(Incident.external_ref == f"postmortem:{UUID}"))
    refused = [
        "Not imported:",
        "c.md: front matter: line 1: missing: the file does not begin with a line ---",
        "d.md: file: not a file",
        f"e.md: uuid: line 2: {UUID} is also the uuid of a.md, which was imported as INC-{number}; not imported",
        "",
    ]
    assert first.stdout.splitlines() == [
        *refused,
        "Imported, but look at:",
        "b.md: start_time: line 4: “soon” is no time that can be read; write it like 2026-03-02T09:00:00Z; "
        "kept as it is, not used",
        "",
        "Not Markdown, left out: f.txt",
        "",
        "5 files: 2 new (1 with notes), 0 unchanged, 0 changed on disk and left alone, 3 refused.",
    ]
    before = everything(session)
    again = run(tmp_path)
    session.rollback()
    assert everything(session) == before
    assert again.exit_code == 1
    assert again.stdout.splitlines() == [
        *refused,
        "Not Markdown, left out: f.txt",
        "",
        "5 files: 0 new (0 with notes), 2 unchanged, 0 changed on disk and left alone, 3 refused.",
    ]


def test_a_dry_run_says_the_same_and_keeps_nothing(
    run: Callable[..., Result], tmp_path: Path, session: Session
) -> None:
    (tmp_path / "a.md").write_bytes(WHOLE.encode())
    (tmp_path / "b.md").write_bytes(WHOLE.encode())
    before = everything(session)
    tried = run(tmp_path, "--dry-run")
    session.rollback()
    assert everything(session) == before
    assert tried.exit_code == 0
    assert tried.stdout.splitlines()[-2:] == [
        "2 files: 1 new (0 with notes), 1 unchanged, 0 changed on disk and left alone, 0 refused.",
        "This was a dry run: nothing was kept.",
    ]
    assert "b.md: file: a copy of a.md" in tried.stdout


def test_a_folder_that_is_missing_or_empty_is_said_clearly(run: Callable[..., Result], tmp_path: Path) -> None:
    missing, empty = run(tmp_path / "gone"), run(tmp_path)
    assert (missing.exit_code, empty.exit_code) == (2, 1)
    assert "does not exist" in missing.stderr
    assert f"Error: There is no Markdown file (*.md) in {tmp_path}.\n" == empty.stderr


def test_two_imports_at_once_take_each_file_in_once(fresh_engine: Engine, tmp_path: Path) -> None:
    for number in range(1, 13):
        fields = {"uuid": f"{number:032x}", "company": f"Company {number % 3}"}
        (tmp_path / f"{number}.md").write_bytes(made(**fields))
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    files, _ = find(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: list(_take_all(begin, files, lambda: NOW)), range(4)))
    results = [sorted(each[at].result for each in runs) for at in range(12)]
    assert results == [[NEW, UNCHANGED, UNCHANGED, UNCHANGED]] * 12
    with begin() as work:
        assert sorted(work.session.scalars(select(Incident.number))) == list(range(1, 13))
        assert work.session.scalar(select(func.count()).select_from(Team)) == 3


# The real postmortems, which are no part of this repository


def _corpus() -> list[Path]:
    files = sorted(CORPUS.glob("*.md"))
    need("The folder of public postmortems (../shared/data/postmortems)", bool(files))
    return files


def independently(path: Path) -> tuple[dict[str, Any], str]:
    """The front matter and the body, read in another way than the import reads them."""
    found = re.fullmatch(r"---\n(.*?\n)---\n(.*)", path.read_bytes().decode(), re.DOTALL)
    assert found
    return yaml.load(found[1], yaml.BaseLoader), found[2]


def instant(fields: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(fields[name]).astimezone(UTC) if fields.get(name) else None


def test_every_real_postmortem_is_imported_field_by_field(take: Callable[..., Outcome], session: Session) -> None:
    files = _corpus()
    outcomes = {path: take(path.read_bytes(), file=path.name) for path in files}
    assert len(files) >= 150
    assert {each.result for each in outcomes.values()} == {NEW}
    for path, outcome in outcomes.items():
        fields, body = independently(path)
        found = kept(session, outcome)
        session.refresh(found, ["services"])
        noted = {each.field for each in outcome.notes}
        assert found.imported is not None
        assert found.imported["fields"] == fields
        assert (found.imported["head"] + body).encode() == path.read_bytes()
        assert found.external_ref == f"postmortem:{fields['uuid']}"
        written = session.get_one(Review, found.id)
        assert (written.body, written.summary) == (body, fields.get("summary", ""))
        assert set(found.labels) == {*fields["categories"], *fields.get("keywords", [])}
        assert found.title == fields["title"] if fields.get("title") else "title" in noted
        times = session.get(Resolution, found.id)
        for name, at in (("start_time", times and times.started_at), ("end_time", times and times.resolved_at)):
            assert at == instant(fields, name) or (at is None and name in noted)
        (service,) = found.services
        team = session.get_one(Team, service.team_id)
        assert team.title == fields["company"] or "company" in noted
        assert (fields["product"] or fields["company"]) in service.title or {"product", "company"} & noted


def test_importing_the_real_postmortems_again_changes_nothing(run: Callable[..., Result], session: Session) -> None:
    files = _corpus()
    first = run(CORPUS)
    assert first.exit_code == 0, first.output
    assert f"{len(files)} files: {len(files)} new" in first.stdout
    before = everything(session)
    again = run(CORPUS)
    session.rollback()
    assert everything(session) == before
    assert len(before["incident"]) == len(before["review"]) == len(files)
    assert before["outbox_message"] == []
    assert again.stdout == (
        f"{len(files)} files: 0 new (0 with notes), {len(files)} unchanged, "
        "0 changed on disk and left alone, 0 refused.\n"
    )


def _people(begin: UnitOfWork) -> tuple[Actor, Actor]:
    with begin() as work:
        rows = [
            Person(email=f"{name}@example.com", name=name, role=role, created_at=NOW)
            for name, role in (("Ana", RESPONDER), ("Ben", OWNER))
        ]
        work.session.add_all(rows)
        work.session.flush()
        ana, ben = (Actor(each.id, each.name, each.role) for each in rows)
        return ana, ben


def _confirmed(begin: UnitOfWork, number: int, ana: Actor) -> Sequence[Service]:
    with begin() as work:
        row = work.session.scalars(select(Incident).where(Incident.number == number)).one()
        work.session.refresh(row, ["services"])
        told = incident.Told(
            title=row.title, severity="SEV2", service_ids=[each.id for each in row.services], commander_id=ana.id,
            description=row.description, labels=row.labels,
        )  # fmt: skip
        labels = list(row.labels)
        incident.edit(work, number, told, version=row.version, by=ana, now=NOW)
        assert row.labels == labels
        return row.services


def _resolved_and_reviewed(begin: UnitOfWork, number: int, ana: Actor) -> None:
    with begin() as work:
        of = work.session.scalars(select(Incident.id).where(Incident.number == number)).one()
        times, written = work.session.get_one(Resolution, of), work.session.get_one(Review, of)
        assert times.started_at
        assert times.resolved_at
        told = resolution.Told(
            started_at=times.started_at, detected_at=times.started_at, mitigated_at=times.resolved_at,
            resolved_at=times.resolved_at, impact="Nobody could order.", how_resolved="Rolled back.",
        )  # fmt: skip
        resolution.save(work, number, told, version=times.version, by=ana, now=NOW)
        lifecycle.advance(work, number, "resolution", by=ana, now=NOW)
        meeting = review.Told(
            facilitator_id=ana.id, summary=written.summary or "A summary.", body=written.body, went_well="The pager.",
            went_badly="The roll-out.", got_lucky="It was night.", timeline=[(times.started_at, "It began.")],
            factors=[("change", "All at once.")],
        )  # fmt: skip
        review.save(work, number, meeting, version=written.version, by=ana, now=NOW)
        lifecycle.advance(work, number, "review", by=ana, now=NOW)


def _learned(begin: UnitOfWork, number: int, service: Service, ana: Actor, ben: Actor) -> None:
    with begin() as work:
        remediation.save_none_needed(work, number, "It was rolled back for good.", version=0, by=ana, now=NOW)
        lifecycle.advance(work, number, "remediation", by=ana, now=NOW)
        told = analysis.Told(new_pattern="change to all at once", area="change", decision="new", reason="It recurs.")
        analysis.save(work, number, told, version=0, by=ana, now=NOW)
        lifecycle.advance(work, number, "analysis", by=ana, now=NOW)
    with begin() as work:
        rule = best_practice.Told(
            statement="Roll out in steps.", why="It took all down at once.", area="change",
            selector=f'service.name == "{service.name}"',
        )  # fmt: skip
        practice = best_practice.propose(work, rule, by=ana, now=NOW, incident_number=number)
    with begin() as work:
        best_practice.accept(work, practice.number, version=practice.version, by=ben, now=NOW)
    with begin() as work:
        check = automation.Told(kind="facts", expression='facts["rollout.steps"] > 1')
        written = automation.write(work, practice.number, check, by=ben, now=NOW)
    with begin() as work:
        automation.activate(work, written.id, version=written.version, by=ben, now=NOW)


def test_a_real_postmortem_is_carried_on_to_a_closed_loop(
    take: Callable[..., Outcome], begin: UnitOfWork, session: Session
) -> None:
    whole = next(
        path for path in _corpus() if {"title", "start_time", "end_time", "summary"} <= set(independently(path)[0])
    )
    _fields, body = independently(whole)
    number = take(whole.read_bytes(), file=whole.name).number
    assert number is not None
    ana, ben = _people(begin)
    (service,) = _confirmed(begin, number, ana)
    _resolved_and_reviewed(begin, number, ana)
    _learned(begin, number, service, ana, ben)
    found = session.scalars(select(Incident).where(Incident.number == number)).one()
    assert (found.stage, found.state) == ("adoption", "active")
    session.rollback()
    with begin() as work:
        adoption.report_facts(work, service.name, {"rollout.steps": 3}, source="test", by=ben, now=NOW)
    session.expire_all()
    assert found.position.is_closed
    assert {each.state for each in rail(found.position, criteria.moves_of(session, found.id))} == {"done"}
    assert session.get_one(Review, found.id).body == body.strip()
