# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door through which a release is followed: who asks the Managers, and what they said.

:class:`farm_addon.flamenco.watcher.Watcher` is behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..ports import ManagerAddress, RemoteJob, RemoteWorker


@dataclass(slots=True)
class Answers:
    """What the Managers said.

    :param jobs: by id; what is not here its Manager does not have.
    :param stalled: why jobs get nowhere, by their id; looked for only where few jobs run.
    :param eta_s: how long jobs will take, by their id; only those of which that can be told.
    :param silent: why Managers cannot be asked that may answer again; ``deaf``: those that never
        answered; ``awaited``: those that take longer than one look waits.
    :param asked: ids that a Manager that is silent now has told of before.
    :param changed: ids of which something here is not as it was at the last look.
    """

    jobs: dict[str, RemoteJob] = field(default_factory=dict)
    stalled: dict[str, str] = field(default_factory=dict)
    eta_s: dict[str, float] = field(default_factory=dict)
    silent: dict[ManagerAddress, str] = field(default_factory=dict)
    deaf: dict[ManagerAddress, str] = field(default_factory=dict)
    awaited: dict[ManagerAddress, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def may_answer(self, address: ManagerAddress) -> bool:
        """Tell whether a Manager says nothing now, and may say something later."""
        return address in self.silent or address in self.awaited


@dataclass(frozen=True, slots=True)
class FarmLook:
    """How a Manager stands.

    :param is_needed: something is to be rendered there. A local manager that is not needed is not
        asked, so that it may leave; ``answers`` is then False and ``message`` empty.
    :param version: Flamenco's, such as ``3.9``; empty while it is not known.
    :param storage: its shared storage as this computer sees it; empty while it is not known.
    :param message: why it does not answer, with a ``hint``; empty where it does.
    """

    address: ManagerAddress
    answers: bool = False
    is_needed: bool = True
    version: str = ""
    storage: str = ""
    workers: tuple[RemoteWorker, ...] = ()
    message: str = ""
    hint: str = ""


class Watch(Protocol):
    """Asks Managers, each when it is due. Raises nothing: who does not answer is in the answers."""

    def look(self, wanted: Mapping[ManagerAddress, Collection[str]]) -> Answers:
        """Ask for jobs, by their ids, where that is due; return what is known now."""

    def look_at_farm(self, address: ManagerAddress) -> FarmLook:
        """Ask how a Manager stands where that is due; return what is known now."""

    def wait_s(self) -> float:
        """Return for how many seconds nothing is due; at most half a minute."""
