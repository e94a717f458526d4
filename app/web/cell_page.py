"""What the page of one cell shows: gathered for the doors that show it again when a form on it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain import exemption as rules
from app.domain import people
from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.domain.lifecycle import RETIRED
from app.queries import cell, exemptions
from app.queries.cell import Cell
from app.queries.exemptions import Row
from app.queries.practice import EVALUATED
from app.web import current, paging
from app.web.forms.adoption import AttestForm
from app.web.forms.exemption import AnswerForm, ExemptForm


def gather(service: str, number: int, *, answer_form: AnswerForm | None = None, problems: Sequence[str] = ()) -> Any:
    """The values of adoption/cell.html."""
    session, by, today = current.reading(), current.actor(), current.now().date()
    at = cell.find(session, service.replace("\x00", ""), number)
    page = paging.asked()
    history, total = cell.history(session, at, page)
    rows = exemptions.of_cell(session, by, at.practice.id, at.service.id, today)
    questions = [each.check for each in at.checks if each.check.kind == ATTESTED and each.check.state == ACTIVE_CHECK]
    attest_form = AttestForm(formdata=None, data={"service": at.service.name})
    attest_form.offer(questions)
    return {
        "cell": at, "history": history, "pager": paging.pager(page, cell.PAGE, total, anchor="#history"),
        "questions": questions, "attest_form": attest_form, "may_attest": people.may(by, "attest"),
        "is_measured": at.practice.state in EVALUATED, "problems": problems, **_exempted(at, rows, today, answer_form),
    }  # fmt: skip


def _exempted(at: Cell, rows: Sequence[Row], today: date, answer_form: AnswerForm | None) -> dict[str, Any]:
    """Everything about exemptions: the request that waits, the one that runs, those before, and what may be done."""
    session, by = current.reading(), current.actor()
    asked = next((each for each in rows if each.exemption.state == rules.ASKED), None)
    granted = next((each for each in rows if each.exemption.state == rules.GRANTED), None)
    owners = exemptions.owners(session, [at.practice])[at.practice.id]
    may_decide = owners.may_decide(by)
    is_own = asked is not None and asked.exemption.asked_by_id == by.id
    others = exemptions.others(session, owners, by) if is_own and may_decide else []
    is_over = at.practice.state == RETIRED or at.service.is_retired
    may_ask = people.may(by, "ask_exemption")
    if answer_form is None and asked is not None:
        answer_form = AnswerForm(formdata=None, data={"expires_on": asked.exemption.expires_on})
    return {
        "asked": asked, "granted": granted, "owners": owners,
        "past": [each for each in rows if each is not asked and each is not granted],
        "is_running": granted is not None and granted.exemption.expires_on >= today,
        "may_decide": may_decide, "others": others, "answer_form": answer_form,
        "may_answer": asked is not None and may_decide and not others,
        "may_withdraw": may_ask and asked is not None
        and (is_own or exemptions.is_of_team(session, by.id, at.service.team_id)),
        "exempt_form": None if is_over or asked or not may_ask
        else ExemptForm(formdata=None, data={"service": at.service.name}),
    }  # fmt: skip
