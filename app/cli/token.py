"""Tokens of the API by hand, for machines that nobody signs in for: `flask --app wsgi token …`."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from app.cli.problems import in_words
from app.domain.people import RATCHET, RESPONDER, ROLES
from app.parts import parts
from app.queries import people
from app.queries import tokens as rows
from app.workflow import tokens

token = AppGroup("token", help="Tokens of the API: what machines show instead of signing in.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What it is for, such as CI.")
@click.option(
    "--role", type=click.Choice(ROLES), help="At most this role. Left out: responder, or the person's if lower."
)
@click.option("--expires", type=DAY, metavar="YYYY-MM-DD", help="Its last day, in UTC. Left out: it does not expire.")
def add(email: str, name: str, role: str | None, expires: datetime | None) -> None:
    """Make a token that acts as EMAIL. It is printed this once."""
    with in_words(), parts().begin() as work:
        person = people.by_email(work.session, email)
        made, secret = tokens.make(
            work, name=name, person_id=person.id, role=role or rows.lower(RESPONDER, person.role),
            expires_on=expires.date() if expires else None, by=RATCHET, now=parts().clock(),
        )  # fmt: skip
    until = f"through {made.expires_on}" if made.expires_on else "until it is revoked"
    click.echo(f"Token {made.id}, {made.name}, acts as {person.name} with the role {made.role}, {until}.", err=True)
    click.echo("It is shown this once:", err=True)
    click.echo(secret)


@token.command("list")
def list_() -> None:
    """Every token: the ones that work first, then the newest."""
    today = parts().clock().date()
    with in_words(), parts().read() as session:
        number, total = 1, 1
        while (number - 1) * rows.PAGE < total:
            found, total = rows.page(session, number)
            for each in found:
                of = each.token
                used = of.last_used_at.strftime("%Y-%m-%d %H:%M") if of.last_used_at else "never used"
                until = str(of.expires_on) if of.expires_on else "no end"
                line = (of.id, f"{of.hint}…", of.name, each.person.email, each.role, each.state(today), until, used)
                click.echo("\t".join(map(str, line)))
            number += 1
    if not total:
        click.echo("There is no token yet. Make one: flask --app wsgi token add ana@example.com --name CI", err=True)


@token.command("revoke")
@click.argument("token_id", metavar="ID", type=click.IntRange(1, 999_999_999))
def revoke(token_id: int) -> None:
    """End the token ID, as the list names it, at once."""
    with in_words(), parts().begin() as work:
        ended = tokens.revoke(work, token_id, by=RATCHET, now=parts().clock())
    click.echo(f"Token {ended.id}, {ended.name}, works no longer.")
