"""Manifests are read as a person would read them: what they say is a fact, what they do not say is not made up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.intake import kubernetes_folder, kubernetes_quantity, kubernetes_yaml
from app.intake.kubernetes import Reading, read
from app.intake.kubernetes_facts import FACTS
from app.intake.kubernetes_yaml import Document, documents
from app.intake.problem import Unreadable
from tests.parts import need

MANIFESTS = Path(__file__).parents[4] / "shared" / "data" / "kubernetes"
DIGEST = "sha256:" + "0a" * 32
PROBE = {"httpGet": {"port": 80}}
FULL = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}}


def container(**more: Any) -> dict[str, Any]:
    return {"name": "main", "image": "registry.example:5000/shop:1.2", **more}


def workload(kind: str = "Deployment", name: str = "shop", *, pod: Any = None, about: Any = None, **spec: Any) -> Any:
    """A workload whose pods carry the label app=<name>. `pod` and `about` go into its spec and metadata."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container()], **(pod or {})}}
    about = {"name": name, **(about or {})}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": about, "spec": {"template": template, **spec}}


def thing(kind: str, api: str, name: str = "shop", *, about: Any = None, **spec: Any) -> Any:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **(about or {})}, "spec": spec}


def budget(**spec: Any) -> Any:
    return thing("PodDisruptionBudget", "policy/v1", **(spec or {"selector": {"matchLabels": {"app": "shop"}}}))


def autoscaler(api: str = "autoscaling/v2", **spec: Any) -> Any:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    return thing("HorizontalPodAutoscaler", api, **{"scaleTargetRef": target, **spec})


@pytest.fixture
def of(tmp_path: Path) -> Any:
    """`of(object, …)` is the reading of a folder that holds these objects in one file; a text is taken as it is."""

    def read_them(*objects: Any) -> Reading:
        texts = [each if isinstance(each, str) else yaml.safe_dump(each) for each in objects]
        (tmp_path / "all.yaml").write_text("\n---\n".join(texts), encoding="utf-8")
        return read(tmp_path)

    return read_them


def facts(reading: Reading, *keys: str) -> Any:
    """The facts of the only service: one value, or several."""
    assert [str(each) for each in reading.problems] == []
    (reported,) = reading.reported
    found = [reported.facts.get(f"kubernetes.{key}", "absent") for key in keys]
    return found[0] if len(found) == 1 else found


# Real manifests. The expectation was written by reading the files: cpu and memory asked for, cpu and memory at most,
# and the seconds to end by itself.

REAL = {
    "adservice": (200, 180, 300, 300, 5),
    "cartservice": (200, 64, 300, 128, 5),
    "checkoutservice": (100, 64, 200, 128, 30),
    "currencyservice": (100, 64, 200, 128, 5),
    "emailservice": (100, 64, 200, 128, 5),
    "frontend": (100, 64, 200, 128, 30),
    "loadgenerator": (300, 256, 500, 512, 5),
    "paymentservice": (100, 64, 200, 128, 5),
    "productcatalogservice": (100, 64, 200, 128, 5),
    "recommendationservice": (100, 220, 200, 450, 5),
    "redis-cart": (70, 200, 125, 256, 30),
    "shippingservice": (100, 64, 200, 128, 30),
}


def test_the_facts_of_real_manifests_are_what_a_person_reads_there() -> None:
    need("the folder ../shared/data/kubernetes", MANIFESTS.is_dir())
    reading = read(MANIFESTS)
    assert (reading.problems, reading.notes, dict(reading.skipped)) == ([], [], {"ServiceAccount": 11})
    assert [each.service for each in reading.reported] == sorted(REAL)
    for each in reading.reported:
        cpu, memory, cpu_most, memory_most, seconds = REAL[each.service]
        is_load, is_redis = each.service == "loadgenerator", each.service == "redis-cart"
        assert dict(each.facts) == {
            "kubernetes.kind": "Deployment",
            "kubernetes.replicas": 1,
            "kubernetes.autoscaler": False,
            "kubernetes.disruption_budget": False,
            "kubernetes.readiness_probe": not is_load,
            "kubernetes.liveness_probe": not is_load,
            "kubernetes.cpu_request_millicores": cpu,
            "kubernetes.cpu_limit_millicores": cpu_most,
            "kubernetes.memory_request_mib": memory,
            "kubernetes.memory_limit_mib": memory_most,
            "kubernetes.requests": not is_load,  # its first container asks for nothing
            "kubernetes.limits": not is_load,
            "kubernetes.image_pinned": is_redis,  # redis:alpine; the others have no tag
            "kubernetes.image_immutable": False,
            "kubernetes.non_root": True,
            "kubernetes.read_only_root": True,
            "kubernetes.session_affinity": False,
            "kubernetes.rolling_update": True,
            "kubernetes.termination_grace_seconds": seconds,
            "kubernetes.spread": False,
            "kubernetes.local_state": is_redis,  # an emptyDir at /data
            "kubernetes.persistent_state": False,
        }
        assert not each.is_stateful


