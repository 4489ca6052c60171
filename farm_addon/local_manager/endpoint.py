# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``endpoint.json``: where the local manager listens, and the token, for its own user's eyes.

Standard library alone: whoever starts the program reads this too.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN_HEADER = "X-Farm-Token"
FILE_NAME = "endpoint.json"
SCHEMA = 1

_URL = re.compile(r"http://127\.0\.0\.1:(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to speak with a running local manager.

    :param url: base URL on this computer.
    :param token: to be sent in :data:`TOKEN_HEADER` with every request.
    :param pid: of its process.
    :param version: of its farm_addon.
    :param volume: root of the volume that it renders for.
    """

    url: str
    token: str
    pid: int
    version: str
    volume: Path

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])


def write(folder: Path, endpoint: Endpoint) -> None:
    """Write the file, readable by its owner alone from the first byte on; replaces another.

    :raises OSError: if that cannot be done.
    """
    data = {
        "schema": SCHEMA,
        "url": endpoint.url,
        "token": endpoint.token,
        "pid": endpoint.pid,
        "version": endpoint.version,
        "volume": str(endpoint.volume),
    }
    target = folder / FILE_NAME
    partial = folder / f".{FILE_NAME}.{os.getpid()}"
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(data, file)
    os.replace(partial, target)


def read(folder: Path) -> Endpoint | None:
    """Return what the file says; None where there is none that can be used."""
    try:
        data: Any = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA or not _URL.fullmatch(data["url"]):
            return None
        if not isinstance(data["pid"], int) or not str(data["token"]).isalnum():
            return None
        return Endpoint(
            data["url"], data["token"], data["pid"], str(data["version"]), Path(data["volume"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove(folder: Path, token: str) -> None:
    """Remove the file if it still is the one with this token."""
    endpoint = read(folder)
    if endpoint is not None and endpoint.token == token:
        (folder / FILE_NAME).unlink(missing_ok=True)
