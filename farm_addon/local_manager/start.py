# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, find and stop the local manager of a volume. For the command line; no HTTP library.

The program decides by itself that only one of it runs (:mod:`.instance`), so any number of callers
may start it at once: all but one of the started processes leave again, and all callers get the
same endpoint.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__, user_folders
from ..background.launcher import DetachedChild, detached_child
from ..core.errors import FarmError, ManagerError
from . import endpoint as endpoints
from .endpoint import TOKEN_HEADER, Endpoint
from .instance import is_held

__all__ = [
    "TOKEN_HEADER",
    "Endpoint",
    "ensure_running",
    "find_running",
    "log_tail",
    "state_mark",
    "stop",
]

MODULE = "farm_addon.local_manager"
FOLDER = "local_manager"
LOG_NAME = "manager.log"
STARTS_NAME = "starts.json"
EXIT_ALREADY_RUNS = 3
"""What the program exits with when another one has the state folder."""

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 40.0
ASK_TIMEOUT_S = 3.0
POLL_S = 0.05
MAX_STARTS = 5
STARTS_WINDOW_S = 60.0
"""At most :data:`MAX_STARTS` starts that ended in a crash within so many seconds."""

MAX_LOG_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """How the program is to run; a running one with others is replaced as soon as it is idle.

    :param slots: how many tasks are rendered at once.
    :param allow_autoexec: whether scripts in .blend files run.
    :param blender: renders jobs that name none; empty to find one.
    """

    slots: int = 1
    allow_autoexec: bool = False
    blender: str = ""

    def text(self) -> str:
        """Return the options for comparison."""
        return f"slots={self.slots} autoexec={self.allow_autoexec} blender={self.blender}"


def state_folder(volume_id: str) -> Path:
    """Return where the local manager of a volume keeps its state."""
    return user_folders.volume_state(volume_id) / FOLDER


def ensure_running(
    volume_root: Path,
    volume_id: str,
    *,
    slots: int = 1,
    blender: str = "",
    allow_autoexec: bool = False,
    idle_exit_s: float = 600.0,
) -> Endpoint:
    """Return the running local manager of a volume; start it where there is none.

    One of another version of farm_addon, with other options, or that knows the volume under
    another path, is replaced when it is idle and used as it is while it is busy.

    :param volume_root: absolute.
    :param blender: which Blender renders jobs that name none, as a person or
        ``BlenderRuntime.text()`` writes it; empty to find one.
    :raises ManagerError: if it does not start; carries the end of its log.
    """
    folder = state_folder(volume_id)
    options = Options(slots, allow_autoexec, blender)
    found = _ask(folder)
    if found is not None:
        running, about = found
        wanted = {"version": __version__, "options": options.text(), "volume": str(volume_root)}
        if about.get("is_busy") or all(about.get(key) == wanted[key] for key in wanted):
            return running
        stop(volume_id)
    args = ["--volume", str(volume_root), "--volume-id", volume_id, "--state", str(folder)]
    args += ["--slots", str(slots), "--idle-exit-s", str(idle_exit_s)]
    args += ["--blender", blender] if blender else []
    args += ["--allow-autoexec"] if allow_autoexec else []
    return _start(folder, args)


def find_running(volume_id: str) -> Endpoint | None:
    """Return the running local manager of a volume, or None."""
    found = _ask(state_folder(volume_id))
    return found[0] if found is not None else None


def stop(volume_id: str) -> bool:
    """Make the local manager of a volume leave; what it renders goes back to its queue.

    :return: whether one ran.
    :raises ManagerError: if it does not leave in time.
    """
    folder = state_folder(volume_id)
    running = endpoints.read(folder)
    if not is_held(folder):
        return False
    # It may be just about to leave, or to get ready; so only its lock tells.
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_held(folder):
        if time.monotonic() > deadline:
            process = f" (process {running.pid})" if running else ""
            raise ManagerError(
                f"the local manager{process} does not leave",
                hint=f"look into '{folder / LOG_NAME}', then end that process",
            )
        if (found := _ask(folder)) is not None:
            running = found[0]
            with suppress(ManagerError):  # it has left meanwhile, or is asked again
                _call(running, "POST", "/api/v3/farm/shutdown")
        time.sleep(POLL_S)
    return True


def state_mark(volume_id: str) -> object | None:
    """Return a value that changes whenever the state of a volume's local manager does; None while
    none runs. A few calls of the operating system: the manager does not notice."""
    folder = state_folder(volume_id)
    marks: list[tuple[int, int]] = []
    for name in (endpoints.FILE_NAME, "manager.sqlite", "manager.sqlite-wal"):
        try:
            about = os.stat(folder / name)
        except OSError:
            if name == endpoints.FILE_NAME:
                return None
            continue
        marks.append((about.st_mtime_ns, about.st_size))
    return tuple(marks)


