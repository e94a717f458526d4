"""The cast of the tests of workflow, for those of reports."""

from __future__ import annotations

from tests.cast import cast

__all__ = ["cast"]
