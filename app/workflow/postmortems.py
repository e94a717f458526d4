"""Postmortems that were written elsewhere become incidents, with nothing dropped, altered, or made up.

What a file does not say stays empty: severity, commander, when it was detected and mitigated. So an imported incident
waits at stage 1 like any other, and names what is missing. `Incident.imported` keeps the whole front matter to the
letter (`head`; with the review's first body it is the file), each field of it by name, and what was noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain import people
from app.domain.incident import TITLE_MAX
from app.domain.lifecycle import START
from app.domain.people import Actor
from app.domain.resolution import CLOCK_SKEW
from app.intake.names import digest, name_of, title_of
from app.intake.postmortems import Postmortem
from app.intake.problem import Problem, quoted, shorten
from app.models.catalog import Service
from app.models.counter import next_number
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Team
from app.models.resolution import Resolution
from app.models.review import Review
from app.workflow import catalog, incident, kit
from app.workflow.unit_of_work import Work

NEW, UNCHANGED, CHANGED, REFUSED = "new", "unchanged", "changed", "refused"
REF = "postmortem:"
PART_MAX = kit.LINE_MAX // 2 - 1  # a title is made of two parts and a space


@dataclass(frozen=True)
class Outcome:
    """What became of one file. `notes` say what could not be used as it stands, or was made from something else."""

    result: str
    number: int | None
    notes: tuple[Problem, ...] = ()


@dataclass
class _Taking:
    """One file on its way in, and what there is to tell about it."""

    work: Work
    of: Postmortem
    by: Actor
    now: datetime
    notes: list[Problem] = field(default_factory=list)

    def note(self, field: str, reason: str) -> None:
        self.notes.append(self.of.note(field, reason))


def take_in(work: Work, postmortem: Postmortem, *, by: Actor, now: datetime) -> Outcome:
    """A postmortem from a file becomes an incident. Nobody is told: it is history, not news.

    Known by its uuid, it is taken in once. A file that has changed on disk since then is reported and the incident is
    left as it is: people may have worked on it, and a file must not overwrite them.
    """
    people.require(by, "declare")
    ref = f"{REF}{postmortem.uuid}"
    known = work.session.scalar(select(Incident).where(Incident.external_ref == ref))
    if known is not None:
        return _again(postmortem, known)
    taking = _Taking(work, postmortem, by, now, list(postmortem.problems))
    started, resolved = _times(taking)
    row = Incident(
        number=next_number(work.session, "incident"), title=_title(taking), description=_sources(postmortem),
        severity=None, is_private=False, stage=START.stage, state=START.state, stage_entered_at=now,
        declared_at=_declared_at(taking, started), declared_by_id=by.id, commander_id=None, edited_by_id=by.id,
        labels=_labels(taking), external_ref=ref, version=1, services=_services(taking), readers=[],
    )  # fmt: skip
    row.imported = _kept(taking)  # last: it holds the notes
    work.session.add(row)
    work.session.flush()
    _write_stages(taking, row, started, resolved)
    return Outcome(NEW, row.number, tuple(taking.notes))


def _again(of: Postmortem, known: Incident) -> Outcome:
    imported = known.imported or {}
    file = imported.get("file", "another file")
    if imported.get("sha256") == of.sha256:
        copy = of.note("file", f"a copy of {file}, which was imported as {known.name}")
        return Outcome(UNCHANGED, known.number, () if file == of.file else (copy,))
    if file != of.file:
        reason = f"{of.uuid} is also the uuid of {file}, which was imported as {known.name}; not imported"
        return Outcome(REFUSED, None, (of.note("uuid", reason),))
    reason = (
        f"changed since it was imported as {known.name} ({_difference(of, imported)}); the incident is left as it is, "
        "because people may have edited it"
    )
    return Outcome(CHANGED, known.number, (of.note("file", reason),))


def _difference(of: Postmortem, imported: dict[str, Any]) -> str:
    was, absent = imported.get("fields", {}), object()
    names = [each for each in {**was, **of.fields} if was.get(each, absent) != of.fields.get(each, absent)]
    if imported.get("body_sha256") != digest(of.body):
        names.append("the text")
    return ", ".join(names) or "only in how it is written"


def _times(taking: _Taking) -> tuple[datetime | None, datetime | None]:
    """When it started and was resolved, as far as that can be true. Where two contradict, the start is believed."""
    of = taking.of
    latest = taking.now + CLOCK_SKEW
    started, resolved = of.start_time, of.end_time
    if started is not None and started > latest:
        taking.note("start_time", f"{_as_written(of, 'start_time')} lies in the future; kept as it is, not used")
        started = None
    if resolved is not None and resolved > latest:
        taking.note("end_time", f"{_as_written(of, 'end_time')} lies in the future; kept as it is, not used")
        resolved = None
    elif resolved is not None and started is not None and resolved < started:
        start = _as_written(of, "start_time")
        taking.note("end_time", f"{_as_written(of, 'end_time')} is before start_time {start}; kept as it is, not used")
        resolved = None
    return started, resolved


def _declared_at(taking: _Taking, started: datetime | None) -> datetime:
    """Where the incident stands among others: when it started, else when it was published, else now."""
    published = taking.of.source_published_at
    return started or (published if published and published <= taking.now else taking.now)


def _as_written(of: Postmortem, name: str) -> str:
    return quoted(str(of.fields.get(name)))


def _title(taking: _Taking) -> str:
    of = taking.of
    title = " ".join(of.title.split())
    if not title:
        title = title_of(of.company, of.product, of.summary or of.body, f"Postmortem {of.uuid}")
        taking.note(
            "title",
            f"missing; {quoted(title)} was made from {'the text' if (of.summary or of.body).strip() else 'the rest'}",
        )
    elif title != of.title:
        taking.note("title", "its spaces and line ends were made single spaces; kept as it is in the front matter")
    if len(title) > TITLE_MAX:
        if of.title:
            taking.note("title", f"longer than {TITLE_MAX} characters; shortened, and kept whole in the front matter")
        title = shorten(title, TITLE_MAX)
    return title


def _sources(of: Postmortem) -> str:
    pairs = (("Source", of.url), ("Archive", of.archive_url))
    return "\n".join(f"{name}: {url}" for name, url in pairs if url)


def _labels(taking: _Taking) -> list[str]:
    """Every category and keyword, to the letter. Odd ones are told of, because the form would split or refuse them."""
    of = taking.of
    for name, entries in (("categories", of.categories), ("keywords", of.keywords)):
        for each in entries:
            if "," in each or each != " ".join(each.split()) or len(each) > incident.LABEL_LENGTH_MAX:
                why = "kept as a label to the letter, but the form would divide, trim or refuse it"
                taking.note(name, f"{quoted(each)} is odd: {why}")
    labels = list(dict.fromkeys((*of.categories, *of.keywords)))
    if len(labels) > incident.LABELS_MAX:
        taking.note("keywords", f"{len(labels)} labels are all kept, but the form takes {incident.LABELS_MAX}")
    return labels


def _services(taking: _Taking) -> list[Service]:
    """The product as a service of the company's team; without a product the company itself is the service."""
    of = taking.of
    company, product = _line(taking, "company", of.company), _line(taking, "product", of.product)
    team = _team(taking, company) if company else None
    if not (company or product):
        return []
    names_company = company.lower() in product.lower()
    title = product if names_company else f"{company} {product}".strip()
    name = name_of(of.company, of.product)
    service = taking.work.session.scalar(select(Service).where(Service.name == name))
    if service is None:
        told = catalog.ServiceTold(name=name, title=title, team_id=team.id if team else None)
        return [catalog.add_service(taking.work, told, by=taking.by, now=taking.now)]
    is_owned = service.team_id == (team.id if team else None)
    if service.title != title or not is_owned:
        owner = "" if is_owned else ", of another team"
        reason = f"{quoted(title)} was found in the catalogue as {name}, called {quoted(service.title)}{owner}"
        taking.note("product" if product else "company", reason)
    return [service]


