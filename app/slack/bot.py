"""One request of one person, from what Slack sent to what it is told: who is it, what is meant, do it, say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import structlog
from itsdangerous import URLSafeTimedSerializer
from slack_sdk import WebClient

from app.domain.errors import Conflict, RatchetError, Refused
from app.domain.people import Actor
from app.parts import Parts
from app.slack import errors, inputs, says, who
from app.slack.asked import FORM, HOME, SHORTCUT, Answer, Asked, Unclear, Verb
from app.slack.grammar import Understood
from app.slack.grammar.verbs import BY_NAME
from app.slack.inbox import ATTEMPTS_MAX, Inbox, Request
from app.slack.messages import parts as say
from app.slack.messages.parts import Block
from app.slack.says import Says
from app.slack.shapes import READ, Shape, carried
from app.slack.verbs import FORMS, LOOKUPS, SHORTCUTS, VERBS
from app.workflow.receipt import AlreadyDone

log = structlog.get_logger("ratchet.slack")
SAVERS = 16  # forms that are saved at once, while Slack waits
HANDS = 4  # requests that one process works on at once; those that are being heard go first
BROKEN = "Something went wrong, and nothing was changed. Try again; if it stays, tell your administrator this word:"
DONE_ALREADY = "That was done already: nothing was changed again."


class NotOurs(Exception):
    """A payload of a workspace that has not installed Ratchet."""

    def __init__(self, team: str) -> None:
        super().__init__("This workspace has not installed Ratchet.")
        self.team = team


class Bot:
    """Does what was asked. `client_of` gives the client for a workspace, None for one that is not ours."""

    def __init__(
        self, parts: Parts, inbox: Inbox, client_of: Callable[[str], WebClient | None], signer: URLSafeTimedSerializer,
        home: Callable[[Asked, int], Sequence[Block]],
    ) -> None:  # fmt: skip
        self.parts = parts
        self.inbox = inbox
        self.client_of = client_of
        self.signer = signer
        self.home = home
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix="slack")
        self.savers = ThreadPoolExecutor(SAVERS, thread_name_prefix="slack-saves")

    def close(self) -> None:
        """What is under way ends; no connection of the inbox stays open."""
        self.hands.shutdown()
        self.savers.shutdown()
        self.inbox.engine.dispose()

    def start(self, request: Request) -> None:
        """Soon, on another thread: Slack has been told that we have it."""
        self.hands.submit(self.do, request)

    def recover(self) -> int:
        """Do what somebody has taken and not finished; how many that were."""
        left = self.inbox.left_over()
        for request in left:
            self.do(request)
        self.inbox.forget()
        return len(left)

    def do(self, request: Request) -> None:
        """Never raises: what fails is tried again by `recover`, and given up after some attempts."""
        with structlog.contextvars.bound_contextvars(slack_request=request.id, kind=request.kind):
            try:
                shape = READ[request.kind](request.payload)
                if shape is not None:
                    self._do(shape)
                self.inbox.done(request)
            except NotOurs as error:
                log.warning("a request of another workspace was refused", team=error.team[:20])
                self.inbox.done(request, str(error))
            except Exception as error:  # logged, kept with the request and tried again
                log.exception("a request from Slack failed", attempts=request.attempts)
                words = f"{type(error).__name__}: {error}"
                settle = self.inbox.done if request.attempts >= ATTEMPTS_MAX else self.inbox.failed
                settle(request, words)

    def submitted(self, shape: Shape) -> tuple[Answer | None, Mapping[str, str]]:
        """A form: what to say, or what stands against it, by field."""
        client = self._client(shape)
        person = self._who(client, shape)
        if isinstance(person, who.Stranger):
            return Answer(person.sentence), {}
        asked = self._asked(shape, person, client)
        try:
            return FORMS[shape.name].act(asked), {}
        except Unclear as unclear:
            return unclear.answer, {}
        except AlreadyDone:
            return Answer(DONE_ALREADY), {}
        except RatchetError as error:
            return None, _beside(error, shape)

    def looked_up(self, shape: Shape, kind: str, query: str) -> Sequence[inputs.Choice]:
        """Options of a field while somebody types; none for a stranger."""
        client = self._client(shape)
        person = self._who(client, shape)
        if isinstance(person, who.Stranger) or kind not in LOOKUPS:
            return ()
        return LOOKUPS[kind](self._asked(shape, person, client), query)

    def tell(self, shape: Shape, answer: Answer) -> None:
        """Say something to whoever has asked."""
        Says(self._client(shape), shape).answer(answer)

    def _do(self, shape: Shape) -> None:
        client = self._client(shape)
        voice = Says(client, shape)
        if shape.kind == FORM:  # the process that had it died after it had said "Saving…"
            answer, against = self.submitted(shape)
            voice.answer(answer or Answer("\n".join(against.values())))
            return
        understood = shape.understood(self.parts.clock().date())
        form = FORMS.get(understood.verb)
        if form and shape.kind not in (SHORTCUT, HOME) and (shape.to_form or form.is_wanted(understood)):
            voice.open_loading(form)
        person = self._who(client, shape)
        if isinstance(person, who.Stranger):
            voice.answer(Answer(person.sentence))
            return
        asked = self._asked(shape, person, client)
        if shape.verb == "home":
            voice.home(self.home(asked, _page(asked.understood.words)))
            return
        if shape.kind == SHORTCUT and shape.place.ts:
            asked = asked.but(payload={**shape.payload, "permalink": _permalink(client, shape)})
        answer = self._answered(asked, shape)
        if answer.form is not None:
            voice.form(answer.form, FORMS[answer.form.form], asked)
        else:
            voice.answer(answer)
        if shape.view.get("type") == "home":  # what was clicked there has changed what stands there
            voice.home(self.home(asked, 1))

    def _answered(self, asked: Asked, shape: Shape) -> Answer:
        verb = asked.understood.verb
        try:
            return _wanted(asked, shape)(asked)
        except Unclear as unclear:
            return unclear.answer
        except AlreadyDone:
            return Answer(DONE_ALREADY)
        except RatchetError as error:
            words = f"Nothing was changed.\n{_listed(error)}"
            return says.to_form(asked, verb, words) if verb in FORMS else Answer(f"{words}\n{_hint(asked)}")
        except Exception:  # logged with a word that the person is told
            mark = uuid4().hex[:8]
            log.exception("a verb failed", verb=verb, mark=mark)
            return Answer(f"{BROKEN} {mark}.")

    def _client(self, shape: Shape) -> WebClient:
        client = self.client_of(shape.place.team)
        if client is None:
            raise NotOurs(shape.place.team)
        return client

    def _who(self, client: WebClient, shape: Shape) -> who.Known | who.Stranger:
        return who.who(self.parts, client, shape.slack_user, self.signer)

    def _asked(self, shape: Shape, person: who.Known, client: WebClient) -> Asked:
        def find_person(slack_user: str) -> Actor | None:
            found = who.who(self.parts, client, slack_user, self.signer)
            return found.actor if isinstance(found, who.Known) else None

        now = self.parts.clock()
        understood = Understood(shape.typed, "") if shape.kind == SHORTCUT else shape.understood(now.date())
        return Asked(
            by=person.actor, now=now, key=shape.key, kind=shape.kind, parts=self.parts, understood=understood,
            place=shape.place, slack_user=shape.slack_user, time_zone=person.time_zone,
            values=_values(shape.view) if shape.kind == FORM else {},
            about=carried(shape.view).get("about") or {}, payload=shape.payload, find_person=find_person,
        )  # fmt: skip


def _hint(asked: Asked) -> str:
    command, verb = asked.parts.settings.slack_command, asked.understood.verb
    how = f"`{command} help {verb}` says how it is typed" if verb in BY_NAME else f"`{command} help` says what there is"
    return f"{how}; `{command} find` looks for what you mean."


def _page(words: str) -> int:
    return int(words) if words.isdecimal() and len(words) < 6 else 1


def _permalink(client: WebClient, shape: Shape) -> str:
    """The address of the message that a shortcut was used on; nothing where Slack does not say."""
    try:
        found = client.chat_getPermalink(channel=shape.place.channel, message_ts=shape.place.ts)
        return str(found.get("permalink") or "")
    except errors.FAILURES:
        return ""


def _values(view: Mapping[str, Any]) -> dict[str, Any]:
    return inputs.values((view.get("state") or {}).get("values") or {}, view.get("blocks") or ())


def _wanted(asked: Asked, shape: Shape) -> Verb:
    """What is to be done, in the tables of the verbs."""
    verb = asked.understood.verb
    if shape.kind == SHORTCUT:
        return SHORTCUTS.get(shape.name, _too_old)
    if shape.to_form and verb in FORMS:
        return lambda each: Answer(form=FORMS[verb].filled(each))
    return VERBS.get(verb, _too_old)


def _too_old(_asked: Asked) -> Answer:
    return Answer("This is from another version of Ratchet: nothing was changed.")


def _listed(error: RatchetError) -> str:
    sentences = [each.sentence for each in error.refusals] if isinstance(error, Refused) else [str(error)]
    return "\n".join(f"• {say.typed(each, say.LINE_MAX)}" for each in sentences)


def _beside(error: RatchetError, shape: Shape) -> dict[str, str]:
    """Sentences by the fields that they belong to; what belongs to no field that is shown stands at the first one."""
    fields = [each["block_id"] for each in shape.view.get("blocks", ()) if each.get("type") == "input"]
    first = fields[0] if fields else "form"
    if isinstance(error, Conflict):
        return {first: f"{error} Open the form again to see what is there now; this one keeps what you typed."}
    if not isinstance(error, Refused):
        return {first: str(error)[:2000]}
    found: dict[str, list[str]] = {}
    for each in error.refusals:
        place = each.field if each.field and each.field in fields else first
        found.setdefault(place, []).append(each.sentence)
    return {field: " ".join(sentences)[:2000] for field, sentences in found.items()}
