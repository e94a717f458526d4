"""Writes docs/kubernetes-verdicts.md: what starter practices say of real manifests. A test runs it and compares.

.venv/bin/python -m tests.unit.kubernetes_verdicts
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app import cel
from app.intake.kubernetes import Reported, read
from app.starter.catalogue import ALL, FACTS, Starter, find

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT.parent / "shared" / "data" / "kubernetes"
PAGE = ROOT / "docs" / "kubernetes-verdicts.md"
PASS, FAIL, ERROR, NOT = "pass", "fail", "error", "does not apply"
KEYS = (
    "no-instance-affinity", "two-replicas", "disruption-budget", "readiness", "liveness", "resource-limits",
    "staged-rollout", "immutable-images", "autoscaling", "data-backed-up", "timeouts",
)  # fmt: skip
HEAD = """# What the starter practices say of eleven public manifests

The manifests of a demonstration shop (GoogleCloudPlatform/microservices-demo, Apache-2.0) are read as they are, by
`flask --app wsgi facts kubernetes DIR --add-missing` and the [facts](facts.md) that it reports: tier 3, every one
*stateless*, because none is a StatefulSet or keeps state for good. Eleven files hold twelve workloads: `redis-cart`
stands in the file of the cart.

- **pass**, **fail**: the facts of the manifests decide.
- **error**: the check asks for a fact that manifests cannot tell; somebody else has to report it.
- **does not apply**: the selector leaves the service out. Autoscaling is asked of tiers 1 and 2, backups of stateful
  services.

"""
FOOT = """
Why, as anybody can confirm in the files: every workload runs one instance, and the folder holds no PodDisruptionBudget
and no HorizontalPodAutoscaler. `loadgenerator` has neither probe, and its first container, `frontend-check`, has no
resources. `redis-cart` writes to an emptyDir at /data: the carts are gone when its pod is. Each runs an image that is
named without a digest, and but for `redis-cart` without a tag. No workload writes a strategy, so Kubernetes rolls new
versions out step by step.

This page is written by `.venv/bin/python -m tests.unit.kubernetes_verdicts`; a test compares.
"""


def verdicts(folder: Path = MANIFESTS) -> dict[str, dict[str, str]]:
    """The verdict of each practice on each service: {service: {key of the practice: verdict}}."""
    practices = [each for key in KEYS if (each := find(key))]
    return {
        service.service: {practice.key: verdict(practice, service) for practice in practices}
        for service in read(folder).reported
    }


def verdict(practice: Starter, on: Reported) -> str:
    kind = "stateful" if on.is_stateful else "stateless"
    service: dict[str, Any] = {"name": on.service, "team": "", "tier": 3, "kind": kind, "depends_on": []}
    values = cel.Values({"service": service, "facts": dict(on.facts)})
    if not cel.read(practice.selector).holds(values):
        return NOT
    results = [_result(check.expression, values) for check in practice.checks if check.kind == FACTS]
    decisive, other = (FAIL, PASS) if practice.combine == ALL else (PASS, FAIL)
    return next((each for each in (decisive, ERROR) if each in results), other)


def _result(expression: str, values: cel.Values) -> str:
    try:
        return PASS if cel.read(expression).holds(values) else FAIL
    except cel.ExpressionError:
        return ERROR


def page(folder: Path = MANIFESTS) -> str:
    """The whole page."""
    rows = [["service", *KEYS], ["---"] * (len(KEYS) + 1)]
    rows += [[f"`{name}`", *(of[key] for key in KEYS)] for name, of in verdicts(folder).items()]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows) + FOOT


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
