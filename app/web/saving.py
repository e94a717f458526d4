"""Saving a form: one step in one unit of work, and what to show when it is refused or somebody else saved first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.domain.errors import Conflict, Refused
from app.parts import parts
from app.web import current
from app.web.forms.form import VersionedForm
from app.workflow.unit_of_work import Work

Result = TypeVar("Result")


@dataclass
class Attempt(Generic[Result]):
    """`is_saved`, or what stands against it. `status` is the one to answer with when the form is shown again."""

    is_saved: bool = False
    result: Result | None = None
    problems: Sequence[str] = ()
    their_name: str = ""
    differences: Sequence[dict[str, str]] = field(default_factory=list)
    status: int = 200


def attempt(form: VersionedForm, step: Callable[[Work], Result]) -> Attempt[Result]:
    """Try the step if the form itself is in order. Nothing that was typed is lost: the form keeps it."""
    if not form.is_submitted():
        return Attempt()
    current.close()  # what was read before the step is old, and a reader must not hold a connection meanwhile
    if not form.validate():
        return Attempt(status=422)
    try:
        with parts().begin() as work:
            return Attempt(True, step(work))
    except Refused as refused:
        return Attempt(problems=form.mark(refused), status=422)
    except Conflict as conflict:
        form.version.data = conflict.version  # saving once more is done knowing both versions
        form.version.raw_data = [str(conflict.version)]
        return Attempt(their_name=conflict.who, differences=form.differences(conflict.saved), status=409)
