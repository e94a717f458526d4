"""The facts that manifests tell, and how those of several workloads become those of one service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# A figure or claim of a service is that of its weakest workload; where no direction is the weaker one, it is known
# only if all agree. docs/facts.md says what each means, and a test holds the two together.
ALL, ANY, LEAST, SAME = "all", "any", "least", "same"
FACTS: Mapping[str, str] = {
    "kubernetes.kind": SAME,
    "kubernetes.replicas": LEAST,
    "kubernetes.autoscaler": ALL,
    "kubernetes.autoscaler.min": LEAST,
    "kubernetes.autoscaler.max": LEAST,
    "kubernetes.disruption_budget": ALL,
    "kubernetes.readiness_probe": ALL,
    "kubernetes.liveness_probe": ALL,
    "kubernetes.cpu_request_millicores": SAME,
    "kubernetes.cpu_limit_millicores": SAME,
    "kubernetes.memory_request_mib": SAME,
    "kubernetes.memory_limit_mib": SAME,
    "kubernetes.requests": ALL,
    "kubernetes.limits": ALL,
    "kubernetes.image_pinned": ALL,
    "kubernetes.image_immutable": ALL,
    "kubernetes.non_root": ALL,
    "kubernetes.read_only_root": ALL,
    "kubernetes.session_affinity": ANY,
    "kubernetes.rolling_update": ALL,
    "kubernetes.termination_grace_seconds": SAME,
    "kubernetes.spread": ALL,
    "kubernetes.local_state": ANY,
    "kubernetes.persistent_state": ANY,
    "kubernetes.prometheus_scrape": ALL,
}


def combined(of_each: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of one service from those of its workloads. What is not known of one is not known of all."""
    found: dict[str, Any] = {}
    for key, rule in FACTS.items():
        values = [each[key] for each in of_each if key in each]
        decides = {ALL: False, ANY: True}.get(rule)
        if decides is not None and decides in values:
            found[key] = decides
        elif len(values) == len(of_each):
            value = min(values) if rule == LEAST else values[0]
            if rule != SAME or all(each == value for each in values):
                found[key] = value
    return found
