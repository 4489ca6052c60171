# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program: ``python -m farm_addon.local_manager``, started by :mod:`.start`, detached.

It leaves when it was idle for a while, on SIGTERM, and when it is told to over HTTP. What it
renders then goes back to the queue. Killed outright it leaves no Blender behind, since each of
them lives by a pipe that this process holds; the next start goes on where it was.
"""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import re
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..background.decoder import choose_decoder
from ..background.preview_maker import PreviewMaker
from ..background.runtime import BlenderRuntime, RuntimeKind, find_runtime
from ..background.session import BlenderSession
from ..core.errors import FarmError, LockedError, MissingLibraryError, VolumeError
from ..core.storage.files import Files
from ..core.storage.lock import Lease
from . import endpoint
from .endpoint import Endpoint
from .instance import InstanceLock
from .pictures import JobPictures
from .render import BlenderTaskRunner
from .service import About, Service
from .start import EXIT_ALREADY_RUNS, Options, clear_starts
from .state import Database
from .task_logs import TaskLogs

if TYPE_CHECKING:
    from .server import HttpServer

log = logging.getLogger("farm_addon.local_manager")

DATABASE_NAME = "manager.sqlite"
CHECK_S = 0.5
"""How often it is looked whether there still is something to do."""

LEASE_CHECK_S = 10.0


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the program's arguments."""
    parser = argparse.ArgumentParser(prog="farm_addon.local_manager", description=__doc__)
    parser.add_argument("--volume", type=Path, required=True, help="root of the volume")
    parser.add_argument("--volume-id", required=True, help="UUID of the volume")
    parser.add_argument("--state", type=Path, required=True, help="folder of its own state")
    parser.add_argument("--slots", type=int, default=1, help="tasks rendered at once")
    parser.add_argument("--idle-exit-s", type=float, default=600.0, help="leave after idling")
    parser.add_argument("--blender", default="", help="renders jobs that name no other")
    parser.add_argument("--allow-autoexec", action="store_true", help="run scripts in .blend files")
    arguments = parser.parse_args(argv)
    if not 1 <= arguments.slots <= 64:
        parser.error("--slots must be from 1 to 64")
    return arguments


def main(argv: Sequence[str]) -> int:
    """Run until there is nothing left to do; return the exit status."""
    arguments = parse_arguments(argv)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    instance = InstanceLock(arguments.state)
    if not instance.take():
        log.info("another local manager has '%s'", arguments.state)
        return EXIT_ALREADY_RUNS
    try:
        return _run(arguments)
    except FarmError as ex:
        log.error("%s%s", ex.message, f" ({ex.hint})" if ex.hint else "")
        return ex.exit_status
    except Exception:
        log.exception("the local manager broke down")
        return 1
    finally:
        instance.release()


def _run(arguments: argparse.Namespace) -> int:
    leave, lost = threading.Event(), threading.Event()
    _on_signals(leave)
    token = secrets.token_hex(32)
    state: Path = arguments.state

    def on_lost() -> None:
        lost.set()
        leave.set()

    with ExitStack() as closing:
        lease = closing.enter_context(_lease(arguments.volume))
        database = Database(state / DATABASE_NAME)
        closing.callback(database.close)
        default = _DefaultBlender(arguments.blender)
        logs = TaskLogs(state / "logs")
        previews = PreviewMaker()
        closing.callback(previews.close)
        service = Service(
            _about(arguments),
            database,
            logs,
            JobPictures(logs.folder, previews.make, default.find),
            _runners(arguments, default, closing),
            on_lost=on_lost,
        )
        server = _http_server(service, token, leave.set)
        service.start()
        closing.callback(service.stop)
        server.start()
        closing.callback(server.stop)
        endpoint.write(
            state, Endpoint(server.url, token, os.getpid(), __version__, arguments.volume)
        )
        closing.callback(endpoint.remove, state, token)
        log.info("ready at %s for '%s'", server.url, arguments.volume)
        _wait(leave, lease, service, previews, arguments.idle_exit_s)
        log.info("leaving")
    if lost.is_set():
        return 1
    clear_starts(state)
    return 0


def _http_server(service: Service, token: str, shut_down: Callable[[], None]) -> HttpServer:
    try:
        from .server import HttpServer, make_app
    except ImportError as ex:
        raise MissingLibraryError(ex.name or "bottle", "by the local manager") from ex
    return HttpServer(make_app(service, token, shut_down))


def _wait(
    leave: threading.Event,
    lease: Lease,
    service: Service,
    previews: PreviewMaker,
    idle_exit_s: float,
) -> None:
    """Return when the program is to leave: told to, idle, or no longer in charge."""
    looked_s = time.monotonic()
    while not leave.wait(CHECK_S) and service.idle_s() < idle_exit_s:
        if time.monotonic() - looked_s < LEASE_CHECK_S:
            continue
        looked_s = time.monotonic()
        previews.tidy()
        try:
            lease.assert_held()
        except LockedError as ex:
            log.error("%s", ex.message)
            return
        except VolumeError as ex:
            log.warning("%s", ex.message)


def _lease(volume: Path) -> Lease:
    """Return the lease that tells others on the volume that this local manager is at work."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    host = socket.gethostname()
    files = Files()
    files.make_folder(volume / ".farm")
    name = re.sub(r"[^\w.@-]", "_", f"local-manager-{user}@{host}.lock")
    return Lease(files, volume / ".farm" / name, user=user, host=host, purpose="local manager")


def _on_signals(leave: threading.Event) -> None:
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: leave.set())


def _about(arguments: argparse.Namespace) -> About:
    options = Options(arguments.slots, arguments.allow_autoexec, arguments.blender)
    return About(__version__, arguments.volume, arguments.volume_id, os.getpid(), options.text())


def _runners(
    arguments: argparse.Namespace, default: _DefaultBlender, closing: ExitStack
) -> list[BlenderTaskRunner]:
    """Return one runner per slot; what they hold is let go with ``closing``."""

    def make_session(runtime: BlenderRuntime, sink: Callable[[str], None]) -> BlenderSession:
        return BlenderSession(
            runtime, log=sink, user_preferences=True, allow_scripts=arguments.allow_autoexec
        )

    return [
        BlenderTaskRunner(
            Files(),
            closing.enter_context(choose_decoder(default.find_or_none)),
            default.find,
            make_session,
        )
        for _ in range(arguments.slots)
    ]


class _DefaultBlender:
    """The Blender for jobs that name none; looked for when it is first needed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = threading.Lock()
        self._found: BlenderRuntime | None = None

    def find(self) -> BlenderRuntime:
        with self._lock:
            if self._found is None:
                is_text = self._text.startswith(tuple(f"{one.value}:" for one in RuntimeKind))
                self._found = (
                    BlenderRuntime.parse(self._text)
                    if is_text
                    else find_runtime(self._text, os.environ)
                )
            return self._found

    def find_or_none(self) -> BlenderRuntime | None:
        try:
            return self.find()
        except FarmError as ex:
            log.warning("%s", ex.message)
            return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
