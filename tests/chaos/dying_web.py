"""A web process that kills itself (-9) at the N-th point of one request. The test beside it runs it as a process.

    python -m tests.chaos.dying_web DATABASE_URL PERSON_ID INCIDENT_NUMBER STAGE POINT

The points are: before and after each statement that is sent, and before the commit. When there are fewer points than N
the request is answered, and the process ends with code 0.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from typing import Any

from sqlalchemy import event

from app.parts import parts
from app.wiring import build_app
from config import Settings


class Fuse:
    """Counts points, once lit."""

    def __init__(self, at: int) -> None:
        self.at, self.seen, self.is_lit = at, 0, False

    def point(self, *_event: Any) -> None:
        self.seen += self.is_lit
        if self.is_lit and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, person: str, number: str, stage: str, point: str) -> int:
    """Sign in by the cookie, load the page, light the fuse, post."""
    settings = Settings.from_env(
        {"RATCHET_DATABASE_URL": url, "RATCHET_SECRET_KEY": "chaos", "RATCHET_LOG_LEVEL": "error"}
    )
    app = build_app(settings)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{person}.0", True
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"/incidents/{number}/{stage}").text)
    assert token, "the page has no form"
    fuse = Fuse(int(point))
    with app.app_context():
        engine = parts().engine
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, name, fuse.point)
    fuse.is_lit = True
    answer = client.post(f"/incidents/{number}/advance", data={"stage": stage, "csrf_token": token.group(1)})
    return 0 if answer.status_code == 302 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
