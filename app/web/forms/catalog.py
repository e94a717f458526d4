"""The catalogue: a service, a team, and one fact that somebody reports by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField

from app.domain.errors import Refused
from app.models.catalog import KINDS
from app.queries import services
from app.web import current
from app.web.forms.form import ChoiceField, LineField, PersonField, TextField, VersionedForm
from app.web.forms.services import ServiceRows
from app.workflow.catalog import ServiceTold, TeamTold

VALUE_MAX = 20_000
CATALOGUE_MAX = 1_000_000  # bytes
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
TIERS = (
    ("1", "1: customers notice at once"), ("2", "2: important"), ("3", "3: usual"), ("4", "4: nobody is woken"),
)  # fmt: skip
NAME_HINT = (
    "Small letters, digits, dots, dashes and underscores. It stays: facts, evidence and incidents are known by it."
)


class ServiceForm(VersionedForm):
    """Everything but the name, which is given once."""

    title = LineField("Title", description="As people call it. Empty: the name.")
    description = TextField("What is it?", description="Markdown.", render_kw={"rows": 4})
    team_id = PersonField("Owner")
    tier = ChoiceField("Tier", TIERS)
    kind = ChoiceField("Kind", [(each, each.capitalize()) for each in KINDS])
    system = LineField("System", description="What it is a part of, such as shop.")
    type = LineField("Type", description="Such as service, website or library.", render_kw={"list": "types"})
    lifecycle = LineField(
        "Lifecycle", description="Such as experimental, production or deprecated.", render_kw={"list": "lifecycles"}
    )
    tags = LineField("Tags", description="Separated by commas, such as java, payments.")
    depends_on_ids = ServiceRows("Depends on")
    is_retired = BooleanField("Retired", description="It keeps its history but no longer counts.")

    def offer(self, names: Sequence[str], teams: Sequence[tuple[str, str]]) -> None:
        """The choices of this page."""
        self.names, self.team_id.choices = names, list(teams)

    def told(self, name: str, ids: Mapping[str, int]) -> ServiceTold:
        """What was typed, for the step. Unknown names have been marked before."""
        return ServiceTold(
            name=name, title=self.title.data, description=self.description.data, team_id=self.team_id.data,
            tier=int(self.tier.data) if self.tier.data in dict(TIERS) else 0, kind=self.kind.data,
            depends_on_ids=[ids[each] for each in self.depends_on_ids.names()], is_retired=self.is_retired.data,
            system=self.system.data, type=self.type.data, lifecycle=self.lifecycle.data, tags=self.tag_list(),
        )  # fmt: skip

    def tag_list(self) -> list[str]:
        """The tags as they were typed, each once."""
        return list(dict.fromkeys(each.strip() for each in (self.tags.data or "").split(",") if each.strip()))

    def typed(self) -> Mapping[str, object]:
        return {**super().typed(), "depends_on_ids": sorted(self.depends_on_ids.names()), "tags": self.tag_list()}

    def differences(self, saved: Mapping[str, object]) -> list[dict[str, str]]:
        ids = saved.get("depends_on_ids")
        names = services.names_of(current.reading(), ids if isinstance(ids, list) else [])
        return super().differences({**saved, "depends_on_ids": sorted(names.values())})


class NewServiceForm(ServiceForm):
    name = LineField(
        "Name", description=NAME_HINT, render_kw={"required": True, "autocomplete": "off", "autocapitalize": "off"}
    )


class TeamForm(VersionedForm):
    title = LineField("Title", description="As people call it. Empty: the name.")
    slack_channel = LineField(
        "Slack channel", description="Where the team wants to hear of its services, such as #payments. May stay empty."
    )
    is_retired = BooleanField("Retired", description="It keeps its history, and owns nothing new.")

    def told(self, name: str) -> TeamTold:
        is_retired = bool(self.is_retired and self.is_retired.data)
        return TeamTold(name=name, title=self.title.data, slack_channel=self.slack_channel.data, is_retired=is_retired)


class NewTeamForm(TeamForm):
    is_retired = None
    name = LineField(
        "Name", description="Small letters, digits, dots, dashes and underscores. It stays.",
        render_kw={"required": True, "autocomplete": "off", "autocapitalize": "off"},
    )  # fmt: skip


class CatalogueForm(VersionedForm):
    text = TextField(
        "catalog-info.yaml", description="One or more entities, with a line --- between them.",
        render_kw={"rows": 20, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "wrap": "off",
                   "class": "import-text"},
    )  # fmt: skip
    file = FileField("Or a file", description="Up to 1 MB.", render_kw={"accept": ".yaml,.yml,.json"})

    def read(self) -> str:
        """The text, from whichever of the two was used. Refused: none, both, too much of it, or no text."""
        typed, raw = self.text.data or "", b""
        if isinstance(self.file.data, FileStorage):
            with closing(self.file.data) as sent:
                raw = sent.read(CATALOGUE_MAX + 1)
        if raw and typed.strip():
            raise Refused.because("catalogue.both", "Paste a text or choose a file: not both at once.", "file")
        if not raw and not typed.strip():
            raise Refused.because("catalogue.missing", "Paste a text, or choose a file.", "text")
        name = "file" if raw else "text"
        if len(raw or typed.encode(errors="replace")) > CATALOGUE_MAX:
            words = "More than 1 MB: take in one part after the other, or use the command `flask import catalogue`."
            raise Refused.because("catalogue.large", words, name)
        try:
            return raw.decode("utf-8-sig") if raw else typed
        except UnicodeDecodeError:
            raise Refused.because("catalogue.no_text", "Choose a text file in UTF-8: this is none.", name) from None


class FactForm(VersionedForm):
    key = LineField(
        "Key", description="Such as http.timeout_ms.",
        render_kw={"required": True, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )  # fmt: skip
    value = TextField(
        "Value", description='JSON: 800, true, "text" in quotes, ["a", "b"].',
        render_kw={"required": True, "rows": 2, "spellcheck": "false", "autocapitalize": "off"},
    )  # fmt: skip

    def read(self) -> Any:
        """The value. Refused, with the place of the error: it is no JSON, or none that a database can keep."""
        text = self.value.data or ""
        if len(text) > VALUE_MAX:
            raise _wrong(f"Shorten this to {VALUE_MAX:,} characters; it has {len(text):,}.")
        try:
            value = json.loads(text, parse_constant=_not_json)
            kept = json.dumps(value, ensure_ascii=False, allow_nan=False)  # 1e999 would be infinite
            kept.encode()  # half of a surrogate pair cannot be stored
        except json.JSONDecodeError as error:
            if not text.strip():
                raise _wrong("Give the value.") from None
            raise _wrong(
                f"This is not JSON, in line {error.lineno} at character {error.colno}. Text stands in double quotes."
            ) from None
        except (ValueError, RecursionError):
            raise _wrong("No database can keep this value.") from None
        if NUL.search(kept):
            raise _wrong("Remove the NUL character: no database can keep it.")
        return value


def _not_json(name: str) -> Any:
    raise ValueError(name)


def _wrong(sentence: str) -> Refused:
    return Refused.because("fact.value_wrong", sentence, "value")
