"""A Slack that fails on demand: answers get lost, limits are reached, channels are missing. For the well-behaved one
see tests/local_slack.py."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

Act = Callable[[], dict[str, Any]]
UPLOAD = "upload"  # of a file's bytes, to an address that Slack gives out
Fault = Callable[[BaseHTTPRequestHandler, Act], None]


def goes_well(handler: BaseHTTPRequestHandler, act: Act) -> None:
    _send(handler, 200, json.dumps(act()).encode())


def lose_the_answer(handler: BaseHTTPRequestHandler, act: Act) -> None:
    """Slack does it, and nobody hears of it."""
    act()
    handler.close_connection = True
    handler.connection.close()


def breaks_before(handler: BaseHTTPRequestHandler, _act: Act) -> None:
    """The connection breaks before Slack does anything."""
    handler.connection.close()


def status(number: int, **headers: str) -> Fault:
    def answer(handler: BaseHTTPRequestHandler, _act: Act) -> None:
        body = b"<html>not what anybody asked for</html>" if number >= 500 else b'{"ok":false,"error":"ratelimited"}'
        _send(handler, number, body, {key.replace("_", "-"): value for key, value in headers.items()})

    return answer


def error(word: str, **more: Any) -> Fault:
    def answer(handler: BaseHTTPRequestHandler, _act: Act) -> None:
        _send(handler, 200, json.dumps({"ok": False, "error": word, **more}).encode())

    return answer


class StandIn:
    """Channels C1 #incidents, C2 #engineering, C3 #payments, and C4 #shop that the app has not joined; Ana and Ben."""

    def __init__(self) -> None:
        self.names = {"C1": "incidents", "C2": "engineering", "C3": "payments", "C4": "shop"}
        self.joined = {"C1", "C2", "C3"}
        self.people = {"ana@example.com": "U0ANA", "ben@example.com": "U0BEN"}
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.called: list[str] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self._answers: dict[str, Callable[..., dict[str, Any]]] = {
            "chat.postMessage": self._post, "chat.update": self._update, "chat.delete": self._delete,
            "conversations.history": self._history, "conversations.replies": self._replies,
            "conversations.list": self._channels, "conversations.join": self._join, "conversations.open": self._open,
            "users.lookupByEmail": self._person, "files.getUploadURLExternal": self._address, UPLOAD: self._bytes,
            "files.completeUploadExternal": self._uploaded, "files.info": self._file, "files.delete": self._forget,
        }  # fmt: skip
        self.files: dict[str, dict[str, Any]] = {}
        self.slow_files = 0  # so many times Slack says of a file that it is not processed yet
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next(self, method: str, *faults: Fault) -> None:
        """What the next calls of this method meet, in order; those after them go well."""
        self.faults[method] += faults

    def texts(self, channel: str) -> list[str]:
        return [each["text"] for each in self.messages[channel]]

    def roots(self, channel: str) -> list[dict[str, Any]]:
        return [each for each in self.messages[channel] if "thread_ts" not in each]

    def answers(self, channel: str) -> list[dict[str, Any]]:
        return [each for each in self.messages[channel] if "thread_ts" in each]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                method = self.path.split("?")[0].removeprefix("/api/")
                if method.startswith(f"{UPLOAD}/"):
                    method, told = UPLOAD, {"file": method.removeprefix(f"{UPLOAD}/"), "body": body}
                else:
                    told = _read(body.decode(), self.headers.get("Content-Type", ""))
                    told |= {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                with stand_in._lock:
                    stand_in.called.append(method)
                    faults = stand_in.faults[method]
                    fault = faults.pop(0) if faults else None

                def act() -> dict[str, Any]:
                    with stand_in._lock:
                        return stand_in._answers[method](**told)

                if fault:
                    fault(self, act)
                else:
                    _send(self, 200, json.dumps(act()).encode())

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _id(self, channel: str) -> str | None:
        by_name = {f"#{name}": key for key, name in self.names.items()}
        return by_name.get(channel) or (channel if channel in self.names or channel[:1] == "D" else None)

    def _post(self, channel: str, **told: Any) -> dict[str, Any]:
        key = self._id(channel)
        if key is None:
            return {"ok": False, "error": "channel_not_found"}
        if key in self.names and key not in self.joined:
            return {"ok": False, "error": "not_in_channel"}
        thread = told.get("thread_ts")
        if thread and thread not in [each["ts"] for each in self.messages[key]]:
            return {"ok": False, "error": "thread_not_found"}
        if not self._are_shown(told):
            return {"ok": False, "error": "invalid_blocks"}
        ts = f"{1772442000 + next(self._numbers)}.000100"
        self.messages[key].append({"ts": ts, **told})
        return {"ok": True, "channel": key, "ts": ts}

    def _update(self, channel: str, ts: str, **told: Any) -> dict[str, Any]:
        if not self._are_shown(told):
            return {"ok": False, "error": "invalid_blocks"}
        for each in self.messages[channel]:
            if each["ts"] == ts:
                each.update(told)
                return {"ok": True, "channel": channel, "ts": ts}
        return {"ok": False, "error": "message_not_found"}

    def _delete(self, channel: str, ts: str) -> dict[str, Any]:
        self.messages[channel] = [each for each in self.messages[channel] if each["ts"] != ts]
        return {"ok": True}

    def _history(self, channel: str, **_: Any) -> dict[str, Any]:
        if channel in self.names and channel not in self.joined:
            return {"ok": False, "error": "not_in_channel"}
        return {"ok": True, "messages": self.roots(channel)[::-1]}

    def _are_shown(self, told: dict[str, Any]) -> bool:
        """As Slack does it: a file that is not processed, or not there, may not be shown."""
        blocks = told.get("blocks") or []
        ids = [each["slack_file"]["id"] for each in (json.loads(blocks) if isinstance(blocks, str) else blocks)
               if "slack_file" in each]  # fmt: skip
        return all(self.files.get(each, {}).get("mimetype") for each in ids)

    def _address(self, filename: str, length: str, **told: Any) -> dict[str, Any]:
        key = f"F{next(self._numbers)}"
        self.files[key] = {"name": filename, "length": int(length), "alt": told.get("alt_txt")}
        return {"ok": True, "file_id": key, "upload_url": f"{self.url}{UPLOAD}/{key}"}

    def _bytes(self, file: str, body: bytes) -> dict[str, Any]:
        self.files[file]["body"] = body
        return {"ok": True}

    def _uploaded(self, files: str, **told: Any) -> dict[str, Any]:
        told_files = json.loads(files)
        for each in told_files:
            self.files[each["id"]] |= {"channel": told.get("channel_id"), "looks": self.slow_files}
        return {"ok": True, "files": told_files}

    def _file(self, file: str) -> dict[str, Any]:
        of = self.files[file]
        of["looks"] -= 1
        if of["looks"] < 0:
            of["mimetype"] = "image/png"
        return {"ok": True, "file": {"id": file, "mimetype": of.get("mimetype", "")}}

    def _forget(self, file: str) -> dict[str, Any]:
        self.files.pop(file, None)
        return {"ok": True}

    def _replies(self, channel: str, ts: str, **_: Any) -> dict[str, Any]:
        found = [each for each in self.messages[channel] if ts in (each["ts"], each.get("thread_ts"))]
        return {"ok": True, "messages": found} if found else {"ok": False, "error": "thread_not_found"}

    def _channels(self, **_: Any) -> dict[str, Any]:
        return {"ok": True, "channels": [{"id": key, "name": name} for key, name in self.names.items()]}

    def _join(self, channel: str) -> dict[str, Any]:
        self.joined.add(channel)
        return {"ok": True}

    def _open(self, users: str) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": f"D{users[1:]}"}}

    def _person(self, email: str) -> dict[str, Any]:
        if email not in self.people:
            return {"ok": False, "error": "users_not_found"}
        return {"ok": True, "user": {"id": self.people[email]}}


def _read(body: str, kind: str) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return json.loads(body) if body else {}
    return {key: values[0] for key, values in parse_qs(body).items() if key != "token"}


def _send(handler: BaseHTTPRequestHandler, number: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    handler.send_response(number)
    for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
        handler.send_header(key, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
