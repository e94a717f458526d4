"""What follows by itself: one table from event to the step that it causes, in the same transaction.

This is the only room that knows the whole order of the cycle; the stages know only those before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain import analysis as analysis_rules
from app.domain import events, lifecycle
from app.domain.events import Event, IncidentEvent, PracticeEvent, ServiceChanged
from app.domain.people import RATCHET
from app.models.analysis import Analysis
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.workflow import evaluation, links, question
from app.workflow.lifecycle import fall_back, leave_out, put_back, settle
from app.workflow.unit_of_work import Reaction, Work


def go_on(work: Work, event: Event) -> None:
    """The incident completes what completes itself."""
    assert isinstance(event, IncidentEvent)
    settle(work, work.session.get_one(Incident, event.incident_id), now=event.at)


def fall_back_if_need_be(work: Work, event: Event) -> None:
    """Other practices are linked: stages that were completed for the old ones may have to be completed anew."""
    assert isinstance(event, IncidentEvent)
    fall_back(work, work.session.get_one(Incident, event.incident_id), now=event.at)


def follow_decision(work: Work, event: Event) -> None:
    """Analysis has decided: either there is a practice for stages 6 to 8, or they are left out with its reason."""
    assert isinstance(event, IncidentEvent)
    incident = work.session.get_one(Incident, event.incident_id)
    decided = work.session.get_one(Analysis, incident.id)
    if decided.decision == analysis_rules.NONE:
        leave_out(work, incident, why=f"No practice follows: {decided.reason}", now=event.at)
    else:
        settle(work, incident, now=event.at)


def take_along(work: Work, event: Event) -> None:
    """Every incident that is linked to the practice moves along with it."""
    assert isinstance(event, PracticeEvent)
    for incident in links.linked_incidents(work, event.practice_id):
        settle(work, incident, now=event.at)


def take_back_to_adoption(work: Work, event: Event) -> None:
    """The practice has slipped: loops that were closed by it are open again."""
    assert isinstance(event, PracticeEvent)
    practice = work.session.get_one(Practice, event.practice_id)
    for incident in links.linked_incidents(work, practice.id):
        if incident.position.is_closed and incident.state == lifecycle.DONE:
            put_back(work, incident, "adoption", why=f"{practice.name} has slipped.", by=RATCHET, now=event.at)


def take_back_to_best_practice(work: Work, event: Event) -> None:
    """The practice is retired: incidents that are under way with it need another one."""
    assert isinstance(event, PracticeEvent)
    practice = work.session.get_one(Practice, event.practice_id)
    for incident in links.linked_incidents(work, practice.id):
        if incident.stage in ("automation", "adoption") and not incident.position.is_closed:
            put_back(work, incident, "best_practice", why=f"{practice.name} is retired.", by=RATCHET, now=event.at)


def evaluate_practice(work: Work, event: Event) -> None:
    """The rule is different: every service is evaluated."""
    assert isinstance(event, PracticeEvent)
    evaluation.evaluate(work, work.session.get_one(Practice, event.practice_id), now=event.at)


def evaluate_by_new_check(work: Work, event: Event) -> None:
    """A check counts from now on. Its announcement tells the teams what to do; what is lost by it is no news."""
    assert isinstance(event, PracticeEvent)
    evaluation.evaluate(work, work.session.get_one(Practice, event.practice_id), now=event.at, is_news=False)


def evaluate_services(work: Work, event: Event) -> None:
    """Services are different: they alone are evaluated, on every practice; all that are told of so far at once."""
    assert isinstance(event, ServiceChanged)
    changed = work.take(ServiceChanged)
    if changed:
        evaluation.evaluate_services(work, [each.service_id for each in changed], now=event.at)


def forget_practice(work: Work, event: Event) -> None:
    """The practice is retired: nobody stands anywhere on it any more."""
    assert isinstance(event, PracticeEvent)
    evaluation.forget(work, work.session.get_one(Practice, event.practice_id), now=event.at)


CHAIN: Mapping[type[Event], Sequence[Reaction]] = {
    events.IncidentDeclared: (go_on,),
    events.IncidentChanged: (go_on,),
    events.AnalysisCompleted: (follow_decision, question.after_analysis),
    events.BestPracticeAgreed: (go_on,),
    events.AutomationReached: (go_on,),
    events.PracticesLinked: (fall_back_if_need_be, go_on),
    events.StageSkipped: (go_on,),
    events.StageUnblocked: (go_on,),
    events.PracticeAccepted: (take_along,),
    events.CheckActivated: (evaluate_by_new_check, take_along),
    events.PracticeChanged: (question.after_change, evaluate_practice, take_along),
    events.PracticeAdopted: (take_along,),
    events.PracticeSlipped: (take_back_to_adoption,),
    events.PracticeRetired: (question.after_change, forget_practice, take_back_to_best_practice),
    events.ServiceChanged: (evaluate_services,),
}
