"""Names and titles made from the words of a file, by those words alone: the same words always give the same name."""

from __future__ import annotations

import hashlib
import re

NAME_MAX = 63
_SEPARATORS = re.compile(r"[\s\-_.,:;/'’\"()!]+")  # what tells no two names apart: "Platform.sh" and "Platform SH"
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")
_BEGINNING = 5_000  # characters in which a first sentence is looked for


def name_of(*words: str) -> str:
    """A catalogue name: "Heroku", "Git server" gives `heroku.git-server`. The dot keeps apart what the parts are."""
    name = ".".join(_part(each) for each in words if each.strip())
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 9].rstrip('.-')}-{digest(name)[:8]}"


def _part(words: str) -> str:
    """What small letters, digits and dashes cannot tell apart, a digest does: C and C++, AT&T and AT T."""
    plain = " ".join(_SEPARATORS.sub(" ", words.lower()).split())
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    is_told = name != "" and name.replace("-", " ") == plain
    return name if is_told else f"{name or 'name'}-{digest(plain or words)[:8]}"


def title_of(company: str, product: str, text: str, otherwise: str) -> str:
    """A title for what has none: the company and the first sentence of the text, or else the product."""
    words = " ".join(_LINK.sub(r"\1", text[:_BEGINNING]).split())
    found = _SENTENCE.match(words)
    sentence = found.group() if found else words
    parts = (" ".join(each.split()) for each in (company, sentence or product))
    return ": ".join(each for each in parts if each) or otherwise


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