# What one workload says


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload()], (1, False, "absent", "absent")),
        ([workload(replicas=0)], (0, False, "absent", "absent")),
        ([workload(replicas=3)], (3, False, "absent", "absent")),
        ([workload(replicas=3), autoscaler(minReplicas=2, maxReplicas=9)], (2, True, 2, 9)),
        ([workload(replicas=3), autoscaler("autoscaling/v1", maxReplicas=9)], (1, True, 1, 9)),
        ([workload("DaemonSet")], ("absent", False, "absent", "absent")),
        ([workload("StatefulSet", replicas=3)], (3, False, "absent", "absent")),
        ([workload(), autoscaler(maxReplicas=9) | {"apiVersion": "keda.sh/v1"}], (1, False, "absent", "absent")),
    ],
)
def test_how_many_instances_run_at_the_least(of: Any, objects: list[Any], expected: tuple[Any, ...]) -> None:
    found = facts(of(*objects), "replicas", "autoscaler", "autoscaler.min", "autoscaler.max")
    assert tuple(found) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"selector": {"matchLabels": {"app": "shop"}}}, True),
        ({"selector": {"matchLabels": {"app": "shop", "tier": "web"}}}, False),
        ({"selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "shop"]}]}}, True),
        ({"selector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["shop"]}]}}, False),
        ({"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}, True),
        ({"selector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}, False),
        ({"selector": {}}, True),
        ({"minAvailable": 1}, False),
    ],
)
def test_a_disruption_budget_means_the_pods_of_its_selector(of: Any, spec: Any, expected: bool) -> None:
    reading = of(workload(), budget(**spec))
    assert facts(reading, "disruption_budget") is expected
    assert ["means no workload of this folder" in str(each) for each in reading.notes] == [True] * (not expected)


def test_an_empty_selector_of_the_old_api_means_nobody(of: Any) -> None:
    old = budget(selector={}) | {"apiVersion": "policy/v1beta1"}
    assert facts(of(workload(), old), "disruption_budget") is False


def test_what_says_another_namespace_belongs_to_others(of: Any) -> None:
    other = budget()
    other["metadata"]["namespace"] = "test"
    assert facts(of(workload(), other), "disruption_budget") is False
    assert facts(of(workload(about={"namespace": "test"}), other), "disruption_budget") is True


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ({"containers": [container()]}, [False, False]),
        ({"containers": [container(readinessProbe=PROBE, livenessProbe={"grpc": {"port": 1}})]}, [True, True]),
        ({"containers": [container(readinessProbe=PROBE), container(name="other")]}, [False, False]),
        ({"containers": [container(readinessProbe={}, livenessProbe=None)]}, [False, False]),
        ({"containers": [container(readinessProbe=PROBE)], "initContainers": [container(name="first")]}, [True, False]),
        (
            {
                "containers": [container(readinessProbe=PROBE)],
                "initContainers": [container(name="sidecar", restartPolicy="Always")],
            },
            [False, False],
        ),
    ],
)
def test_every_container_that_goes_on_running_needs_its_probes(of: Any, pod: Any, expected: list[bool]) -> None:
    assert facts(of(workload(pod=pod)), "readiness_probe", "liveness_probe") == expected


def resources(**given: Any) -> Any:
    return {"containers": [container(resources=given)]}


@pytest.mark.parametrize(
    ("pod", "figures", "claims"),
    [
        (resources(**FULL), [100, 200, 64, 128], [True, True]),
        ({"containers": [container(resources=FULL), container(resources=FULL)]}, [200, 400, 128, 256], [True, True]),
        (resources(limits={"cpu": 1, "memory": "1Gi"}), [1000, 1000, 1024, 1024], [True, True]),
        (resources(requests={"cpu": 0.5, "memory": "128M"}), [500, "absent", 123, "absent"], [True, False]),
        (resources(limits={"cpu": "1.5"}), [1500, 1500, "absent", "absent"], [False, False]),
        ({"containers": [container(resources=FULL), container()]}, ["absent"] * 4, [False, False]),
        (resources(), ["absent"] * 4, [False, False]),
        (resources(limits={"cpu": "0", "memory": "1Mi"}), ["absent", "absent", 1, 1], [False, False]),
        (
            {"containers": [container(resources=FULL)], "initContainers": [container()]},
            [100, 200, 64, 128],
            [False, False],
        ),
        ({"containers": [container(), container()], "resources": FULL}, [100, 200, 64, 128], [True, True]),
    ],
)
def test_what_a_pod_asks_for_and_may_take_at_most(of: Any, pod: Any, figures: list[Any], claims: list[bool]) -> None:
    reading = of(workload(pod=pod))
    keys = ("cpu_request_millicores", "cpu_limit_millicores", "memory_request_mib", "memory_limit_mib")
    assert facts(reading, *keys) == figures
    assert facts(reading, "requests", "limits") == claims


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("shop", [False, False]),
        ("shop:latest", [False, False]),
        ("shop:1.2", [True, False]),
        ("localhost:5000/shop", [False, False]),
        ("localhost:5000/shop:1.2", [True, False]),
        (f"shop@{DIGEST}", [True, True]),
        (f"shop:latest@{DIGEST}", [True, True]),
        ("shop@sha256:short", [False, False]),
    ],
)
def test_a_tag_pins_an_image_and_only_a_digest_keeps_it(of: Any, image: str, expected: list[bool]) -> None:
    pod = {"containers": [container(image=image), container(name="other", image=f"x:1@{DIGEST}")]}
    assert facts(of(workload(pod=pod)), "image_pinned", "image_immutable") == expected


@pytest.mark.parametrize(
    ("of_pod", "of_container", "expected"),
    [
        ({}, {}, False),
        ({"runAsNonRoot": True}, {}, True),
        ({"runAsUser": 1000}, {}, True),
        ({"runAsUser": 1000}, {"runAsUser": 0}, False),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False}, False),
        ({"runAsUser": 0}, {"runAsNonRoot": True}, False),
    ],
)
def test_what_a_container_says_of_its_user_wins(of: Any, of_pod: Any, of_container: Any, expected: bool) -> None:
    pod = {"securityContext": of_pod, "containers": [container(securityContext=of_container)]}
    assert facts(of(workload(pod=pod)), "non_root") is expected


