"""Quantities as Kubernetes writes them: 250m, 0.5, 128Mi, 1G, 1e3; exact, and rounded up only at the end."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<figures>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<power>[+-]?[0-9]{1,2})|(?P<suffix>[A-Za-z]{0,2}))"
)
_SUFFIXES = {
    "": Fraction(1), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000),
    "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12), "P": Fraction(10**15),
    "E": Fraction(10**18), "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30), "Ti": Fraction(2**40),
    "Pi": Fraction(2**50), "Ei": Fraction(2**60),
}  # fmt: skip
LENGTH_MAX = 40
MOST = Fraction(2**63 - 1)  # what Kubernetes itself can count


class NoQuantity(ValueError):
    """The text is no quantity; the message says why, as the end of a sentence."""


def read(text: str) -> Fraction:
    """The quantity in cores or bytes. NoQuantity: it cannot be read, is below zero or beyond all measure."""
    found = _QUANTITY.fullmatch(text) if len(text) <= LENGTH_MAX else None
    if found is None or (found["power"] is None and found["suffix"] not in _SUFFIXES):
        raise NoQuantity("is no quantity of Kubernetes; write it like 250m, 0.5, 128Mi or 1G")
    value = Fraction(found["figures"].rstrip(".") if found["figures"][0] != "." else f"0{found['figures']}")
    value *= Fraction(10) ** int(found["power"]) if found["power"] is not None else _SUFFIXES[found["suffix"]]
    if found["sign"] == "-" and value:
        raise NoQuantity("is below zero")
    if value > MOST:
        raise NoQuantity("is larger than Kubernetes can count")
    return value


def millicores(cores: Fraction) -> int:
    """Thousandths of a processor, rounded up as Kubernetes does."""
    return ceil(cores * 1000)


def mebibytes(size: Fraction) -> int:
    """MiB of 1,048,576 bytes, rounded up."""
    return ceil(size / 2**20)
