"""How each figure of a weekly report is computed: one plain sentence for each, said beside it by every face."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.report import EXPIRING_DAYS, NEEDS_MAX, WEEKS
from app.domain.report_sections import SMALL

WHOLE = (
    "All figures are as at the end of the week, in its time zone; titles, owners, teams and customer minutes are as "
    "they were known when the report was made; private incidents count only in the report of a person who may know."
)
_HOW = {
    # What stands before all sections
    "report": WHOLE,
    "in_short": "Made from the figures below by fixed rules; the first need of somebody is what to do first.",
    "needs": (
        f"Decisions that one named person can take this week, at most {NEEDS_MAX}, those with the most preventable "
        "customer minutes behind them first."
    ),
    # Adoption
    "adoption": (
        "Of all cells (a service and a practice that applies to it and that machines measure), the share that is "
        f"adopted, rounded down; exempt cells count neither way, unknown ones never count as adopted; of fewer than "
        f"{SMALL} no percentage is made."
    ),
    "adoption.now": "Adopted cells of those that are adopted, not adopted or unknown, at the end of the week.",
    "adoption.before": "The same a week before, by what is known of it now; unknown if it was not measured then.",
    "adoption.change": "The share now less the share a week before, in points; only if both were measured.",
    "adoption.unknown": "Cells whose evidence is missing, too old or in error: they are in the whole, and not adopted.",
    "adoption.exempt": "Cells that somebody has excused until a day: they count neither way.",
    "adoption.practices": "Practices that machines measured at the end of the week and that apply to a service.",
    "adoption.needed": "Cells that must be adopted so that every practice is at its target, each rounded up.",
    "adoption.said_before": "What the report of the week before said; what was told late has changed it since.",
    "series": f"The same share at the end of each of the last {WEEKS} weeks; unknown where nothing was measured yet.",
    # Loops
    "loops": "A loop is opened when an incident is declared and closed when all eight stages are done or skipped.",
    "loops.opened": "Incidents that were declared in the week.",
    "loops.closed": "Loops that were closed in the week and still were at its end.",
    "loops.reopened": "Loops that had been closed, were opened again in the week, and were open at its end.",
    "loops.open": "Incidents whose loop was open at the end of the week.",
    "loops.closed_ever": f"Of the incidents that were declared in the last {WEEKS} weeks, those whose loop was closed.",
    "opened": "Incidents that were declared in the week, the newest first.",
    # Recurrences
    "recurrences": (
        "Incidents of a pattern that was known before, counted in the week in which their analysis named it: "
        "preventable if an affected service had not adopted the practice when it began, or was exempt from it."
    ),
    "recurrences.preventable": "Those where an affected service had not adopted the practice, or was exempt from it.",
    "recurrences.minutes": "Customer minutes of the preventable ones, as far as somebody has stated them.",
    "recurrences.minutes_unknown": "Preventable incidents whose customer minutes nobody has stated; not in the sum.",
    "recurrences.adopted_yet": "Those where every affected service had adopted it: the practice was not enough.",
    # Slips
    "slips": (
        "Services that lost an adoption in the week, and those that a practice came to apply to; lost again within "
        "a day is the same slip."
    ),
    "slips.lost": "Slips that began in the week.",
    "slips.recovered": "Those of them that had recovered by the end of the week.",
    "slips.open": "Those of them that had not recovered by the end of the week.",
    # Practices
    "practices": (
        "Each practice that machines measure, the furthest from its target first; exempt services count neither way, "
        "unknown ones never count as adopted."
    ),
    "practices.below": "Practices with fewer adopted services than their target asks for.",
    "practices.missing": "Services that must still adopt for the target: target times applicable services, rounded up.",
    "movers": (
        "Of the practices furthest from their targets, the services that have not adopted them: those that the "
        "costliest incidents have met first, then by tier; minutes are those of all its incidents of the practice."
    ),
    # The rest
    "campaigns": (
        "Running campaigns that will miss their day at the pace of the last two weeks; while there is no pace, those "
        "that are behind the straight way to their target."
    ),
    "campaigns.at_risk": "Running campaigns that will miss their day.",
    "campaigns.running": "Campaigns that ran at the end of the week.",
    "items": "Action items that were open at the end of the week, after their day; must-dos first, then the oldest.",
    "items.overdue": "Open action items whose day was over.",
    "items.open": "All action items that were open at the end of the week.",
    "exemptions": f"Exemptions whose last day comes within {EXPIRING_DAYS} days; after it the service counts again.",
    "exemptions.expiring": f"Running exemptions whose last day comes within {EXPIRING_DAYS} days.",
    "exemptions.running": "Exemptions that were in force at the end of the week.",
    "stages": (
        f"Came to it: of the incidents declared in the last {WEEKS} weeks, how many had reached the stage or gone "
        "beyond; waiting: all that stood there at the end of the week, and since when, as median, 90 % and longest."
    ),
    "waits": "The incidents that had stood at their stage the longest at the end of the week.",
    "teams": (
        "Adoption of each team's services, beside its own past: a week and thirteen weeks before, by whose the "
        "services were when the report was made; teams are in order of their names and are not ranked."
    ),
    "heat": (
        "Adopted services of each team on each practice, where the most is to do; empty where a practice applies to no "
        "service of the team."
    ),
}  # fmt: skip
HOW: Mapping[str, str] = MappingProxyType(_HOW)