def test_a_root_file_system_is_read_only_if_every_container_says_so(of: Any) -> None:
    says = {"securityContext": {"readOnlyRootFilesystem": True}}
    pod = {"containers": [container(**says)], "initContainers": [container(name="first")]}
    assert facts(of(workload(pod=pod)), "read_only_root") is False
    assert facts(of(workload(pod={"containers": [container(**says)]})), "read_only_root") is True


@pytest.mark.parametrize(
    ("volume", "mount", "expected"),
    [
        ({"emptyDir": {}}, {}, [True, False]),
        ({"emptyDir": {}}, {"mountPath": "/tmp/"}, [False, False]),
        ({"emptyDir": {}}, {"readOnly": True}, [False, False]),
        ({"hostPath": {"path": "/var"}}, {}, [True, True]),
        ({"hostPath": {"path": "/var"}}, {"readOnly": True}, [False, False]),
        ({"persistentVolumeClaim": {"claimName": "x"}}, {}, [True, True]),
        ({"persistentVolumeClaim": {"claimName": "x"}}, {"mountPath": "/tmp"}, [True, True]),
        ({"persistentVolumeClaim": {"claimName": "x", "readOnly": True}}, {}, [False, False]),
        ({"configMap": {"name": "x"}}, {}, [False, False]),
    ],
)
def test_state_is_what_a_running_container_may_write_to(of: Any, volume: Any, mount: Any, expected: list[bool]) -> None:
    mounts = [{"name": "data", "mountPath": "/data", **mount}]
    pod = {"containers": [container(volumeMounts=mounts)], "volumes": [{"name": "data", **volume}]}
    reading = of(workload(pod=pod))
    assert facts(reading, "local_state", "persistent_state") == expected
    assert reading.reported[0].is_stateful is expected[1]


