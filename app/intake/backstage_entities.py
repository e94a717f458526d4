"""One document of a catalogue as one record, or problems by field: which fields Ratchet reads, and how.

Annotations of our own say what Backstage has no field for; the table is docs/catalogue.md.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from app.intake.backstage_fields import FieldReading
from app.intake.backstage_records import ComponentRead, EntityRead, GroupRead, SystemRead
from app.intake.backstage_refs import DEFAULT_NAMESPACE, NAME, NAME_RULE, NAMESPACE, NoReference, Ref, checked, read_ref
from app.intake.backstage_yaml import Fields
from app.intake.problem import printable, quoted, shorten

OURS = "ratchet.dev/"
ANNOTATIONS = {
    "component": ("tier", "kind", "formerly"),
    "group": ("slack-channel", "formerly"),
    "system": (),
}  # fmt: skip
KINDS = ("stateless", "stateful")
TITLE_MAX, DESCRIPTION_MAX, WORD_MAX, CHANNEL_MAX = 300, 5_000, 100, 80
TAGS_MAX, DEPENDENCIES_MAX = 100, 1_000
TAG = re.compile(r"(?=.{1,63}\Z)[a-z0-9:+#]+(?:-[a-z0-9:+#]+)*")
TAG_RULE = "is no tag: Backstage takes small letters, digits and : + #, with dashes between them, 63 characters at most"


class EntityReading(FieldReading):
    """One entity on its way from a document."""

    def __init__(self, file: str, kind: str, document: Fields, skipped: Counter[str]) -> None:
        super().__init__(file, kind, document)
        self.kind, self.skipped = kind, skipped
        self.metadata = self._fields(document, "metadata")
        self.ref, self.written = self._identity()
        self.is_known = not self.problems  # which entity it is; the rest of it may be wrong
        self.spec = self._fields(document, "spec")
        self.annotations = self._fields(self.metadata, "annotations", "metadata.")

    def read(self) -> EntityRead | None:
        """The record; None when a field is wrong (`problems`)."""
        made = {"component": self._component, "group": self._group, "system": self._system}[self.kind]()
        self._look_at_annotations()
        return None if self.problems else made

    def _component(self) -> EntityRead:
        spec = "spec."
        for name in ("owner", "type", "lifecycle"):
            if self.spec.get(name) in (None, ""):
                more = "; it belongs to no team" if name == "owner" else ""
                self.note(spec + name, f"missing; Backstage asks for it{more}")
        tags = self._list(self.metadata, "metadata.", "tags", TAGS_MAX)
        needs = self._list(self.spec, spec, "dependsOn", DEPENDENCIES_MAX)
        needed = self._list(self.spec, spec, "dependencyOf", DEPENDENCIES_MAX)
        return ComponentRead(
            **self._about(), title=self._line(self.metadata, "metadata.", "title", TITLE_MAX) or None,
            description=self._description(), owner=self._ref("owner", "group"), system=self._ref("system", "system"),
            type=self._line(self.spec, spec, "type", WORD_MAX) or None,
            lifecycle=self._line(self.spec, spec, "lifecycle", WORD_MAX) or None,
            tags=None if tags is None else tuple(dict.fromkeys(self._tag(each) for each in tags)),
            depends_on=None if needs is None else self._needs("dependsOn", needs),
            dependency_of=self._needs("dependencyOf", needed or []),
            tier=self._tier(), kind=self._service_kind(), formerly=self._formerly(),
        )  # fmt: skip

    def _group(self) -> EntityRead:
        profile = self._fields(self.spec, "profile", "spec.")
        shown = self._line(profile, "spec.profile.", "displayName", TITLE_MAX)
        title = shown or self._line(self.metadata, "metadata.", "title", TITLE_MAX)
        return GroupRead(
            **self._about(), title=title or None, parent=self._ref("parent", "group"),
            slack_channel=self._annotation("slack-channel", CHANNEL_MAX), formerly=self._formerly(),
        )  # fmt: skip

    def _system(self) -> EntityRead:
        title = self._line(self.metadata, "metadata.", "title", TITLE_MAX)
        return SystemRead(**self._about(), title=title or None, owner=self._ref("owner", "group"))

    def _about(self) -> dict[str, Any]:
        return {"file": self.file, "ref": self.ref, "written": self.written, "lines": self.lines}

    def _identity(self) -> tuple[Ref, str]:
        """The name first: every other problem is told with it."""
        name = self._line(self.metadata, "metadata.", "name", 1_000) or ""
        namespace = self._line(self.metadata, "metadata.", "namespace", 1_000) or DEFAULT_NAMESPACE
        if name:
            self.label = f"{self.label} {printable(shorten(name, 63))}"
        if not name and not self.problems:
            self.wrong("metadata.name", "missing")
        elif not NAME.fullmatch(name) and name:
            self.wrong("metadata.name", f"{quoted(name)} is no name: a name has {NAME_RULE}")
        if not NAMESPACE.fullmatch(namespace):
            rule = "1 to 63 letters and digits, with dashes between them"
            self.wrong("metadata.namespace", f"{quoted(namespace)} is no namespace: it has {rule}")
            namespace = DEFAULT_NAMESPACE
        return Ref(self.kind, namespace.lower(), name.lower()), name

    def _description(self) -> str | None:
        value = self.metadata.get("description")
        if isinstance(value, Fields) and len(value) == 1 and next(iter(value)) in ("$text", "$json", "$yaml"):
            self.note("metadata.description", "stands in another file, which is not read; left as it is")
            return None
        text = self._text(self.metadata, "metadata.", "description", DESCRIPTION_MAX)
        return None if text is None else text.strip()

    def _ref(self, name: str, kind: str) -> Ref | None:
        value = self.spec.get(name)
        return None if value in (None, "") else self._read_ref(f"spec.{name}", value, kind)

    def _read_ref(self, name: str, value: Any, kind: str | None) -> Ref | None:
        """A reference as a text, or as a mapping of kind, namespace and name."""
        namespace = self.ref.namespace
        try:
            if isinstance(value, str):
                return read_ref(value.strip(), kind=kind, namespace=namespace)
            parts = [value.get(each) for each in ("kind", "namespace", "name")] if isinstance(value, Fields) else [[]]
            if all(each is None or isinstance(each, str) for each in parts):
                return checked(parts[0], parts[1], parts[2] or "", kind=kind, namespace=namespace)
            self.wrong(name, "the name of an entity is expected here, as a text")
        except NoReference as error:
            self.wrong(name, f"{quoted(value if isinstance(value, str) else str(dict(value)))} {error}")
        return None

    def _needs(self, name: str, entries: list[Any]) -> tuple[Ref, ...]:
        found: list[Ref] = []
        for each in entries:
            has_kind = not isinstance(each, str) or ":" in each.partition("/")[0]
            ref = self._read_ref(f"spec.{name}", each, None if has_kind else "component")
            if ref is None:
                continue
            if not has_kind:
                self.note(f"spec.{name}", f"{quoted(each)} has no kind, which Backstage asks for; read as {ref}")
            if ref.kind != "component":
                self.skipped[f"{ref.kind} in spec.{name}"] += 1
            elif ref == self.ref:
                self.note(f"spec.{name}", "names itself: left out")
            else:
                found.append(ref)
        return tuple(dict.fromkeys(found))

    def _tag(self, entry: Any) -> str:
        if not isinstance(entry, str) or not TAG.fullmatch(entry):
            self.wrong("metadata.tags", f"{quoted(entry if isinstance(entry, str) else 'an entry')} {TAG_RULE}")
            return ""
        return entry

    def _tier(self) -> int | None:
        text = self._annotation("tier", WORD_MAX)
        if text is not None and text not in ("1", "2", "3", "4"):
            self.wrong(f"metadata.annotations.{OURS}tier", f"{quoted(text)} is no tier: write 1, 2, 3 or 4")
            return None
        return int(text) if text else None

    def _service_kind(self) -> str | None:
        text = self._annotation("kind", WORD_MAX)
        if text is not None and text not in KINDS:
            self.wrong(f"metadata.annotations.{OURS}kind", f"{quoted(text)} is no kind: write {' or '.join(KINDS)}")
        return text

    def _formerly(self) -> Ref | None:
        text = self._annotation("formerly", 200)
        field = f"metadata.annotations.{OURS}formerly"
        if not text:
            return None
        ref = self._read_ref(field, text, self.kind)
        if ref is not None and ref.kind != self.kind:
            self.wrong(field, f"{quoted(text)} is of another kind than {self.kind}")
        return None if ref == self.ref else ref

    def _annotation(self, name: str, most: int) -> str | None:
        return self._line(self.annotations, "metadata.annotations.", OURS + name, most)

    def _look_at_annotations(self) -> None:
        known = [OURS + each for each in ANNOTATIONS[self.kind]]
        for name in self.annotations:
            if name.startswith(OURS) and name not in known:
                words = f"for a {self.kind.capitalize()}, Ratchet reads {', '.join(known)}" if known else "left out"
                self.note(f"metadata.annotations.{name}", f"not used: {words}")
