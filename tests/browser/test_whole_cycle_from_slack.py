"""A whole incident by what people type, click and fill in in Slack, and by nothing else; the web shows the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from sqlalchemy import Engine

from tests import local_slack
from tests.browser.conftest import Site, people_and_services, serve
from tests.browser.slack_hands import SlackHands
from tests.local_slack import APP_TOKEN, LocalSlack, free_port

HTTP, SOCKET = "over HTTP", "over Socket Mode"


@pytest.fixture(params=[HTTP, SOCKET])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def slack(tmp_path: Path, way: str, port: int) -> Iterator[LocalSlack]:
    tells = f"http://127.0.0.1:{port}/slack/events" if way == HTTP else ""
    with local_slack.running(tmp_path, tells=tells) as running:
        yield running


@pytest.fixture
def site(fresh_engine: Engine, slack: LocalSlack, way: str, port: int) -> Iterator[Site]:
    variables = {
        "RATCHET_SLACK_TOKEN": local_slack.TOKEN, "RATCHET_SLACK_API_URL": slack.url,
        "RATCHET_SLACK_SIGNING_SECRET": local_slack.SIGNING_SECRET, "RATCHET_WORKER_POLL_SECONDS": "0.2",
    }  # fmt: skip
    with serve(fresh_engine, variables, port) as made:
        people_and_services(made.parts)
        door = made.app.extensions["ratchet.slack"]
        listening = SocketModeHandler(door.bolt, APP_TOKEN, web_client=WebClient(base_url=slack.url))
        if way == SOCKET:
            listening.connect()  # type: ignore[no-untyped-call] # bolt gives it no types
        worker = made.parts.make_worker()
        thread = threading.Thread(target=worker.run)
        thread.start()
        yield made
        worker.stop()
        thread.join()
        if way == SOCKET:
            listening.close()  # type: ignore[no-untyped-call] # as above
        door.bot.close()


def test_from_declaration_to_a_closed_loop_without_leaving_slack(
    site: Site, slack: LocalSlack, browser: Browser, sign_in: Callable[..., Page]
) -> None:
    web = sign_in("vera")
    context = browser.new_context()
    ana, ben = (SlackHands(slack, context.new_page(), user).look() for user in ("U0ANA", "U0BEN"))

    def is_at(stage: str) -> None:
        web.goto("/incidents/1")
        web.wait_for_url(f"{site.url}/incidents/1/{stage}")

    ana.type("checkout is down sev2 ~checkout @ana")
    ana.submit(title="")
    assert ana.refused() == {"title": "Give the incident a title."}
    ana.submit(title="Checkout is down", description="Nobody can pay")
    assert "is declared" in ana.answer("is declared")["text"]
    card = ana.card()
    is_at("resolution")

    ana.click("Resolve", card)
    ana.submit(how_resolved="Rolled back", impact="Nobody could pay")
    ana.answer("is resolved")
    is_at("review")

    ana.mention("timeline the database failed over", card["ts"])
    ana.answer("Added to the timeline")
    ana.mention("review", card["ts"])
    ana.click("Write the review", ana.answer("Write the review"))
    ana.submit(
        summary="A deploy without a canary.", factors="No canary", area="change", went_well="Found within a minute.",
        went_badly="Nobody knew whom to call.", got_lucky="It was night.", complete=["yes"],
    )  # fmt: skip
    ana.answer("It is at Remediation")
    is_at("remediation")

    ana.mention("action probe the checkout @ben by fri", card["ts"])
    ana.answer("Ben is told that it is theirs")
    ben.type("done act-1 deployed on Monday")
    ben.answer("waits for somebody other than Ben")
    ben.type("verify act-1")
    ben.answer("Nothing was changed")
    ana.type("verify act-1")
    ana.answer("is verified")
    ana.tell("next 1")
    ana.answer("It is at Analysis")
    is_at("analysis")

    ana.type("pattern 1 no canary probe")
    ana.submit(area="change", decision="new", reason="A canary would have shown it.")
    ana.answer("is analysed")
    is_at("best_practice")

    ana.type("bp every canary probes the money path ~checkout")
    ana.submit(why="INC-1 would have been seen in the canary.")
    ana.answer("is proposed")
    ana.type("show bp-1")
    ana.answer("every canary probes the money path")
    proposal = ben.message("C2", "is proposed")
    ana.click("Accept BP-1", proposal, "C2")
    ana.answer("Nothing was changed")  # four eyes
    ben.click("Accept BP-1", proposal, "C2")
    ben.answer("is accepted")
    is_at("automation")

    ana.type("automate bp-1 Does a canary probe the money path?")
    ana.submit(kind="attested", because="No machine sees it yet.")
    ana.click("Activate", ana.answer("has a check in dry run"))
    ana.answer("is checked from now on")
    is_at("adoption")

    ana.type("adopt bp-1 ~checkout seen in the pipeline on Monday")
    ana.answer("Now 1 of 1 have adopted it")
    web.goto("/incidents/1")
    web.get_by_text("Loop closed").first.wait_for()
    assert len(ana.said_in_thread(card, "loop closed")) == 1
    ana.click("Resolve", card)  # the card as it stood on the first evening
    assert "is resolved already: nothing was changed" in ana.shown()
    context.close()
