"""The steps are taken by the cast, on both databases."""

from tests.cast import cast

__all__ = ["cast"]
