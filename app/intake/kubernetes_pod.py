"""Facts that the template of a workload's pods tells by itself: probes, resources, images, rights, volumes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.intake import kubernetes_quantity as quantity
from app.intake.kubernetes_objects import Place, Wrong

_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_PROBES = ("exec", "httpGet", "tcpSocket", "grpc")
_SCRATCH = ("/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm")  # noqa: S108 - read in manifests, never opened
_GRACE_SECONDS = 30  # what Kubernetes takes when nothing is written

Facts = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """`running` are the containers that go on running, sidecars among them; `all` also those that run at the start."""

    spec: Place
    running: tuple[Place, ...]
    all: tuple[Place, ...]
    claims: frozenset[str]  # volumes by the names of a StatefulSet's volumeClaimTemplates


def read(spec: Place, claims: frozenset[str]) -> Pod:
    """Wrong: there is no container, so this is no whole template."""
    containers, starters = spec.each("containers"), spec.each("initContainers")
    if not containers:
        reason = "missing; a part of an object, such as a patch, is not read: render it first, with `kubectl kustomize`"
        raise Wrong(spec.at("containers"), reason)
    sidecars = [each for each in starters if each.text("restartPolicy") == "Always"]
    return Pod(spec, (*containers, *sidecars), (*containers, *starters), claims)


def probes(pod: Pod) -> Facts:
    def has(kind: str) -> bool:
        return all(any(each.below(kind).has(how) for how in _PROBES) for each in pod.running)

    return {"kubernetes.readiness_probe": has("readinessProbe"), "kubernetes.liveness_probe": has("livenessProbe")}


def _sums(pod: Pod, resource: str, unit: str, rounded: Callable[[Fraction], int]) -> Facts:
    """Sums of one pod. A request that is not written is the limit, as in Kubernetes; zero is as good as none."""
    found: Facts = {}
    in_whole = pod.spec.below("resources")  # newer clusters take figures for the whole pod: they win
    for kind, given in (("request", _request), ("limit", _limit)):
        figures = [given(in_whole, resource)]
        if not figures[0]:
            figures = [given(each.below("resources"), resource) for each in pod.running]
        if all(figures):
            total = sum((each for each in figures if each), Fraction(0))
            found[f"kubernetes.{resource}_{kind}_{unit}"] = rounded(total)
    return found


def cpu(pod: Pod) -> Facts:
    return _sums(pod, "cpu", "millicores", quantity.millicores)


def memory(pod: Pod) -> Facts:
    return _sums(pod, "memory", "mib", quantity.mebibytes)


def bounds(pod: Pod) -> Facts:
    in_whole = pod.spec.below("resources")
    return {
        f"kubernetes.{kind}": all(
            given(in_whole, resource) or all(given(each.below("resources"), resource) for each in pod.all)
            for resource in ("cpu", "memory")
        )
        for kind, given in (("requests", _request), ("limits", _limit))
    }


def _limit(place: Place, resource: str) -> Fraction | None:
    return place.below("limits").quantity(resource) or None


def _request(place: Place, resource: str) -> Fraction | None:
    given = place.below("requests").quantity(resource)
    return _limit(place, resource) if given is None else given or None


def images(pod: Pod) -> Facts:
    names = [each.text("image").strip() for each in pod.all]
    if missing := [each for each, name in zip(pod.all, names, strict=True) if not name]:
        raise Wrong(missing[0].at("image"), "missing")
    is_by_digest = [_DIGEST.fullmatch(name.partition("@")[2]) is not None for name in names]
    tags = [name.partition("@")[0].rpartition("/")[2].partition(":")[2] for name in names]
    return {
        "kubernetes.image_pinned": all(
            digest or tag not in ("", "latest") for digest, tag in zip(is_by_digest, tags, strict=True)
        ),
        "kubernetes.image_immutable": all(is_by_digest),
    }


def rights(pod: Pod) -> Facts:
    """What a container says wins over what the pod says, as in Kubernetes."""

    def is_non_root(container: Place) -> bool:
        places = container.below("securityContext"), pod.spec.below("securityContext")
        user = next((found for each in places if (found := each.whole("runAsUser")) is not None), None)
        said = next((found for each in places if (found := each.flag("runAsNonRoot")) is not None), False)
        return said if user is None else user > 0

    return {
        "kubernetes.non_root": all(is_non_root(each) for each in pod.all),
        "kubernetes.read_only_root": all(
            each.below("securityContext").flag("readOnlyRootFilesystem") is True for each in pod.all
        ),
    }


def volumes(pod: Pod) -> Facts:
    kept = {each.text("name"): each for each in pod.spec.each("volumes")}
    found = [_lasting(path, kept, pod.claims, name) for path, name in _written(pod)]
    return {
        "kubernetes.local_state": any(each is not None for each in found),
        "kubernetes.persistent_state": any(found),
    }


def _written(pod: Pod) -> Iterator[tuple[Place, str]]:
    """The mounts and devices that a running container may write to, and the volume of each."""
    for container in pod.running:
        for mount in container.each("volumeMounts"):
            if mount.flag("readOnly") is not True:
                yield mount, mount.text("name")
        for device in container.each("volumeDevices"):
            yield device, device.text("name")


def _lasting(mount: Place, kept: Mapping[str, Place], claims: frozenset[str], name: str) -> bool | None:
    """True if it outlives the pod, False if it ends with it, None if it is no state of this pod."""
    if name in claims:
        return True
    if name not in kept:
        raise Wrong(mount.at("name"), f"there is no volume {name or 'without a name'} in this pod")
    volume = kept[name]
    if volume.has("hostPath"):
        return True
    if volume.has("persistentVolumeClaim"):
        return None if volume.below("persistentVolumeClaim").flag("readOnly") is True else True
    is_scratch = mount.text("mountPath").rstrip("/") in _SCRATCH
    return False if not is_scratch and ("emptyDir" in volume.values or volume.has("ephemeral")) else None


def placing(pod: Pod) -> Facts:
    anti = pod.spec.below("affinity", "podAntiAffinity")
    hows = ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution")
    is_apart = any(anti.each(how) for how in hows)
    grace = pod.spec.whole("terminationGracePeriodSeconds")
    return {
        "kubernetes.spread": is_apart or bool(pod.spec.each("topologySpreadConstraints")),
        "kubernetes.termination_grace_seconds": _GRACE_SECONDS if grace is None else grace,
    }


TOLD: tuple[Callable[[Pod], Facts], ...] = (probes, cpu, memory, bounds, images, rights, volumes, placing)
