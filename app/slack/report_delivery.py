"""The message of a weekly report, once, with its chart if Slack takes it; the chart is added later if it did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.report import Figures
from app.outbox.contract import Dead, Delivered, Kept, Later, Outcome, Parcel
from app.slack import errors
from app.slack.calls import Calls, Mark
from app.slack.messages.parts import Message
from app.slack.messages.report import alt, mine_button, report
from app.slack.picture import Chart, NoPicture, Pictures
from app.slack.quiet import is_quiet, may_wait
from app.slack.report_plan import MADE, REPORTS, Reading, Standing, plan
from app.slack.routing import Address, Superfluous
from config import Settings

log = structlog.get_logger(__name__)
PART = "report"
__all__ = ["REPORTS", "Draw", "ReportDelivery", "no_chart"]
Draw = Callable[[Figures], bytes | None]


def no_chart(_figures: Figures) -> bytes | None:
    """Draws nothing: reports go without a chart."""
    return None


class ReportDelivery:
    """Given a parcel about a report, says what became of it. Without `calls`, what it would have sent is kept.

    `draw` makes the chart as a PNG; None where there is nothing to draw.
    """

    def __init__(
        self, calls: Calls | None, sessions: sessionmaker[Session], settings: Settings,
        clock: Callable[[], datetime] | None = None, *, draw: Draw = no_chart, pictures: Pictures | None = None,
    ) -> None:  # fmt: skip
        self.calls, self.sessions, self.settings, self.clock, self.draw = calls, sessions, settings, clock, draw
        self.pictures = pictures or (Pictures(calls.client) if calls else None)

    def __call__(self, parcel: Parcel) -> Outcome:
        with self.sessions() as session:
            todo = plan(session, parcel, self.settings)
        match todo:
            case Dead():
                return todo
            case Superfluous():
                told = _rendered(todo.address, Message(todo.because, []))
                return Delivered(told) if self.calls else Kept(told)
            case Reading():
                return self._made(parcel, todo) if parcel.event == MADE else self._illustrated(parcel, todo)

    def _made(self, parcel: Parcel, todo: Reading) -> Outcome:
        if self.calls is None:
            return Kept(self._shown(todo, Chart("kept")))  # nobody has that file: its place is seen on the outbox page
        if self.clock and (later := _not_now(parcel, todo.address, self.clock())):
            return later
        try:
            sent, chart = self._once(parcel, todo, self.calls)
        except errors.FAILURES as error:
            return errors.outcome(error, todo.address.label)
        return Delivered({**self._shown(todo, chart), "sent": [{"channel": sent[0], "ts": sent[1]}]})

    def _once(self, parcel: Parcel, todo: Reading, calls: Calls) -> tuple[tuple[str, str], Chart]:
        """Post, unless an earlier attempt has got through: no picture is uploaded for what stands already."""
        mark, channel = Mark(parcel.id, PART), _where(todo.address, calls)
        if parcel.may_have_arrived and (known := calls.channel_id(channel)):
            found = calls.find_whole(known, mark, parcel.first_sent_at)
            if found:
                return (known, str(found["ts"])), _chart_on(found)
        chart = self._chart(todo)
        if chart.shown:
            try:
                return calls.post(channel, self._message(todo, chart), mark, is_strict=True), chart
            except SlackApiError as error:
                if errors.code(error) not in errors.TOO_MUCH:
                    raise
                chart = _refused(chart, error)
        return calls.post(channel, self._message(todo, chart), mark), chart

    def _illustrated(self, parcel: Parcel, todo: Reading) -> Outcome:
        """Never a second message: whatever fails, the text stands."""
        assert todo.standing
        if self.calls is None:
            return Kept(_rendered(todo.address, Message("The chart was not added: there is no Slack token.", [])))
        try:
            chart = self._added(parcel, todo, todo.standing, self.calls)
        except errors.FAILURES as error:
            return _not_added(todo.address, error)
        if chart.missing:
            return Later(f"The report was posted without its chart. {chart.missing}", chart.after_seconds)
        return Delivered({**self._shown(todo, chart), "thread": "its chart was added"})

    def _added(self, parcel: Parcel, todo: Reading, standing: Standing, calls: Calls) -> Chart:
        if parcel.may_have_arrived:
            found = calls.whole(standing.channel, standing.ts)
            if found and (there := _chart_on(found)).shown:
                return there
        uploaded = "" if parcel.may_have_arrived else standing.chart.get("file", "")
        chart = self._chart(todo, uploaded)
        if chart.shown:
            mark = Mark(standing.outbox_id, PART)
            try:
                calls.illustrate(standing.channel, standing.ts, self._message(todo, chart), mark)
            except SlackApiError as error:
                if errors.code(error) not in errors.TOO_MUCH:
                    raise
                chart = _refused(chart, error)
        if chart.missing and chart.file_id and self.pictures:
            self.pictures.forget(chart.file_id)  # the next attempt uploads another one
        return chart

    def _chart(self, todo: Reading, uploaded: str = "") -> Chart:
        """The picture as Slack has it now, or why it has none: no reason keeps the words back."""
        assert self.pictures
        figures = todo.kept.figures
        try:
            if uploaded:
                self.pictures.await_ready(uploaded)
                return Chart(uploaded)
            png = self.draw(figures)
            return Chart(self.pictures.upload(png, f"Adoption {figures.week}", alt(figures))) if png else Chart()
        except NoPicture as none:
            log.warning("a weekly report goes without its chart", why=none.chart.missing)
            return none.chart
        except Exception as error:  # a mistake in the drawing: the words are worth more than it
            log.exception("the chart of a weekly report could not be drawn", week=figures.week)
            return Chart(missing=f"It could not be drawn: {type(error).__name__}: {str(error)[:200]}")

    def _message(self, todo: Reading, chart: Chart) -> Message:
        own = () if todo.is_own else (mine_button(),)
        is_public = todo.address.person is None
        return report(todo.kept, self.settings.base_url, file_id=chart.shown, buttons=own, is_public=is_public)

    def _shown(self, todo: Reading, chart: Chart) -> dict[str, Any]:
        """What is shown of it on the outbox page: there, somebody's own report is for them alone (queries/outbox)."""
        return {**_rendered(todo.address, self._message(todo, chart)), "chart": chart.told()}


