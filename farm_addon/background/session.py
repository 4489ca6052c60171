# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation with one background Blender, from its start to its end.

One thread at a time asks; any thread may stop it. The child ends with the session, and with this
process however that ends, because it lives by its stdin.
"""

from __future__ import annotations

import json
import logging
import queue
import secrets
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from ..core.errors import BlenderError
from ..core.planning.scene_facts import BlenderBuild
from .blender_process import BlenderProcess
from .child_log import ChildLog
from .crashes import BlenderCrashedError, BlenderStoppedError, describe_exit
from .launcher import blender_child
from .messages import Failure, Hello, Item, Json, Message, Progress, Result, read_message
from .runtime import MINIMUM, BlenderRuntime

log = logging.getLogger(__name__)

SERVE_MODULE = "farm_addon.blender.inside.serve"


class StartChild(Protocol):
    """Starts a module inside a Blender; :func:`.launcher.blender_child` is the real one."""

    def __call__(
        self,
        runtime: BlenderRuntime,
        module: str,
        args: Sequence[str] = (),
        *,
        user_preferences: bool = False,
        autoexec: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Return the process, with three pipes."""


class BlenderSession:
    """One background Blender that answers requests. A context manager.

    :param log: where everything else goes that it prints; see :class:`.child_log.ChildLog`.
    :param user_preferences: start it with the user's preferences (GPU choice) and add-ons.
    :param allow_scripts: scripts inside .blend files may run.
    :param start_timeout_s: how long it may take until it says hello.
    :param quiet_timeout_s: how long it may be without a message while it works on a request.
    """

    def __init__(
        self,
        runtime: BlenderRuntime,
        *,
        log: Path | Callable[[str], None],
        user_preferences: bool = False,
        allow_scripts: bool = False,
        start_timeout_s: float = 120.0,
        quiet_timeout_s: float = 900.0,
        start_child: StartChild = blender_child,
    ) -> None:
        self._runtime = runtime
        self._sink = log
        self._user_preferences = user_preferences
        self._allow_scripts = allow_scripts
        self._start_timeout_s = start_timeout_s
        self._quiet_timeout_s = quiet_timeout_s
        self._start_child = start_child
        self._token = secrets.token_hex(16)
        self._process: BlenderProcess | None = None
        self._hello: Hello | None = None
        self._number = 0
        self._news = ""
        self._is_busy = False
        self._is_stopped = False

    def __enter__(self) -> BlenderSession:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # --- its life -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start Blender and wait until it says hello.

        :raises BlenderError: if it cannot be started or is too old.
        :raises BlenderCrashedError: if it dies or is silent.
        """
        program = self._runtime.program
        args = ["--prefix", self._token, *(["--allow-scripts"] if self._allow_scripts else [])]
        try:
            child_log = ChildLog(self._sink)
            with ExitStack() as undo:
                undo.callback(child_log.close)
                child = self._start_child(
                    self._runtime,
                    SERVE_MODULE,
                    args,
                    user_preferences=self._user_preferences,
                    autoexec=self._allow_scripts,
                )
                undo.pop_all()
        except OSError as ex:
            raise BlenderError(
                f"'{program}' cannot be started in the background: {ex.strerror or ex}"
            ) from ex
        self._process = BlenderProcess(child, self._token, child_log)
        try:
            if self._is_stopped:  # by another thread, before there was something to kill
                self._process.kill()
            self._hello = self._greeting(self._process)
        except BaseException:
            self.kill()
            self.close()
            raise

    def _greeting(self, process: BlenderProcess) -> Hello:
        program = self._runtime.program
        hello = self._receive(process, self._start_timeout_s, f"starting '{program}'")
        if not isinstance(hello, Hello):
            raise self._spoke_rubbish(process, "starting", "its first message was no greeting")
        if hello.build.series < MINIMUM:
            raise BlenderError(
                f"'{program}' is Blender {hello.build.version_text()};"
                f" {'.'.join(map(str, MINIMUM))} or newer is needed"
            )
        return hello

    @property
    def build(self) -> BlenderBuild:
        """Which Blender it is, as it said itself."""
        return self._said_hello().build

    @property
    def has_openimageio(self) -> bool:
        """Whether it seems to have Python's OpenImageIO."""
        return self._said_hello().has_openimageio

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process is not None and self._process.is_alive and not self._is_stopped

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._started().pid

    def kill(self) -> None:
        """End Blender now; may be called from any thread, and more than once.

        Whoever waits for an answer gets :class:`.crashes.BlenderStoppedError`.
        """
        self._is_stopped = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End Blender and wait for it; kill it where it works or does not leave by itself."""
        if self._is_busy:
            self.kill()
        self._is_stopped = True
        if self._process is not None:
            self._process.close()

    def _started(self) -> BlenderProcess:
        if self._process is None:
            raise ValueError("the session was not started")
        return self._process

    def _said_hello(self) -> Hello:
        if self._hello is None:
            raise ValueError("the session was not started")
        return self._hello

    # --- asking ---------------------------------------------------------------------------------

    def request(
        self, op: str, *, doing: str, quiet_timeout_s: float | None = None, **payload: Any
    ) -> Generator[Progress | Item, None, Json]:
        """Ask for something and yield what comes; return the result's object at the end.

        Nothing is sent before the first message is asked for. Closing the generator early kills
        Blender, since it goes on with its work otherwise.

        :param op: one of the operations of docs/design.md.
        :param doing: what this is, for sentences: ``reading 'shot.blend'``.
        :param quiet_timeout_s: instead of the session's; ``math.inf`` waits as long as it lives.
        :param payload: members of the request, JSON values.
        :raises BlenderCrashedError: if Blender dies, is silent for too long, or speaks rubbish; the
            session is over then.
        :raises BlenderError: if it could not carry the request out; it can be asked again.
        """
        process = self._started()
        timeout_s = self._quiet_timeout_s if quiet_timeout_s is None else quiet_timeout_s
        if self._is_busy:
            raise ValueError("an earlier request was not read to its end")
        self._is_busy = True
        self._news = ""
        self._number += 1
        try:
            self._send(process, {"id": self._number, "op": op, **payload}, doing)
            while True:
                message = self._receive(process, timeout_s, doing)
                if isinstance(message, Hello) or message.id != self._number:
                    raise self._spoke_rubbish(process, doing, "a message answers no request")
                if isinstance(message, Result):
                    self._is_busy = False
                    return message.data
                if isinstance(message, Failure):
                    self._is_busy = False
                    raise self._refused(message)
                if isinstance(message, Progress):
                    self._news = message.text
                yield message
        finally:
            if self._is_busy:
                self.kill()
                self._is_busy = False

    def ask(
        self,
        op: str,
        *,
        doing: str,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        quiet_timeout_s: float | None = None,
        **payload: Any,
    ) -> Json:
        """Ask for something that has no items; return the result's object.

        Parameters and errors are those of :meth:`request`.
        """
        messages = self.request(op, doing=doing, quiet_timeout_s=quiet_timeout_s, **payload)
        while True:
            try:
                message = next(messages)
            except StopIteration as ex:
                return dict(ex.value)
            if isinstance(message, Item):
                raise self._spoke_rubbish(self._started(), doing, f"'{op}' has no items")
            on_progress(message)

    def _send(self, process: BlenderProcess, request: Json, doing: str) -> None:
        try:
            process.send(json.dumps(request).encode("ascii") + b"\n")
        except (OSError, ValueError) as ex:
            raise self._died(process, doing) from ex

    def _receive(self, process: BlenderProcess, timeout_s: float, doing: str) -> Message:
        """Return the next message, or raise what became of Blender instead."""
        try:
            text = process.receive(timeout_s)
        except queue.Empty:
            raise self._is_silent(process, timeout_s, doing) from None
        if text is None:
            raise self._died(process, doing)
        try:
            return read_message(text)
        except ValueError as ex:
            raise self._spoke_rubbish(process, doing, str(ex)) from ex

    # --- what became of it ----------------------------------------------------------------------

    def _refused(self, failure: Failure) -> BlenderError:
        if failure.detail:
            log.error("Blender could not carry a request out:\n%s", failure.detail)
        return BlenderError(failure.message, hint=failure.hint)

    def _is_silent(
        self, process: BlenderProcess, timeout_s: float, doing: str
    ) -> BlenderCrashedError:
        self.kill()
        how = f"gave no sign of life for {timeout_s:g} s and was ended"
        return self._crashed(process, how, doing)

    def _spoke_rubbish(self, process: BlenderProcess, doing: str, what: str) -> BlenderCrashedError:
        self.kill()
        return self._crashed(process, f"gave an answer that cannot be understood ({what})", doing)

    def _died(self, process: BlenderProcess, doing: str) -> BlenderCrashedError:
        was_stopped = self._is_stopped
        exit_status = process.wait_for_exit()
        if was_stopped:
            return BlenderStoppedError(
                f"Blender was stopped {self._while(doing)}", child_exit_status=exit_status
            )
        return self._crashed(process, describe_exit(exit_status), doing, exit_status)

    def _crashed(
        self, process: BlenderProcess, how: str, doing: str, exit_status: int | None = None
    ) -> BlenderCrashedError:
        return BlenderCrashedError(
            f"Blender {how} {self._while(doing)}",
            child_exit_status=exit_status,
            log_tail=process.log_tail(),
            hint=process.where_to_look(),
        )

    def _while(self, doing: str) -> str:
        return f"while it was {doing}" + (f" ({self._news})" if self._news else "")