def test_the_volumes_that_a_stateful_set_claims_are_its_state(of: Any) -> None:
    pod = {"containers": [container(volumeMounts=[{"name": "data", "mountPath": "/data"}])]}
    reading = of(workload("StatefulSet", pod=pod, volumeClaimTemplates=[{"metadata": {"name": "data"}}]))
    assert facts(reading, "local_state", "persistent_state") == [True, True]
    reading = of(workload("StatefulSet"))
    assert facts(reading, "persistent_state") is False
    assert reading.reported[0].is_stateful


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (workload(), True),
        (workload(strategy={"type": "Recreate"}), False),
        (workload(strategy={"rollingUpdate": {"maxSurge": 1}}), True),
        (workload("StatefulSet", updateStrategy={"type": "OnDelete"}), False),
        (workload("DaemonSet", updateStrategy={"type": "RollingUpdate"}), True),
        (workload("Rollout", strategy={"canary": {}}) | {"apiVersion": "argoproj.io/v1alpha1"}, True),
    ],
)
def test_a_new_version_goes_out_step_by_step(of: Any, made: Any, expected: bool) -> None:
    assert facts(of(made), "rolling_update") is expected


def test_what_keeps_pods_apart_and_how_long_they_may_take_to_end(of: Any) -> None:
    assert facts(of(workload()), "spread", "termination_grace_seconds") == [False, 30]
    apart = {"topologySpreadConstraints": [{"maxSkew": 1}], "terminationGracePeriodSeconds": 0}
    assert facts(of(workload(pod=apart)), "spread", "termination_grace_seconds") == [True, 0]
    how = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}
    assert facts(of(workload(pod={"affinity": {"podAntiAffinity": how}})), "spread") is True
    assert facts(of(workload(pod={"affinity": {"podAffinity": how}})), "spread") is False


def test_session_affinity_is_that_of_a_service_that_means_the_pods(of: Any) -> None:
    sticky = thing("Service", "v1", selector={"app": "shop"}, sessionAffinity="ClientIP")
    assert facts(of(workload(), sticky), "session_affinity") is True
    other = thing("Service", "v1", selector={"app": "other"}, sessionAffinity="ClientIP")
    assert facts(of(workload(), other), "session_affinity") is False
    nobody = thing("Service", "v1", sessionAffinity="ClientIP")
    assert facts(of(workload(), nobody), "session_affinity") is False
    knative = thing("Service", "serving.knative.dev/v1", sessionAffinity="ClientIP", selector={"app": "shop"})
    reading = of(workload(), knative)
    assert facts(reading, "session_affinity") is False
    assert dict(reading.skipped) == {"Service of serving.knative.dev": 1}


def test_prometheus_is_told_by_annotations_or_not_at_all(of: Any) -> None:
    assert facts(of(workload()), "prometheus_scrape") == "absent"
    made = workload()
    made["spec"]["template"]["metadata"]["annotations"] = {"prometheus.io/scrape": "false"}
    assert facts(of(made), "prometheus_scrape") is False
    about = {"annotations": {"prometheus.io/scrape": "true"}}
    assert facts(of(made, thing("Service", "v1", about=about, selector={"app": "shop"})), "prometheus_scrape") is True


# Names, and several workloads of one service


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, "shop"),
        ({"app": "Front"}, "front"),
        ({"app": "front", "app.kubernetes.io/name": "checkout"}, "checkout"),
        ({"app": "1.10"}, "1.10"),
    ],
)
def test_the_name_is_the_label_or_that_of_the_workload(of: Any, labels: Any, expected: str) -> None:
    made = workload(about={"name": "shop-v2", "labels": labels})
    if not labels:
        made["spec"]["template"]["metadata"]["labels"] = {}
        made["metadata"]["name"] = "shop"
    assert [each.service for each in of(made).reported] == [expected]