def _chart_on(message: dict[str, Any]) -> Chart:
    """The picture of a message as it stands in Slack."""
    for each in message.get("blocks") or ():
        if each.get("type") == "image":
            return Chart(str((each.get("slack_file") or {}).get("id") or "unknown"))
    return Chart(missing="The report stands without it.")


def _refused(chart: Chart, error: SlackApiError) -> Chart:
    return Chart(chart.file_id, f"Slack does not show the picture yet ({errors.code(error)}).")


def _not_added(address: Address, error: BaseException) -> Outcome:
    if errors.code(error) in errors.GONE | errors.UNCHANGEABLE:
        because = "The chart was not added: the report is not there any more, or may not be changed."
        return Delivered(_rendered(address, Message(because, [])))
    return errors.outcome(error, address.label)


def _where(address: Address, calls: Calls) -> str:
    return address.channel if address.person is None else calls.direct(address.slack_user_id, address.email)


def _not_now(parcel: Parcel, of: Address, now: datetime) -> Later | None:
    end = is_quiet(now, of.zone, of.quiet_from, of.quiet_until) if may_wait(parcel.event, None) else None
    if end is None:
        return None
    reason = f"Quiet hours of {of.label} until {of.quiet_until} ({of.zone})."
    return Later(reason, (end - now).total_seconds(), is_patient=True)


def _rendered(address: Address, message: Message) -> dict[str, Any]:
    return {"channel": address.label, "text": message.text, "blocks": message.blocks, "thread": None}
