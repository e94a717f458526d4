"""The doctor's questions, each answered in plain words with what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`level` is ok, warning or problem."""

    level: str
    subject: str
    words: str
    advice: str = ""


def ok(subject: str, words: str, advice: str = "") -> Finding:
    return Finding("ok", subject, words, advice)


def warning(subject: str, words: str, advice: str) -> Finding:
    return Finding("warning", subject, words, advice)


def problem(subject: str, words: str, advice: str) -> Finding:
    return Finding("problem", subject, words, advice)
