"""Paths of pages, and absolute URLs outside a request: what a message in Slack points to."""

from __future__ import annotations


def incident(number: int, stage: str | None = None) -> str:
    return f"/incidents/{number}/{stage}" if stage else f"/incidents/{number}"


def practice(number: int) -> str:
    return f"/practices/{number}"


def service(name: str) -> str:
    return f"/services/{name}"


def team(name: str) -> str:
    return f"/teams/{name}"


def report(week: str, audience: str = "") -> str:
    """`audience` is what `Audience.path` says; `week` may be "next"."""
    return f"/reports/{week}{audience}"


def absolute(base_url: str, path: str) -> str:
    """The whole URL of a path of ours."""
    return base_url.rstrip("/") + path
