# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sentence for a person from what went wrong between us and a Manager.

Source: flamenco.md §1.1; both error shapes, script exceptions and validator texts as recorded
from Managers 3.2-3.9.
"""

from __future__ import annotations

import json
import re

from .gatekeepers import SET_HEADER

MAX_MESSAGE = 400

_SCRIPT_TRACE = re.compile(r"\s+at [\w./:$-]+ \(.*$", re.DOTALL)
_VALIDATOR = re.compile(r"^request body has an error: .*?Error at (\"/.*)$", re.DOTALL)
_NO_CONNECTION = {
    "refused": "the connection was refused",
    "unreachable": "the network cannot be reached",
    "proxy": "the proxy between did not let us through",
}


def message_of(content: bytes) -> tuple[str, bool]:
    """Return the sentence of an error's body, and whether a handler of the API wrote it.

    A handler sends ``{"code", "message"}``; validation, routing and crashes send
    ``{"message"}`` alone; a proxy sends anything.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return "", False
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        return "", False
    return sentence(body["message"]), isinstance(body.get("code"), int)


def sentence(message: str) -> str:
    """Return a Manager's message without the parts that only its programmers need.

    ``GoError: invalid range "x" at …jsFrameChunker (native)`` → ``invalid range "x"``.
    """
    text = _SCRIPT_TRACE.sub("", message).removeprefix("GoError: ").removeprefix("Error: ")
    text = _VALIDATOR.sub(r"\1", text)
    return clean(text)


def clean(text: str) -> str:
    """Return text of unknown origin as one printable line of limited length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def hint_for(status: int) -> str:
    """Return what to do about a refusal, where its status alone tells."""
    if status in (401, 403):
        return f"check the extra headers (token, password) for this Manager: {SET_HEADER}"
    if status == 407:
        return (
            "check the proxy between this computer and the Manager (HTTP_PROXY, HTTPS_PROXY,"
            f" NO_PROXY), or send the header that it takes: {SET_HEADER}"
        )
    if status == 412:
        return "run the same command again: the Manager's job type has changed meanwhile"
    return ""


def why_no_connection(reason: object) -> str:
    """Return why a connection could not be made, from what urllib3 says about it."""
    text = str(reason).lower()
    if "getaddrinfo" in text or "resolv" in text or "not known" in text:
        return "its host name is not known"
    for words, why in _NO_CONNECTION.items():
        if words in text:
            return why
    return "nothing answers there"
