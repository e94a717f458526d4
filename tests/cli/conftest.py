"""Commands as a person types them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`run("user", "list")`: exit code and output of a command of the application."""
    runner = app.test_cli_runner()
    return lambda *words, **how: runner.invoke(args=list(words), **how)
