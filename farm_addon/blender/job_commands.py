# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines behind the buttons of the box *Jobs* (no bpy here).

Which jobs are meant stands in a file, one name a line: ten thousand names fit into no command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..core.errors import UsageError
from .command_lines import Settings
from .run import CommandLine


def kill(settings: Settings, jobs_file: Path, count: int, *, deletes: bool) -> CommandLine:
    """Cancel the named jobs, and delete them from their Manager; somebody was asked already."""
    options = ["--yes", "--delete"] if deletes else ["--yes"]
    return _about_jobs("kill", settings, jobs_file, count, *options)


def pause(settings: Settings, jobs_file: Path, count: int) -> CommandLine:
    """Start no more tasks of the named jobs."""
    return _about_jobs("pause", settings, jobs_file, count)


def resume(settings: Settings, jobs_file: Path, count: int) -> CommandLine:
    """Let the named jobs go on."""
    return _about_jobs("resume", settings, jobs_file, count)


def requeue(settings: Settings, jobs_file: Path, count: int) -> CommandLine:
    """Queue those of the named jobs again that failed, stalled or were cancelled."""
    return _about_jobs("requeue", settings, jobs_file, count)


def priority(settings: Settings, jobs_file: Path, count: int, number: int) -> CommandLine:
    """Give the named jobs another priority.

    :param number: 0 to 100, higher first.
    """
    return _about_jobs("priority", settings, jobs_file, count, words=[str(number)])


def replace(settings: Settings, jobs_file: Path) -> CommandLine:
    """Freeze the named jobs again and send them as their next attempts; somebody was asked."""
    options = ["--yes", *_named(jobs_file)]
    return ("replace", *settings.shared(), *options, "--", "release", settings.release)


def job_detail(settings: Settings, release: str, job: str, picture: Path) -> CommandLine:
    """Tell of one job what its row does not hold, and write a picture of its last frame."""
    options = ["--picture", str(picture)]
    return ("status", *settings.shared(), *options, "--", "job", f"{release}/{job}")


def write_jobs_file(path: Path, jobs: Sequence[str]) -> None:
    """Write the names of jobs to a file, one a line.

    :raises UsageError: if one of them would be read as another, or the file cannot be written.
    """
    for job in jobs:
        if not job.strip() or not job.isprintable():
            raise UsageError(f"{job!r} is no name of a job")
    try:
        path.write_text("".join(f"{job}\n" for job in jobs), encoding="utf-8", newline="\n")
    except OSError as ex:
        raise UsageError(
            f"'{path}' cannot be written: {ex.strerror or ex}",
            hint="see Blender's preferences, File Paths: Temporary Files",
        ) from ex


def _about_jobs(
    verb: str,
    settings: Settings,
    jobs_file: Path,
    count: int,
    *options: str,
    words: Sequence[str] = (),
) -> CommandLine:
    """Return the command line of a verb; whoever named so many jobs means so many."""
    options = (*options, *_named(jobs_file), "--limit", str(max(1, count)))
    return (verb, *settings.shared(), *options, "--", *words, f"{settings.release}.jobs")


def _named(jobs_file: Path) -> tuple[str, str]:
    return ("--jobs-from", str(jobs_file))
