# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and freezes .blend files with a background Blender: the port ``Freezer``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..core.errors import BlenderError
from ..core.planning.scene_facts import BlenderBuild, FileFacts
from ..core.ports import FreezeJob, FrozenJob
from .messages import Json, Progress, freeze_job_to_json, frozen_job_from_json
from .runtime import BlenderRuntime
from .session import BlenderSession


class BackgroundFreezer:
    """Implements :class:`farm_addon.core.ports.Freezer` with one Blender for all questions.

    It is started at the first question, with factory settings and with scripts off, so that neither
    the user's add-ons nor a file's scripts take part; it is started again after a crash. A context
    manager.

    :param log: file to which its talk is appended.
    :param on_progress: called with a text, steps done and steps in all (0 where not known).
    :param quiet_timeout_s: a Blender that says nothing for so long, while it reads or freezes, is
        ended.
    """

    def __init__(
        self,
        runtime: BlenderRuntime,
        log: Path,
        on_progress: Callable[[str, int, int], None] | None = None,
        *,
        quiet_timeout_s: float = 1800.0,
        make_session: Callable[..., BlenderSession] = BlenderSession,
    ) -> None:
        self._runtime = runtime
        self._log = log
        self._on_progress = on_progress
        self._quiet_timeout_s = quiet_timeout_s
        self._make_session = make_session
        self._session: BlenderSession | None = None

    def __enter__(self) -> BackgroundFreezer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End the background Blender, if there is one."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def build(self) -> BlenderBuild:
        """Tell which Blender this is."""
        return self._living().build

    def read(self, blend: Path) -> FileFacts:
        """Read a file's facts."""
        result = self._living().ask(
            "read", doing=f"reading '{blend}'", on_progress=self._pass_on, blend=str(blend)
        )
        try:
            return FileFacts.from_json(result["facts"])
        except (KeyError, TypeError, ValueError, AttributeError) as ex:
            raise BlenderError(f"what Blender told of '{blend}' cannot be understood") from ex

    def freeze(self, blend: Path, jobs: Sequence[FreezeJob]) -> Iterator[FrozenJob]:
        """Turn one file into self-contained files, one per job, in order."""
        messages = self._living().request(
            "freeze",
            doing=f"freezing '{blend}'",
            blend=str(blend),
            jobs=[freeze_job_to_json(job) for job in jobs],
        )
        waiting = list(jobs)
        with closing(messages):
            for message in messages:
                if isinstance(message, Progress):
                    self._pass_on(message)
                    continue
                frozen = _read_frozen(message.data, blend)
                asked = waiting.pop(0) if waiting else None
                if asked is None or (frozen.job, frozen.target) != (asked.job, asked.target):
                    raise BlenderError(f"Blender told of job '{frozen.job}' out of turn")
                yield frozen
        if waiting:
            raise BlenderError(f"Blender told nothing of job '{waiting[0].job}' of '{blend}'")

    def _living(self) -> BlenderSession:
        """Return a session that can be asked."""
        if self._session is not None and not self._session.is_alive:
            self.close()
        if self._session is None:
            session = self._make_session(
                self._runtime, log=self._log, quiet_timeout_s=self._quiet_timeout_s
            )
            session.start()
            self._session = session
        return self._session

    def _pass_on(self, progress: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(progress.text, progress.done, progress.total)


def _read_frozen(data: Json, blend: Path) -> FrozenJob:
    try:
        return frozen_job_from_json(data)
    except (KeyError, TypeError, ValueError, AttributeError) as ex:
        raise BlenderError(f"what Blender told of '{blend}' cannot be understood") from ex
