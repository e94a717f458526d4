"""Ratchet: every incident ends as a practice that machines check and every service adopts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. The wiring is loaded here, so that importing the domain loads no Flask."""
    from app.wiring import build_app  # noqa: PLC0415 - on purpose: see the docstring

    return build_app(settings)
