"""What tests of pages may ask for beside `app`, `client_of` and `begin` (tests/conftest.py): `desk`, and `post`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.workflow.unit_of_work import UnitOfWork
from tests.web import desk as shared


@pytest.fixture
def desk(begin: UnitOfWork, clock: Any) -> shared.Desk:
    """A small company: Ana and Ben own, Cleo responds, Dev only looks, Ada administers; checkout and search."""
    return shared.Desk(begin, clock)


@pytest.fixture
def post() -> Callable[..., TestResponse]:
    """`post(client, url, page=…, follow=…, **fields)`: with the CSRF token of the page that the form stands on."""
    return shared.post
