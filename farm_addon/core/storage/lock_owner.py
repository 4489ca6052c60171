# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lock file says about its owner."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

SCHEMA = 1
LEASE_S = 30.0

_LEASE_MAX_S = 300.0
_BEAT_ROOM = 12
_SHOWN_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class Owner:
    """What a lock file says. It is written by others: every member may be nonsense."""

    token: str = ""
    user: str = "somebody"
    host: str = "another computer"
    purpose: str = ""
    pid: int = 0
    process_started: str | None = None
    lease_s: float = LEASE_S
    beat: int = 0

    def to_bytes(self) -> bytes:
        """Return the lock file's content; of the same length for every beat."""
        text = json.dumps(
            {
                "schema": SCHEMA,
                "token": self.token,
                "user": self.user,
                "host": self.host,
                "pid": self.pid,
                "process_started": self.process_started,
                "purpose": self.purpose,
                "lease_s": self.lease_s,
                "beat": self.beat,
            }
        )
        return (text + " " * (_BEAT_ROOM - len(str(self.beat))) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Owner:
        """Read a lock file; what cannot be understood has its default."""
        try:
            data: Any = json.loads(content.decode())
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(data, dict):
            return cls()
        known = {
            key: data[key]
            for key, kinds in _KINDS.items()
            if key in data and type(data[key]) in kinds
        }
        owner = cls(**known)
        is_sane = 0 < owner.lease_s <= _LEASE_MAX_S
        return owner if is_sane else replace(owner, lease_s=LEASE_S)

    def text(self) -> str:
        """Return it for people."""
        what = f" ({_shown(self.purpose)})" if self.purpose else ""
        return f"{_shown(self.user)} on {_shown(self.host)}{what}"


_KINDS: dict[str, tuple[type, ...]] = {
    "token": (str,),
    "user": (str,),
    "host": (str,),
    "purpose": (str,),
    "pid": (int,),
    "process_started": (str,),
    "lease_s": (int, float),
    "beat": (int,),
}


def _shown(text: str) -> str:
    """Return a text of somebody else's as it may be shown on a terminal."""
    return "".join(one for one in text if one.isprintable())[:_SHOWN_CHARACTERS_MAX]