def test_a_label_without_quotes_is_the_text_that_was_written(of: Any) -> None:
    text = yaml.safe_dump(workload(about={"labels": {"app": "MARK"}})).replace("MARK", "1.10")
    assert [each.service for each in of(text).reported] == ["1.10"]


def test_the_weakest_workload_decides_for_the_service(of: Any) -> None:
    label = {"labels": {"app.kubernetes.io/name": "shop"}}
    strong = {"containers": [container(readinessProbe=PROBE, resources=FULL)], "terminationGracePeriodSeconds": 5}
    state = {
        "containers": [container(volumeMounts=[{"name": "d", "mountPath": "/d"}], resources=FULL)],
        "volumes": [{"name": "d", "hostPath": {"path": "/d"}}],
    }
    reading = of(
        workload(name="web", replicas=5, pod=strong, about=label),
        workload("StatefulSet", name="store", replicas=2, pod=state, about=label),
        autoscaler(maxReplicas=3, scaleTargetRef={"kind": "Deployment", "name": "web"}),
    )
    assert facts(reading, "kind", "replicas", "readiness_probe", "local_state") == ["absent", 1, False, True]
    assert facts(reading, "limits", "cpu_limit_millicores", "termination_grace_seconds") == [True, 200, "absent"]
    assert facts(reading, "autoscaler", "autoscaler.max") == [False, "absent"]
    assert reading.reported[0].is_stateful
    (note,) = reading.notes
    assert "Deployment web in all.yaml; StatefulSet store in all.yaml are one service" in str(note)


def test_the_number_of_a_daemon_set_makes_that_of_the_service_unknown(of: Any) -> None:
    reading = of(workload(replicas=3), workload("DaemonSet", about={"name": "agent", "labels": {"app": "shop"}}))
    assert facts(reading, "replicas", "kind") == ["absent", "absent"]


def test_every_fact_that_is_told_is_on_the_list(of: Any) -> None:
    about = {"annotations": {"prometheus.io/scrape": "true"}}
    service = thing("Service", "v1", about=about, selector={"app": "shop"})
    reading = of(workload(pod=resources(**FULL)), service, budget(), autoscaler(maxReplicas=2))
    assert set(reading.reported[0].facts) == set(FACTS)


# What cannot be read


def test_a_broken_document_stops_no_other(of: Any) -> None:
    one, two, three = (workload(name=each) for each in ("one", "two", "three"))
    reading = of(one, "a: [1", two, "b: 1\nb: 2", "just words", three)
    assert [each.service for each in reading.reported] == ["one", "three", "two"]
    told = [str(each) for each in reading.problems]
    assert [each.split(":")[1].strip() for each in told] == ["document 2", "document 4", "document 5"]
    assert "no valid YAML" in told[0]
    assert "the key “b” is there twice" in told[1]
    assert "no object of Kubernetes" in told[2]


def test_a_problem_names_the_line_of_the_file(of: Any) -> None:
    reading = of("# first line\n# second\na: 1", "b:\n  - 1\n c: 2")
    assert [each.line for each in reading.problems] == [7]


@pytest.mark.parametrize(
    ("spoil", "sentence", "lost"),
    [
        (lambda spec: spec.update(replicas="3"), "spec.replicas: line 1: “3” in quotes is no whole number", "replicas"),
        (lambda spec: spec.update(replicas=-1), "“-1” is no whole number from 0 up", "replicas"),
        (lambda spec: spec.update(strategy="Recreate"), "spec.strategy: line 1: a mapping is", "rolling_update"),
        (lambda spec: spec.update(strategy={"type": "Slow"}), "“Slow” is none of RollingUpdate", "rolling_update"),
        (
            lambda spec: spec["template"]["spec"].update(resources(limits={"cpu": "lots"})),
            "containers[main].resources.limits.cpu: line 1: “lots” is no quantity",
            "limits",
        ),
        (
            lambda spec: spec["template"]["spec"].update(containers=[container(volumeMounts=[{"name": "no"}])]),
            "there is no volume no in this pod",
            "local_state",
        ),
        (
            lambda spec: spec["template"]["spec"].update(containers=[{"name": "main"}]),
            "containers[main].image: line 1: missing",
            "image_pinned",
        ),
        (
            lambda spec: spec["template"]["spec"].update(securityContext={"runAsNonRoot": "yes"}),
            "“yes” in quotes is neither true nor false",
            "non_root",
        ),
    ],
)
def test_a_wrong_value_costs_its_own_facts_and_no_others(of: Any, spoil: Any, sentence: str, lost: str) -> None:
    made = workload()
    spoil(made["spec"])
    reading = of(made)
    assert sentence in " ".join(str(each) for each in reading.problems)
    (reported,) = reading.reported
    assert f"kubernetes.{lost}" not in reported.facts
    assert {"kubernetes.kind", "kubernetes.disruption_budget", "kubernetes.spread"} <= set(reported.facts)


