"""People by hand, above all the first administrator: `flask --app wsgi user …`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.problems import in_words
from app.domain.people import ADMINISTRATOR, RATCHET, RESPONDER, ROLES
from app.models.person import Person
from app.parts import parts
from app.queries import people as rows
from app.web.auth import hasher
from app.web.forms.people import PASSWORD_LEAST, PASSWORD_MOST
from app.web.people import generated_password
from app.workflow import people
from app.workflow.unit_of_work import Work

user = AppGroup("user", help="People: who may sign in, and as what.")
ROLE = click.Choice(ROLES)


@user.command("add")
@click.argument("email")
@click.option("--name", prompt="Name", help="As pages show it.")
@click.option("--role", type=ROLE, help="Left out: administrator for the first person, responder for others.")
@click.option("--password", help="Left out: one is made and printed.")
@click.option("--prompt", is_flag=True, help="Ask for the password instead.")
def add(email: str, name: str, role: str | None, password: str | None, prompt: bool) -> None:
    """Add the person with the address EMAIL."""
    secret, is_made = _password(password, prompt)
    with in_words(), parts().begin() as work:
        role = role or (RESPONDER if people.count(work) else ADMINISTRATOR)
        person = people.add(
            work, email=email, name=name, role=role, password_hash=hasher.hash(secret), by=RATCHET, now=parts().clock()
        )
    click.echo(f"{person.name} <{person.email}> is added as {person.role}.")
    _say(secret, is_made)


@user.command("list")
def list_() -> None:
    """Everybody: active ones first, by name."""
    with in_words(), parts().read() as session:
        number, total = 1, 1
        while (number - 1) * rows.PAGE < total:
            found, total = rows.page(session, "", number)
            for each in found:
                of = each.person
                state = "active" if of.is_active else "not active"
                state += "" if of.password_hash else ", no password"
                click.echo(f"{of.email}\t{of.name}\t{of.role}\t{state}\t{', '.join(each.teams)}")
            number += 1
    if not total:
        click.echo("There is nobody yet. Add the first: flask --app wsgi user add ana@example.com --name Ana", err=True)


@user.command("password")
@click.argument("email")
@click.option("--password", help="Left out: one is made and printed.")
@click.option("--prompt", is_flag=True, help="Ask for the password instead.")
def set_password(email: str, password: str | None, prompt: bool) -> None:
    """Give EMAIL a new password; every session of theirs ends."""
    secret, is_made = _password(password, prompt)
    with in_words(), parts().begin() as work:
        person = people.set_password(work, rows.by_email(work.session, email).id, hasher.hash(secret), by=RATCHET)
    click.echo(f"{person.name} has a new password.")
    _say(secret, is_made)


@user.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
def set_role(email: str, role: str) -> None:
    """Make EMAIL a ROLE; they have to sign in again."""
    with in_words(), parts().begin() as work:
        person = rows.by_email(work.session, email)
        _change(work, person, role=role, is_active=person.is_active)
    click.echo(f"{person.name} is now {person.role}.")


@user.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """EMAIL can sign in no longer; everything they did stays."""
    with in_words(), parts().begin() as work:
        person = rows.by_email(work.session, email)
        _change(work, person, role=person.role, is_active=False)
    click.echo(f"{person.name} can sign in no longer.")


@user.command("activate")
@click.argument("email")
def activate(email: str) -> None:
    """EMAIL can sign in again."""
    with in_words(), parts().begin() as work:
        person = rows.by_email(work.session, email)
        _change(work, person, role=person.role, is_active=True)
    click.echo(f"{person.name} can sign in again.")


def _change(work: Work, person: Person, *, role: str, is_active: bool) -> None:
    teams = [each.id for each in rows.teams_of(work.session, person.id)]
    people.change(work, person.id, name=person.name, role=role, is_active=is_active, team_ids=teams, by=RATCHET)


def _password(given: str | None, prompt: bool) -> tuple[str, bool]:
    """The password, and whether it was made here and has to be printed."""
    if prompt:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if given is None:
        return generated_password(), True
    if not PASSWORD_LEAST <= len(given) <= PASSWORD_MOST:
        raise click.ClickException(f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST:,} characters.")
    return given, False


def _say(secret: str, is_made: bool) -> None:
    if is_made:
        click.echo(f"Password: {secret}\nIt is shown this once; they can change it on their account page.")
