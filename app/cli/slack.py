"""Connecting Slack from the command line: `flask --app wsgi slack …`."""

from __future__ import annotations

import json
from contextlib import suppress
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from app.cli.migrate import require_current
from app.cli.problems import in_words
from app.parts import parts
from app.slack.door import Door
from app.slack.installations import Installations
from app.slack.setup import manifest as made
from app.slack.setup.desk import Desk
from app.slack.setup.result import RIGHT, UNKNOWN, UNNEEDED, WRONG

slack = AppGroup("slack", help="Connect Slack: the app's manifest, and what is wrong with the connection.")
COLOURS = {RIGHT: "green", WRONG: "red", UNKNOWN: "yellow", UNNEEDED: "bright_black"}


def desk() -> Desk:
    """What this Ratchet knows of its Slack."""
    of = parts()
    keys = [current_app.config["SECRET_KEY"]]
    return Desk(of.settings, of.clock, of.read, Installations(of.begin, of.read, *keys))


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    at = urlsplit(value)
    if at.scheme not in ("http", "https") or not at.hostname or at.query or at.fragment:
        raise click.BadParameter("must be an address such as https://ratchet.example.com")
    return value.rstrip("/")


@slack.command("manifest")
@click.option("--url", callback=_address, help="Where Slack reaches Ratchet. Left out: RATCHET_BASE_URL.")
@click.option("--socket", is_flag=True, help="For Socket Mode: Slack need not reach Ratchet.")
@click.option("--json", "as_json", is_flag=True, help="As JSON instead of YAML.")
@click.option("--link", is_flag=True, help="The address at Slack that creates the app with one click.")
def manifest(url: str | None, socket: bool, as_json: bool, link: bool) -> None:
    """Print the manifest of the Slack app, to create it from."""
    of = desk()
    told = of.manifest(is_socket_mode=socket, base_url=url)
    for each in made.warnings(url or of.settings.base_url, socket):
        click.echo(click.style(each, fg="yellow"), err=True)
    if link:
        click.echo(made.link(told))
    else:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else made.as_yaml(told).rstrip())


@slack.command("check")
@click.option("--validate", is_flag=True, help="Let Slack validate one of each kind of message, too; nothing is sent.")
def check(validate: bool) -> None:
    """Say what is wrong with the connection to Slack, and how to mend it. Exit code 1: something is."""
    of, count = desk(), dict.fromkeys(COLOURS, 0)
    with in_words():
        for told in (of.check(), of.validate()) if validate else (of.check(),):
            for each in told:
                count[each.outcome] += 1
                click.echo(f"{click.style(f'{each.outcome:<11}', fg=COLOURS[each.outcome])} {each.name}: {each.words}")
                if each.mend:
                    click.echo(f"{'':<12}{each.mend}")
    click.echo(f"\n{count[RIGHT]} right, {count[WRONG]} wrong, {count[UNKNOWN]} that nobody can tell.")
    if count[WRONG]:
        raise SystemExit(1)


@slack.command("socket")
def socket() -> None:
    """Hear Slack through Socket Mode, where it cannot reach Ratchet. A process of its own; two of them are better."""
    made = parts()
    if not made.settings.slack_app_token:
        raise click.ClickException("Set RATCHET_SLACK_APP_TOKEN (xapp-…): an app-level token with connections:write.")
    require_current(made.engine)
    door: Door = current_app.extensions["ratchet.slack"]
    api = made.settings.slack_api_url.rstrip("/") + "/"
    handler = SocketModeHandler(door.bolt, made.settings.slack_app_token, web_client=WebClient(base_url=api))
    click.echo("Listening to Slack. End it with Ctrl-C.", err=True)
    with in_words(), suppress(KeyboardInterrupt):
        handler.start()  # type: ignore[no-untyped-call] # bolt gives it no types
