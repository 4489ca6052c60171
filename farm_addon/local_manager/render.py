# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render tasks with a background Blender, and believe in frames only when they decode.

Overwrite is off, so a truncated frame of a killed render would stay for ever, and Blender exits 0
on a full disk (traps.md 3, 38): files that are no frames are moved aside before every run, and a
task is completed only when all its frames are there and decode.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ..background.crashes import BlenderCrashedError, BlenderStoppedError
from ..background.renderer import render_frames
from ..background.runtime import BlenderRuntime
from ..background.session import BlenderSession
from ..core.errors import BlenderError
from ..core.ports import FrameDecoder
from ..core.storage.files import Files
from .events import Outcome
from .outputs import OutputNames, broken_files
from .runner import Cancellation, Report, Work

REJECTED = "rejected"
"""The folder beside the frames that takes files that are none."""

MakeSession = Callable[[BlenderRuntime, Callable[[str], None]], BlenderSession]


class BlenderTaskRunner:
    """Renders for one slot; keeps its Blender warm from one task of a file to the next.

    :param decoder: judges the frames; used from the slot's thread alone.
    :param default_runtime: which Blender renders jobs that name none.
    :param make_session: makes a session that is not started yet; it gets the Blender and where
        that Blender's own output goes, line by line.
    """

    def __init__(
        self,
        files: Files,
        decoder: FrameDecoder,
        default_runtime: Callable[[], BlenderRuntime],
        make_session: MakeSession,
    ) -> None:
        self._files = files
        self._decoder = decoder
        self._default_runtime = default_runtime
        self._make_session = make_session
        self._session: BlenderSession | None = None
        self._session_key: tuple[str, Path] | None = None
        self._log: Callable[[str], None] = lambda line: None

    def run(self, work: Work, report: Report, cancellation: Cancellation) -> tuple[Outcome, str]:
        """Render a task, see :meth:`.runner.TaskRunner.run`."""
        if not work.blend.is_file():
            message = f"the file to render is missing: '{work.blend}'"
            report.log(f"Failed: {message}")
            return Outcome.FAILED, message
        names = OutputNames(work.output, work.extension)
        self._reject_broken(_flat(names.files(work.frames).values()), work, report)
        try:
            reported = self._render(work, report, cancellation)
        except BlenderStoppedError:
            return Outcome.STOPPED, "stopped"
        except BlenderCrashedError as ex:
            report.log(f"Failed: {ex.message}")
            return Outcome.CRASHED, ex.message
        except BlenderError as ex:
            report.log(f"Failed: {ex.message}")
            return Outcome.FAILED, ex.message
        return self._judge(work, names, reported, report)

    def close(self) -> None:
        """Let the warm Blender go."""
        session, self._session, self._session_key = self._session, None, None
        if session is not None:
            session.close()

    def _render(self, work: Work, report: Report, cancellation: Cancellation) -> list[Path]:
        """Render the frames that are not there yet.

        :return: the files that Blender says it wrote or found.
        """
        files: list[Path] = []
        self._log = report.log
        try:
            session = self._session_for(work, cancellation)
            report.log(f"going to render with Blender {session.build.version_text()}: {work.blend}")
            rendered = render_frames(
                session,
                work.blend,
                scene=work.scene or None,
                output=work.output,
                file_format=work.file_format or None,
                frames=work.frames,
                quiet_timeout_s=math.inf,
            )
            for done, frame in enumerate(rendered, 1):
                what = "Skipping existing frame" if frame.skipped else "rendered frame"
                report.log(f"{what} {frame.frame} in {frame.seconds:.2f} s")
                files.extend(frame.files)
                report.steps(done)
        except BaseException:
            self.close()  # whatever it was: nothing may go on rendering
            raise
        finally:
            cancellation.on_cancel(None)
        return files

    def _session_for(self, work: Work, cancellation: Cancellation) -> BlenderSession:
        """Return a Blender that is running, the warm one where it has the right file."""
        runtime = BlenderRuntime.parse(work.blender) if work.blender else self._default_runtime()
        key = (runtime.text(), work.blend)
        if self._session is None or self._session_key != key or not self._session.is_alive:
            self.close()
            self._session = self._make_session(runtime, self._log_line)
            self._session_key = key
            cancellation.on_cancel(self._session.kill)
            self._session.start()
        # Again: a wish that came before there was a process to kill is carried out now.
        cancellation.on_cancel(self._session.kill)
        return self._session

    def _log_line(self, line: str) -> None:
        pid = self._session.pid if self._session is not None else 0
        self._log(f"pid={pid} > {line}")

    def _judge(
        self, work: Work, names: OutputNames, reported: Iterable[Path], report: Report
    ) -> tuple[Outcome, str]:
        """Tell whether the task is done: every frame is there, and every file of it decodes."""
        found = names.files(work.frames)
        missing = [str(frame) for frame, paths in found.items() if not paths]
        missing += [path.name for path in reported if not path.is_file()]
        broken = self._reject_broken(_flat(found.values()), work, report)
        if not missing and not broken:
            return Outcome.COMPLETED, "completed"
        message = (
            f"{broken[0][0].name} is no frame: {broken[0][1]}"
            if broken
            else f"Blender wrote no file for frame {missing[0]}"
        )
        report.log(f"Failed: {message}")
        return Outcome.CRASHED, message

    def _reject_broken(
        self, paths: Iterable[Path], work: Work, report: Report
    ) -> list[tuple[Path, str]]:
        """Move files that are no frames into ``rejected/`` beside them, and return them."""
        broken = broken_files(paths, work.file_format, self._decoder)
        for path, problem in broken:
            folder = path.parent / REJECTED
            self._files.make_folder(folder)
            target = _unused(folder / path.name)
            self._files.rename(path, target)
            report.log(f"moved {path.name} to {REJECTED}/{target.name}: {problem}")
        return broken


def _flat(lists: Iterable[list[Path]]) -> list[Path]:
    return [path for paths in lists for path in paths]


def _unused(path: Path) -> Path:
    """Return the path, with a number before its extension where something has its name."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate
