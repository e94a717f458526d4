"""REMEMBER: the shape of every row, for SQLite and PostgreSQL alike. Importing this package knows every table."""

from app.models import (
    adoption,
    analysis,
    automation,
    best_practice,
    catalog,
    counter,
    history,
    incident,
    outbox,
    person,
    remediation,
    report,
    resolution,
    review,
    slack,
    token,
)
from app.models.base import Base

__all__ = [
    "Base", "adoption", "analysis", "automation", "best_practice", "catalog", "counter", "history", "incident",
    "outbox", "person", "remediation", "report", "resolution", "review", "slack", "token",
]  # fmt: skip
