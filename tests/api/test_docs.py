"""docs/api.md is true: every operation has a command there, every command works, and openapi.json says the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api.v1 import OPERATIONS
from app.domain.week import Week
from app.queries import audience
from app.workflow.report import keep
from tests.api.machine import Machine, journal
from tests.cast import Cast
from tests.faces.sample import figures

DOCS = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
COMMANDS = [each.strip() for each in re.findall(r"```sh\n(curl .*?)```", DOCS, re.DOTALL)]
FILES = {
    "@catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: mail}\n"
    "spec: {type: service, lifecycle: production, owner: shop}\n",
}


class Command:
    """A command of the page, taken apart."""

    def __init__(self, text: str) -> None:
        words = iter(
            shlex.split(text.replace("\\\n", " ").replace("$RATCHET", "http://ratchet").replace("$TOKEN", "T"))
        )
        assert next(words) == "curl"
        self.method, self.data, self.headers = "GET", "", dict[str, str]()
        for word in words:
            if word == "-X":
                self.method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                self.headers[name] = value
            elif word in ("-d", "--data-binary"):
                self.data = next(words)
            else:
                self.url = word
        self.path = urlsplit(self.url).path
        self.query = urlsplit(self.url).query

    def run(self, api: Machine, check_ids: dict[str, int]) -> TestResponse:
        """As curl would, with the checks of this test."""
        headers = {name: value for name, value in self.headers.items() if name != "Authorization"}
        path = re.sub(r"/checks/\d+/(\w+)", lambda found: f"/checks/{check_ids[found[1]]}/{found[1]}", self.path)
        if self.data == "@journal.json":
            return api.ask(self.method, f"{path}?{self.query}", json=journal(), headers=headers)
        return api.ask(self.method, f"{path}?{self.query}", data=FILES.get(self.data, self.data), headers=headers)


def test_every_operation_has_a_command_and_every_command_an_operation(app: Flask) -> None:
    routes = app.url_map.bind("ratchet")
    told = {(each.method, routes.match(each.path, each.method)[0]) for each in map(Command, COMMANDS)}
    assert told == {(each.method, f"api.{each.name}") for each in OPERATIONS}
    assert {(method, rule.endpoint) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}} == told  # fmt: skip


@pytest.mark.parametrize("text", COMMANDS)
def test_every_command_works(api: Machine, cast: Cast, text: str) -> None:
    command = Command(text)
    assert command.headers["Authorization"] == "Bearer T"
    practice = cast.practice().number
    check_ids = {
        "results": cast.check(practice, "restore test", kind="reported").id,
        "experiments": cast.check(practice, "checkout bears a lost database", kind="experiment").id,
    }
    number = cast.declare()
    with cast.begin() as work:
        cast.fill(work, number, "resolution")
        keep(work, audience.everyone("UTC"), Week(2026, 9), figures(), now=cast.now)
    answer = command.run(api, check_ids)
    assert answer.status_code in (200, 201), answer.text


def test_the_page_names_every_status_that_the_description_names(api: Machine) -> None:
    statuses = set(api.get("/openapi.json").get_json()["components"]["responses"])
    assert statuses == set(re.findall(r"\b[45]\d\d\b", "".join(re.findall(r"^\| (\d[^|]*)\|", DOCS, re.MULTILINE))))


def test_the_description_has_every_route_with_its_parts_and_no_loose_end(api: Machine, app: Flask) -> None:
    found = api.get("/openapi.json").get_json()
    told = {(method.upper(), path) for path, methods in found["paths"].items() for method in methods}
    assert told == {(each.method, "/api/v1" + re.sub(r"<(?:int:)?(\w+)>", r"{\1}", each.path)) for each in OPERATIONS}
    for path, methods in found["paths"].items():
        for about in methods.values():
            named = {each["name"] for each in about["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert about["summary"].endswith(".")
    for ref in set(re.findall(r'"\$ref": ?"#/([^"]+)"', api.get("/openapi.json").text)):
        at: Any = found
        for part in ref.split("/"):
            at = at[part]


@pytest.mark.parametrize(
    "path", ["/services", "/services/checkout", "/teams", "/practices", "/practices/1", "/incidents", "/incidents/1",
             "/standings"]
)  # fmt: skip
def test_an_answer_has_the_fields_that_the_description_says(api: Machine, cast: Cast, path: str) -> None:
    cast.check(cast.practice().number)
    cast.declare()
    found = api.get("/openapi.json").get_json()
    template = re.sub(r"/services/checkout$", "/services/{name}", re.sub(r"/1$", "/{number}", path))
    ref = found["paths"][f"/api/v1{template}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "$ref"
    ]
    schema = found["components"]["schemas"][ref.rpartition("/")[2]]
    assert set(api.get(path).get_json()) == set(schema["properties"]) == set(schema["required"])
