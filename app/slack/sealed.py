"""Secrets at rest: what stands in the database can be read only with the secret key, which does not stand there."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import Settings

PURPOSE = b"ratchet: tokens of slack installations, 1"  # another purpose has another key


class CannotUnseal(ValueError):
    """None of the keys has sealed this, or somebody has changed it."""


def seal(text: str, *keys: str) -> str:
    """Encrypted and authenticated with the first key. ValueError without a key."""
    return _box(keys).encrypt(text.encode()).decode("ascii")


def unseal(text: str, *keys: str) -> str:
    """What was sealed with any of the keys: while a key is replaced there are two. CannotUnseal."""
    try:
        return _box(keys).decrypt(text.encode()).decode()
    except InvalidToken:
        raise CannotUnseal("The secret key is not the one that sealed this.") from None


def kept_key(settings: Settings) -> str:
    """The secret key of this Ratchet: the setting, or the one that was made at the first start. Empty: neither."""
    file = Path("var/secret-key")
    return settings.secret_key or (file.read_text(encoding="utf-8").strip() if file.exists() else "")


def _box(keys: tuple[str, ...]) -> MultiFernet:
    if not keys or not all(keys):
        raise ValueError("There is no secret key to seal with: set RATCHET_SECRET_KEY.")
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(each))) for each in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
