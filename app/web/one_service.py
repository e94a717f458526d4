"""A form about one service on one practice, whose name is typed: done, and back to the cell; or shown once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from app.domain.errors import Refused
from app.models.best_practice import Practice
from app.parts import parts
from app.queries import catalogue
from app.web import current
from app.web.forms.adoption import ServiceForm
from app.workflow.unit_of_work import Work


def answer(
    practice: Practice, form: Any, step: Callable[[Work], str], template: str, **more: Any
) -> Response | tuple[str, int]:
    """Do what the form says; the step gives the words for the next page."""
    status, problems = 200, list[str]()
    if form.is_submitted():
        status = 422
        if form.validate() and _is_known(form):
            current.close()
            try:
                with parts().begin() as work:
                    done = step(work)
            except Refused as refused:
                problems = form.mark(refused)
            else:
                flash(done, "success")
                return redirect(f"/adoption/{form.service_name}/{practice.number}")
    names = catalogue.service_names(current.reading())
    shown = render_template(template, form=form, practice=practice, problems=problems, service_names=names, **more)
    return shown, status


def _is_known(form: ServiceForm) -> bool:
    """A name that is not in the catalogue is marked at its field."""
    name = form.service_name
    if name in catalogue.service_ids(current.reading(), [name]):
        return True
    form.service.errors = [f"There is no service {name} in the catalogue. Choose one from the list."]
    return False
