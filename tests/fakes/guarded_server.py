# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authenticating reverse proxy in front of a Manager, with TLS: what a studio puts between its
farm and the internet. Certificates: tests/data/tls."""

from __future__ import annotations

import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.fakes.wire_server import Reply

TLS = Path(__file__).parents[1] / "data" / "tls"
SECRET = "Bearer s3cret-of-mia"


def server_context(certificate: str) -> ssl.SSLContext:
    """Return the context of a server that shows one of the tests' certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate, TLS / "server.key")
    return context


class GuardedServer:
    """Passes on what shows the secret in the header ``Authorization``, refuses the rest.

    :param behind: base URL of the Manager; ``headers`` are sent there besides.
    :param certificate: what it shows; empty for plain HTTP.
    :ivar refusal: what whoever shows no secret is told.
    :ivar seen: the ``Authorization`` of each request that came.
    """

    def __init__(
        self, behind: str, headers: dict[str, str], certificate: str = "server.pem"
    ) -> None:
        self.behind = urlsplit(behind).netloc
        self.headers = headers
        self.refusal = Reply(401, b"", {"WWW-Authenticate": "Bearer"})
        self.seen: list[str | None] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        if certificate:
            context = server_context(certificate)
            # The handshake is left to each connection's own thread.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: GuardedServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients that do not trust us leave in the middle of the handshake."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        owner = self.server.owner
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        owner.seen.append(self.headers.get("Authorization"))
        if owner.seen[-1] != SECRET:
            refusal = owner.refusal
            self._send(refusal.status, refusal.content(), refusal.headers)
            return
        connection = http.client.HTTPConnection(owner.behind, timeout=10)
        try:
            kept = ("Content-Type", "Range", "If-Modified-Since")
            passed = {name: self.headers[name] for name in kept if name in self.headers}
            connection.request(self.command, self.path, content, {**passed, **owner.headers})
            response = connection.getresponse()
            told = {n: v for n, v in response.headers.items() if n in ("Content-Type",)}
            self._send(response.status, response.read(), told)
        finally:
            connection.close()

    do_GET = do_POST = do_DELETE = _answer

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
