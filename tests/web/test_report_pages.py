"""The weekly report as a page: what it says, to whom, late, corrected, as a preview, or of a large company."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from app.domain.report_sections import Adoption, Count
from app.faces.sections import sections
from app.models.incident import Incident
from tests.cast import Cast, cast  # noqa: F401 - a fixture
from tests.faces import sample
from tests.web.practices import statements_of
from tests.web.report_desk import ReportDesk, crowded, register, text_of

PAGE = f"/reports/{sample.WEEK.name}"


@pytest.fixture
def desk(app: Flask, cast: Cast, client_of: Any) -> ReportDesk:  # noqa: F811 - a fixture
    register(app)
    return ReportDesk(cast, client_of)


def test_a_leader_reads_what_got_better_what_slipped_and_what_to_do_first_before_all_else(desk: ReportDesk) -> None:
    desk.keep()
    answer = desk.as_("Dev").get(PAGE)
    said = text_of(answer)
    assert answer.status_code == 200
    headings = ["Weekly report: Everyone", "Week 47, 16 to 22 November 2026 (UTC)", "In short", "What got better",
                "What slipped", "What to do first", "Needs someone"]  # fmt: skip
    headings += [each.title for each in sections(sample.figures()) if each.key != "needs" and not each.is_detail]
    places = [answer.text.find(each.replace("&", "&amp;")) for each in headings]
    assert -1 not in places, headings[places.index(-1)]
    body = answer.text[answer.text.index('id="in-short"') :]
    assert [body.index(f'id="{each.key}"') for each in sections(sample.figures()) if each.level == 2] == sorted(
        body.index(f'id="{each.key}"') for each in sections(sample.figures()) if each.level == 2
    )
    assert "Made on Monday 23 November 2026, 08:01." in said


def test_every_need_has_an_owner_a_subject_with_its_page_what_to_decide_and_what_it_would_prevent(
    desk: ReportDesk,
) -> None:
    desk.keep()
    answer = desk.as_("Dev").get(PAGE)
    needs = answer.text[
        answer.text.index('class="needs"') : answer.text.index("</ol>", answer.text.index('class="needs"'))
    ]
    assert needs.index("Ben") < needs.index("Ana")
    assert 'href="/practices/5"' in needs
    assert 'href="/incidents/31/remediation"' in needs
    assert "checkout moves it most" in needs
    assert "4,200" in needs
    assert "unknown" in needs  # the minutes of the other: not zero


def test_the_page_says_the_figures_of_the_json_file_to_the_digit(desk: ReportDesk) -> None:
    desk.keep()
    client = desk.as_("Dev")
    said, told = text_of(client.get(PAGE)), json.loads(client.get(f"{PAGE}.json").data)
    figures = told["figures"]

    def of(count: dict[str, int]) -> str:
        whole = count["adopted"] + count["not_adopted"] + count["unknown"]
        return f"{count['adopted']:,} of {whole:,}"

    assert of(figures["adoption"]["now"]) in said
    for line in (*figures["practices"], *figures["team_lines"]):
        assert of(line["now"]) in said
    for sentence in (each["sentence"] for each in told["in_short"]):
        assert sentence in said
    for section in sections(sample.figures(zone="UTC"), PAGE):
        for figure in section.figures:
            assert f"{figure.title} {figure.cell.words}" in said, figure.key
    assert f"Overdue {figures['items']['overdue']}" in said
    assert f"Open in all {figures['loops']['open_count']}" in said


def test_a_figure_leads_to_its_rows_and_says_how_it_is_computed(desk: ReportDesk) -> None:
    desk.keep()
    desk.keep(about="team:shop")
    page = desk.as_("Dev").get(PAGE).text
    assert f'href="{PAGE}/practices/5"' in page
    assert page.count("How it is computed") >= 11
    assert f'href="{PAGE}/practices/5?team=shop"' in desk.as_("Dev").get(f"{PAGE}/teams/shop").text


def test_what_is_unknown_is_said_so_and_is_no_zero(desk: ReportDesk) -> None:
    desk.keep(sample.figures(adoption=Adoption(None, None, 0, 0, []), practices=[], needs=[]))
    said = text_of(desk.as_("Dev").get(PAGE))
    assert "Adopted unknown" in said
    assert "Unknown: no practice is measured yet" in said or "no practice is measured yet" in said
    assert "Nothing needs a decision this week" in said


def test_what_people_wrote_is_text_wherever_it_stands(desk: ReportDesk) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    base = sample.figures()
    desk.keep(
        replace(
            base, needs=[replace(base.needs[0], owner=hostile, title=hostile, detail=hostile)],
            slips=replace(base.slips, lines=[replace(base.slips.lines[0], message=hostile, service=hostile)]),
            practices=[replace(base.practices[0], statement=hostile)],
        )
    )  # fmt: skip
    answer = desk.as_("Dev").get(PAGE)
    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert "onerror=alert(1)&gt;" in answer.text


def test_a_report_that_was_made_late_says_so(desk: ReportDesk) -> None:
    desk.keep(minutes_after=60 * 50)
    assert "Made late, on Wednesday 25 November 2026, 10:00" in text_of(desk.as_("Dev").get(PAGE))
    assert "Made late" in text_of(desk.as_("Dev").get("/reports"))


def test_a_revision_says_why_and_what_has_changed_and_the_one_before_stays(desk: ReportDesk) -> None:
    desk.keep()
    now = sample.figures(adoption=Adoption(Count(53, 17, 3, 3), Count(47, 23, 3, 3), 3, 69, sample.points()))
    desk.keep(now, revision=2, by=desk.cast["Ana"], why="A late fact.", changed=["Adoption: 52 of 73 → 53 of 73."])
    client = desk.as_("Dev")
    new, old = text_of(client.get(PAGE)), text_of(client.get(f"{PAGE}?revision=1"))
    assert "A late fact." in new
    assert "Adoption: 52 of 73 → 53 of 73." in new
    assert "53 of 73" in new
    assert "52 of 73" in old
    assert "revision 2" in old  # that another one has taken its place
    assert f'href="{PAGE}?revision=1"' in client.get(PAGE).text
    assert client.get(f"{PAGE}?revision=3").status_code == 404
    assert client.get(f"{PAGE}?revision=x").status_code == 404
    assert "revision-1.md" in client.get(f"{PAGE}.md?revision=1").headers["Content-Disposition"]


def test_a_preview_says_that_it_is_one_and_when_the_report_is_made(desk: ReportDesk) -> None:
    desk.cast.check(desk.cast.practice().number)
    desk.cast.report(50, "checkout")
    for path in ("", "/teams/shop"):
        answer = desk.as_("Dev").get(f"/reports/next{path}")
        said = text_of(answer)
        assert answer.status_code == 200
        assert "preview" in said
        assert "Monday 9 March 2026, 08:00" in said
        assert "Make a correction" not in said


def test_a_person_reads_their_own_and_nobody_elses(desk: ReportDesk) -> None:
    assert desk.as_("Dev").get(f"{PAGE}/mine").status_code == 404
    desk.subscribe("Dev")
    desk.keep(about="mine", reader="Dev")
    assert desk.as_("Dev").get(f"{PAGE}/mine").status_code == 200
    for who in ("Ana", "Cleo"):
        answer = desk.as_(who).get(f"{PAGE}/mine")
        assert answer.status_code == 404
        assert "Subscribe" not in answer.text
    assert desk.as_("Ana").get(f"{PAGE}?about=person:{desk.cast.id('Dev')}", follow_redirects=True).status_code != 500
    assert desk.as_("Ana").get(f"{PAGE}/teams/person:1").status_code == 404


def test_a_private_incident_is_not_named_to_whoever_may_not_know_of_it_now(desk: ReportDesk) -> None:
    number = desk.cast.declare(title="A secret outage", by="Ana")
    base = sample.figures()
    desk.keep(replace(base, loops=replace(base.loops, opened=[replace(base.loops.opened[0], incident=number,
              title="A secret outage")])))  # fmt: skip
    assert "A secret outage" in desk.as_("Dev").get(PAGE).text
    with desk.cast.begin() as work:
        work.session.query(Incident).filter_by(number=number).update({"is_private": True})
    for face in ("", ".md", ".csv", ".json"):
        answer = desk.as_("Dev").get(PAGE + face)
        assert "A secret outage" not in answer.text, face
        assert f"INC-{number}" not in answer.text, face


@pytest.mark.parametrize("week", ["2026-W54", "1", "next-week", "2026-W00", "٢٠٢٦-W47", "%00", "2026-W47.exe"])
def test_what_is_no_week_is_answered_in_words(desk: ReportDesk, week: str) -> None:
    answer = desk.as_("Dev").get(f"/reports/{week}")
    assert answer.status_code == 404
    assert "Name a week as 2026-W47" in answer.text or "There is no report of" in answer.text


def test_a_week_without_a_report_and_a_team_that_is_none_are_said_in_words(desk: ReportDesk) -> None:
    assert "There is no report of 2026-W10 for Everyone." in desk.as_("Dev").get("/reports/2026-W10").text
    assert "There is no team nobody." in desk.as_("Dev").get(f"{PAGE}/teams/nobody").text
    assert desk.as_("Dev").get(f"{PAGE}/teams/sh%00op").status_code == 404


def test_strangers_are_asked_to_sign_in(desk: ReportDesk, app: Flask) -> None:
    desk.keep()
    for path in ("/reports", PAGE, f"{PAGE}.csv", "/reports/next", "/reports/compare", f"{PAGE}/practices/5",
                 "/account/reports", f"{PAGE}/correct", f"{PAGE}/mine"):  # fmt: skip
        assert "/sign-in" in app.test_client().get(path).headers.get("Location", ""), path


@pytest.mark.parametrize(
    ("ending", "kind", "begins"),
    [(".md", "text/markdown", "# Weekly report: Shop"), (".csv", "text/csv", "\ufeffweek,"),
     (".json", "application/json", "{")],
)  # fmt: skip
def test_files_have_their_kind_and_a_name_that_says_what_they_are(
    desk: ReportDesk, ending: str, kind: str, begins: str
) -> None:
    desk.keep(about="team:shop")
    answer = desk.as_("Dev").get(f"{PAGE}/teams/shop{ending}")
    assert answer.mimetype == kind
    assert answer.mimetype_params.get("charset", "utf-8") == "utf-8"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=ratchet-2026-W47-teams-shop{ending}"
    assert answer.data.decode().startswith(begins)


def test_weeks_beside_it_are_linked_and_the_latest_leads_to_the_preview(desk: ReportDesk) -> None:
    for back in (0, 1, 3):
        desk.keep(week=sample.WEEK.plus(-back))
    client = desk.as_("Dev")
    middle, last = client.get("/reports/2026-W46").text, client.get(PAGE).text
    assert 'rel="prev" href="/reports/2026-W44"' in middle  # the one before was never made
    assert 'rel="next" href="/reports/2026-W47"' in middle
    assert 'rel="next" href="/reports/next"' in last


def test_the_list_of_teams_leads_to_the_report_of_the_team(desk: ReportDesk) -> None:
    assert desk.as_("Dev").get(f"{PAGE}?about=team:shop").location == f"{PAGE}/teams/shop"
    assert desk.as_("Dev").get(f"{PAGE}?about=all").location == PAGE
    assert desk.as_("Dev").get("/reports/next?about=team:shop").location == "/reports/next/teams/shop"


def test_a_large_company_is_folded_and_takes_no_more_statements(desk: ReportDesk, engine: Engine) -> None:
    desk.keep(week=sample.WEEK.plus(-1))
    desk.keep(crowded())
    client = desk.as_("Dev")
    client.get(PAGE)
    small = statements_of(engine, lambda: client.get("/reports/2026-W46"))
    large = statements_of(engine, lambda: client.get(PAGE))
    assert large == small
    assert large <= 9
    answer = client.get(PAGE)
    said = text_of(answer)
    assert "All 200" in said
    assert "All 400" in said
    assert "And 400 more." in said  # of 600 that were opened, 200 are kept
    assert len(answer.data) < 3_000_000
