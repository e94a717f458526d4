"""One message to Slack: the card first, answers in its thread, each at most once however often this is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session, sessionmaker

from app.outbox.contract import Dead, Delivered, Kept, Outcome, Parcel, ThreadRef
from app.queries import notices
from app.slack import errors
from app.slack.calls import Calls, Mark
from app.slack.messages import BROADCAST, BUILDERS, CARD_IS_THE_MESSAGE, CARD_ONLY
from app.slack.messages.card import card, private_card
from app.slack.messages.parts import Message
from app.slack.report_delivery import REPORTS, Draw, ReportDelivery, no_chart
from app.slack.routing import Address, Errand, Superfluous, TakeDown, plan
from config import Settings

log = structlog.get_logger(__name__)


@dataclass
class Sent:
    """What stands in Slack already, while a delivery is under way: it is remembered even if the rest fails."""

    thread: ThreadRef | None = None
    posts: list[dict[str, str]] = field(default_factory=list)


class SlackDelivery:
    """Given a parcel, says what became of it. Without a client, what it would have sent is kept.

    The database is read in a short session that is closed before Slack is called.
    """

    def __init__(
        self, client: WebClient | None, sessions: sessionmaker[Session], settings: Settings,
        clock: Callable[[], datetime] | None = None, *, draw: Draw = no_chart,
    ) -> None:  # fmt: skip
        """Without a clock no hour is quiet. `draw` makes the chart of a weekly report."""
        self.calls = Calls(client) if client else None
        self.reports = ReportDelivery(self.calls, sessions, settings, clock, draw=draw)
        self.clock = clock
        self.sessions = sessions
        self.settings = settings

    def __call__(self, parcel: Parcel) -> Outcome:
        if parcel.event in REPORTS:
            return self.reports(parcel)
        with self.sessions() as session:
            todo = plan(session, parcel, self.settings)
        match todo:
            case Dead():
                return todo
            case Superfluous():
                return self._superfluous(todo)
            case TakeDown():
                return self._take_down(parcel, todo)
            case Errand():
                return self._tell(parcel, todo)

    def _superfluous(self, todo: Superfluous) -> Outcome:
        shown = _rendered(todo.address, Message(todo.because, []))
        return Delivered(shown) if self.calls else Kept(shown)

    def _take_down(self, parcel: Parcel, todo: TakeDown) -> Outcome:
        """No channel hears of a private incident, and what a channel has heard before is taken back."""
        try:
            for channel, ts in todo.posts if self.calls else ():
                assert self.calls
                self.calls.take_down(channel, ts, private_card())
        except errors.FAILURES as error:
            return errors.outcome(error, todo.address.label)
        if parcel.event in CARD_ONLY:  # that is all that was asked for: what stood there is gone
            gone = private_card() if todo.posts else Message("Nothing was posted: the incident is private.", [])
            shown = _rendered(todo.address, gone)
            return Delivered(shown) if self.calls else Kept(shown)
        return Dead(f"The incident is private: nothing was sent to {todo.address.label}.")

    def _tell(self, parcel: Parcel, todo: Errand) -> Outcome:
        shown = self._shown(todo)
        if self.calls is None:
            return Kept(shown)
        if self.clock and (later := todo.not_now(self.clock())):
            return later
        sent = Sent()
        try:
            if todo.notice.incident is None:
                post = self._once(parcel, self._where(todo.address), self._message(todo), "post")
                sent.posts.append({"channel": post[0], "ts": post[1]})
            else:
                self._in_thread(parcel, todo, sent)
        except errors.FAILURES as error:
            return errors.outcome(error, todo.address.label, sent.thread)
        if todo.address.person is None and self._is_private(parcel):  # since a moment ago
            posts = [(each["channel"], each["ts"]) for each in sent.posts]
            return self._take_down(parcel, TakeDown(todo.address, posts))
        return Delivered({**shown, "sent": sent.posts}, sent.thread)

    def _in_thread(self, parcel: Parcel, todo: Errand, sent: Sent) -> None:
        """The card is posted if there is none; then the answer; then a card that stood before is brought up to date."""
        root = todo.root or self._new_card(parcel, todo, sent)
        if parcel.event not in CARD_ONLY and parcel.event != CARD_IS_THE_MESSAGE:
            try:
                self._answer(parcel, todo, root, sent)
            except SlackApiError as error:
                if errors.code(error) not in errors.GONE or sent.thread is not None:
                    raise
                root = self._new_card(parcel, todo, sent)  # somebody deleted the card
                self._answer(parcel, todo, root, sent)
        if sent.thread is None:
            self._refresh(parcel, todo, root, sent)
        self._refresh_others(todo)

    def _new_card(self, parcel: Parcel, todo: Errand, sent: Sent) -> ThreadRef:
        assert parcel.incident_id is not None
        channel, ts = self._once(parcel, self._where(todo.address), self._card(todo), "card")
        sent.thread = ThreadRef(parcel.incident_id, parcel.audience, channel, ts)
        sent.posts.append({"channel": channel, "ts": ts})
        return sent.thread

    def _answer(self, parcel: Parcel, todo: Errand, root: ThreadRef, sent: Sent) -> None:
        # In a direct message everybody sees it as well: nobody watches the threads of an app.
        is_broadcast = parcel.event in BROADCAST or todo.address.person is not None
        channel, ts = self._once(
            parcel, root.channel, self._message(todo), "reply", thread=root.ts, broadcast=is_broadcast
        )
        sent.posts.append({"channel": channel, "ts": ts})

    def _refresh(self, parcel: Parcel, todo: Errand, root: ThreadRef, sent: Sent) -> None:
        assert self.calls
        try:
            self.calls.update(root.channel, root.ts, self._card(todo))
        except SlackApiError as error:
            if errors.code(error) in errors.GONE:
                self._new_card(parcel, todo, sent)
            elif errors.code(error) not in errors.UNCHANGEABLE:
                raise

    def _refresh_others(self, todo: Errand) -> None:
        """The same card elsewhere. No message waits for this: whatever fails is caught up with the next event."""
        assert self.calls
        try:
            for each in todo.others:
                self.calls.update(each.channel, each.ts, self._card(todo))
        except errors.FAILURES as error:
            log.warning("a card elsewhere was not brought up to date", error=str(error)[:300])

    def _once(
        self, parcel: Parcel, channel: str, message: Message, part: str, *, thread: str | None = None,
        broadcast: bool = False,
    ) -> tuple[str, str]:  # fmt: skip
        """Post, unless an earlier attempt has got through."""
        assert self.calls
        mark = Mark(parcel.id, part)
        if parcel.may_have_arrived and (known := self.calls.channel_id(channel)):
            found = self.calls.find(known, mark, parcel.first_sent_at, thread=thread)
            if found:
                return known, found
        return self.calls.post(channel, message, mark, thread=thread, broadcast=broadcast)

    def _is_private(self, parcel: Parcel) -> bool:
        if parcel.incident_id is None:
            return False
        with self.sessions() as session:
            return notices.is_private(session, parcel.incident_id)

    def _where(self, address: Address) -> str:
        assert self.calls
        return address.channel if address.person is None else self.calls.direct(address.slack_user_id, address.email)

    def _card(self, todo: Errand) -> Message:
        assert todo.notice.incident
        return card(todo.notice.incident, self.settings.base_url)

    def _message(self, todo: Errand) -> Message:
        """What is new for whoever reads it: the answer in the thread, or the card where there is nothing else."""
        if todo.notice.event in CARD_ONLY:
            return self._card(todo)
        return BUILDERS[todo.notice.event](todo.notice, self.settings.base_url)

    def _shown(self, todo: Errand) -> dict[str, Any]:
        of = todo.notice.incident
        thread = None
        if of and todo.notice.event in CARD_ONLY:
            thread = f"the card of {of.name} is updated"
        elif of and todo.notice.event != CARD_IS_THE_MESSAGE:
            thread = f"in the thread of {of.name}"
        return _rendered(todo.address, self._message(todo), thread)


def _rendered(address: Address, message: Message, thread: str | None = None) -> dict[str, Any]:
    return {"channel": address.label, "text": message.text, "blocks": message.blocks, "thread": thread}
