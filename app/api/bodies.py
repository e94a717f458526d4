"""What machines may send: one model for each body and each query. Nothing unknown is let through in silence."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.api.paging import LIMIT, LIMIT_MAX, instant

SERVICES_MAX, KEYS_MAX, RESULTS_MAX = 1_000, 200, 1_000


def _sane(value: str) -> str:
    if "\x00" in value:
        raise ValueError("has a NUL character, which no database keeps: remove it")
    return value


def _link(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return value


Text = Annotated[str, AfterValidator(_sane)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_sane)]
Line = Annotated[str, Field(max_length=300), AfterValidator(_sane)]
Link = Annotated[str, Field(max_length=2_000), AfterValidator(_sane), AfterValidator(_link)]
Instant = Annotated[datetime, BeforeValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Severity = Literal["SEV1", "SEV2", "SEV3", "SEV4"]
Standing = Literal["adopted", "not_adopted", "unknown", "exempt", "not_applicable"]


class Told(BaseModel):
    """A body: in its own types, without fields that nobody knows."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Asked(BaseModel):
    """A query: everything in it is text, and is read."""

    model_config = ConfigDict(extra="forbid")


class Part(Asked):
    """Which part of a list."""

    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX)
    cursor: Text = ""


# Facts and results


class FactsOfMany(Told):
    """Facts of services, by name: at most 200 keys each."""

    source: Line = "API"
    at: Instant | None = Field(None, description="When they were seen. Left out: now.")
    services: dict[str, Any] = Field(
        min_length=1, max_length=SERVICES_MAX, json_schema_extra={"additionalProperties": {"type": "object"}}
    )


class FactsOfOne(Told):
    """Facts of one service."""

    source: Line = "API"
    at: Instant | None = Field(None, description="When they were seen. Left out: now.")
    facts: dict[str, Any] = Field(min_length=1, max_length=KEYS_MAX)


class Result(Told):
    """What a check has shown of a service."""

    service: Name
    result: Literal["pass", "fail", "error", "not_applicable"]
    message: Annotated[str, Field(max_length=2_000), AfterValidator(_sane)] = ""
    link: Link = ""
    at: Instant | None = Field(None, description="When it was seen. Left out: now.")


class OfExperiment(Asked):
    service: Name
    link: Link = ""


# The catalogue


class OfCatalogue(Asked):
    dry_run: bool = Field(False, description="Only say what would become of each entity.")
    origin: Line = Field("", description="The name of the place that the file comes from, such as shop/catalog.")
    retire_missing: bool = Field(
        False, description="The file is the whole of its origin: retire what came from there and is gone."
    )


class ServiceTold(Told):
    """A service. Of a service that there is already, what is left out stays as it is; null for the team: nobody."""

    title: Line | None = None
    description: Annotated[str, Field(max_length=5_000), AfterValidator(_sane)] | None = None
    team: Name | None = None
    tier: Literal[1, 2, 3, 4] | None = None
    kind: Literal["stateless", "stateful"] | None = None
    depends_on: list[Name] | None = Field(None, max_length=1_000)
    system: Line | None = None
    type: Line | None = None
    lifecycle: Line | None = None
    tags: list[Name] | None = Field(None, max_length=100)
    is_retired: bool | None = None


class OfServices(Part):
    team: Name | None = None
    tier: int | None = Field(None, ge=1, le=4)
    q: Line = ""
    retired: bool = Field(False, description="Retired services too.")


# Incidents


class IncidentTold(Told):
    """What broke. Only the title is needed during the outage."""

    title: Text
    severity: Severity | None = None
    services: list[Name] = Field([], max_length=500)
    commander: Name | None = Field(None, description="An e-mail address.")
    description: Text = ""
    labels: list[Line] = Field([], max_length=200)
    private: bool = False


class AdvanceTold(Told):
    stage: Name


class OfIncidents(Part):
    stage: Literal[
        "open", "closed", "all", "incident", "resolution", "review", "remediation", "analysis", "best_practice",
        "automation", "adoption",
    ] = "all"  # fmt: skip
    severity: Severity | None = None
    service: Name | None = None
    team: Name | None = None
    q: Line = ""
    updated_since: Instant | None = None


# Practices


class OfPractices(Part):
    state: Literal["live", "all", "proposed", "accepted", "automated", "adopted", "slipped", "retired"] = "live"
    area: Name | None = None
    q: Line = ""


class OfStandings(Part):
    service: Name | None = None
    team: Name | None = None
    standing: Standing | None = None
    at: Instant | None = Field(None, description="As it was at this time. Left out: now.")


class OfAllStandings(OfStandings):
    practice: int | None = Field(None, ge=1, le=999_999_999, description="The number of a practice: 5 for BP-5.")
