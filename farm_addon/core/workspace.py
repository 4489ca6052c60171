# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every use case is given: the volume, who works, and where news goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .ports import Reporter
from .release.hash_memory import HashMemory
from .release.inputs import FileHasher
from .storage.files import Files
from .volume import FarmConfig, Volume


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The surroundings of one command.

    :param user: login name of who runs it; ``host``: on which computer.
    :param wait: blocks for so many seconds; ``clock``: monotonic seconds. Tests hand in their own.
    :param hashes: of files, remembered on this computer; None where nothing is.
    """

    volume: Volume
    config: FarmConfig
    files: Files
    reporter: Reporter
    user: str
    host: str
    wait: Callable[[float], None] = field(default=_wait)
    clock: Callable[[], float] = field(default=time.monotonic)
    hashes: HashMemory | None = None

    def __post_init__(self) -> None:
        self.files.guard(self.volume.config_file)

    def hasher(self) -> FileHasher:
        """Return what looks at files; to be shared by all that is decided at one time."""
        return FileHasher(self.hashes)

    def stamp(self) -> dict[str, str]:
        """Return the members that every journal event has: when, who, where."""
        when = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"when": when, "user": self.user, "host": self.host}
