# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP on the loopback interface: who may ask, and how answers and errors look.

Every request needs the token. The ``Host`` header must name this computer, so that no web page
can reach us under a host name of its own that resolves to 127.0.0.1 (DNS rebinding).
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import threading
from collections.abc import Callable
from typing import Any

import bottle
from waitress import wasyncore
from waitress.server import create_server

from ..core.errors import FarmError
from .bodies import MAX_BODY_BYTES, BodyError
from .calls import ApiError
from .compile import CompileError
from .endpoint import TOKEN_HEADER
from .routes import Routes
from .service import Service

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
THREADS = 4
_LOCAL_NAMES = frozenset(("127.0.0.1", "localhost"))


def make_app(service: Service, token: str, shut_down: Callable[[], None]) -> Any:
    """Return the WSGI application.

    :param token: what the header ``X-Farm-Token`` of every request must hold.
    :param shut_down: makes the program leave, soon; returns at once.
    """
    app = bottle.Bottle()
    for method, path, handler in Routes(service, shut_down).table():
        app.route(path, method, _guarded(handler))
    app.default_error_handler = _answer_error
    app.add_hook("before_request", lambda: _admit(service, token))
    return app


class HttpServer:
    """Serves an application from a thread of its own until it is stopped.

    :raises OSError: if the port cannot be had.
    """

    def __init__(self, app: Any, port: int = 0) -> None:
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            host=HOST,
            port=port,
            threads=THREADS,
            max_request_body_size=2 * MAX_BODY_BYTES,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        return f"http://{HOST}:{self._server.effective_port}"

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Finish what is being answered, then close every connection."""
        self._is_stopping.set()
        self._server.pull_trigger()
        self._thread.join(timeout_s)
        self._server.task_dispatcher.shutdown(timeout=2)
        wasyncore.close_all(self._sockets)

    def _serve(self) -> None:
        while not self._is_stopping.is_set():
            wasyncore.loop(timeout=1.0, map=self._sockets, count=1, use_poll=True)


def _admit(service: Service, token: str) -> None:
    """Refuse whoever does not show the token, or asks under another host's name."""
    environ = bottle.request.environ
    host = str(environ.get("HTTP_HOST", "")).lower()
    if re.sub(r":\d+$", "", host) not in _LOCAL_NAMES:
        raise _response(403, {"code": 403, "message": "this manager serves its own computer alone"})
    shown = str(environ.get("HTTP_" + TOKEN_HEADER.upper().replace("-", "_"), ""))
    if not hmac.compare_digest(shown.encode("latin-1", "replace"), token.encode()):
        raise _response(403, {"code": 403, "message": "the token is missing or wrong"})
    service.request_came()


def _guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler whose results and errors become Flamenco's answers.

    None is 204, a value is JSON.
    """

    def answer(**arguments: str) -> Any:
        try:
            result = handler(**arguments)
        except ApiError as ex:
            return _response(ex.status, {"code": ex.status, "message": ex.message})
        except BodyError as ex:
            return _response(400, {"message": ex.message})
        except CompileError as ex:
            return _response(400, {"code": 400, "message": ex.message})
        except FarmError as ex:
            log.error("%s", ex.message)
            return _response(500, {"code": 500, "message": ex.message})
        if result is None:
            return bottle.HTTPResponse(status=204)
        return result if isinstance(result, bottle.HTTPResponse) else _response(200, result)

    return answer


def _response(status: int, body: object) -> Any:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return bottle.HTTPResponse(text.encode(), status, {"Content-Type": "application/json"})


def _answer_error(error: Any) -> bytes:
    """Return the body for what never reached a handler, or broke in one."""
    status, message = error.status_code, "Internal Server Error"
    if status == 405:
        status, message = 404, "method not allowed"
    elif status == 404:
        message = "Not Found"
    elif status < 500:
        message = str(error.body or "bad request")
    if error.exception is not None:
        log.error("a request broke down: %s", error.traceback or error.exception)
    bottle.response.status = status
    error.status = status
    bottle.response.content_type = error.content_type = "application/json"
    return json.dumps({"message": message}).encode()
