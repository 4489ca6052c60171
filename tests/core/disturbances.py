# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can befall a verb at any of its points, for the crash matrix.

A *point* is one file operation, one job frozen, or one request to the Manager. A request that
changes something has two: before the Manager carried it out (the request was lost) and after it
(the answer was lost). An append to a file has two as well: the whole line is there, or half of it.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from farm_addon.core.errors import BlenderError, ManagerUnreachableError
from farm_addon.core.ports import Manager
from farm_addon.core.storage.files import Files

CHANGES = frozenset(("submit", "set_job_status", "set_priority", "delete_job"))
"""What the Manager is asked to do; everything else only asks it something."""
REQUESTS = frozenset(name for name in vars(Manager) if not name.startswith("_")) - {"address"}


class Killed(BaseException):
    """The process is gone. No error of the project's, so that nothing recovers from it."""


class Seam:
    """What is told about every point of a run; the plain one counts them."""

    def __init__(self) -> None:
        self.points: list[str] = []

    def at(self, point: str) -> None:
        """Be told of a point; whatever is raised here goes through the verb."""
        self.points.append(point)

    def after_operation(self, operation: str, path: Path) -> None:
        """As the seam of :class:`Files`. A lease's beat comes when it likes, and is no point."""
        if threading.current_thread().name != "farm lease":
            self.at(f"{operation} {path.name}")
            if operation == "append":
                self.torn(path)

    def torn(self, path: Path) -> None:
        """Be told that a line was appended that might have been torn."""
        self.at(f"append half a line to {path.name}")


class Kill(Seam):
    """Stops the process at one point; whatever it does after that is not carried out."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.is_dead = False

    def at(self, point: str) -> None:
        super().at(point)
        if self.is_dead or len(self.points) > self._number:
            self.is_dead = True
            raise Killed(point)

    def torn(self, path: Path) -> None:
        if len(self.points) == self._number:
            content = path.read_bytes()
            start = content.rfind(b"\n", 0, len(content) - 1) + 1
            os.truncate(path, (start + len(content)) // 2)
        super().torn(path)


class Silence(Seam):
    """The Manager does not answer from one point on; requests are counted, nothing else.

    :param length: after so many points it answers again; None for never.
    """

    def __init__(self, number: int, length: int | None = None) -> None:
        super().__init__()
        self._number = number
        self._end = None if length is None else number + length

    def at(self, point: str) -> None:
        if not point.startswith(("request", "answer")):
            return
        super().at(point)
        is_over = self._end is not None and len(self.points) > self._end
        if len(self.points) > self._number and not is_over:
            raise ManagerUnreachableError("the Manager does not answer", hint="start it")


class Vanish(Seam):
    """The volume goes away at one file operation, and leaves its empty mount point behind."""

    def __init__(self, number: int, volume: Path) -> None:
        super().__init__()
        self._number = number
        self._volume = volume
        self._elsewhere = volume.with_name("elsewhere")

    def at(self, point: str) -> None:
        if point.startswith(("request", "answer", "append half")):
            return
        super().at(point)
        if len(self.points) == self._number + 1:
            self._volume.rename(self._elsewhere)
            self._volume.mkdir()

    def torn(self, path: Path) -> None:
        """Nothing is torn: what was written is with the system that has the disk."""

    def come_back(self) -> list[str]:
        """Bring the volume back; return what was written to the mount point meanwhile."""
        strange = sorted(str(path.relative_to(self._volume)) for path in self._volume.rglob("*"))
        shutil.rmtree(self._volume)
        self._elsewhere.rename(self._volume)
        return strange


class Wire:
    """A Manager whose requests and answers pass a seam."""

    def __init__(self, manager: Any, seam: Seam) -> None:
        self.manager = manager
        self._seam = seam

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.manager, name)
        return self._asked(name, found) if name in REQUESTS else found

    def _asked(self, name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def tapped(*args: Any, **options: Any) -> Any:
            self._seam.at(f"request {name}")
            answer = ask(*args, **options)
            if name in CHANGES:
                self._seam.at(f"answer to {name}")
            return answer

        return tapped


class TappedFreezer:
    """A freezer that can be stopped after each file that it read or froze."""

    def __init__(self, freezer: Any, seam: Seam) -> None:
        self.freezer = freezer
        self._seam = seam

    def __getattr__(self, name: str) -> Any:
        return getattr(self.freezer, name)

    def read(self, blend: Path) -> Any:
        facts = self.freezer.read(blend)
        self._seam.at(f"read {blend.name}")
        return facts

    def freeze(self, blend: Path, jobs: Sequence[Any]) -> Iterator[Any]:
        try:
            for frozen in self.freezer.freeze(blend, jobs):
                self._seam.at(f"freeze {frozen.job}")
                yield frozen
        except OSError as ex:
            raise BlenderError(f"Blender cannot write '{ex.filename}'") from ex


class RefusingFiles(Files):
    """The operating system refuses operations from one of them on, as a full disk does:
    a write by half.

    :param number: of the first operation that is refused, counted among ``operations``.
    :param operations: which it refuses; all others are carried out.
    """

    def __init__(self, number: int, error: int, operations: frozenset[str]) -> None:
        super().__init__()
        self._number, self._error, self._operations = number, error, operations
        self.asked: list[str] = []

    def _run(self, operation: str, path: Path, function: Callable[..., Any], *args: Any) -> Any:
        if self._refuses(operation, path):
            if function.__name__ == "write_all":
                file, data = args
                file.write(data[: len(data) // 2])
            raise OSError(self._error, os.strerror(self._error), str(path))
        return super()._run(operation, path, function, *args)

    def _open(self, operation: str, path: Path, mode: str) -> Any:
        if self._refuses(operation, path):
            raise OSError(self._error, os.strerror(self._error), str(path))
        return super()._open(operation, path, mode)

    def _refuses(self, operation: str, path: Path) -> bool:
        if threading.current_thread().name == "farm lease" or operation not in self._operations:
            return False
        self.asked.append(f"{operation} {path.name}")
        return len(self.asked) > self._number


NEEDS_SPACE = frozenset(("create", "write", "append", "mkdir", "link", "overwrite"))
CHANGES_DISK = NEEDS_SPACE | {"open", "replace", "rename", "remove", "rmdir", "truncate", "utime"}
ERRORS = {
    "full disk": (errno.ENOSPC, NEEDS_SPACE),
    "read-only folder": (errno.EROFS, CHANGES_DISK),
}
