"""Sections that ask for somebody: decisions, slips, campaigns at risk, items overdue, exemptions that end."""

from __future__ import annotations

from app import links
from app.domain.report import EXPIRING_DAYS, Figures
from app.faces import cells, words
from app.faces.place import Place
from app.faces.section import Cell, Column, Figure, Section
from app.words import plural


def needs(of: Figures, at: Place) -> Section:
    """At most five decisions, each with its owner."""
    rows = [
        [
            cells.text(each.owner), Cell(each.subject, words.plain(each.subject), each.path), cells.text(each.title),
            Cell(each.detail, words.plain(each.detail, 300)), cells.minutes(each.minutes),
        ]
        for each in of.needs
    ]  # fmt: skip
    none = "Nothing needs a decision this week."
    lead = f"{plural(len(rows), 'decision')} that can be taken this week." if rows else none
    return Section(
        "needs", "Needs someone", lead, "/", (),
        [
            Column("owner", "Who"), Column("subject", "What"), cells.TITLE, Column("detail", "Why, and what to do"),
            Column("minutes", "Preventable", "customer minutes", is_number=True),
        ],
        rows, len(rows), none,
    )  # fmt: skip


def campaigns(of: Figures, at: Place) -> Section:
    """Those that will miss their day."""
    told, year = of.campaigns, of.as_of.year
    rows = [
        [
            Cell(f"BP-{each.practice}", f"BP-{each.practice}", f"/campaigns/{each.id}"), cells.text(each.statement),
            cells.text(each.owner), Cell(each.adopted, f"{each.adopted:,} of {each.applicable:,}"),
            Cell(each.applicable, f"{each.applicable:,}"), Cell(each.target_percent, f"{each.target_percent} %"),
            cells.day(each.ends_on, year), cells.text(each.forecast, none="no pace to speak of"),
        ]
        for each in told.at_risk
    ]  # fmt: skip
    at_risk = len(told.at_risk)
    running = f"{plural(told.running, 'campaign')}" if told.running else "No campaign"
    lead = f"{at_risk:,} of {running} at risk." if at_risk else f"{running} running, none at risk."
    return Section(
        "campaigns", "Campaigns at risk", lead if told.running else "No campaign is running.", "/campaigns",
        [
            Figure("campaigns.at_risk", "At risk", cells.count(at_risk, tone=-1 if at_risk else 0), "campaigns"),
            Figure("campaigns.running", "Running", cells.count(told.running, "/campaigns"), "campaigns"),
        ],
        [
            cells.PRACTICE, cells.STATEMENT, Column("owner", "Owner"),
            Column("adopted", "Adopted", "services", is_number=True),
            Column("applicable", "Services", "services", is_number=True),
            Column("target", "Target", "percent", is_number=True), Column("ends_on", "Its day"),
            Column("forecast", "Forecast"),
        ],
        rows, at_risk, "No campaign is at risk.",
    )  # fmt: skip


def items(of: Figures, at: Place) -> Section:
    """Those that are open after their day."""
    told, year = of.items, of.as_of.year
    rows = []
    for each in told.lines:
        name = f"ACT-{each.number}" if each.number else "private"
        path = links.incident(each.incident, "remediation") if each.incident else ""
        rows.append(
            [
                Cell(name if each.number else None, name, path), cells.text(each.title),
                Cell(each.priority, each.priority), cells.text(each.owner), cells.day(each.due_on, year),
                Cell(each.days_over, words.days(each.days_over), tone=-1), cells.incident(each.incident),
            ]
        )  # fmt: skip
    none = "No action item is overdue."
    lead = f"{told.overdue:,} of {plural(told.open, 'open item')} {'is' if told.overdue == 1 else 'are'} overdue."
    return Section(
        "items", "Action items overdue", lead if told.overdue else none, "/",
        [
            Figure("items.overdue", "Overdue", cells.count(told.overdue, tone=-1 if told.overdue else 0), "items"),
            Figure("items.open", "Open", cells.count(told.open), "items"),
        ],
        [
            Column("item", "Item"), cells.TITLE, Column("priority", "Priority"), Column("owner", "Owner"),
            Column("due_on", "Due"), Column("days_over", "Over", "days", is_number=True), cells.INCIDENT,
        ],
        rows, told.overdue, none,
    )  # fmt: skip


def exemptions(of: Figures, at: Place) -> Section:
    """Those whose last day comes soon."""
    told, year = of.exemptions, of.as_of.year
    rows = [
        [
            cells.service(each.service),
            cells.practice(each.practice),
            cells.team(each.team),
            cells.day(each.expires_on, year),
            cells.text(each.granted_by),
            cells.text(each.reason),
        ]
        for each in told.lines
    ]
    none = f"No exemption ends within {EXPIRING_DAYS} days."
    verb = "ends" if told.expiring == 1 else "end"
    lead = f"{told.expiring:,} of {plural(told.running, 'exemption')} {verb} within {EXPIRING_DAYS} days."
    return Section(
        "exemptions", "Exemptions expiring", lead if told.expiring else none, at.exemptions,
        [
            Figure("exemptions.expiring", "End soon", cells.count(told.expiring, at.exemptions), "exemptions"),
            Figure("exemptions.running", "In force", cells.count(told.running, at.exemptions), "exemptions"),
        ],
        [
            cells.SERVICE, cells.PRACTICE, cells.TEAM, Column("expires_on", "Last day"),
            Column("granted_by", "Granted by"), Column("reason", "Reason"),
        ],
        rows, told.expiring, none,
    )  # fmt: skip


def slips(of: Figures, at: Place) -> Section:
    """What was adopted and was lost in the week, what is still lost first."""
    told = of.slips
    still = told.lost_count - told.recovered_count
    rows = [
        [
            cells.service(each.service), cells.team(each.team), cells.practice(each.practice),
            cells.text(each.statement), cells.text(" ".join(filter(None, (each.cause, each.message)))),
            cells.moment(each.at, of.zone), cells.moment(each.recovered_at, of.zone, "still lost"),
        ]
        for each in told.lines
    ]  # fmt: skip
    lead = f"{plural(told.lost_count, 'slip')}: {told.recovered_count:,} recovered, {still:,} still lost."
    return Section(
        "slips", "Slips", lead if told.lost_count else "No service lost what it had adopted.", at.adoption,
        [
            Figure("slips.lost", "Slips", cells.count(told.lost_count, tone=cells.bad(told.lost_count)), "slips"),
            Figure("slips.recovered", "Recovered", cells.count(told.recovered_count), "slips"),
            Figure("slips.open", "Still lost", cells.count(still, tone=cells.bad(still)), "slips"),
        ],
        [
            cells.SERVICE, cells.TEAM, cells.PRACTICE, cells.STATEMENT, Column("cause", "Why"), Column("at", "Lost"),
            Column("recovered_at", "Recovered"),
        ],
        rows, told.lost_count, "No service lost what it had adopted.",
    )  # fmt: skip
