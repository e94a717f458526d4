"""The starter catalogue on the web: known practices with their reasons and what they would say here; switch one on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import links
from app.domain import people
from app.domain.errors import Refused
from app.domain.review import AREAS
from app.parts import parts
from app.queries import starter as known
from app.starter.catalogue import starters
from app.web import current
from app.workflow import starter

page = Blueprint("starter", __name__)


@page.get("/practices/starter")
def index() -> str:
    words = request.args.get("q", "").replace("\x00", "")[:200]
    area = request.args.get("area", "")
    area = area if area in AREAS else ""
    found = known.offers(current.reading(), known.matching(starters(), words, area), current.now())
    return render_template(
        "starter/index.html", groups=[(each, [one for one in found if one.starter.area == each]) for each in AREAS],
        total=len(starters()), found=len(found), on=sum(each.on is not None for each in found), words=words,
        area=area, areas=AREAS, may_switch_on=people.may(current.actor(), "accept"),
    )  # fmt: skip


@page.post("/practices/starter/<key>/switch_on")
def switch_on(key: str) -> Response:
    current.close()
    try:
        with parts().begin() as work:
            made = starter.switch_on(work, key.replace("\x00", ""), by=current.actor(), now=current.now())
    except Refused as refused:
        flash(str(refused), "error")
        return redirect(f"/practices/starter#{key}")
    flash(f"{made.name} is on. Look at what its check says, then activate it.", "success")
    return redirect(links.practice(made.number) + "#checks")
