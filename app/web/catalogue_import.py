"""The catalogue from a text or a file on the web: first what would change, then, asked for once more, the change."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, flash, render_template, request
from sqlalchemy.exc import IntegrityError

from app.domain import people as rules
from app.domain.errors import Refused
from app.intake import backstage
from app.intake.backstage_records import Read
from app.parts import parts
from app.web import current
from app.web.forms.catalog import CatalogueForm
from app.workflow import catalogue_files
from app.workflow.catalogue_files import Report

page = Blueprint("catalogue_import", __name__)
ORIGIN = "web"
EXAMPLE = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: cart
  annotations:
    ratchet.dev/tier: "1"
    ratchet.dev/kind: stateful
spec:
  type: service
  lifecycle: production
  owner: payments
  dependsOn: [component:checkout]
"""


class _Undo(Exception):
    """Leaves a preview before it is committed."""


@page.route("/services/import", methods=["GET", "POST"])
def index() -> tuple[str, int]:
    rules.require(current.actor(), "edit_catalogue")
    form = CatalogueForm()
    if not form.is_submitted():
        return _show(form)
    try:
        text = form.read()
    except Refused as refused:
        return _show(form, problems=form.mark(refused), status=422)
    form.text.data = text
    read = backstage.read_text(text, ORIGIN)
    if not read.entities and not read.problems:
        kinds = ", ".join(sorted(read.skipped))
        words = f"There is no Component and no Group in it{f', only {kinds}' if kinds else ''}."
        form.text.errors = [*form.text.errors, words]
        return _show(form, status=422)
    is_taken = request.form.get("then") == "take"
    report = _take(read, is_kept=is_taken)
    if is_taken:
        flash(report.summary().capitalize(), "success")
    return _show(form, report=report, is_taken=is_taken)


def _take(read: Read, *, is_kept: bool) -> Report:
    by, now = current.actor(), current.now()
    current.close()  # a reader must not hold a connection meanwhile

    def once() -> Report:
        report = Report()
        with suppress(_Undo), parts().begin() as work:
            report = catalogue_files.take_in(work, read, origin=ORIGIN, by=by, now=now, is_whole=False)
            if not is_kept:
                raise _Undo
        return report

    try:
        return once()
    except IntegrityError:  # somebody made the same team or service at this moment: find it
        return once()


def _show(
    form: CatalogueForm, *, report: Report | None = None, is_taken: bool = False, problems: list[str] | None = None,
    status: int = 200,
) -> tuple[str, int]:  # fmt: skip
    shown = render_template(
        "catalog/import.html", form=form, report=report, is_taken=is_taken, problems=problems, example=EXAMPLE
    )
    return shown, status
