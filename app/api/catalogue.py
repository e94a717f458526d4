"""The catalogue as a file: entities of Backstage, in YAML or JSON."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from app.api import asking, bodies, body, errors, shapes
from app.api.v1 import JSON, operation, shown
from app.domain import people as rules
from app.domain.errors import Refusal, Refused
from app.intake import backstage
from app.workflow import catalogue_files

ORIGIN = "API"
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
TAKES = (*YAML, JSON)


class _Undo(Exception):
    """Leaves a dry run before it is committed."""


@operation("POST", "/catalogue", query=bodies.OfCatalogue, takes=TAKES, gives=shapes.CatalogueTaken)
def take_in(query: bodies.OfCatalogue) -> Response:
    """Take in a catalog-info.yaml: teams, services and what they depend on. Bad entities never stop the good ones."""
    rules.require(asking.by(), "edit_catalogue")
    if request.mimetype not in TAKES:
        raise UnsupportedMediaType("Send YAML with “Content-Type: application/yaml”, or JSON with application/json.")
    if query.retire_missing and not query.origin.strip():  # all that has no origin would be taken for one file
        words = "Name the origin with “origin=…”: what came from there and is not in the file is retired."
        raise Refused.because("catalogue.origin_missing", words, "origin")
    origin = query.origin.strip() or ORIGIN
    read = backstage.read_text(body.text(), origin)
    report: Any = None
    with suppress(_Undo), asking.begin() as work:
        report = catalogue_files.take_in(
            work, read, origin=origin, retire_missing=query.retire_missing, is_whole=query.retire_missing,
            by=asking.by(), now=asking.now(),
        )  # fmt: skip
        if query.dry_run:
            raise _Undo
    if report.refused and not (report.new or report.changed or report.unchanged or report.renamed or report.retired):
        return errors.refused([Refusal("catalogue.refused", str(each), each.field) for each in report.refused])
    return shown(_shape(report, is_dry_run=query.dry_run))


def _shape(report: Any, *, is_dry_run: bool) -> shapes.CatalogueTaken:
    return shapes.CatalogueTaken(
        is_dry_run=is_dry_run, new=_entities(report.new), changed=_entities(report.changed),
        renamed=_entities(report.renamed), retired=_entities(report.retired), unchanged=len(report.unchanged),
        refused=_problems(report.refused), notes=_problems(report.notes), skipped=dict(report.skipped),
    )  # fmt: skip


def _entities(found: Any) -> list[shapes.Entity]:
    return [shapes.Entity(kind=each.kind, name=each.name, detail=each.detail) for each in found]


def _problems(found: Any) -> list[shapes.OfEntity]:
    return [shapes.OfEntity(field=each.field, reason=each.reason, line=each.line) for each in found]
