# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the last delivery back: its files return to where Workers wrote them, and what it had
replaced returns to ``dist/``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import BlockedError, UsageError
from ..findings import Finding, Severity
from ..release.deliveries import Delivery
from ..release.release_store import ReleaseStore
from ..storage.disk import told
from ..submission.interrupted import finish_interrupted
from ..workspace import Workspace
from .folder import Folder
from .moving import Move, aside_folder, finish_delivery, moves_of
from .oddities import list_names
from .reports import FileStat, read_manifest


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or would be.

    :param delivery: its id; empty where nothing is delivered.
    :param files: how many files return to where they came from.
    :param returned: how many that it had replaced return to ``dist/``.
    :param renamed: how many stay in ``dist/``, under the names that they had before.
    """

    delivery: str = ""
    jobs: tuple[str, ...] = ()
    files: int = 0
    returned: int = 0
    renamed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "undone": self.delivery,
            "jobs": list(self.jobs),
            "files": self.files,
            "returned": self.returned,
            "renamed": self.renamed,
        }


def undo_delivery(
    workspace: Workspace, store: ReleaseStore, *, only: str = "", is_dry_run: bool = False
) -> Undone:
    """Take the last delivery back. An undoing that was interrupted is finished, and nothing more.

    :param store: open for writing, or for reading in a dry run.
    :param only: id of the delivery that is meant: where it is not the last one, or not any more, it
        is not undone, so that a second run after a stop undoes nothing more. Empty for the last.
    :raises UsageError: if an archive holds the delivery.
    :raises BlockedError: if a file of it is gone or changed, or its place is taken.
    :raises VolumeError: if anything cannot be read or moved; run it again to go on.
    """
    begun = store.release.unharvesting
    if begun is None and is_dry_run:
        begun = store.release.harvesting  # it would be finished, and then taken back
    done = Undone() if begun is None else _undone(workspace, store, begun)
    if not is_dry_run:
        finish_interrupted(workspace, store)
    if begun is not None:
        return done
    if not store.release.deliveries:
        return Undone()
    delivery = store.release.deliveries[-1]
    if only and delivery.id != only:
        return Undone()
    if delivery.is_archived:
        raise UsageError(
            f"the last delivery of release '{store.release.name}' is in its archive,"
            " and cannot be taken back",
        )
    findings = list(_Check(workspace, store, delivery).findings())
    if findings:
        raise BlockedError(
            f"the last delivery of release '{store.release.name}' cannot be taken back", findings
        )
    done = _undone(workspace, store, delivery)
    if not is_dry_run:
        store.add("unharvesting", delivery=delivery.id)
        finish_delivery(workspace, store)
    return done


def _undone(workspace: Workspace, store: ReleaseStore, delivery: Delivery) -> Undone:
    """Count what is to move; to be asked before the record forgets the delivery."""
    returning = Folder(aside_folder(store, delivery.id)).files
    moves = [bool(move.old_name) for move in moves_of(workspace, store, delivery)]
    renamed = sum(moves)
    return Undone(delivery.id, tuple(delivery.jobs), len(moves) - renamed, len(returning), renamed)


class _Check:
    """Looks whether every file can go where it belongs."""

    def __init__(self, workspace: Workspace, store: ReleaseStore, delivery: Delivery) -> None:
        self._workspace, self._store, self._delivery = workspace, store, delivery
        self._dist = workspace.volume.dist_folder(store.release.name)

    def findings(self) -> Iterator[Finding]:
        """Yield what forbids it, a finding per job and kind."""
        known = read_manifest(self._store, self._delivery.id)
        dist = Folder(self._dist)
        own: set[str] = set()
        wanted = set(Folder(aside_folder(self._store, self._delivery.id)).files)
        odd: dict[tuple[str, str], list[str]] = {}
        for move in moves_of(self._workspace, self._store, self._delivery):
            own.add(move.name)
            if move.old_name:
                wanted.add(move.old_name)
            code = self._judge(move, dist.files, known.get(move.name))
            if code:
                odd.setdefault((move.job, code), []).append(move.name)
        for (job, code), names in odd.items():
            said, fix = _SAID[code]
            yield Finding(Severity.ERROR, code, f"Job ‘{job}’", f"{list_names(names)} {said}", fix)
        blocked = sorted((wanted & (dist.files | dist.others)) - own)
        if blocked:
            yield Finding(
                Severity.ERROR,
                "in-the-way",
                f"Release ‘{self._store.release.name}’",
                f"{list_names(blocked)} in dist came later, and has the name of a file that is to"
                " return",
                "move it away",
            )

    def _judge(self, move: Move, there: set[str], known: FileStat | None) -> str:
        if move.name not in there:
            return "delivered-gone"
        path = self._dist / move.name
        if known is not None:
            with told("read", path):
                if FileStat.of(path) != known:
                    return "delivered-changed"
        return "place-taken" if os.path.lexists(move.home) else ""


_SAID = {
    "delivered-gone": (
        "is not in dist any more",
        "put it back; what was handed over elsewhere cannot be taken back here",
    ),
    "delivered-changed": (
        "was changed after it was delivered",
        "move it away and put the delivered file back",
    ),
    "place-taken": ("was written once more since it was delivered", "remove the newer file"),
}
