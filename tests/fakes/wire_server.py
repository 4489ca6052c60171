# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real HTTP server on the loopback interface that answers what it was told to.

It plays recorded exchanges of Flamenco Managers back, and misbehaves on demand.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WIRE = Path(__file__).parents[1] / "data" / "wire"


def recorded(version: str) -> dict[str, dict[str, Any]]:
    """Return the recorded exchanges with a Manager by case."""
    lines = (WIRE / f"{version}.jsonl").read_text(encoding="utf-8").splitlines()
    return {exchange["case"]: exchange for exchange in map(json.loads, lines)}


@dataclass(frozen=True)
class Reply:
    """What to send back.

    :param body: JSON value, or bytes as they are.
    :param cut: close the connection after the headers and half of the body.
    :param is_silent: close the connection without a byte.
    :param hang: wait for this before answering at all.
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_chunked: bool = False
    cut: bool = False
    is_silent: bool = False
    hang: threading.Event | None = None

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class WireServer:
    """Answers on ``url``; the last reply to a method and path stays, earlier ones come first."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._replies: dict[tuple[str, str], deque[Reply]] = defaultdict(deque)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, method: str, path: str, *replies: Reply) -> None:
        """Say what to answer from now on, in this order."""
        self._replies[method, path].extend(replies)

    def play(self, *exchanges: dict[str, Any]) -> None:
        """Answer as a recorded Manager did."""
        for exchange in exchanges:
            request, answer = exchange["request"], exchange["answer"]
            body = answer.get("body", answer.get("text", "").encode())
            kept = {"content-type"}
            headers = {k: v for k, v in answer["headers"].items() if k in kept}
            chunked = answer["headers"].get("transfer-encoding") == "chunked"
            reply = Reply(answer["status"], body, headers, is_chunked=chunked)
            self.reply(request["method"], request["path"], reply)

    def asked(self, method: str) -> list[str]:
        """Return the paths that were asked with a method."""
        return [request.path for request in self.requests if request.method == method]

    def next_reply(self, method: str, path: str) -> Reply:
        queue = self._replies[method, path]
        if not queue:
            return Reply(404, {"message": "Not Found"})
        return queue.popleft() if len(queue) > 1 else queue[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: WireServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.owner.connections += 1

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(content) if content else None
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        self.server.owner.requests.append(request)
        reply = self.server.owner.next_reply(self.command, self.path)
        if reply.hang is not None:
            reply.hang.wait(20)
            self.close_connection = True
        elif reply.is_silent:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self._send(reply)

    do_GET = do_POST = do_DELETE = do_PUT = _answer

    def _send(self, reply: Reply) -> None:
        content = reply.content()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
            content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
        elif reply.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if reply.cut:
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)