def _team(taking: _Taking, title: str) -> Team:
    name = name_of(taking.of.company)
    team = taking.work.session.scalar(select(Team).where(Team.name == name))
    if team is None:
        return catalog.add_team(taking.work, catalog.TeamTold(name=name, title=title), by=taking.by)
    if team.title != title:
        taking.note("company", f"{quoted(title)} was found as the team {name}, called {quoted(team.title)}")
    return team


def _line(taking: _Taking, name: str, text: str) -> str:
    line = " ".join(text.split())
    if len(line) > PART_MAX:
        taking.note(name, f"longer than {PART_MAX} characters; shortened, and kept whole in the front matter")
    return shorten(line, PART_MAX)


def _kept(taking: _Taking) -> dict[str, Any]:
    of = taking.of
    return {
        "file": of.file, "sha256": of.sha256, "body_sha256": digest(of.body), "head": of.head,
        "fields": dict(of.fields), "notes": [[each.field, each.reason, each.line] for each in taking.notes],
    }  # fmt: skip


def _write_stages(taking: _Taking, row: Incident, started: datetime | None, resolved: datetime | None) -> None:
    """Times into the resolution, texts into the review: as they are, since the form's trimming would alter them."""
    session, of, now = taking.work.session, taking.of, taking.now
    if started or resolved:
        session.add(
            Resolution(
                incident_id=row.id, started_at=started, resolved_at=resolved, impact="", how_resolved="",
                edited_by_id=taking.by.id, version=1,
            )
        )  # fmt: skip
    review = Review(incident_id=row.id, summary=of.summary, body=of.body, edited_by_id=taking.by.id, version=1,
                    went_well="", went_badly="", got_lucky="", lessons="")  # fmt: skip
    session.add(review)
    why = f"Imported from {of.file}."
    session.add(
        Move(incident_id=row.id, verb="declare", to_stage=row.stage, to_state=row.state, why=why, by_id=taking.by.id,
             at=now)
    )  # fmt: skip
    session.flush()
