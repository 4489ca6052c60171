# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an attempt: into ``superseded/<job>/<attempt>/`` and back again.

Every step can be stopped anywhere and is finished by doing it again. Frames that were delivered are
in ``dist/`` and stay there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from ..errors import NewerSchemaError, RecordError
from ..names import fold
from ..release.inputs import Inputs
from ..release.jobs import output_folder
from ..release.release_store import ReleaseStore
from ..storage.disk import is_file, is_same_file, told
from ..storage.files import Files
from ..workspace import Workspace

REJECTED = "rejected"
"""Folder for bad frames, in the folder of their attempt."""

_ATTEMPT_FOLDER = re.compile(r"attempt-[0-9]+")


def set_frozen_aside(workspace: Workspace, store: ReleaseStore, job: str, attempt: int) -> None:
    """Move an attempt's .blend and inputs to ``superseded/``, unless another's are in their
    place."""
    if not _is_in_place(store, job, attempt):
        return
    folder = store.superseded(job, attempt)
    workspace.files.make_folder(folder)
    if store.blend(job).exists():
        workspace.files.replace(store.blend(job), folder / f"{job}.blend")
    # The inputs tell whose .blend it is, so that they go last.
    workspace.files.replace(store.inputs(job), folder / f"{job}.json")


def _is_in_place(store: ReleaseStore, job: str, attempt: int) -> bool:
    """Tell whether the frozen file is this attempt's, by the inputs beside it."""
    try:
        inputs = Inputs.read(store.inputs(job))
    except NewerSchemaError:
        raise
    except RecordError:
        return True  # damaged; what a stopped run left behind is whole
    return inputs is not None and inputs.attempt == attempt


def set_frames_aside(workspace: Workspace, store: ReleaseStore, job: str, attempt: int) -> None:
    """Move all that lies in an attempt's output folder to ``superseded/``."""
    source = workspace.volume.root / output_folder(store.relative, job, attempt)
    target = store.superseded(job, attempt)
    workspace.files.make_folder(target)
    _move(workspace.files, source, target, list(_files_of(source)))
    _remove_empty(workspace.files, source, keep=attempt == 1)


def bring_back(workspace: Workspace, store: ReleaseStore, job: str, attempt: int) -> None:
    """Move an attempt's files from ``superseded/`` back to their places, which are free.

    Bad frames that a repair put aside stay there.
    """
    source = store.superseded(job, attempt)
    target = workspace.volume.root / output_folder(store.relative, job, attempt)
    frozen = {f"{job}.blend": store.blend(job), f"{job}.json": store.inputs(job)}
    not_frames = {REJECTED, *map(fold, frozen)}
    frames = [path for path in _files_of(source) if fold(path.parts[0]) not in not_frames]
    workspace.files.make_folder(target)
    _move(workspace.files, source, target, frames)
    for name, place in frozen.items():
        if is_file(source / name):
            workspace.files.replace(source / name, place)
    _remove_empty(workspace.files, source, keep=False)


def _files_of(folder: Path) -> Iterator[PurePath]:
    """Yield the regular files in and below an attempt's folder, relative to it; not those of later
    attempts, whose folders lie in that of the first."""
    waiting = [PurePath()]
    while waiting:
        inner = waiting.pop()
        for entry in _entries(folder / inner):
            if entry.is_dir(follow_symlinks=False):
                if inner.parts or not _ATTEMPT_FOLDER.fullmatch(entry.name):
                    waiting.append(inner / entry.name)
            elif entry.is_file(follow_symlinks=False):
                yield inner / entry.name


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with told("read", folder):
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return []


def _move(files: Files, source: Path, target: Path, paths: list[PurePath]) -> None:
    """Move files from one folder to another. Another file that has the name already makes room."""
    for folder in sorted({path.parent for path in paths}):
        files.make_folder(target / folder)
    for path in paths:
        place = target / path
        if os.path.lexists(place) and not is_same_file(source / path, place):
            _make_room(files, target, path)
    files.move_all([(source / path, target / path) for path in paths])


def _make_room(files: Files, folder: Path, path: PurePath) -> None:
    """Give a file a name in ``rejected/`` that is free: a late frame, or one that a repair put
    aside."""
    aside = folder / REJECTED
    files.make_folder(aside)
    number = 1
    while os.path.lexists(aside / f"{path.stem}.{number}{path.suffix}"):
        number += 1
    files.rename(folder / path, aside / f"{path.stem}.{number}{path.suffix}")


def _remove_empty(files: Files, folder: Path, *, keep: bool) -> None:
    """Remove a folder, and those in it, as far as they are empty.

    :param keep: leave the folder itself.
    """
    inner = [entry for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]
    for entry in inner:
        if not _ATTEMPT_FOLDER.fullmatch(entry.name):
            _remove_empty(files, Path(entry.path), keep=False)
    if not keep and folder.is_dir() and not _entries(folder):
        files.remove_folder(folder)
