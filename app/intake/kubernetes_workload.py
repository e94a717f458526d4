"""Facts of one workload, with the Services, PodDisruptionBudgets and HorizontalPodAutoscalers that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.intake import kubernetes_pod as pods
from app.intake.kubernetes_objects import Thing, Wrong, selector
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
class Companion:
    """An object that speaks of workloads, and of which ones."""

    thing: Thing
    means: Callable[[Workload], bool]


@dataclass(frozen=True)
class Beside:
    """What else is in a folder, or belongs to one workload, and speaks of workloads."""

    services: Sequence[Companion]
    budgets: Sequence[Companion]
    autoscalers: Sequence[Companion]

    @property
    def all(self) -> tuple[Companion, ...]:
        return (*self.services, *self.budgets, *self.autoscalers)

    def of(self, workload: Workload) -> Beside:
        """What belongs to this workload. Both say the same namespace, or neither says any."""
        space = workload.thing.namespace
        return Beside(*(
            [each for each in kind if each.thing.namespace == space and each.means(workload)]
            for kind in (self.services, self.budgets, self.autoscalers)
        ))  # fmt: skip


def service(thing: Thing) -> Companion:
    """A Service; without a selector it means nobody. Wrong: see `budget`."""
    wanted = thing.root.below("spec").texts("selector").items()
    return Companion(thing, lambda workload: bool(wanted) and wanted <= workload.labels.items())


def budget(thing: Thing) -> Companion:
    """An empty selector means every pod of the namespace (policy/v1); in v1beta1, or where it is missing, none.

    Wrong: the selector cannot be read. Kubernetes refuses such an object.
    """
    spec = thing.root.below("spec")
    wanted = selector(spec.below("selector"))
    is_empty = not (wanted.labels or wanted.terms)
    means_none = not spec.has("selector") or (is_empty and thing.root.text("apiVersion") == "policy/v1beta1")
    return Companion(thing, lambda workload: not means_none and wanted.means(workload.labels))


def autoscaler(thing: Thing) -> Companion:
    """A HorizontalPodAutoscaler means one workload, by kind and name. Wrong: see `budget`."""
    target = thing.root.below("spec", "scaleTargetRef")
    wanted = target.text("kind"), target.text("name")
    return Companion(thing, lambda workload: (workload.thing.kind, workload.thing.name) == wanted)


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
    return found, list(dict.fromkeys(problems))  # several facts may meet the same mistake


def _parts(workload: Workload, beside: Beside) -> Iterator[Callable[[], Facts]]:
    yield from ((lambda told=told: told(workload.pod)) for told in pods.TOLD)
    yield lambda: _scale(workload.thing, beside.autoscalers)
    yield lambda: _rollout(workload.thing)
    yield lambda: _network(workload, beside.services)
    yield lambda: {"kubernetes.disruption_budget": bool(beside.budgets)}


def _scale(thing: Thing, autoscalers: Sequence[Companion]) -> Facts:
    """Kubernetes takes 1 where a number is not written. A DaemonSet has as many as there are nodes: nobody knows."""
    found: Facts = {"kubernetes.autoscaler": bool(autoscalers)}
    if autoscalers:
        with _said_by(autoscalers[0].thing):
            spec = autoscalers[0].thing.root.below("spec")
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


def _network(workload: Workload, services: Sequence[Companion]) -> Facts:
    is_sticky, notes = False, [workload.annotations]
    for each in services:
        with _said_by(each.thing):
            is_sticky |= each.thing.root.below("spec").text("sessionAffinity") == "ClientIP"
            notes.append(each.thing.root.below("metadata").texts("annotations"))
    found: Facts = {"kubernetes.session_affinity": is_sticky}
    said = {each.get(SCRAPE) for each in notes} & {"true", "false"}
    if said:
        found["kubernetes.prometheus_scrape"] = "true" in said
    return found
