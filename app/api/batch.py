"""Many things in one body: each is taken or refused by itself, so that a bad one never stops the good ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import Response
from sqlalchemy.exc import DataError

from app.api import errors, shapes
from app.domain.errors import NotFound, Refusal, Refused

Item = TypeVar("Item")
Given = TypeVar("Given")
UNKEEPABLE = Refusal("body.unkeepable", "This has too large a number, or something else that no database keeps.")


@dataclass
class Batch(Generic[Given]):
    """What has come of each; `whys` holds every refusal, for when nothing was taken."""

    accepted: list[Given] = field(default_factory=list)
    refused: list[shapes.Refused] = field(default_factory=list)
    whys: list[Refusal] = field(default_factory=list)

    def refuse(self, at: int, service: str, why: Iterable[Refusal]) -> None:
        found = list(why)
        self.whys += found
        wrong = [shapes.Wrong(code=each.code, sentence=each.sentence, field=each.field) for each in found]
        self.refused.append(shapes.Refused(at=at, service=service, errors=wrong))

    def problem(self) -> Response:
        """The answer when nothing was taken."""
        refused = [each.model_dump(mode="json") for each in self.refused]
        return errors.refused(self.whys, accepted=[], refused=refused)


def take(items: Iterable[tuple[str, Item]], step: Callable[[str, Item], Given]) -> Batch[Given]:
    """Take the step with each item, given by its service's name. A token that may not do it ends all of it."""
    found: Batch[Given] = Batch()
    for at, (service, item) in enumerate(items):
        try:
            found.accepted.append(step(service, item))
        except Refused as refused:
            found.refuse(at, service, refused.refusals)
        except NotFound as missing:
            found.refuse(at, service, [Refusal("service.unknown", str(missing), "service")])
        except DataError:
            found.refuse(at, service, [UNKEEPABLE])
    return found
