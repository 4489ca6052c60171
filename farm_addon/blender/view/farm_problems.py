# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what is wrong with the farm, and which button helps (no bpy here)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from ...core.addresses import is_loopback, parse_base_url
from ...core.errors import UsageError
from ..command_lines import Settings
from .farm_facts import FarmFacts, ManagerFacts, VolumeFacts
from .reading import sentence
from .sizes import size_text

LOCAL = "local"

_NOT_LET_IN = re.compile(r"\b(401|403)\b|unauthori[sz]ed|forbidden|extra headers", re.IGNORECASE)
_TOO_OLD = re.compile(r"too old", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the button that helps.

    :param key: what kind it is.
    :param template: one sentence in English without a full stop, ``values`` for its braces.
    :param operator: id of the operator behind the button; ``label`` and ``icon`` are the button's.
    :param hint: what else to do about it, or empty.
    :param is_warning: whether one can work on with it; such a one can be dismissed.
    """

    key: str
    template: str
    operator: str
    label: str
    icon: str
    values: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    is_warning: bool = False

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.values)


def find_problem(facts: FarmFacts, settings: Settings, *, needs_bytes: int = 0) -> Problem | None:
    """Return the first thing that is wrong, what hinders most before what can be lived with.

    :param settings: what is chosen now. Facts about another volume are not believed.
    :param needs_bytes: what the plan is expected to take on the volume, 0 where nobody knows.
    """
    url = "" if settings.manager == LOCAL else settings.manager
    for problem in (
        _of_url(url, settings.is_online),
        _of_choice(facts, settings),
        _of_volume(facts.of_volume(settings.volume)),
        _of_manager(facts.manager),
        _of_room(facts.of_volume(settings.volume), needs_bytes),
        _of_workers(facts.manager),
        _of_storage(facts.manager, settings.volume),
    ):
        if problem is not None and problem.key not in facts.dismissed:
            return problem
    return None


def offered_storage(facts: FarmFacts, volume: str) -> str:
    """Return the Manager's storage where it could be chosen: it is another folder than the volume,
    and the volume is not inside it. Empty otherwise."""
    manager = facts.manager
    if manager is None or not manager.answers or not manager.storage or manager.is_local:
        return ""
    return "" if volume and _is_inside(volume, manager.storage) else manager.storage


def _of_url(url: str, is_online: bool) -> Problem | None:
    if not url:
        return None
    try:
        base = parse_base_url(url)
    except UsageError as ex:
        is_path = "has a path" in ex.message
        return Problem(
            "url-path" if is_path else "url",
            "{message}",
            "farm.show_preferences",
            "Open Preferences",
            "PREFERENCES",
            {"message": sentence(ex.message)},
            ex.hint,
        )
    if is_online or is_loopback(base):
        return None
    return Problem(
        "offline",
        "Blender may not go online, so {url} cannot be asked",
        "farm.allow_online",
        "Allow Online Access",
        "INTERNET",
        {"url": base},
    )


def _of_choice(facts: FarmFacts, settings: Settings) -> Problem | None:
    if settings.volume:
        return None
    storage = offered_storage(facts, "")
    if storage:
        return _use_storage("no-volume", "No volume is chosen", storage)
    return Problem(
        "no-volume",
        "Choose the folder that the farm's computers share",
        "farm.choose_volume",
        "Choose Folder",
        "FILE_FOLDER",
    )


def _of_volume(volume: VolumeFacts | None) -> Problem | None:
    if volume is None:
        return None
    values = {"folder": volume.root, "message": sentence(volume.message)}
    # One that was a volume a moment ago is not mounted any more: nothing may be set up there.
    if not volume.exists or (not volume.is_volume and volume.name):
        return Problem(
            "no-folder",
            "{message}" if volume.message else "There is no folder ‘{folder}’ here",
            "farm.reconnect",
            "Look Again",
            "FILE_REFRESH",
            values,
            volume.hint or "connect the share, or choose another folder",
        )
    if not volume.is_volume:
        return Problem(
            "not-a-volume",
            "{message}" if volume.message else "‘{folder}’ is not set up for a farm yet",
            "farm.init_volume",
            "Set Up as Volume",
            "NEWFOLDER",
            values,
        )
    if not volume.is_writable:
        return Problem(
            "read-only",
            "{message}" if volume.message else "Nothing can be written to ‘{folder}’",
            "farm.reconnect",
            "Look Again",
            "FILE_REFRESH",
            values,
            volume.hint,
        )
    return None


def _of_manager(manager: ManagerFacts | None) -> Problem | None:
    if manager is None or manager.answers or (manager.is_local and not manager.message):
        return None
    values = {"message": sentence(manager.message), "manager": manager.address}
    template = "{message}" if manager.message else "The Manager at {manager} does not answer"
    if manager.is_local:
        button = ("farm.start_local", "Start This Computer", "PLAY")
        return Problem("local", template, *button, values, manager.hint)
    if _NOT_LET_IN.search(f"{manager.message} {manager.hint}"):
        button = ("farm.show_preferences", "Open Preferences", "PREFERENCES")
        return Problem("not-let-in", template, *button, values, manager.hint)
    if _TOO_OLD.search(manager.message):
        button = ("farm.show_preferences", "Open Preferences", "PREFERENCES")
        return Problem("too-old", template, *button, values, manager.hint)
    button = ("farm.reconnect", "Reconnect", "FILE_REFRESH")
    return Problem("silent", template, *button, values, manager.hint)


def _of_room(volume: VolumeFacts | None, needs_bytes: int) -> Problem | None:
    if volume is None or not volume.total_bytes or needs_bytes <= volume.free_bytes:
        return None
    return Problem(
        "room",
        "The plan needs about {needs}, and {free} are free",
        "farm.open_volume",
        "Open Folder",
        "FILE_FOLDER",
        {"needs": size_text(needs_bytes), "free": size_text(volume.free_bytes)},
        "make room on the volume, or archive a release that is done",
        is_warning=True,
    )


def _of_workers(manager: ManagerFacts | None) -> Problem | None:
    if manager is None or not manager.answers or manager.is_local or manager.workers_awake:
        return None
    many = "None of the {count} Workers is awake"
    template = many if manager.workers_total else "The farm has no Worker yet"
    return Problem(
        "workers",
        template,
        "farm.open_manager",
        "Open the Farm's Page",
        "URL",
        {"count": str(manager.workers_total)},
        is_warning=True,
    )


def _of_storage(manager: ManagerFacts | None, volume: str) -> Problem | None:
    if manager is None or not volume:
        return None
    storage = offered_storage(FarmFacts(manager=manager), volume)
    if not storage:
        return None
    what = "The volume is outside the Manager's storage, Workers may not see it"
    return _use_storage("storage", what, storage, is_warning=True)


def _use_storage(key: str, text: str, storage: str, *, is_warning: bool = False) -> Problem:
    return Problem(
        key,
        text,
        "farm.use_storage",
        "Use the Manager's Storage",
        "NETWORK_DRIVE",
        {"storage": storage},
        is_warning=is_warning,
    )


def _is_inside(path: str, folder: str) -> bool:
    inner, outer = PurePath(path), PurePath(folder)
    return inner == outer or outer in inner.parents
