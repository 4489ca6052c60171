# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and folders of .blend files that are to be planned, read one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...app import App
from ...core.errors import BlenderError, UsageError
from ...core.planning.plan import PlanSource, Unread
from ...core.recorded_paths import RecordedPath
from ...core.volume import Volume


@dataclass(slots=True)
class FilesRead:
    """What was read.

    :param is_batch: several files, or a folder: one that is broken holds up no others.
    """

    sources: list[PlanSource] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    is_batch: bool = False


def find_blends(names: Sequence[str], volume: Volume, unlisted: list[OSError]) -> list[Path]:
    """Return the files that are meant, each once; of a folder all .blend files below it, sorted.

    Backups (``.blend1``), hidden files and folders, links to folders, and what the farm itself
    keeps on its volume are passed over in folders.

    :param unlisted: gets why folders below could not be looked into.
    :raises UsageError: if something is not there, or a folder holds no .blend file.
    """
    found: dict[Path, None] = {}
    for name in names:
        path = Path(os.path.abspath(name))
        if path.is_dir():
            known = len(unlisted)
            below = sorted(_below(path, volume, unlisted.append))
            if not below and len(unlisted) == known:
                raise UsageError(f"there is no .blend file in the folder '{path}'")
            found.update(dict.fromkeys(below))
        elif path.is_file():
            found[path] = None
        else:
            raise UsageError(f"there is no file '{path}'")
    return list(found)


def _below(folder: Path, volume: Volume, on_error: Callable[[OSError], object]) -> Iterator[Path]:
    own = {volume.releases, volume.quick, volume.dist, volume.archives, volume.trash}
    own |= {volume.root / "jobs", volume.root / "file-store"}
    for place, folders, files in os.walk(folder, onerror=on_error):
        here = Path(place)
        folders[:] = [one for one in folders if one[:1] != "." and here / one not in own]
        for file in files:
            if file[:1] != "." and file.lower().endswith(".blend"):
                yield here / file


def read_blends(names: Sequence[str], app: App) -> FilesRead:
    """Read the facts of the files that are meant; of several, tell each with a line of its own.

    :raises UsageError: as :func:`find_blends`.
    :raises BlenderError: if there is no Blender, or the only file cannot be read.
    """
    root = app.workspace.volume.root
    unlisted: list[OSError] = []
    paths = find_blends(names, app.workspace.volume, unlisted)
    read = FilesRead(is_batch=len(paths) > 1 or any(map(os.path.isdir, names)))
    for error in unlisted:
        message = f"the folder cannot be looked into: {error.strerror}"
        read.unread.append(Unread(str(error.filename), message, "see to its permissions"))
        app.reporter.status(f"{error.filename}: failed: {message}")
    app.freezer.build()  # no Blender at all is no file's fault
    for number, path in enumerate(paths, 1):
        app.reporter.progress("read", number - 1, len(paths))
        recorded = RecordedPath.of(path, root)
        try:
            source = PlanSource(app.freezer.read(path), recorded)
        except BlenderError as ex:
            if not read.is_batch:
                raise
            read.unread.append(Unread(str(path), ex.message, ex.hint))
            told = f"failed: {ex.message}"
        else:
            read.sources.append(source)
            told = _count(len(source.facts.scenes), "scene")
        if read.is_batch:
            app.reporter.status(f"[{number}/{len(paths)}] {recorded.text}: {told}")
    app.reporter.progress("read", len(paths), len(paths))
    return read


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
