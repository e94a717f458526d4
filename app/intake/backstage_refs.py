"""Names and entity references of Backstage, read exactly as its catalogue reads them (features/software-catalog)."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
NAMESPACE = re.compile(r"(?=.{1,63}\Z)[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*")
KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
DEFAULT_NAMESPACE = "default"
NAME_RULE = "1 to 63 letters and digits, with dots, dashes and underscores between them"


class NoReference(ValueError):
    """The text names no entity; the message says why, as the end of a sentence."""


@dataclass(frozen=True, order=True)
class Ref:
    """One entity, in small letters: two that differ in capitals only are the same to Backstage."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}"

    @property
    def catalogue_name(self) -> str:
        """The name in Ratchet's catalogue, where there are no namespaces: `cart`, or `external.cart`."""
        return self.name if self.namespace == DEFAULT_NAMESPACE else f"{self.namespace}.{self.name}"


def read_ref(text: str, *, kind: str | None, namespace: str) -> Ref:
    """`[kind:][namespace/]name` with what holds where a part is left out. NoReference: it is none, or lacks its kind.

    A colon behind the slash belongs to the name, as in Backstage's own parser.
    """
    colon, slash = text.find(":"), text.find("/")
    if 0 <= slash < colon:
        colon = -1
    given_kind = text[:colon] if colon >= 0 else None
    given_namespace = text[colon + 1 : slash] if slash >= 0 else None
    return checked(given_kind, given_namespace, text[max(colon, slash) + 1 :], kind=kind, namespace=namespace)


def checked(given_kind: str | None, given_namespace: str | None, name: str, *, kind: str | None, namespace: str) -> Ref:
    """The reference with these parts. NoReference: one of them is not of the form that Backstage asks for."""
    kind = given_kind if given_kind is not None else kind
    if kind is None:
        raise NoReference("has no kind; write component:name")
    for part, rule, words in (
        (kind, KIND, "kind"), (given_namespace or namespace, NAMESPACE, "namespace"), (name, NAME, "name"),
    ):  # fmt: skip
        if not rule.fullmatch(part):
            raise NoReference(f"is not of the form [kind:][namespace/]name: its {words} is wrong")
    if given_namespace == "":
        raise NoReference("is not of the form [kind:][namespace/]name: its namespace is wrong")
    return Ref(kind.lower(), (given_namespace or namespace).lower(), name.lower())
