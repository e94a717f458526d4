"""What can go wrong in words a person understands; every door shows these alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """One missing or wrong thing: a stable code for machines, a sentence for people, a form field if there is one."""

    code: str
    sentence: str
    field: str | None = None


class RatchetError(Exception):
    """Anything that a door answers with a sentence instead of a crash."""


class Refused(RatchetError):
    """The step is not possible now; nothing was changed."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(each.sentence for each in self.refusals))

    @classmethod
    def because(cls, code: str, sentence: str, field: str | None = None) -> Refused:
        return cls([Refusal(code, sentence, field)])


class NotAllowed(RatchetError):
    """This person may not do this."""

    def __init__(self, sentence: str, code: str = "not_allowed") -> None:
        self.code = code
        super().__init__(sentence)


class NotFound(RatchetError):
    """There is no such thing, or the person may not know that there is: both look the same."""


@dataclass
class Conflict(RatchetError):
    """Someone else saved the same thing after this person had opened it; nothing was overwritten."""

    who: str
    version: int
    saved: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(f"{self.who} saved this while you were typing. Nothing was overwritten.")
