"""Where Ratchet runs: the folder that it writes to, the key that signs sessions, the address that people use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from app.cli.checkup import Finding, ok, problem, warning
from config import Settings

KEY_LEAST = 32


def findings(settings: Settings, var: Path) -> Iterator[Finding]:
    yield _folder(var)
    yield _key(settings)
    yield _address(settings)


def _folder(var: Path) -> Finding:
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var):
            return ok("folder", f"{var.resolve()} can be written.")
    except OSError as error:
        advice = f"Give this user the folder: mkdir -p {var.resolve()} && chown USER {var.resolve()}"
        return problem("folder", f"{var.resolve()} cannot be written: {error.strerror}.", advice)


def _key(settings: Settings) -> Finding:
    if not settings.secret_key:
        words = "Sessions are signed with the key in var/secret-key."
        if settings.database_url.startswith("sqlite"):
            return ok("secret key", words)
        advice = "With processes on several machines, set RATCHET_SECRET_KEY to one value for all."
        return warning("secret key", words, advice)
    if len(settings.secret_key) < KEY_LEAST:
        words = f"RATCHET_SECRET_KEY has {len(settings.secret_key)} characters, which can be guessed."
        return problem("secret key", words, 'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"')
    return ok("secret key", "RATCHET_SECRET_KEY is set; it must be the same for every process.")


def _address(settings: Settings) -> Finding:
    is_local = _is_local(urlsplit(settings.base_url).hostname or "")
    if is_local and settings.slack_token:
        advice = "Set RATCHET_BASE_URL to the address that people use."
        return warning("address", f"Links in Slack lead to {settings.base_url}, which nobody else can reach.", advice)
    if not is_local and not settings.is_https:
        advice = "Put a proxy with TLS in front, and set RATCHET_BASE_URL to its https address."
        return warning("address", f"{settings.base_url} is not https: passwords travel in the clear.", advice)
    return ok("address", f"People reach Ratchet at {settings.base_url}.")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
