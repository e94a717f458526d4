"""`flask import catalogue`: what goes in, what is said, and with which exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.catalog import Service
from app.models.person import Team

CART = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: cart, annotations: {ratchet.dev/tier: "1"}}
spec: {type: service, lifecycle: production, owner: pay, dependsOn: [component:mail]}
"""
MAIL = CART.replace("cart", "mail").replace("component:mail", "")
PAY = """apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: pay}
spec: {type: team, children: []}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue of two services and their team."""
    made = tmp_path / "catalogue"
    for name, text in (("cart", CART), ("mail", MAIL)):
        (made / name).mkdir(parents=True)
        (made / name / "catalog-info.yaml").write_text(text)
    (made / "org.yaml").write_text(PAY)
    return made


def count(session: Session, kind: Any) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def service(session: Session, name: str) -> Service:
    session.expire_all()
    return session.scalars(select(Service).where(Service.name == name)).one()


def test_a_folder_goes_in_once(run: Any, folder: Path, session: Session) -> None:
    answer = run("import", "catalogue", str(folder))
    assert answer.exit_code == 0, answer.output
    assert "Component cart" in answer.output
    assert "3 files read: 3 new, 0 changed, 0 renamed, 0 unchanged; 0 problems, 0 notes." in answer.output
    assert (service(session, "cart").tier, service(session, "cart").origin) == (1, f"{folder}/cart/catalog-info.yaml")
    answer = run("import", "catalogue", str(folder))
    assert answer.exit_code == 0
    assert "0 new, 0 changed, 0 renamed, 3 unchanged" in answer.output
    assert service(session, "cart").version == 1


def test_a_dry_run_keeps_nothing(run: Any, folder: Path, session: Session) -> None:
    answer = run("import", "catalogue", str(folder), "--dry-run")
    assert answer.exit_code == 0
    assert "3 new" in answer.output
    assert "This was a dry run: nothing was kept." in answer.output
    assert (count(session, Service), count(session, Team)) == (0, 0)


def test_what_is_refused_is_named_and_makes_the_exit_code_1(run: Any, folder: Path, session: Session) -> None:
    (folder / "mail" / "catalog-info.yaml").write_text(MAIL.replace('"1"', '"9"'))
    (folder / "org.yaml").write_text(PAY + "---\na: [\n")
    answer = run("import", "catalogue", str(folder))
    assert answer.exit_code == 1
    place = f"{folder}/mail/catalog-info.yaml: Component mail: metadata.annotations.ratchet.dev/tier: line 3"
    assert f"{place}: “9” is no tier" in answer.output
    assert f"{folder}/org.yaml: document 2: line 7: no valid YAML" in answer.output
    assert "1 file" not in answer.output
    assert (count(session, Service), count(session, Team)) == (1, 1)


def test_files_may_be_named_one_by_one_and_need_each_other(run: Any, folder: Path, session: Session) -> None:
    paths = [str(folder / each / "catalog-info.yaml") for each in ("cart", "mail")]
    answer = run("import", "catalogue", *paths)
    assert answer.exit_code == 0
    assert "not in the catalogue" not in answer.output
    assert count(session, Service) == 2


def test_what_is_missing_is_retired_only_when_asked(run: Any, folder: Path, session: Session) -> None:
    run("import", "catalogue", str(folder))
    (folder / "mail" / "catalog-info.yaml").unlink()
    answer = run("import", "catalogue", str(folder))
    assert "Component mail: is no longer there; the service stays until somebody retires it" in answer.output
    assert not service(session, "mail").is_retired
    answer = run("import", "catalogue", str(folder / "cart"), "--retire-missing")
    assert "Retired:" not in answer.output, "the rest of the folder was not read"
    answer = run("import", "catalogue", str(folder), "--retire-missing")
    assert answer.exit_code == 0
    assert "Retired:\n  Component mail" in answer.output
    assert service(session, "mail").is_retired


def test_a_place_may_have_a_name_that_outlives_its_folder(run: Any, folder: Path, session: Session) -> None:
    run("import", "catalogue", str(folder), "--origin", "shop")
    assert service(session, "cart").origin == "shop/cart/catalog-info.yaml"
    moved = folder.rename(folder.parent / "elsewhere")
    (moved / "mail" / "catalog-info.yaml").unlink()
    answer = run("import", "catalogue", str(moved), "--origin", "shop", "--retire-missing")
    assert "Retired:\n  Component mail" in answer.output
    answer = run("import", "catalogue", str(moved), str(moved), "--origin", "shop")
    assert answer.exit_code == 2
    assert "--origin names one PATH" in answer.output


def test_the_other_files_of_a_folder_are_not_spoken_of(run: Any, folder: Path) -> None:
    (folder / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    (folder / "more.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: x}\n")
    answer = run("import", "catalogue", str(folder))
    assert "Left out:\n  1 × API\n" in answer.output
    assert "deployment" not in answer.output


@pytest.mark.parametrize("arguments", [["--retire-missing"], []])
def test_a_folder_without_a_catalogue_is_a_mistake_and_retires_nothing(
    run: Any, folder: Path, session: Session, arguments: list[str]
) -> None:
    run("import", "catalogue", str(folder))
    for each in (*folder.rglob("catalog-info.yaml"), folder / "org.yaml"):
        each.unlink()
    answer = run("import", "catalogue", str(folder), *arguments)
    assert answer.exit_code == 1
    assert "There is no team and no service in" in answer.output
    assert not service(session, "cart").is_retired


def test_a_path_that_is_not_there_is_said(run: Any) -> None:
    answer = run("import", "catalogue", "/nowhere/at/all")
    assert answer.exit_code == 2
    assert "does not exist" in answer.output
