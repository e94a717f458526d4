"""A mail server that speaks as much SMTP as a sender needs, and that refuses, hangs up or is busy on demand."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import socketserver
import ssl
import threading
from collections import defaultdict
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HANG_UP = "hang up"  # in the place of an answer


class MailServer:
    """`letters` are what has arrived. `next("RCPT", "550 …")`: what the next such command is answered with, once.
    "DATA" answers the command, "." the letter itself: HANG_UP there loses the answer, and the letter has arrived."""

    def __init__(self, folder: Path, *, user: str = "", password: str = "", offers_tls: bool = True) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.were_secret: list[bool] = []
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.user, self.password, self.offers_tls = user, password, offers_tls
        self.trusted = ssl.create_default_context(cafile=str(_certificate(folder)))
        self.secret = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.secret.load_cert_chain(folder / "server.pem")
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.of = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, user: str = "", password: str = "") -> str:
        who = f"{user}:{password}@" if user else ""
        return f"smtp://{who}127.0.0.1:{self._server.server_address[1]}"

    def next(self, command: str, *answers: str) -> None:
        self.answers[command] += answers

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    of: MailServer


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.of: MailServer = self.server.of  # type: ignore[attr-defined] # ours
        self.is_secret, self.sender, self.to = False, "", []
        self._say("220 mail.example.com")
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            told = self.of.answers[command.upper()]
            answer = told.pop(0) if told else getattr(self, f"_{command.lower()}")(rest)
            if answer == HANG_UP or (answer and not self._say(answer)):
                return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()  # the one that TLS has made of it

    def _say(self, answer: str) -> bool:
        self.wfile.write(answer.encode() + b"\r\n")
        self.wfile.flush()
        return not answer.startswith("221")

    def _ehlo(self, _rest: str) -> str:
        able = [*(["STARTTLS"] if self.of.offers_tls and not self.is_secret else []), "AUTH PLAIN", "SMTPUTF8"]
        return "\r\n".join(["250-mail.example.com", *(f"250-{each}" for each in able[:-1]), f"250 {able[-1]}"])

    def _starttls(self, _rest: str) -> str:
        self._say("220 go ahead")
        self.connection = self.of.secret.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.is_secret = True
        return ""

    def _auth(self, rest: str) -> str:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        is_right = (user, password) == (self.of.user, self.of.password)
        return "235 welcome" if is_right else "535 wrong user or password"

    def _mail(self, rest: str) -> str:
        self.sender = rest
        return "250 ok"

    def _rcpt(self, rest: str) -> str:
        self.to.append(rest)
        return "250 ok"

    def _data(self, _rest: str) -> str:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        told = self.of.answers["."]
        answer = told.pop(0) if told else "250 it will arrive"
        if answer == HANG_UP or answer.startswith("250"):
            self.of.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.of.envelopes.append((self.sender, self.to))
            self.of.were_secret.append(self.is_secret)
        return answer

    def _rset(self, _rest: str) -> str:
        return "250 ok"

    def _quit(self, _rest: str) -> str:
        return "221 bye"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            return lambda _rest: "502 not known"
        raise AttributeError(name)


def _certificate(folder: Path) -> Path:
    """Of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
