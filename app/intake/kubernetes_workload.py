"""Facts of one workload, with the Services, PodDisruptionBudgets and HorizontalPodAutoscalers that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.intake import kubernetes_pod as pods
from app.intake.kubernetes_objects import Thing, Wrong, means
from app.intake.kubernetes_pod import Facts, Pod
from app.intake.problem import Problem, quoted

_STRATEGY = {"Deployment": "strategy", "StatefulSet": "updateStrategy", "DaemonSet": "updateStrategy"}
_STRATEGIES = ("RollingUpdate", "Recreate", "OnDelete")
NAME_LABELS = ("app.kubernetes.io/name", "app")
SCRAPE = "prometheus.io/scrape"


@dataclass(frozen=True)
class Workload:
    """`labels` are those of its pods, which selectors mean; `service` is the name by which the catalogue knows it."""

    thing: Thing
    service: str
    labels: dict[str, str]
    annotations: dict[str, str]
    pod: Pod


def read(thing: Thing) -> Workload:
    """Wrong: it has no template of pods, or one that is none."""
    spec, own = thing.root.below("spec"), thing.root.below("metadata").texts("labels")
    template = spec.below("template")
    about = template.below("metadata")
    labels = about.texts("labels")
    claims = (each.below("metadata").text("name") for each in spec.each("volumeClaimTemplates"))
    named = (labelled.get(label, "").strip() for label in NAME_LABELS for labelled in (own, labels))
    return Workload(
        thing, next((each for each in named if each), thing.name).lower(), labels, about.texts("annotations"),
        pods.read(template.below("spec"), frozenset(claims)),
    )  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What else is in a folder, or belongs to one workload, and speaks of workloads."""

    services: Sequence[Thing]
    budgets: Sequence[Thing]
    autoscalers: Sequence[Thing]

    @property
    def all(self) -> tuple[Thing, ...]:
        return (*self.services, *self.budgets, *self.autoscalers)

    def of(self, workload: Workload) -> Beside:
        """What belongs to this workload. Both say the same namespace, or neither says any."""
        space, labels = workload.thing.namespace, workload.labels
        return Beside(
            [each for each in self.services if each.namespace == space and serves(each, labels)],
            [each for each in self.budgets if each.namespace == space and protects(each, labels)],
            [each for each in self.autoscalers if each.namespace == space and scales(each, workload.thing)],
        )


def serves(service: Thing, labels: Mapping[str, str]) -> bool:
    """A Service without a selector means nobody."""
    selector = service.root.below("spec").texts("selector")
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def protects(budget: Thing, labels: Mapping[str, str]) -> bool:
    """An empty selector means every pod of the namespace (policy/v1); in v1beta1, or where it is missing, none."""
    spec = budget.root.below("spec")
    selector = spec.below("selector")
    is_meant, is_empty = means(selector, labels), not any(selector.values.values())
    return is_meant and spec.has("selector") and not (is_empty and budget.root.text("apiVersion") == "policy/v1beta1")


def scales(autoscaler: Thing, thing: Thing) -> bool:
    target = autoscaler.root.below("spec", "scaleTargetRef")
    return (target.text("kind"), target.text("name")) == (thing.kind, thing.name)


@contextmanager
def _said_by(thing: Thing) -> Iterator[None]:
    """A mistake in something beside the workload is told with its own name."""
    try:
        yield
    except Wrong as wrong:
        raise Wrong(f"{thing.called}: {wrong.path}", wrong.reason) from None


def facts(workload: Workload, beside: Beside) -> tuple[Facts, list[Problem]]:
    """All that can be known. A value that cannot be read is a problem, and its facts are left out."""
    found: Facts = {"kubernetes.kind": workload.thing.kind}
    problems: list[Problem] = []
    for told in _parts(workload, beside):
        try:
            found |= told()
        except Wrong as wrong:
            problems.append(workload.thing.problem(wrong.path, wrong.reason))
    return found, problems


def _parts(workload: Workload, beside: Beside) -> Iterator[Callable[[], Facts]]:
    yield from ((lambda told=told: told(workload.pod)) for told in pods.TOLD)
    yield lambda: _scale(workload.thing, beside.autoscalers)
    yield lambda: _rollout(workload.thing)
    yield lambda: _network(workload, beside.services)
    yield lambda: {"kubernetes.disruption_budget": bool(beside.budgets)}


def _scale(thing: Thing, autoscalers: Sequence[Thing]) -> Facts:
    """Kubernetes takes 1 where a number is not written. A DaemonSet has as many as there are nodes: nobody knows."""
    found: Facts = {"kubernetes.autoscaler": bool(autoscalers)}
    if autoscalers:
        with _said_by(autoscalers[0]):
            spec = autoscalers[0].root.below("spec")
            least, most = spec.whole("minReplicas"), spec.whole("maxReplicas")
            if most is None:
                raise Wrong(spec.at("maxReplicas"), "missing")
        found["kubernetes.autoscaler.min"] = found["kubernetes.replicas"] = 1 if least is None else least
        found["kubernetes.autoscaler.max"] = most
    elif thing.kind != "DaemonSet":
        replicas = thing.root.below("spec").whole("replicas")
        found["kubernetes.replicas"] = 1 if replicas is None else replicas
    return found


def _rollout(thing: Thing) -> Facts:
    spec = thing.root.below("spec")
    if thing.kind == "Rollout":  # of Argo: by canary or blueGreen, and nothing else
        strategy = spec.below("strategy")
        return {"kubernetes.rolling_update": any(each in strategy.values for each in ("canary", "blueGreen"))}
    strategy = spec.below(_STRATEGY[thing.kind])
    kind = strategy.text("type") or "RollingUpdate"
    if kind not in _STRATEGIES:
        raise Wrong(strategy.at("type"), f"{quoted(kind)} is none of {', '.join(_STRATEGIES)}")
    return {"kubernetes.rolling_update": kind == "RollingUpdate"}


def _network(workload: Workload, services: Sequence[Thing]) -> Facts:
    is_sticky, notes = False, [workload.annotations]
    for each in services:
        with _said_by(each):
            is_sticky |= each.root.below("spec").text("sessionAffinity") == "ClientIP"
            notes.append(each.root.below("metadata").texts("annotations"))
    found: Facts = {"kubernetes.session_affinity": is_sticky}
    said = {each.get(SCRAPE) for each in notes} & {"true", "false"}
    if said:
        found["kubernetes.prometheus_scrape"] = "true" in said
    return found