def test_a_wrong_companion_is_told_by_its_own_name_and_belongs_to_nobody(of: Any) -> None:
    wrong = budget(selector={"matchExpressions": [{"key": "app", "operator": "Like"}]})
    reading = of(workload(), wrong, autoscaler(maxReplicas="many"))
    told = " ".join(str(each) for each in reading.problems)
    assert "PodDisruptionBudget shop: spec.selector.matchExpressions[0].operator: line" in told
    assert "HorizontalPodAutoscaler shop: spec.maxReplicas: line" in told
    assert reading.reported[0].facts["kubernetes.disruption_budget"] is False
    assert "kubernetes.autoscaler.max" not in reading.reported[0].facts


def test_a_patch_and_a_template_are_named_for_what_they_are(of: Any) -> None:
    patch = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": {"replicas": 3}}
    reading = of(patch, "kind: Deployment\nspec: {replicas: {{ .Values.replicas }} }", "{{- if .Values.on }}\nkind: X")
    assert reading.reported == []
    told = [str(each) for each in reading.problems]
    assert any("render it first, with `kubectl kustomize`" in each for each in told)
    assert sum("for example with `helm template`" in each for each in told) == 2


def test_a_list_is_what_it_holds(of: Any) -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [workload(), {"kind": "List", "items": [budget(), 5]}]}
    reading = of(listed)
    assert [each.service for each in reading.reported] == ["shop"]
    assert reading.reported[0].facts["kubernetes.disruption_budget"] is True
    assert [each.reason for each in reading.problems] == ["no object of Kubernetes: a mapping is expected here"]


def test_other_kinds_are_counted(of: Any) -> None:
    reading = of(thing("ConfigMap", "v1"), thing("ConfigMap", "v1"), {"replicas": 3}, "# nothing", "")
    assert dict(reading.skipped) == {"ConfigMap": 2, "no kind": 1}
    assert (reading.reported, reading.problems) == ([], [])


# YAML


def values(text: str) -> list[Any]:
    found = documents("x", text)
    return [each.value if isinstance(each, Document) else f"{each.line}: {each.reason}" for each in found]


def test_scalars_stay_the_texts_that_were_written() -> None:
    assert values("{a: 1.10, b: no, c: 010, d: ~, e: '~', f: 2020-01-01, g: 1:30}") == [
        {"a": "1.10", "b": "no", "c": "010", "d": None, "e": "~", "f": "2020-01-01", "g": "1:30"}
    ]


def test_anchors_and_merges_are_followed() -> None:
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [{b: 9}, *x]}"
    assert values(text) == [{"x": {"a": "1", "b": "2"}, "y": {"b": "3", "a": "1"}, "z": {"b": "9", "a": "1"}}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &a [*a]", "1: the alias *a stands for nothing"),
        ("a: *b", "1: the alias *b"),
        ("a: !!python/object:os.system {}", "1: the tag"),
        ("a: !secret x", "1: the tag"),
        ("[" * 200 + "]" * 200, "1: it is nested more than 100 deep"),
        ("[" * 100_000, "1: it is nested more than 100 deep"),
        ("{[1]: 2}", "1: a list or a mapping stands where a key is expected"),
        ('a: "\\0"', "1: it holds a NUL character"),
        ("a: \x01", "1: it holds a character that YAML does not allow"),
        ("x: 1\n\n%", "3: no valid YAML"),
    ],
)
def test_what_is_hostile_or_wrong_is_told_with_its_line(text: str, reason: str) -> None:
    (told,) = values(text)
    assert told.startswith(reason)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 60)]
    (told,) = values("\n".join(lines))
    assert f"more than {kubernetes_yaml.VALUES_MAX:,} values" in told


