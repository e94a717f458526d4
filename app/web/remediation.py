"""Stage 4 on the web: action items, what their owners and others do with them; or why there are none."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.domain.errors import Refused
from app.domain.remediation import ITEM_DONE
from app.models.incident import Incident
from app.models.remediation import ActionItem, Remediation
from app.parts import parts
from app.queries import catalogue, incident_page
from app.queries import remediation as rows
from app.queries.remediation import Item
from app.web import current, frame
from app.web.forms.remediation import ItemForm, NoneNeededForm
from app.web.lifecycle import go_on
from app.web.saving import Attempt, attempt
from app.workflow import remediation

page = Blueprint("remediation", __name__, url_prefix="/incidents/<int:number>/remediation")
NAMED = 3  # people who may verify; the rest is counted
DONE = {
    "finish": "is done. Someone other than its owner verifies it.",
    "verify": "is verified.",
    "drop": "is dropped.",
    "resume": "is open again.",
}


@page.route("", methods=["GET", "POST"])
def stage(number: int) -> Response | tuple[str, int]:
    """The list; and the word that none are needed, which is what this address saves."""
    if request.method == "GET":
        return _show(number)
    at = frame.load(number, "remediation")
    frame.is_form_shown(at)  # or refuses: this person may not
    form = _none_form(at.incident)
    because, by, now = form.none_needed_because.data or "", current.actor(), current.now()
    tried = attempt(
        form,
        lambda work: remediation.save_none_needed(work, number, because, version=form.seen, by=by, now=now),
    )
    if not tried.is_saved:
        return _show(number, tried.status, because=form, tried_because=tried)
    if request.form.get("then") == "advance":
        return go_on(number, "remediation")
    flash("Saved.", "success")
    return redirect(links.incident(number, "remediation"))


@page.route("/items", methods=["GET", "POST"])
def add(number: int) -> Response | tuple[str, int]:
    """A new action item."""
    if request.method == "GET":
        return redirect(_items(number))
    incident_page.find(current.reading(), number, current.actor())
    by, now = current.actor(), current.now()
    people.require(by, "remediate")
    form = ItemForm()
    tried: Attempt[ActionItem] = attempt(form, lambda work: remediation.add(work, number, form.told(), by=by, now=now))
    if tried.is_saved and tried.result:
        flash(f"{tried.result.name} is added; its owner is told.", "success")
        return redirect(_items(number))
    return _show(number, tried.status, new=form, tried_new=tried)


@page.route("/items/<int:item_number>", methods=["GET", "POST"])
def edit(number: int, item_number: int) -> Response | tuple[str, int]:
    """One action item to be changed."""
    incident, item = _find(number, item_number)
    by, now = current.actor(), current.now()
    people.require(by, "remediate")
    form = ItemForm(data={"version": item.row.version, **remediation.saved(item.row)})
    form.offer(catalogue.person_choices(current.reading(), "Choose an owner", keep=item.row.owner_id))
    tried = attempt(
        form, lambda work: remediation.edit(work, item_number, form.told(), version=form.seen, by=by, now=now)
    )
    if tried.is_saved:
        flash("Saved.", "success")
        return redirect(_items(number))
    return render_template("remediation/item.html", incident=incident, item=item, form=form, tried=tried), tried.status


@page.post("/items/<int:item_number>/<any(finish, verify, drop, resume):verb>")
def step(number: int, item_number: int, verb: str) -> Response | tuple[str, int]:
    """Finish, verify, drop, or take up again."""
    _find(number, item_number)
    why = request.form.get("why", "")
    current.close()
    try:
        with parts().begin() as work:
            item = remediation.step(work, item_number, verb, by=current.actor(), now=current.now(), why=why)
    except Refused as refused:
        if verb == "drop":
            return _show(number, 422, dropping={"number": item_number, "why": why, "problem": str(refused)})
        flash(str(refused), "error")
    else:
        flash(f"{item.name} {DONE[verb]}", "success")
    return redirect(_items(number))


def _show(
    number: int, status: int = 200, *, new: ItemForm | None = None, tried_new: Attempt[Any] | None = None,
    because: NoneNeededForm | None = None, tried_because: Attempt[Any] | None = None,
    dropping: dict[str, Any] | None = None,
) -> tuple[str, int]:  # fmt: skip
    """The list with its forms; a form that was refused is handed in, with what stands against it."""
    at = frame.load(number, "remediation")
    session, by = current.reading(), current.actor()
    found = rows.items(session, at.incident.id)
    row = session.get(Remediation, at.incident.id)
    is_form = frame.is_form_shown(at)
    if is_form:
        because = because or _none_form(at.incident, formdata=None)
        new = new or ItemForm(formdata=None)
        new.offer(catalogue.person_choices(session, "Choose an owner"))
    today = current.now().astimezone(current.zone()).date()
    return frame.render(
        "remediation/stage.html", at, status, form=new, tried_new=tried_new or Attempt(), because_form=because,
        tried_because=tried_because or Attempt(), because=row.none_needed_because if row else "", items=found,
        counts=rows.counts(found, today), today=today, may_do=people.may(by, "remediate"), me=by.id,
        verifiers=_verifiers(at.incident, found), dropping=dropping,
    )  # fmt: skip


def _none_form(incident: Incident, **sent: Any) -> NoneNeededForm:
    """Filled with what was sent, unless `formdata` says that it is nothing."""
    row = current.reading().get(Remediation, incident.id)
    told = {"version": row.version, "none_needed_because": row.none_needed_because} if row else {"version": 0}
    return NoneNeededForm(data=told, **sent)


def _verifiers(incident: Incident, found: list[Item]) -> str:
    """Who could verify what this reader has finished: the owner may not."""
    by = current.actor()
    if not any(each.row.state == ITEM_DONE and each.row.owner_id == by.id for each in found) or by.id is None:
        return ""
    names = rows.who_may_verify(current.reading(), incident, by.id)
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" or {more} more" if more > 0 else "") or "nobody yet: let somebody in"


def _find(number: int, item_number: int) -> tuple[Incident, Item]:
    """The incident and its item. NotFound: this person may not see it, or the item is of another incident."""
    incident = incident_page.find(current.reading(), number, current.actor())
    return incident, rows.find(current.reading(), incident.id, item_number)


def _items(number: int) -> str:
    return links.incident(number, "remediation") + "#items"
