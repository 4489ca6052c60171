# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send requests to a Manager over one kept-alive connection; make every failure one sentence.

Nothing is followed, trusted or waited for without a limit: redirects are errors, answers have a
size cap, and every request has a timeout to connect, one between bytes, and one as a whole.
"""

from __future__ import annotations

import json
import math
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.addresses import is_loopback
from ..core.errors import (
    ManagerError,
    ManagerRefusedError,
    ManagerUnreachableError,
    MissingLibraryError,
    UsageError,
)
from . import gatekeepers, refusal

if TYPE_CHECKING:
    import requests

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 10.0
LIST_READ_TIMEOUT_S = 30.0
"""For the list of all jobs, which is one large answer (flamenco.md §11)."""

MAX_ANSWER_BYTES = 256 * 1024 * 1024
MAX_WAIT_S = 2.0
TRIES = 3
"""How often a request that may be repeated is sent in all."""

CHECK_URL = "check that the Manager runs and that its URL is right"

_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with a status of success, or 304 where that was asked for.

    :param content: the whole body; empty for 204 and 304.
    :param modified: the header ``Last-Modified``, or empty.
    """

    status: int
    content: bytes = b""
    modified: str = ""


class Transport:
    """A connection to one Manager; for one thread at a time.

    :param base_url: as :func:`.addresses.parse_base_url` returns it.
    :param name: what the Manager is called in messages: ``the Manager at http://…``.
    :param unreachable_hint: what to do when it cannot be reached.
    :param headers: sent with every request, such as a token.
    :param ca_file: PEM file with the certificates to trust instead of the usual ones, or None.
    :param wait: blocks for so many seconds while the Manager is busy.
    :raises UsageError: for headers that cannot be sent or a ``ca_file`` that is not there.
    :raises MissingLibraryError: without ``requests``.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        unreachable_hint: str = CHECK_URL,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import requests
        except ImportError as ex:
            raise MissingLibraryError("requests", "to talk to a Manager") from ex
        if ca_file is not None:
            _check_ca_file(ca_file)
        self.base_url = base_url
        self.name = name
        self._unreachable_hint = unreachable_hint
        self._wait = wait
        self._verify: bool | str = str(ca_file) if ca_file is not None else True
        self._session = requests.Session()
        # A proxy is never asked for this computer itself. Credentials come from our headers alone:
        # without an `auth` of its own, requests would put those of ~/.netrc in their place.
        self._session.trust_env = not is_loopback(base_url)
        self._session.auth = _no_auth
        for header, value in (headers or {}).items():
            _check_header(header, value)
            self._session.headers[header] = value

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        self._session.close()

    def get(
        self,
        path: str,
        doing: str,
        *,
        headers: Mapping[str, str] | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> Answer:
        """Read something.

        :param path: below the base URL, already quoted, with its leading slash.
        :param doing: what it is for, to complete "refused to …" and "could not …".
        :param headers: for this request alone.
        :raises ManagerError: of the kind that :meth:`request` documents.
        """
        return self.request(
            "GET", path, doing, headers=headers, read_timeout_s=read_timeout_s, may_repeat=True
        )

    def request(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
        may_repeat: bool = False,
    ) -> Answer:
        """Send a request and return its successful answer.

        :param body: sent as JSON unless None.
        :param headers: for this request alone.
        :param may_repeat: whether doing it twice is the same as once: then a busy Manager (503
            with ``Retry-After``) is asked again, and so it is after a connection that broke.
        :raises ManagerUnreachableError: no connection, no answer in time, a broken connection, or
            an answer of a proxy or of a crashed handler: it may have been carried out.
        :raises ManagerRefusedError: a handler's deliberate no: it was not carried out.
        :raises ManagerError: an answer that no Manager gives: it may have been carried out.
        """
        tries_left = TRIES if may_repeat else 1
        while True:
            tries_left -= 1
            try:
                response = self._send(method, path, doing, body, headers, read_timeout_s)
            except _BrokenConnectionError:
                if not tries_left:
                    raise
                self.close()
                continue
            wait_s = _retry_after_s(response.headers) if response.status == 503 else None
            if wait_s is None or not tries_left:
                if response.status == 304 and "If-Modified-Since" in (headers or {}):
                    return Answer(304)
                return self._judge(response, doing)
            self._wait(wait_s)

    def read_json(self, answer: Answer, doing: str) -> Any:
        """Return the JSON value of an answer.

        :raises ManagerError: if it is none.
        """
        try:
            return json.loads(answer.content)
        except (ValueError, RecursionError) as ex:
            if gatekeepers.is_web_page(answer.content):
                raise self.odd(doing, "it answered with a web page", gatekeepers.PAGE) from ex
            raise self.odd(doing, "it did not answer in JSON") from ex

    def odd(self, doing: str, reason: str, hint: str = "") -> ManagerError:
        """Return the error for an answer that no Flamenco Manager gives."""
        return ManagerError(
            f"{self.name} could not {doing}: {reason}",
            hint=hint or "check that the URL is that of a Flamenco Manager 3.2 or newer",
        )

    def _send(
        self,
        method: str,
        path: str,
        doing: str,
        body: object,
        headers: Mapping[str, str] | None,
        read_timeout_s: float,
    ) -> _Response:
        """Send once and read the whole answer, whatever its status."""
        import requests

        data = None if body is None else json.dumps(body).encode()
        kind = {} if data is None else {"Content-Type": "application/json"}
        deadline = time.monotonic() + 3 * read_timeout_s
        try:
            with self._session.request(
                method,
                self.base_url + path,
                data=data,
                headers={**kind, **(headers or {})},
                timeout=(CONNECT_TIMEOUT_S, read_timeout_s),
                allow_redirects=False,
                verify=self._verify,
                stream=True,
            ) as response:
                content = self._read_content(response, doing, deadline)
                return _Response(
                    response.status_code, dict(response.headers.lower_items()), content
                )
        except requests.exceptions.Timeout as ex:
            raise self._timed_out(doing, ex, read_timeout_s) from ex
        except requests.exceptions.SSLError as ex:
            ca_file = self._verify if isinstance(self._verify, str) else ""
            why, hint = gatekeepers.why_not_secure(ex, ca_file)
            raise ManagerUnreachableError(f"{self.name} {why}", hint=hint) from ex
        except requests.exceptions.ConnectionError as ex:
            raise self._connection_error(doing, ex, read_timeout_s) from ex
        except requests.exceptions.ChunkedEncodingError as ex:
            raise self._cut_off(doing) from ex
        except requests.exceptions.ContentDecodingError as ex:
            raise self.odd(doing, "its answer cannot be decoded") from ex
        except requests.exceptions.RequestException as ex:
            raise UsageError(f"{self.name} cannot be asked: {ex}") from ex

    def _timed_out(
        self, doing: str, ex: Exception, read_timeout_s: float
    ) -> ManagerUnreachableError:
        if "connect" in type(ex).__name__.lower():
            return self._no_connection("it does not answer")
        return ManagerUnreachableError(
            f"{self.name} did not {doing} within {read_timeout_s:g} s",
            hint="try again when it is less busy",
        )

    def _connection_error(
        self, doing: str, ex: Exception, read_timeout_s: float
    ) -> ManagerUnreachableError:
        """Tell a connection that never was from one that fell silent and from one that broke.

        urllib3 reports the first as ``MaxRetryError``: it is told to retry nothing here.
        """
        import urllib3.exceptions

        cause = ex.args[0] if ex.args else None
        if isinstance(cause, urllib3.exceptions.MaxRetryError):
            return self._no_connection(refusal.why_no_connection(cause.reason))
        if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
            return self._timed_out(doing, cause, read_timeout_s)
        return self._cut_off(doing)

    def _no_connection(self, why: str) -> ManagerUnreachableError:
        return ManagerUnreachableError(
            f"{self.name} cannot be reached: {why}", hint=self._unreachable_hint
        )

    def _cut_off(self, doing: str) -> _BrokenConnectionError:
        return _BrokenConnectionError(
            f"{self.name} broke the connection before it could {doing}", hint="try again"
        )

    def _read_content(self, response: requests.Response, doing: str, deadline: float) -> bytes:
        parts: list[bytes] = []
        size_bytes = 0
        for part in response.iter_content(_CHUNK_BYTES):
            parts.append(part)
            size_bytes += len(part)
            if size_bytes > MAX_ANSWER_BYTES:
                raise self.odd(doing, "its answer is larger than any of a Manager")
            if time.monotonic() > deadline:
                raise ManagerUnreachableError(f"{self.name} answers too slowly to {doing}")
        return b"".join(parts)

    def _judge(self, response: _Response, doing: str) -> Answer:
        """Return a successful answer; raise what any other one means."""
        if 200 <= response.status < 300:
            modified = refusal.clean(response.headers.get("last-modified", ""))
            return Answer(response.status, response.content, modified)
        if 300 <= response.status < 400:
            target = refusal.clean(response.headers.get("location", "elsewhere"))
            hint = gatekeepers.redirected(self.base_url, target)
            raise self.odd(doing, f"it points to {target}", hint)
        message, is_deliberate = refusal.message_of(response.content)
        if response.status < 500 or (response.status == 500 and is_deliberate):
            why = message or gatekeepers.why_refused(response.status)
            raise ManagerRefusedError(
                f"{self.name} refused to {doing}: {why}",
                status=response.status,
                hint=refusal.hint_for(response.status),
            )
        reason = message or "no reason given"
        raise ManagerUnreachableError(
            f"{self.name} could not {doing} (HTTP status {response.status}): {reason}",
            hint="try again; if it stays, look into the Manager's own log",
        )


@dataclass(frozen=True, slots=True)
class _Response:
    """An answer of any status; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class _BrokenConnectionError(ManagerUnreachableError):
    """There was a connection, and it broke before the answer was whole."""


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _check_header(header: str, value: str) -> None:
    is_plain = header.isascii() and value.isascii() and header.strip() == header and header
    if not is_plain or not (header + value).isprintable() or ":" in header:
        raise UsageError(f"the extra header '{refusal.clean(header)}' cannot be sent")


def _check_ca_file(path: Path) -> None:
    """Refuse a file without certificates: what follows from it would look like another fault."""
    if not path.is_file():
        raise UsageError(
            f"the file of certificates '{path}' does not exist", hint=gatekeepers.SET_CA_FILE
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (ssl.SSLError, OSError) as ex:
        raise UsageError(
            f"'{path}' holds no certificates in the form PEM", hint=gatekeepers.SET_CA_FILE
        ) from ex


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long a busy Manager asks us to wait, at most :data:`MAX_WAIT_S`; None if it does
    not ask."""
    try:
        wait_s = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return min(wait_s, MAX_WAIT_S) if math.isfinite(wait_s) and wait_s >= 0 else None
