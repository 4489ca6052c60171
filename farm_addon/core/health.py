# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm doctor`` looks at: volume, free space, clocks, Manager, Workers, storage, Blender.

Each check tells how it found its subject and, where that is not well, what to do. A check never
raises: what stops it is what it tells.
"""

from __future__ import annotations

import enum
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import FarmError
from .planning.scene_facts import BlenderBuild
from .ports import FrameDecoder, Manager, ManagerAddress
from .storage.files import temporary_beside
from .workspace import Workspace

_FEW_BYTES = 1 << 30
_LITTLE_FRACTION = 0.05
_CLOCK_WARNING_S = 2.0
_CLOCK_ERROR_S = 300.0
_CHECKED_FORMATS = ("png", "openexr", "jpeg", "tiff", "webp")


class Condition(enum.Enum):
    """How something was found."""

    OK = "ok"
    WARNING = "warning"  #: works, but a person should look
    ERROR = "error"  #: a verb that needs it will fail


@dataclass(frozen=True, slots=True)
class Check:
    """What one look told.

    :param subject: ``volume``, ``free space``, ``clock``, ``Manager``, ``Workers``, ``storage``,
        ``Blender``, ``decoder``.
    :param message: a sentence without its full stop.
    :param fix: what to do; empty where nothing needs to be done.
    """

    subject: str
    condition: Condition
    message: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the row's values."""
        return {
            "subject": self.subject,
            "condition": self.condition.value,
            "message": self.message,
            "fix": self.fix,
        }


def check_volume(workspace: Workspace) -> Iterator[Check]:
    """Look at the volume: can it be written, is there room, does its clock agree with ours?"""
    root, files = workspace.volume.root, workspace.files
    trial = temporary_beside(root / "doctor")
    try:
        with files.open_new(trial) as file:
            file.write(b"a trial of farm doctor\n")
        volume_s, here_s = os.stat(trial).st_mtime, time.time()
        files.remove(trial)
    except (FarmError, OSError) as ex:
        yield _failed("volume", ex, f"see to it that you may write to '{root}'")
        return
    yield Check("volume", Condition.OK, f"'{root}' of farm '{workspace.config.name}' is writable")
    yield _judge_space(root)
    yield _judge_clock(volume_s - here_s)


def _judge_space(root: Path) -> Check:
    total, _, free = shutil.disk_usage(root)
    message = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free"
    fix = "archive delivered releases, or empty the trash: farm slash-and-burn --now"
    if free < _FEW_BYTES:
        return Check("free space", Condition.ERROR, message, fix)
    if free < total * _LITTLE_FRACTION:
        return Check("free space", Condition.WARNING, message, fix)
    return Check("free space", Condition.OK, message)


def _judge_clock(ahead_s: float) -> Check:
    """Judge the clock that dates files on the volume: staleness compares its times with ours."""
    way = "ahead of" if ahead_s > 0 else "behind"
    message = f"the volume's clock is {abs(ahead_s):.0f} s {way} this computer's"
    fix = "set both by a time server (NTP)"
    if abs(ahead_s) > _CLOCK_ERROR_S:
        return Check("clock", Condition.ERROR, message, fix)
    if abs(ahead_s) > _CLOCK_WARNING_S:
        return Check("clock", Condition.WARNING, message, fix)
    return Check("clock", Condition.OK, "the volume's clock agrees with this computer's")


def check_manager(
    workspace: Workspace, address: ManagerAddress, ask: Callable[[], Manager]
) -> Iterator[Check]:
    """Look at a Manager: does it answer, who works for it, does it see the volume as we do?

    :param ask: returns the Manager, or raises :class:`~.errors.ManagerError`.
    """
    try:
        manager = ask()
        major, minor = manager.version()
        workers = manager.workers()
        location = manager.storage_location()
    except FarmError as ex:
        yield _failed("Manager", ex, "start the Manager, or choose another with --manager")
        return
    name = "the local manager" if address.is_local else f"Flamenco {major}.{minor} at {address.url}"
    yield Check("Manager", Condition.OK, f"{name} answers")
    awake = sum(worker.status == "awake" for worker in workers)
    message = f"{awake} of {len(workers)} are awake"
    if awake:
        yield Check("Workers", Condition.OK, message)
    else:
        yield Check("Workers", Condition.WARNING, message, "start a Worker, or wake one up")
    yield _judge_storage(workspace.volume.root, Path(location))


def _judge_storage(root: Path, location: Path) -> Check:
    try:
        is_inside = any(os.path.samefile(location, one) for one in (root, *root.parents))
    except OSError:
        return Check(
            "storage",
            Condition.ERROR,
            f"the Manager keeps its files in '{location}', which this computer does not see",
            "mount it here under that path, or set a two-way variable in the Manager",
        )
    if is_inside:
        return Check("storage", Condition.OK, f"the volume lies in the Manager's '{location}'")
    return Check(
        "storage",
        Condition.WARNING,
        f"the volume '{root}' does not lie in the Manager's storage '{location}'",
        "make sure that every Worker reaches the volume under this path",
    )


def check_blender(
    workspace: Workspace, build: Callable[[], BlenderBuild], decoder: Callable[[], FrameDecoder]
) -> Iterator[Check]:
    """Look at the Blender that freezes, and at what decodes frames.

    :param build: starts the Blender and tells what it is.
    """
    try:
        found = build()
    except FarmError as ex:
        yield _failed("Blender", ex, "install Blender 4.2 or newer and name it with --blender")
    else:
        yield _judge_build(found, workspace.config.blender_series)
    try:
        missing = [name for name in _CHECKED_FORMATS if not decoder().can_decode(name)]
    except FarmError as ex:
        yield _failed("decoder", ex, "install OpenImageIO: pip install OpenImageIO")
        return
    if missing:
        yield Check(
            "decoder",
            Condition.WARNING,
            f"frames in these formats cannot be checked here: {', '.join(missing)}",
            "install OpenImageIO: pip install OpenImageIO",
        )
    else:
        yield Check("decoder", Condition.OK, "frames can be decoded")


def _judge_build(build: BlenderBuild, farm_series: tuple[int, int] | None) -> Check:
    what = "Blender's Python module" if build.is_wheel else "Blender"
    message = f"{what} {build.version_text()}, '{build.program}'"
    if farm_series and build.series > farm_series:
        renders = ".".join(map(str, farm_series))
        return Check(
            "Blender",
            Condition.ERROR,
            f"{message} is newer than the {renders} that the farm renders with",
            f"freeze with Blender {renders}, or correct 'blender' in farm.toml",
        )
    return Check("Blender", Condition.OK, message)


def _failed(subject: str, error: FarmError | OSError, fix: str) -> Check:
    if isinstance(error, FarmError):
        return Check(subject, Condition.ERROR, error.message, error.hint or fix)
    return Check(subject, Condition.ERROR, str(error), fix)
