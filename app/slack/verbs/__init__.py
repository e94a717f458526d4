"""What the bot does, one file per stage: VERBS by name (as in `grammar/verbs.py`), FORMS by name, SHORTCUTS by callback
id, LOOKUPS by kind. A verb that is missing here answers where the web does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from app.slack.asked import Asked, Form, Verb
from app.slack.inputs import Choice

# Every module of this package may have such tables: a new one is found because it is here.
ROOMS: Sequence[ModuleType] = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]


def _gathered(table: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for room in ROOMS:
        for name, value in getattr(room, table, {}).items():
            assert name not in found, f"{name} stands twice in {table}"
            found[name] = value
    return found


VERBS: Mapping[str, Verb] = _gathered("VERBS")
FORMS: Mapping[str, Form] = _gathered("FORMS")
SHORTCUTS: Mapping[str, Verb] = _gathered("SHORTCUTS")
LOOKUPS: Mapping[str, Callable[[Asked, str], Sequence[Choice]]] = _gathered("LOOKUPS")
