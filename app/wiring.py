"""The one file that knows everybody: it makes the parts and hands them to the doors."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask_wtf import CSRFProtect
from slack_bolt.oauth import OAuthFlow
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, db, log
from app.api import door as api
from app.domain.report import Figures
from app.faces.charts.png import adoption_png
from app.mail.delivery import MailDelivery, is_mail
from app.outbox.contract import Outcome, Parcel
from app.outbox.relay import Relay
from app.outbox.worker import Worker
from app.parts import Parts
from app.slack import door as slack_door
from app.slack import oauth
from app.slack.bot import Bot
from app.slack.client import web_client
from app.slack.delivery import SlackDelivery
from app.slack.hear import listen
from app.slack.home import home
from app.slack.inbox import Inbox, beside
from app.slack.installations import Installations, token_of
from app.slack.setup.desk import Desk
from app.slack.workspaces import Workspaces
from app.web import (
    adoption,
    analysis,
    auth,
    automation,
    best_practice,
    board,
    campaign,
    catalog,
    catalogue_import,
    dependencies,
    errors,
    exemption,
    filters,
    guards,
    incident,
    lifecycle,
    ops,
    outbox,
    people,
    question,
    quiet,
    remediation,
    report,
    report_archive,
    report_compare,
    report_correction,
    report_rows,
    report_subscription,
    resolution,
    review,
    slack_link,
    slack_setup,
    starter,
    tokens,
    trial,
)
from app.workflow import slack_account
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from config import Settings

PAGES = (
    auth, ops, board, incident, lifecycle, resolution, review, remediation, analysis, best_practice, automation,
    adoption, catalog, people, outbox, starter, trial, catalogue_import, dependencies, tokens, question, exemption,
    campaign, slack_setup, slack_link, quiet, report, report_archive, report_compare, report_correction,
    report_rows, report_subscription,
)  # fmt: skip


def utc_now() -> datetime:
    return datetime.now(UTC)


def build_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] = utc_now, engine: Engine | None = None,
    sessions: sessionmaker[Session] | None = None,
) -> Flask:  # fmt: skip
    """The web application. Tests hand in a clock, an engine, and sessions that are rolled back afterwards."""
    settings = settings or Settings.from_env(os.environ)
    log.configure(settings)
    key = settings.secret_key or _kept_secret(Path("var/secret-key"))
    made = make_parts(settings, clock=clock, engine=engine, sessions=sessions, secret_key=key)
    installations = Installations(made.begin, made.read, key)
    workspaces = Workspaces(settings, installations)
    bot = Bot(made, Inbox(beside(made.engine), clock), workspaces.client_of, slack_account.signer(key), home)
    app = Flask("app", static_folder="static", template_folder="templates")
    app.extensions["ratchet"] = replace(made, recover=bot.recover)
    app.config.update(
        SECRET_KEY=key,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_SECURE=settings.is_https, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024, MAX_FORM_PARTS=5_000,
        SESSION_REFRESH_EACH_REQUEST=False,  # guards.py does, now and then: signing a cookie for every page is dear
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
        WTF_CSRF_TIME_LIMIT=None,  # a form is as old as its session, not older
        WTF_CSRF_SSL_STRICT=False,  # the Referer is not always sent; the token and SameSite decide
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
    )  # fmt: skip
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign] # as Flask documents it
    auth.install(app)
    guards.guard(app)
    csrf = CSRFProtect(app)
    errors.install(app)
    filters.install(app)
    for room in PAGES:
        app.register_blueprint(room.page)
    bolt = listen(bot, lambda team, enterprise, at: oauth.forget(installations, team, enterprise, at=at))
    flow = oauth.oauth_settings(settings, installations, oauth.States(made.begin, clock))
    slack_door.install(app, csrf, slack_door.Door(bolt, bot, workspaces, OAuthFlow(settings=flow) if flow else None))
    slack_setup.install(app, Desk(settings, clock, made.read, installations))
    api.install(app, csrf)
    cli.install(app)
    return app


def make_parts(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, engine: Engine | None = None,
    sessions: sessionmaker[Session] | None = None, secret_key: str = "",
) -> Parts:  # fmt: skip
    """The parts without a web application: what a worker needs."""
    engine = engine if engine is not None else db.connect(settings.database_url)
    writing = sessions or db.writing(engine)
    reading = sessions or db.reading(engine)
    begin = UnitOfWork(writing, settings.policy, CHAIN, announce)
    installations = Installations(begin, reading, secret_key) if secret_key else None

    def make_worker() -> Worker:
        client = web_client(settings, token_of(settings, installations))
        slack = SlackDelivery(client, reading, settings, clock, draw=drawn)
        mail = MailDelivery(reading, settings, draw=drawn)

        def deliver(parcel: Parcel) -> Outcome:
            return mail(parcel) if is_mail(parcel) else slack(parcel)

        return Worker(Relay(writing, deliver, clock, lambda: uuid4().hex), poll_seconds=settings.worker_poll_seconds)

    return Parts(settings, engine, begin, reading, clock, make_worker)


def drawn(figures: Figures) -> bytes | None:
    """The chart of a weekly report. None: nothing was measured in any of its weeks."""
    return adoption_png(figures) if any(each.count for each in figures.adoption.series) else None


def _kept_secret(path: Path) -> str:
    """A key that signs sessions, made once and readable by this user alone: restarts sign nobody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()
