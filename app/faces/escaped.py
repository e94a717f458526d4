"""Markdown of what somebody wrote, so that it neither formats nor links nor breaks a table, and links as references."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import links

JOINER = "\u2060"  # is not seen; keeps what stands around it from becoming a mention, an address or an emoji
_MARKS = re.compile(r"[\\`*\[\]<|~$]|(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SCHEME = re.compile(r"\b(https?|ftp|mailto|xmpp):", re.IGNORECASE)
_WWW = re.compile(r"\b(www)\.", re.IGNORECASE)
_MENTION = re.compile(r"([@#])(?=\w)|(?<!\w)(:)(?=[\w+-]+:)")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LABEL = re.compile(r"[^\W\d_][\w .-]{0,60}")


def escaped(text: str) -> str:
    """As it is read. What is written from right to left turns nothing beside it."""
    said = _ENTITY.sub(r"\\&", _MARKS.sub(r"\\\g<0>", text))
    said = _WWW.sub(r"\1\\.", _SCHEME.sub(r"\1\\:", said))
    said = _MENTION.sub(rf"\g<0>{JOINER}", said)
    return f"\u2068{said}\u2069" if _RIGHT_TO_LEFT.search(said) else said


class Links:
    """References: `[BP-5]` in the text, its address below. What is no name gets a number: `[9 of 25][1]`."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._known: dict[
            str, tuple[str, str]
        ] = {}  # by label as Markdown compares them: as it is written, and the URL
        self._numbers: dict[str, str] = {}  # by URL

    def link(self, text: str, path: str) -> str:
        """A link to a page of ours."""
        url, said = links.absolute(self.base_url, path), escaped(text)
        if said == text and _LABEL.fullmatch(text) and self._is_free(text, url):
            self._known[text.casefold()] = (text, url)
            return f"[{text}]"
        return f"[{said}][{self._number(url)}]"

    def definitions(self) -> Iterator[str]:
        """All addresses, once each."""
        if self._known:
            yield "\n".join(f"[{label}]: <{url}>" for label, url in self._known.values())

    def _is_free(self, label: str, url: str) -> bool:
        return self._known.get(label.casefold(), ("", url))[1] == url

    def _number(self, url: str) -> str:
        if url not in self._numbers:
            self._numbers[url] = str(len(self._numbers) + 1)
            self._known[self._numbers[url]] = (self._numbers[url], url)
        return self._numbers[url]
