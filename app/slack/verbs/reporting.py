"""`report`: adoption as it is now. The weekly report is another thing, and this says so."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app import links
from app.domain.adoption import Progress
from app.queries import adoption_now, labelled
from app.queries.adoption_now import Needs, Now
from app.queries.labelled import TEAM, Labelled
from app.slack.asked import Answer, Asked
from app.slack.messages import parts
from app.slack.messages.parts import Block, Button
from app.slack.verbs import lines
from app.slack.verbs.finding import clean
from app.words import plural

TEAMS_MAX, SLIPS_MAX = 8, 5
LATER = "The weekly report is not made yet; this is adoption as it is now."


def report(asked: Asked) -> Answer:
    """Of everybody, or of the team that was named."""
    of = asked.understood

    def load(session: Session) -> tuple[Labelled | None, Now | None]:
        label = labelled.find(session, clean(of.labels[0])) if of.labels else None
        if of.labels and (label is None or label.kind != TEAM):
            return label, None
        team_id = label.id if label else None
        return label, adoption_now.read(session, asked.by, team_id, now=asked.now, today=asked.today, most=SLIPS_MAX)

    label, found = asked.read(load)
    if found is None:
        return Answer(
            f"No team is called ~{parts.typed(of.labels[0], 80)}. Type `{_command(asked)} report` for all teams."
        )
    title = f"Adoption of {parts.typed(label.title, 80)} now" if label else "Adoption now"
    shown = [
        *lines.notes(of.problems),
        parts.section(f"*{title}*: {_figure(found)}", _honest(asked)),
        *_teams(asked, found, label), *_slips(asked, found), *_needs(found.needs),
        parts.actions(Button("Open the matrix", url=links.absolute(asked.base_url, _matrix(label)))),
    ]  # fmt: skip
    return Answer(f"{title}: {_figure(found)}", shown)


def _honest(asked: Asked) -> str:
    week = asked.understood.week
    cannot = f" Week {parts.typed(week, 20)} cannot be shown: nobody has kept its figures." if week else ""
    posted = " Nor can it be posted to a channel yet." if asked.understood.channels else ""
    return f"_{LATER}_{cannot}{posted}"


def _figure(found: Now) -> str:
    if found.whole is None or found.whole.percent is None:
        if found.is_large:
            return "there is too much of it to count here; the matrix shows it"
        return "nothing is measured yet"
    return f"{_share(found.whole)} over {plural(found.practices, 'practice')}"


def _share(of: Progress) -> str:
    return f"{of.percent} % ({of.adopted:,} of {of.applicable:,})"


def _teams(asked: Asked, found: Now, label: Labelled | None) -> list[Block]:
    if label:
        return []
    if not found.teams:
        return [parts.context("By team there is too much to count here.")] if found.is_large else []
    told = [
        f"• {parts.link(links.absolute(asked.base_url, links.team(each.name)), parts.typed(each.title, 80))}: "
        f"{_share(each.adoption)}"
        for each in found.teams[:TEAMS_MAX]
    ]
    shown = [parts.section("*By team*, the furthest to go first", *told)]
    return shown + lines.more(len(found.teams) - TEAMS_MAX, asked.base_url, "/teams", "all teams")


def _slips(asked: Asked, found: Now) -> list[Block]:
    head = f"*Slips of the last {adoption_now.SLIP_DAYS} days*"
    if not found.slips:
        return [parts.section(f"{head}: none.")]
    told = [
        f"• {parts.typed(each.service, 80)} lost {lines.practice_link(asked.base_url, each.practice)}, "
        f"{parts.when(each.at)}{', recovered since' if each.is_recovered else ''}"
        for each in found.slips
    ]
    more = found.slips_total - len(found.slips)
    return [parts.section(f"{head} ({found.slips_total:,})", *told, f"and {more:,} more" if more > 0 else "")]


def _needs(of: Needs) -> list[Block]:
    told: Sequence[str] = [
        words
        for count, words in (
            (of.without_commander, f"{plural(of.without_commander, 'incident')} without a commander"),
            (of.without_facilitator, f"{plural(of.without_facilitator, 'review')} without a facilitator"),
            (of.overdue_items, f"{plural(of.overdue_items, 'action item')} overdue"),
            (of.to_accept, f"{plural(of.to_accept, 'practice')} to accept"),
        )
        if count
    ]
    return [parts.section(f"*Needs someone*: {', '.join(told) or 'nothing'}.")]


def _matrix(label: Labelled | None) -> str:
    return f"/adoption?{urlencode({'team': label.name})}" if label else "/adoption"


def _command(asked: Asked) -> str:
    return asked.parts.settings.slack_command


VERBS = {"report": report}
