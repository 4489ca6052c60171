# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all calls of the API share: their refusals, bodies, ids, and files sent in part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import bottle

from . import bodies

API = "/api/v3"
TEXT = {"Content-Type": "text/plain; charset=UTF-8"}
JPEG = {"Content-Type": "image/jpeg"}

Row = tuple[str, str, Callable[..., Any]]
"""Method, path and handler of a call."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?", re.ASCII)


class ApiError(Exception):
    """An answer other than success; its body is Flamenco's ``{"code", "message"}``."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read_body() -> Any:
    """Return the JSON that came with the request under way.

    :raises ApiError: if it is too large.
    :raises BodyError: if it is none.
    """
    request = bottle.request
    if request.content_length > bodies.MAX_BODY_BYTES:
        raise ApiError(413, "the request is too large")
    return bodies.read_json(request.body.read(), request.content_type)


def is_id(text: str) -> bool:
    """Tell whether it has the shape of an id."""
    return _UUID.fullmatch(text) is not None


def checked_id(text: str, kind: str = "job") -> str:
    """Return an id from a path.

    :raises ApiError: if it has another shape.
    """
    if not is_id(text):
        raise ApiError(400, f"{kind} ID not valid")
    return text


def send_file(path: Path, kind: Mapping[str, str]) -> Any:
    """Answer with a file, or with the part of it or the news of it that were asked for.

    416 says that a part begins at the end or behind it: nothing new is there; 304 that the file is
    the one that the client has.

    :param kind: the header that says what it holds.
    :raises ApiError: if there is no such file.
    """
    environ = bottle.request.environ
    try:
        with open(path, "rb") as file:
            size_bytes = file.seek(0, 2)
            modified_s = int(path.stat().st_mtime)
            match = _RANGE.fullmatch(str(environ.get("HTTP_RANGE", "")))
            start = int(match[1]) if match else 0
            end = min(int(match[2]), size_bytes - 1) if match and match[2] else size_bytes - 1
            file.seek(min(start, size_bytes))
            content = file.read(max(0, end - start + 1))
    except OSError as ex:
        raise ApiError(404, "Not Found") from ex
    headers = {**kind, "Accept-Ranges": "bytes"}
    headers["Last-Modified"] = formatdate(modified_s, usegmt=True)
    if _is_known(str(environ.get("HTTP_IF_MODIFIED_SINCE", "")), modified_s):
        return bottle.HTTPResponse(b"", 304, headers)
    if match is None:
        return bottle.HTTPResponse(content, 200, headers)
    if start >= size_bytes or end < start:
        return bottle.HTTPResponse(b"", 416, TEXT | {"Content-Range": f"bytes */{size_bytes}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{size_bytes}"
    return bottle.HTTPResponse(content, 206, headers)


def _is_known(since: str, modified_s: int) -> bool:
    """Tell whether a file is no newer than what an ``If-Modified-Since`` says; junk says no."""
    try:
        return parsedate_to_datetime(since).timestamp() >= modified_s
    except (ValueError, TypeError):
        return False
