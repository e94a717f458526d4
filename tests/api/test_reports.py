"""Weekly reports by the API: listed, read as they were made, as JSON, Markdown and CSV, and the next one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from app.api import report as noun
from app.domain.report import HIDDEN
from app.domain.report_sections import LoopLine
from app.faces.json import load
from app.models.person import Team
from app.models.report import Report, Subscription
from app.queries import reports
from tests.api.machine import Machine, Make, problem, sentences
from tests.cast import Cast
from tests.faces import sample

assert noun  # importing it makes it answer


def keep(cast: Cast, figures: Any, audience: str = "all", week: str = "", revision: int = 1, **told: Any) -> None:
    """A report as it is kept."""
    with cast.begin() as work:
        work.session.add(
            Report(
                audience=audience, week=week or figures.week, revision=revision, as_of=figures.as_of, zone=figures.zone,
                made_at=told.pop("made_at", figures.as_of), is_late=told.pop("is_late", False), shape=1,
                figures=reports.dump(figures), **told,
            )
        )  # fmt: skip


def declared(cast: Cast, upto: int) -> None:
    """The incidents that the figures of the sample name are there, and public."""
    while cast.declare() < upto:
        pass


@pytest.fixture
def kept(cast: Cast) -> None:
    declared(cast, 62)
    keep(cast, sample.figures())


@pytest.mark.usefixtures("kept")
def test_a_report_is_read_as_it_was_made(api: Machine) -> None:
    found = api.get("/reports/2026-W47").get_json()
    assert reports.dump(load(found)) == reports.dump(sample.figures())
    assert (found["week"], found["revision"], found["is_late"]) == ("2026-W47", 1, False)
    assert found["url"].endswith("/reports/2026-W47")
    assert [each["label"] for each in found["in_short"]] == ["What got better", "What slipped", "What to do first"]
    assert found["how"]["adoption"]
    assert api.get("/reports/latest").get_json() == found
    assert api.get("/reports/2026w47").get_json() == found


@pytest.mark.usefixtures("kept")
def test_a_report_is_read_as_markdown_and_csv(api: Machine) -> None:
    told = api.get("/reports/2026-W47?format=md")
    assert told.mimetype == "text/markdown"
    assert told.text.startswith("# Weekly report: Everyone\n")
    table = api.get("/reports/2026-W47?format=csv")
    assert table.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"), newline="")))
    assert [each["value"] for each in rows if each["section"] == "adoption" and each["column"] == "now.adopted"] == [
        "52"
    ]


@pytest.mark.usefixtures("kept")
def test_a_correction_is_the_one_that_is_read_and_the_old_one_stays(api: Machine, cast: Cast) -> None:
    now = sample.figures(adoption=sample.figures().adoption.__class__(None, None, 0, 0, []))
    keep(cast, now, revision=2, why="The facts were wrong.", changed=["Adoption: 52 of 73 → unknown."])
    found = api.get("/reports/2026-W47").get_json()
    assert (found["revision"], found["why"]) == (2, "The facts were wrong.")
    assert found["figures"]["adoption"]["now"] is None
    old = api.get("/reports/2026-W47?revision=1").get_json()
    assert (old["revision"], old["figures"]["adoption"]["now"]["adopted"]) == (1, 52)
    assert old["url"].endswith("/reports/2026-W47?revision=1")
    problem(api.get("/reports/2026-W47?revision=3"), 404)


def test_reports_are_listed_newest_first_in_parts(api: Machine, cast: Cast) -> None:
    for at in range(30):
        keep(cast, sample.figures(week=sample.WEEK.plus(-at).name))
    first = api.get("/reports").get_json()
    assert len(first["items"]) == reports.PAGE
    assert first["items"][0].items() >= {
        "week": "2026-W47", "revision": 1, "is_late": False, "loops_closed": 1, "preventable": 1, "slips": 2,
        "adoption": {"adopted": 52, "not_adopted": 18, "unknown": 3, "exempt": 3},
    }.items()  # fmt: skip
    second = api.get(first["next"].split("/api/v1")[1]).get_json()
    assert second["next"] is None
    weeks = [each["week"] for each in (*first["items"], *second["items"])]
    assert weeks == [sample.WEEK.plus(-at).name for at in range(30)]
    assert api.get("/reports?q=timeout").get_json()["items"]
    assert api.get("/reports?q=nowhere").get_json() == {"items": [], "next": None}


def test_a_team_and_a_person_have_reports_of_their_own(api: Machine, machine: Make, cast: Cast) -> None:
    team_id = cast.teams["Shop"] if "Shop" in cast.teams else next(iter(cast.teams.values()))
    name = cast.look(lambda session: session.get_one(Team, team_id).name)
    keep(cast, sample.figures(title="Shop"), f"team:{team_id}")
    with cast.begin() as work:
        work.session.add(Subscription(person_id=cast.id("Ana"), about=["all"], by_mail=True))
    keep(cast, sample.figures(title="Everyone, as you see it"), f"person:{cast.id('Ana')}")
    found = api.get(f"/reports/2026-W47?about=team:{name}").get_json()
    assert found["title"] == "Shop"
    assert found["url"].endswith(f"/reports/2026-W47/teams/{name}")
    (listed,) = api.get(f"/reports?about=team:{name}").get_json()["items"]
    assert listed["url"] == found["url"]
    assert api.get("/reports/2026-W47?about=mine").get_json()["url"].endswith("/reports/2026-W47/mine")
    assert "no weekly report of your own" in problem(machine("Cleo").get("/reports/2026-W47?about=mine"), 404)["detail"]


def test_an_incident_that_became_private_is_named_to_nobody_who_may_not_know(machine: Make, cast: Cast) -> None:
    declared(cast, 62)
    number = cast.declare(is_private=True, by="Ana")
    line = LoopLine(number, "Nobody can pay", "SEV1", sample.AT)
    keep(cast, sample.figures(loops=replace(sample.figures().loops, opened=[line])))
    seen = machine("Ana").get("/reports/2026-W47")
    assert f'"incident":{number},' in seen.text
    for form in ("json", "md", "csv"):
        hidden = machine("Dev").get(f"/reports/2026-W47?format={form}").text
        assert str(number) not in hidden
        assert "Nobody can pay" not in hidden
        assert HIDDEN in hidden


def test_the_next_report_is_told_as_it_would_look_now(api: Machine, cast: Cast, clock: Any) -> None:
    cast.declare(title="Checkout is slow")
    clock.tick(minutes=1)
    found = api.get("/reports/next").get_json()
    assert (found["week"], found["is_preview"], found["revision"]) == ("2026-W10", True, 0)
    assert found["url"].endswith("/reports/next")
    assert [each["title"] for each in found["figures"]["loops"]["opened"]] == ["Checkout is slow"]
    assert "preview" in found["remarks"][0]
    assert "Checkout is slow" in api.get("/reports/next?format=md").text


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reports/soon", "Name a week as 2026-W47"),
        ("/reports/2026-W54", "Name a week as 2026-W47"),
        ("/reports/2026-W47?format=pdf", "format must be one of"),
        ("/reports/2026-W47?revision=0", "revision must be at least 1."),
        ("/reports/2026-W47?team=shop", "There is no team here."),
        ("/reports?cursor=nonsense", "Take the cursor as"),
        ("/reports?about=%00", "about has a NUL character"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(api: Machine, path: str, words: str) -> None:
    assert words in sentences(api.get(path))


@pytest.mark.usefixtures("kept")
def test_what_is_not_there_is_said_in_a_sentence(api: Machine) -> None:
    assert problem(api.get("/reports/2026-W01"), 404)["detail"] == "There is no report of 2026-W01 for Everyone."
    assert "There is no team" in problem(api.get("/reports?about=team:nope"), 404)["detail"]
    assert "There is no team" in problem(api.get("/reports/next?about=everything"), 404)["detail"]


def test_the_description_knows_reports(api: Machine) -> None:
    found = api.get("/openapi.json").get_json()
    for path in ("/api/v1/reports", "/api/v1/reports/next", "/api/v1/reports/{week}"):
        assert found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    figures = found["components"]["schemas"]["Figures"]["properties"]
    assert {"adoption", "needs", "stages"} <= set(figures)
