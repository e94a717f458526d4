"""Facts by the command line: manifests and files become what services are known by, once and visibly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people import OWNER, RATCHET, Actor
from app.models.adoption import Standing
from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.starter.catalogue import find
from app.wiring import build_app
from app.workflow import automation, best_practice, catalog, people
from config import Settings
from tests.parts import need

MANIFESTS = Path(__file__).parents[3] / "shared" / "data" / "kubernetes"
NAMES = [
    "adservice", "cartservice", "checkoutservice", "currencyservice", "emailservice", "frontend", "loadgenerator",
    "paymentservice", "productcatalogservice", "recommendationservice", "redis-cart", "shippingservice",
]  # fmt: skip


def deployment(name: str, *, kind: str = "Deployment", volumes: Any = (), mounts: Any = (), **spec: Any) -> Any:
    container = {"name": "main", "image": "x:1", "volumeMounts": list(mounts)}
    pod = {"containers": [container], "volumes": list(volumes)}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {"template": template, **spec}}


def write(folder: Path, *objects: Any, name: str = "all.yaml") -> str:
    texts = [each if isinstance(each, str) else yaml.safe_dump(each) for each in objects]
    (folder / name).write_text("\n---\n".join(texts), encoding="utf-8")
    return str(folder)


def known(session: Session, name: str) -> dict[str, Any]:
    session.expire_all()
    rows = select(Fact.key, Fact.value).join(Service, Service.id == Fact.service_id).where(Service.name == name)
    return {row[0]: row[1] for row in session.execute(rows)}


def services(session: Session) -> dict[str, Service]:
    session.expire_all()
    return {each.name: each for each in session.scalars(select(Service).order_by(Service.name))}


@pytest.fixture
def add(begin: Any, clock: Any) -> Any:
    """`add("cart", …)`: services in the catalogue."""

    def add_them(*names: str) -> None:
        with begin() as work:
            for name in names:
                catalog.add_service(work, catalog.ServiceTold(name=name), by=RATCHET, now=clock())

    return add_them


def test_one_command_takes_the_facts_of_eleven_manifests_and_again_nothing_is_new(
    run: Any, session: Session, clock: Any
) -> None:
    need("the folder ../shared/data/kubernetes", MANIFESTS.is_dir())
    done = run("facts", "kubernetes", str(MANIFESTS), "--add-missing")
    assert done.exit_code == 0, done.output
    assert "Objects that tell no facts: 11 ServiceAccount." in done.output
    assert "12 services in 11 files: 12 reported, 0 unknown, 0 refused; 264 facts new, 0 changed" in done.output
    found = services(session)
    assert sorted(found) == NAMES
    assert {(each.tier, each.kind) for each in found.values()} == {(3, "stateless")}
    assert known(session, "recommendationservice")["kubernetes.memory_limit_mib"] == 450
    assert known(session, "loadgenerator")["kubernetes.readiness_probe"] is False
    assert known(session, "frontend")["kubernetes.readiness_probe"] is True
    assert {each.source for each in session.scalars(select(Fact))} == {"kubernetes"}
    later = clock.tick(days=1)
    done = run("facts", "kubernetes", str(MANIFESTS))
    assert done.exit_code == 0
    assert "0 facts new, 0 changed, 0 gone, 264 as before." in done.output
    assert len(services(session)) == 12
    assert {each.at for each in session.scalars(select(Fact))} == {later}  # seen again: as fresh as today


def test_a_dry_run_says_the_same_and_keeps_nothing(run: Any, session: Session, tmp_path: Path) -> None:
    folder = write(tmp_path, deployment("cart"), deployment("search"))
    tried = run("facts", "kubernetes", folder, "--add-missing", "--dry-run")
    assert tried.exit_code == 0
    assert tried.output.endswith("This was a dry run: nothing was kept.\n")
    assert services(session) == {}
    done = run("facts", "kubernetes", folder, "--add-missing")
    assert tried.output == done.output + "This was a dry run: nothing was kept.\n"
    assert sorted(services(session)) == ["cart", "search"]


def test_a_service_that_is_unknown_is_named_with_what_to_do_and_stops_no_other(
    run: Any, add: Any, session: Session, tmp_path: Path
) -> None:
    add("cart")
    folder = write(tmp_path, deployment("cart"), deployment("ghost"))
    done = run("facts", "kubernetes", folder, "--source", "main branch")
    assert done.exit_code == 1
    (line,) = [each for each in done.output.splitlines() if each.startswith("ghost")]
    assert line.endswith("not in the catalogue")
    assert "run this again with --add-missing, or add them on the page of services" in done.output
    assert "1 reported, 1 unknown, 0 refused" in done.output
    assert sorted(services(session)) == ["cart"]
    assert known(session, "cart")["kubernetes.replicas"] == 1
    assert {each.source for each in session.scalars(select(Fact))} == {"main branch"}


def test_a_broken_file_beside_good_ones_is_named_and_the_good_ones_go_in(
    run: Any, add: Any, session: Session, tmp_path: Path
) -> None:
    add("cart")
    write(tmp_path, "a: [1", name="broken.yaml")
    done = run("facts", "kubernetes", write(tmp_path, deployment("cart", replicas=2)))
    assert done.exit_code == 1
    assert "Not used:\n  broken.yaml: document 1: line 2: no valid YAML" in done.output
    assert known(session, "cart")["kubernetes.replicas"] == 2


def test_what_changed_is_shown_and_what_can_no_longer_be_known_is_not_left_standing(
    run: Any, add: Any, session: Session, tmp_path: Path
) -> None:
    add("cart")
    scaler = {
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "cart"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "cart"}, "minReplicas": 2, "maxReplicas": 4},
    }  # fmt: skip
    run("facts", "kubernetes", write(tmp_path, deployment("cart"), scaler))
    assert known(session, "cart")["kubernetes.autoscaler.max"] == 4
    for _ in range(2):
        done = run("facts", "kubernetes", write(tmp_path, deployment("cart", replicas=1)))
        assert done.exit_code == 0
        assert "kubernetes.autoscaler.max" not in known(session, "cart")
        assert known(session, "cart")["kubernetes.replicas"] == 1
    done = run("facts", "kubernetes", write(tmp_path, deployment("cart", replicas=3)))
    assert "kubernetes.replicas: 1 → 3" in done.output
    assert "0 facts new, 1 changed, 0 gone" in done.output
    done = run("facts", "kubernetes", write(tmp_path, deployment("cart"), scaler))
    assert "2 facts new, 2 changed, 0 gone" in done.output
    done = run("facts", "kubernetes", write(tmp_path, deployment("cart")))
    assert "kubernetes.autoscaler.max is no longer known" in done.output
    assert "2 gone" in done.output


def test_a_missing_service_is_added_as_what_its_manifests_show(run: Any, session: Session, tmp_path: Path) -> None:
    mounts = [{"name": "data", "mountPath": "/data"}]
    claim = [{"name": "data", "persistentVolumeClaim": {"claimName": "x"}}]
    empty = [{"name": "data", "emptyDir": {}}]
    folder = write(
        tmp_path, deployment("set", kind="StatefulSet"), deployment("disk", volumes=claim, mounts=mounts),
        deployment("empty", volumes=empty, mounts=mounts), deployment("new"), deployment("-wrong-"),
    )  # fmt: skip
    done = run("facts", "kubernetes", folder, "--add-missing")
    assert done.exit_code == 1
    found = services(session)
    assert {name: each.kind for name, each in found.items()} == {
        "set": "stateful", "disk": "stateful", "empty": "stateless",
    }  # fmt: skip
    assert found["disk"].description == "Added from Kubernetes manifests."
    assert "refused: Choose another name" in done.output
    assert "refused: Use 1 to 63 small letters" in done.output
    assert "3 reported, 0 unknown, 2 refused" in done.output


def test_a_practice_of_the_starter_catalogue_is_decided_by_what_the_command_reported(
    run: Any, session: Session, begin: Any, clock: Any, tmp_path: Path
) -> None:
    with begin() as work:
        owners = [
            people.add(work, email=f"{name}@example.com", name=name, role=OWNER, by=RATCHET, now=clock())
            for name in ("ana", "ben")
        ]
    ana, ben = (Actor(each.id, each.name, OWNER) for each in owners)
    starter = find("two-replicas")
    assert starter is not None
    told = best_practice.Told(
        statement=starter.statement, why=starter.why, area=starter.area, level=starter.level,
        selector=starter.selector, target_percent=starter.target_percent,
    )  # fmt: skip
    with begin() as work:
        practice = best_practice.propose(work, told, by=ana, now=clock())
        best_practice.accept(work, practice.number, version=practice.version, by=ben, now=clock())
        rule = automation.Told(kind="facts", expression=starter.checks[0].expression)
        check = automation.write(work, practice.number, rule, by=ben, now=clock())
        automation.activate(work, check.id, version=check.version, by=ben, now=clock())
    folder = write(tmp_path, deployment("one"), deployment("two", replicas=2), deployment("all", kind="DaemonSet"))
    run("facts", "kubernetes", folder, "--add-missing")
    rows = select(Service.name, Standing.standing).join(Standing, Standing.service_id == Service.id)
    assert dict(iter(session.execute(rows))) == {
        "one": "not_adopted", "two": "adopted", "all": "adopted",
    }  # fmt: skip
    assert session.scalar(select(Check.state)) == "active"
    assert session.scalar(select(Practice.state)) == "automated"


def test_a_folder_without_manifests_is_said_to_be_one(run: Any, tmp_path: Path) -> None:
    done = run("facts", "kubernetes", str(tmp_path))
    assert done.exit_code == 1
    assert f"Error: There is no YAML file (*.yaml, *.yml) in {tmp_path}." in done.output
    write(tmp_path, {"replicas": 2})
    done = run("facts", "kubernetes", str(tmp_path))
    assert "No service was found." in done.output
    assert "Objects that tell no facts: 1 no kind." in done.output


# Files


def file(tmp_path: Path, told: Any, name: str = "facts.json") -> str:
    (tmp_path / name).write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return str(tmp_path / name)


def test_a_file_of_facts_goes_in_and_again_nothing_is_new(run: Any, add: Any, session: Session, tmp_path: Path) -> None:
    add("cart", "search")
    told = {"cart": {"http.timeout_ms": 800, "on": True, "list": [1, {"a": 1.5}]}, "Search": {"x": "☂"}}
    done = run("facts", "file", file(tmp_path, told))
    assert done.exit_code == 0, done.output
    assert "2 services in the file: 2 reported, 0 unknown, 0 refused; 4 facts new" in done.output
    assert known(session, "cart") == told["cart"]
    assert known(session, "search") == {"x": "☂"}
    assert {each.source for each in session.scalars(select(Fact))} == {"file facts.json"}
    done = run("facts", "file", file(tmp_path, told))
    assert "0 facts new, 0 changed, 0 gone, 4 as before." in done.output
    done = run("facts", "file", file(tmp_path, {"cart": {"on": 1, "http.timeout_ms": None}}))
    assert "on: true → 1; http.timeout_ms is no longer known" in done.output
    assert "http.timeout_ms" not in known(session, "cart")


def test_when_and_by_whom_facts_were_observed_is_kept(run: Any, add: Any, session: Session, tmp_path: Path) -> None:
    add("cart", "search")
    told = "- {service: cart, facts: {a: 1}, at: 2026-02-01T09:00:00Z, source: nightly}\n"
    told += "- {service: search, facts: {a: 1}}"
    done = run("facts", "file", file(tmp_path, told, "f.yaml"), "--at", "2026-02-02T10:00:00+01:00")
    assert done.exit_code == 0, done.output
    rows = select(Service.name, Fact.at, Fact.source).join(Fact, Fact.service_id == Service.id).order_by(Service.name)
    assert [tuple(each) for each in session.execute(rows)] == [
        ("cart", datetime(2026, 2, 1, 9, tzinfo=UTC), "nightly"),
        ("search", datetime(2026, 2, 2, 9, tzinfo=UTC), "file f.yaml"),
    ]
    run("facts", "file", file(tmp_path, told, "f.yaml"), "--source", "by hand")
    assert set(session.scalars(select(Fact.source))) == {"by hand"}


def test_what_a_file_cannot_say_is_refused_and_the_rest_goes_in(
    run: Any, add: Any, session: Session, tmp_path: Path
) -> None:
    add("cart")
    told = [
        {"service": "cart", "facts": {"a": 1, "big": 2**70}},
        {"service": "cart", "facts": {"late": 1}, "at": "2026-03-02T09:00:01Z"},
        {"service": "ghost\u001b[2J", "facts": {"a": 1}},
    ]
    done = run("facts", "file", file(tmp_path, told))
    assert done.exit_code == 1
    assert "entry 1: big: the number is larger than a check can count" in done.output
    assert "refused: it was observed at 2026-03-02 09:00 UTC, which is yet to come" in done.output
    assert "For those that are not in the catalogue: add them on the page of services" in done.output
    assert "\u001b" not in done.output
    assert known(session, "cart") == {"a": 1}


@pytest.mark.parametrize(
    ("told", "more", "sentence"),
    [
        ("{", (), "facts.json: file: line 1: no valid JSON"),
        ("[]", (), "empty: write {service: {key: value}}"),
        ("{}", ("--at", "soon"), "--at soon is no time that can be read; write it like 2026-03-02T09:00:00Z."),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(
    run: Any, tmp_path: Path, told: str, more: tuple[str, ...], sentence: str
) -> None:
    done = run("facts", "file", file(tmp_path, told), *more)
    assert done.exit_code == 1
    assert "Error: " in done.output
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_a_source_that_no_database_keeps_is_refused(run: Any, add: Any, session: Session, tmp_path: Path) -> None:
    add("cart")
    done = run("facts", "file", file(tmp_path, {"cart": {"a": 1}}), "--source", "x" * 301)
    assert done.exit_code == 1
    assert "refused: Shorten this to 300 characters" in done.output
    assert known(session, "cart") == {}


def test_a_database_without_tables_is_said_to_need_migrating(bare_engine: Engine, tmp_path: Path) -> None:
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error"})
    runner = build_app(settings, engine=bare_engine).test_cli_runner()
    done = runner.invoke(args=["facts", "file", file(tmp_path, {"cart": {"a": 1}})])
    assert done.exit_code == 1
    assert "The database has no tables yet. Run: flask --app wsgi migrate" in done.output
