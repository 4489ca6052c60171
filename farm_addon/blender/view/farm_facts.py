# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about the volume, the Manager and its Workers (no bpy here).

The follower tells it in rows; what is wrong, and which button helps, is decided in
:mod:`.farm_problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import flag, text, whole
from .sizes import size_text


@dataclass(frozen=True, slots=True)
class ManagerFacts:
    """What the follower says about the Manager.

    :param address: for people: its URL, or whose local manager it is.
    :param answers: whether it answered when it was asked last.
    :param storage: its shared storage as this computer sees it, or empty.
    :param message: why it cannot be used, or empty; ``hint``: what to do about it.
    """

    address: str = ""
    is_local: bool = False
    answers: bool = False
    version: str = ""
    storage: str = ""
    workers_awake: int = 0
    workers_total: int = 0
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """What the follower says about the volume.

    :param name: of the farm, as ``farm.toml`` has it; empty for a folder that is no volume.
    :param exists: whether the folder is there at all.
    :param free_bytes: 0 where that is not known; ``total_bytes`` too.
    :param message: why it cannot be used, or empty; ``hint``: what to do about it.
    """

    root: str = ""
    name: str = ""
    is_volume: bool = False
    is_writable: bool = True
    exists: bool = True
    free_bytes: int = 0
    total_bytes: int = 0
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A Worker, ready to be drawn."""

    name: str
    status: str
    icon: str


AWAKE = frozenset({"awake", "starting", "testing"})
"""Statuses of Workers that render, or are about to. Source: flamenco.md §3."""

_WORKER_ICONS = {
    "awake": "CHECKMARK",
    "starting": "SORTTIME",
    "testing": "SORTTIME",
    "asleep": "PAUSE",
    "error": "ERROR",
    "offline": "X",
}


@dataclass(slots=True)
class FarmFacts:
    """The farm as the follower told it.

    :param workers: by id. ``archived``: names of the releases that are archived, sorted.
    :param is_over: whether the followed release has ended, None while nobody has said.
    :param dismissed: keys of the warnings that the artist does not want to see again.
    """

    manager: ManagerFacts | None = None
    volume: VolumeFacts | None = None
    workers: dict[str, WorkerLine] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)
    archived: list[str] = field(default_factory=list)
    is_over: bool | None = None
    dismissed: set[str] = field(default_factory=set)
    _sorted: list[WorkerLine] | None = None

    def take_row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Take a row of the tables ``farm``, ``workers`` and ``releases``; None takes it away."""
        if table == "workers":
            self._take_worker(key, values)
        elif table == "releases":
            self._take_release(key, values)
        elif table == "farm" and key == "manager":
            self.manager = _manager(values)
        elif table == "farm" and key == "volume":
            self.volume = _volume(values)
        elif table == "farm" and key == "release":
            self.is_over = None if values is None else flag(values, "is_over")

    def take_result(self, verb: str, data: Mapping[str, Any]) -> None:
        """Take the result of a verb: setting a volume up makes it one, archiving and restoring
        move a release."""
        if verb == "init" and data.get("volume"):
            self.volume = VolumeFacts(text(data, "volume"), text(data, "name"), is_volume=True)

    def forget(self) -> None:
        """Forget all that was told; another farm is about to be asked."""
        self.manager = self.volume = self.is_over = None
        self.workers.clear()
        self._sorted = None
        self.releases.clear()
        self.archived.clear()
        self.dismissed.clear()

    def of_volume(self, root: str) -> VolumeFacts | None:
        """Return what is known about a volume, None where another one was told of."""
        volume = self.volume
        return volume if volume is not None and volume.root == root else None

    def shown_workers(self, most: int) -> list[WorkerLine]:
        """Return the first Workers: those that work, then the others, each by name."""
        if self._sorted is None:
            self._sorted = sorted(
                self.workers.values(), key=lambda one: (one.status not in AWAKE, one.name)
            )
        return self._sorted[:most]

    def _take_worker(self, key: str, values: Mapping[str, Any] | None) -> None:
        self._sorted = None
        if values is None:
            self.workers.pop(key, None)
            return
        status = text(values, "status")
        icon = _WORKER_ICONS.get(status, "QUESTION")
        self.workers[key] = WorkerLine(text(values, "name") or key, status, icon)

    def _take_release(self, key: str, values: Mapping[str, Any] | None) -> None:
        is_archived = values is not None and text(values, "state") == "archived"
        self.releases.pop(key, None)
        if values is not None and not is_archived:
            self.releases[key] = whole(values, "jobs")
        if is_archived != (key in self.archived):
            (self.archived.append if is_archived else self.archived.remove)(key)
            self.archived.sort(key=str.casefold)


Translate = Callable[[str], str]


def summaries(
    facts: FarmFacts, root: str, translate: Translate = lambda text: text
) -> tuple[str, ...]:
    """Return the farm in one line, from the longest way to say it to the shortest.

    :param root: the chosen volume.
    :param translate: gives a template in the artist's language.
    """
    volume, manager = facts.of_volume(root), facts.manager
    farm = volume.name if volume else ""
    size = size_text(volume.free_bytes) if volume and volume.free_bytes else ""
    name = translate("Farm ‘{name}’").format(name=farm) if farm else ""
    free = translate("{size} free").format(size=size) if size else ""
    who, awake, few = _manager_words(manager, translate)
    short = f"{manager.workers_awake}/{manager.workers_total}" if manager and few else ""
    ways = (
        (name, who, awake, free),
        (farm, who, few, free),
        (farm, few or who, free),
        (farm, few, size),
        (farm, short, size),
    )
    lines = (" · ".join(filter(None, parts)) for parts in ways)
    return tuple(dict.fromkeys(filter(None, lines)))


def _manager_words(manager: ManagerFacts | None, translate: Translate) -> tuple[str, str, str]:
    """Return who the Manager is, and how many Workers are awake in many and in few words."""
    if manager is None:
        return "", "", ""
    if manager.is_local:
        words = "" if manager.answers else translate("starts when needed")
        return translate("This Computer"), words, ""
    who = translate("Flamenco {version}").format(version=manager.version).strip()
    if not manager.answers:
        return who, "", ""
    counts = {"awake": manager.workers_awake, "total": manager.workers_total}
    many = translate("{awake} of {total} Workers awake").format(**counts)
    return who, many, translate("{awake}/{total} awake").format(**counts)


def _manager(values: Mapping[str, Any] | None) -> ManagerFacts | None:
    if values is None:
        return None
    return ManagerFacts(
        address=text(values, "address"),
        is_local=flag(values, "is_local"),
        answers=flag(values, "answers"),
        version=text(values, "version"),
        storage=text(values, "storage"),
        workers_awake=whole(values, "workers_awake"),
        workers_total=whole(values, "workers_total"),
        message=text(values, "message"),
        hint=text(values, "hint"),
    )


def _volume(values: Mapping[str, Any] | None) -> VolumeFacts | None:
    if values is None:
        return None
    return VolumeFacts(
        root=text(values, "root"),
        name=text(values, "name"),
        is_volume=flag(values, "is_volume"),
        is_writable=flag(values, "is_writable"),
        exists=flag(values, "exists") if "exists" in values else True,
        free_bytes=whole(values, "free_bytes"),
        total_bytes=whole(values, "total_bytes"),
        message=text(values, "message"),
        hint=text(values, "hint"),
    )
