# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moves of a delivery, and of taking one back: each is one journalled step in two halves.

First what stands in the way goes (to ``superseded/dist/<delivery>/``, or of an undo back to where
Workers wrote it); ``cleared`` is noted; then files only move in. Either half can be stopped
anywhere and is finished by doing it again. A delivery with nothing in its way has the second half
alone. Which files move follows from the record.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from ..frames import Frames
from ..release.deliveries import Delivered, Delivery
from ..release.release_store import ReleaseStore
from ..storage.disk import list_names, told
from ..workspace import Workspace
from .delivered import files_of
from .folder import Folder, Occupied
from .progress import Progress
from .reports import CONTACT_SHEET, FileStat, manifest_file, write_manifest, write_report

_T = TypeVar("_T")

_BATCH_FILES = 5000
"""So many files move before their folders are synced: memory stays flat."""
_RENAMED = "renamed"
"""Where files wait that keep their frame and get another name."""


@dataclass(frozen=True, slots=True)
class Move:
    """One file of a delivery.

    :param home: where it comes from, and goes back to when the delivery is undone; absolute.
    :param name: in ``dist/<release>/``.
    :param old_name: what it was called there before it was renamed; empty for a new file.
    """

    job: str
    frame: int
    home: Path
    name: str
    old_name: str = ""


def finish_delivery(workspace: Workspace, store: ReleaseStore) -> None:
    """Finish a delivery, or the undoing of one, that was begun and stopped; every verb that writes
    a release does so first.

    :param store: open for writing.
    :raises VolumeError: if a file cannot be moved; run it again to go on.
    """
    if store.release.harvesting is not None:
        _Mover(workspace, store, store.release.harvesting).deliver()
    elif store.release.unharvesting is not None:
        _Mover(workspace, store, store.release.unharvesting).take_back()


def aside_folder(store: ReleaseStore, delivery: str) -> Path:
    """Return where a delivery keeps what it replaced."""
    return store.folder / "superseded" / "dist" / delivery


def moves_of(workspace: Workspace, store: ReleaseStore, delivery: Delivery) -> Iterator[Move]:
    """Yield the files that a delivery brings, job by job, frame by frame.

    :param delivery: the one that is under way, or one that was finished.
    """
    renamed = aside_folder(store, delivery.id) / _RENAMED
    for job, brought in delivery.jobs.items():
        state = store.release.jobs[job]
        attempt = state.attempts[brought.attempt - 1]
        old_names = {
            (one.frame, one.view.name): one.delivery
            for before in before_delivery(store, delivery, job)
            if before.attempt == brought.attempt
            for one in files_of(store, state, before, _both(before.frames, brought.frames))
        }
        for one in files_of(store, state, brought):
            old_name = old_names.get((one.frame, one.view.name), "")
            if old_name:
                home = renamed / old_name
            elif attempt.is_set_aside:
                home = store.superseded(job, attempt.number) / one.source.name
            else:
                home = workspace.volume.root / one.source
            yield Move(job, one.frame, home, one.delivery, old_name)


def before_delivery(store: ReleaseStore, delivery: Delivery, job: str) -> tuple[Delivered, ...]:
    """Return what lay in ``dist/`` of a job before a delivery."""
    is_under_way = delivery is store.release.harvesting
    return store.release.jobs[job].delivered if is_under_way else delivery.before[job]


def _both(one: Frames, other: Frames) -> Frames:
    return Frames(set(one) & set(other))