def log_tail(volume_id: str, lines: int = 40) -> str:
    """Return the last lines of the local manager's own log; empty where there is none."""
    return _tail(state_folder(volume_id), lines)


def clear_starts(folder: Path) -> None:
    """Forget past starts: the program ended as it should."""
    (folder / STARTS_NAME).unlink(missing_ok=True)


# --- starting ------------------------------------------------------------------------------------


def _start(folder: Path, args: list[str]) -> Endpoint:
    _refuse_endless_starts(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _rotate_log(folder)
    except OSError as ex:
        raise ManagerError(
            f"the local manager cannot keep its state in '{folder}': {ex.strerror}"
        ) from ex
    deadline = time.monotonic() + START_TIMEOUT_S
    child = _spawn(folder, args)
    while time.monotonic() < deadline:
        found = _ask(folder)
        if found is not None:
            if found[0].pid == child.pid:
                _note_start(folder)
            return found[0]
        status = child.poll()
        if status == EXIT_ALREADY_RUNS and not is_held(folder):
            child = _spawn(folder, args)
        elif status not in (None, EXIT_ALREADY_RUNS):
            _note_start(folder)
            raise _no_start(folder, f"it left at once (exit status {status})")
        time.sleep(POLL_S)
    raise _no_start(folder, f"it is not ready after {START_TIMEOUT_S:g} s")


def _spawn(folder: Path, args: list[str]) -> DetachedChild:
    try:
        return detached_child(MODULE, args, folder / LOG_NAME)
    except OSError as ex:
        raise _no_start(folder, f"{ex.strerror or ex}") from ex


def _no_start(folder: Path, reason: str) -> ManagerError:
    tail = _tail(folder, 12)
    said = f"; its log ends with:\n{tail}" if tail else ""
    return ManagerError(
        f"the local manager does not start: {reason}{said}",
        hint=f"its whole log is '{folder / LOG_NAME}'",
    )


def _refuse_endless_starts(folder: Path) -> None:
    """Refuse to start a program over and over that crashes every time."""
    if len(_recent_starts(folder)) >= MAX_STARTS:
        raise _no_start(folder, f"it crashed {MAX_STARTS} times within {STARTS_WINDOW_S:g} s")


def _recent_starts(folder: Path) -> list[float]:
    """Return the wall-clock times of recent starts that have not ended as they should."""
    now = time.time()
    try:
        times = json.loads((folder / STARTS_NAME).read_text(encoding="utf-8"))
        return [float(one) for one in times if 0 <= now - float(one) < STARTS_WINDOW_S]
    except (OSError, ValueError, TypeError):
        return []


def _note_start(folder: Path) -> None:
    partial = folder / f".{STARTS_NAME}.{os.getpid()}"
    with suppress(OSError):  # a note that cannot be kept is no reason not to render
        partial.write_text(json.dumps([*_recent_starts(folder), time.time()]), encoding="utf-8")
        os.replace(partial, folder / STARTS_NAME)


def _rotate_log(folder: Path) -> None:
    path = folder / LOG_NAME
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        os.replace(path, folder / f"{LOG_NAME}.1")


def _tail(folder: Path, lines: int) -> str:
    try:
        with open(folder / LOG_NAME, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64 * 1024))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


# --- asking --------------------------------------------------------------------------------------


def _ask(folder: Path) -> tuple[Endpoint, Mapping[str, Any]] | None:
    """Return the endpoint and what the program there tells about itself; None if it does not."""
    found = endpoints.read(folder)
    if found is None:
        return None
    try:
        about = _call(found, "GET", "/api/v3/farm/about")
    except FarmError:
        return None
    return (found, about) if isinstance(about, dict) else None


def _call(endpoint: Endpoint, method: str, path: str) -> Any:
    """Ask the program at an endpoint; loopback only, never through a proxy.

    :raises ManagerError: if nobody answers, or with something else than success.
    """
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=ASK_TIMEOUT_S)
    try:
        connection.request(method, path, headers={TOKEN_HEADER: endpoint.token})
        response = connection.getresponse()
        content = response.read(1024 * 1024)
        if not 200 <= response.status < 300:
            raise ManagerError(f"the local manager answered with HTTP status {response.status}")
        return json.loads(content) if content else None
    except (OSError, http.client.HTTPException, ValueError) as ex:
        raise ManagerError(f"the local manager does not answer at {endpoint.url}") from ex
    finally:
        connection.close()
