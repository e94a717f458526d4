"""What is to be said of a report beside its figures: which revision it is, when it was made, and where it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app import links
from app.domain.report import Figures
from app.domain.week import Week


class Readable(Protocol):
    """Where a report is read, as `queries/audience.Audience` says it."""

    @property
    def path(self) -> str: ...


class Made(Protocol):
    """A report as somebody may read it: the shape of `queries/reports.Kept`, which this room may not know."""

    @property
    def figures(self) -> Figures: ...
    @property
    def audience(self) -> Readable: ...
    @property
    def week(self) -> Week: ...
    @property
    def revision(self) -> int: ...
    @property
    def revisions(self) -> int: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def is_late(self) -> bool: ...
    @property
    def is_preview(self) -> bool: ...
    @property
    def why(self) -> str: ...
    @property
    def changed(self) -> Sequence[str]: ...
    @property
    def by_name(self) -> str | None: ...


@dataclass(frozen=True)
class Meta:
    """`path`: its page, of this very revision. `revisions`: how many there are; `why`, `changed`: of a correction."""

    week: Week
    made_at: datetime
    path: str
    revision: int = 1
    revisions: int = 1
    is_late: bool = False
    is_preview: bool = False
    why: str = ""
    changed: Sequence[str] = ()
    by_name: str | None = None

    @classmethod
    def of(cls, kept: Made) -> Meta:
        """From a report as it is found, or as it is previewed."""
        path = links.report("next" if kept.is_preview else kept.week.name, kept.audience.path)
        if kept.revision < kept.revisions:
            path += f"?revision={kept.revision}"
        return cls(
            kept.week, kept.made_at, path, kept.revision, kept.revisions, kept.is_late, kept.is_preview, kept.why,
            kept.changed, kept.by_name,
        )  # fmt: skip

    @property
    def is_old(self) -> bool:
        """A correction has taken its place."""
        return self.revision < self.revisions
