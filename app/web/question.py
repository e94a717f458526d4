"""Questioned practices on the web: question one by hand, and say why one stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.queries import practice
from app.web import current
from app.web.forms.form import VersionedForm
from app.web.forms.question import QuestionForm, SettleForm
from app.web.saving import attempt
from app.workflow import question
from app.workflow.unit_of_work import Work

page = Blueprint("question", __name__, url_prefix="/practices/<int:number>")


@page.route("/question", methods=["GET", "POST"])
def ask(number: int) -> Response | tuple[str, int]:
    by, now, form = current.actor(), current.now(), QuestionForm()
    return _answer(
        number, form, lambda work: question.question(work, number, why=form.why.data or "", by=by, now=now),
        "Question", f"BP-{number} is questioned.",
    )  # fmt: skip


@page.route("/settle", methods=["GET", "POST"])
def settle(number: int) -> Response | tuple[str, int]:
    by, now, form = current.actor(), current.now(), SettleForm()
    return _answer(
        number, form, lambda work: question.settle(work, number, answer=form.answer.data or "", by=by, now=now),
        "Keep", f"BP-{number} stays as it is.",
    )  # fmt: skip


def _answer(
    number: int, form: VersionedForm, step: Callable[[Work], Any], verb: str, done: str
) -> Response | tuple[str, int]:
    """Back to the practice; or the form again with what was typed, and what stands against it."""
    by = current.actor()
    people.require(by, "question")
    of = practice.find(current.reading(), by, number).practice
    tried = attempt(form, step)
    if tried.is_saved:
        flash(done, "success")
        return redirect(links.practice(number))
    return render_template("question/form.html", form=form, tried=tried, practice=of, verb=verb), tried.status
