"""The API is asked by machines of the cast, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.machine import Machine, Make, token_of
from tests.cast import Cast, cast

__all__ = ["cast"]


@pytest.fixture
def machine(app: Flask, cast: Cast) -> Make:
    """`machine("Cleo")` holds a token of Cleo with her whole role."""
    return lambda name: Machine(app.test_client(), token_of(cast, name)[1])


@pytest.fixture
def api(machine: Make) -> Machine:
    """A machine of Ana, who is an owner."""
    return machine("Ana")