class _Mover:
    """Moves the files of one delivery."""

    def __init__(self, workspace: Workspace, store: ReleaseStore, delivery: Delivery) -> None:
        self._workspace, self._store, self._delivery = workspace, store, delivery
        self._files = workspace.files
        self._dist = workspace.volume.dist_folder(store.release.name)
        self._aside = aside_folder(store, delivery.id)
        self._renamed = self._aside / _RENAMED
        self._files.make_folder(self._dist)
        self._files.remove_leftovers(self._dist)  # halves of copies between file systems

    # --- there ----------------------------------------------------------------------------------

    def deliver(self) -> None:
        """Make room where need be, move everything in, and note it as done."""
        if not self._delivery.is_cleared:
            self._files.make_folder(self._renamed)
            for batch in _batched(self._out_of_the_way()):
                self._files.move_all(batch)
            self._store.add("cleared", delivery=self._delivery.id)
        progress = self._progress()
        lost = _Lost(self._dist)
        stats: dict[str, FileStat] = {}
        for moves in _batched(self._moves()):
            lost.look(moves)
            whole = [move for move in moves if not lost.has(move)]
            pairs = [(move.home, self._dist / move.name) for move in whole]
            self._files.move_all(pairs, on_moved=progress.one_more)
            for move in whole:
                with told("read", self._dist / move.name):
                    stats[move.name] = FileStat.of(self._dist / move.name)
        if lost.frames:
            for name in self._take_parts_out(lost):
                stats.pop(name, None)
        progress.finish()
        self._remove_empty(self._renamed, self._aside)
        write_manifest(self._files, self._store, self._delivery.id, stats)
        write_report(self._workspace, self._store, self._delivery)
        members = {"missing": lost.to_json()} if lost.frames else {}
        self._store.add("harvested", delivery=self._delivery.id, **members)

    def _out_of_the_way(self) -> Iterator[tuple[Path, Path]]:
        """Yield the moves out of ``dist/``: of what is renamed, what is replaced, and whatever else
        bears a name that is wanted."""
        there = Occupied(self._dist)
        going: set[str] = set()
        for job, brought in self._delivery.jobs.items():
            wanted = {*brought.frames, *self._delivery.gone.get(job, ())}
            state = self._store.release.jobs[job]
            for before in before_delivery(self._store, self._delivery, job):
                folder = self._renamed if before.attempt == brought.attempt else self._aside
                frames = Frames(wanted & set(before.frames))
                for one in files_of(self._store, state, before, frames):
                    for name in there.find(one.delivery)[:1]:
                        if there.is_file(name):
                            going.add(name)
                            yield self._dist / name, folder / one.delivery
        for move in self._moves():
            for name in there.find(move.name):
                if name not in going:
                    going.add(name)
                    yield self._dist / name, self._aside / name

    def _take_parts_out(self, lost: _Lost) -> list[str]:
        """Move the other files of frames that are not whole back, where they had moved already;
        return the names of all of them."""
        moves = [move for move in self._moves() if lost.has(move)]
        self._files.move_all(
            [
                (self._dist / move.name, move.home)
                for move in moves
                if os.path.lexists(self._dist / move.name) and not os.path.lexists(move.home)
            ]
        )
        return [move.name for move in moves]

    # --- and back -------------------------------------------------------------------------------

    def take_back(self) -> None:
        """Move the delivery's files back, then what it had replaced to where it was."""
        if not self._delivery.is_cleared:
            progress = self._progress()
            lost = _Lost(self._dist)
            for moves in _batched(self._moves()):
                lost.look(moves)
                whole = [move for move in moves if not lost.has(move)]
                for folder in {move.home.parent for move in whole}:
                    self._files.make_folder(folder)
                pairs = [(self._dist / move.name, move.home) for move in whole]
                self._files.move_all(pairs, on_moved=progress.one_more)
            progress.finish()
            self._store.add("cleared", delivery=self._delivery.id)
        for folder in (self._aside, self._renamed):
            for names in _batched(sorted(Folder(folder).files)):
                self._files.move_all([(folder / name, self._dist / name) for name in names])
        self._remove_empty(self._renamed, self._aside, self._aside.parent, self._dist)
        for path in (manifest_file(self._delivery.id), CONTACT_SHEET):
            self._files.remove(self._store.folder / path)
        write_report(self._workspace, self._store, None, undone=self._delivery.id)
        self._store.add("unharvested", delivery=self._delivery.id)

    # --- both ways ------------------------------------------------------------------------------

    def _moves(self) -> Iterator[Move]:
        return moves_of(self._workspace, self._store, self._delivery)

    def _progress(self) -> Progress:
        jobs = self._store.release.jobs
        files = (
            len(one.frames) * len(jobs[job].attempts[one.attempt - 1].plan.views)
            for job, one in self._delivery.jobs.items()
        )
        return Progress(self._workspace.reporter, "deliver", sum(files))

    def _remove_empty(self, *folders: Path) -> None:
        """Remove folders as far as they are empty; a link to another disk, or a disk, stays."""
        for folder in folders:
            is_fixed = folder.is_symlink() or os.path.ismount(folder)
            if folder.is_dir() and not is_fixed and not list_names(folder):
                self._files.remove_folder(folder)


class _Lost:
    """Frames of which a file is neither where it comes from nor in ``dist/``: somebody took it
    after it had been looked at. The rest goes without them."""

    def __init__(self, dist: Path) -> None:
        self.frames: dict[str, set[int]] = {}
        self._dist = dist
        self._there = Folder(dist).files
        self._list = functools.lru_cache(maxsize=8)(lambda path: Folder(path).files)

    def look(self, moves: Iterable[Move]) -> None:
        """Look for some files."""
        for move in moves:
            if move.name in self._there or move.home.name in self._list(move.home.parent):
                continue
            # A listing over the network may be older than another computer's last move.
            if not os.path.lexists(move.home) and not os.path.lexists(self._dist / move.name):
                self.frames.setdefault(move.job, set()).add(move.frame)

    def has(self, move: Move) -> bool:
        """Tell whether a file belongs to such a frame."""
        return bool(self.frames) and move.frame in self.frames.get(move.job, ())

    def to_json(self) -> dict[str, str]:
        """Return the frames as text, by job."""
        return {job: Frames(frames).text() for job, frames in self.frames.items()}


def _batched(items: Iterable[_T]) -> Iterator[list[_T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, _BATCH_FILES)):
        yield batch