def test_a_mark_within_a_line_ends_no_document() -> None:
    text = "a: b---c\n---\n---\n--- {d: 1}\n...\n--- |\n text\n"
    assert values(text) == [{"a": "b---c"}, {"d": "1"}, "text\n"]


@given(st.text(max_size=200))
def test_no_text_at_all_makes_the_reader_fail(text: str) -> None:
    for each in documents("x", text):
        assert each.file == "x"


# Quantities


@pytest.mark.parametrize(
    ("text", "cores", "size"),
    [
        ("250m", 250, 1), ("0.5", 500, 1), (".5", 500, 1), ("2", 2000, 1), ("2.", 2000, 1), ("1e3", 1_000_000, 1),
        ("1E3", 1_000_000, 1), ("1e-3", 1, 1), ("128Mi", None, 128), ("1Gi", None, 1024), ("1G", None, 954),
        ("128M", None, 123), ("1Ki", None, 1), ("1048576", None, 1), ("1048577", None, 2), ("1k", None, 1),
        ("1Ti", None, 1_048_576), ("100u", 1, 1), ("1n", 1, 1), ("+1", 1000, 1), ("-0", 0, 0), ("0", 0, 0),
    ],
)  # fmt: skip
def test_quantities_are_exact_and_rounded_up(text: str, cores: int | None, size: int) -> None:
    value = kubernetes_quantity.read(text)
    assert cores is None or kubernetes_quantity.millicores(value) == cores
    assert kubernetes_quantity.mebibytes(value) == size


@pytest.mark.parametrize(
    "text", ["", "m", "1mi", "1 Mi", "1KiB", "ten", "1e", "1e999", "0x10", "1_000", "٣", "9" * 50, "8Ei", "-1", "1.2.3"]
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(kubernetes_quantity.NoQuantity):
        kubernetes_quantity.read(text)


# Folders


def test_a_folder_is_read_at_every_depth_and_by_its_endings(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one.YML").write_text(yaml.safe_dump(workload(name="one")))
    (tmp_path / "two.yaml").write_text("\ufeff" + yaml.safe_dump(workload(name="two")))
    (tmp_path / "three.txt").write_text(yaml.safe_dump(workload(name="three")))
    reading = read(tmp_path)
    assert [(each.service, each.file) for each in reading.reported] == [("one", "a/b/one.YML"), ("two", "two.yaml")]
    assert reading.files == 2


def test_links_are_read_once_and_never_lead_out_of_the_folder(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.yaml").write_text(yaml.safe_dump(workload(name="secret")))
    (folder / "real.yaml").write_text(yaml.safe_dump(workload(name="real")))
    (folder / "again.yaml").symlink_to(folder / "real.yaml")
    (folder / "out.yaml").symlink_to(outside / "secret.yaml")
    (folder / "more").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    (folder / "words.txt").symlink_to(outside / "secret.yaml")
    reading = read(folder)
    assert [each.service for each in reading.reported] == ["real"]
    assert sorted(str(each) for each in reading.problems) == [
        "more: file: leads out of the folder; it is not followed",
        "out.yaml: file: leads out of the folder; it is not followed",
    ]


def test_files_that_are_none_too_large_or_no_text_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * (kubernetes_folder.FILE_MAX + 1))
    (tmp_path / "bytes.yaml").write_bytes(b"a: 1\nb: \xff")
    (tmp_path / "nul.yaml").write_bytes(b"a: 1\n\x00")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    (tmp_path / "good.yaml").write_text(yaml.safe_dump(workload()))
    reading = read(tmp_path)
    assert [str(each) for each in reading.problems] == [
        "bytes.yaml: file: line 2: not UTF-8: byte 0xFF",
        "gone.yaml: file: not a file",
        "large.yaml: file: larger than 10,000,000 bytes",
        "nul.yaml: file: line 2: holds a NUL character: it is no YAML",
        "pipe.yaml: file: not a file",
    ]
    assert [each.service for each in reading.reported] == ["shop"]


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path) -> None:
    first = tmp_path / "first.yaml"
    first.touch()
    for number in range(kubernetes_folder.FILES_MAX):
        (tmp_path / f"{number}.yaml").hardlink_to(first)  # making as many files takes seconds
    with pytest.raises(Unreadable, match="has more than 5,000 YAML files"):
        read(tmp_path)
