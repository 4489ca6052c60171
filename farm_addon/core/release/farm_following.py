# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a farm, and a release on it, for ever: whatever is down or missing may come."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import FarmError, UsageError
from ..farm_jobs.query_errors import QueryError
from ..names import NameRefusedError
from ..ports import ManagerAddress
from ..workspace import Workspace
from .following import Follower
from .overview import (
    Releases,
    manager_row,
    no_release_row,
    release_row,
    volume_row,
    worker_rows,
)
from .record import Release
from .shown import Shown
from .telling import RowTeller
from .watch import FarmLook, Watch

JOURNAL_INTERVAL_S = 2.0
"""So often it is looked whether the record grew: one call of the operating system."""
VOLUME_INTERVAL_S = 10.0
RELEASES_INTERVAL_S = 30.0


class FarmFollower:
    """Tells the tables ``farm``, ``workers``, ``releases`` and, where a release is named, ``jobs``.

    :param name: of the release; empty for none.
    :param choose: returns the Manager that matters, for a release's record or without one.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        watch: Watch,
        shown: Shown,
        choose: Callable[[Release | None], ManagerAddress],
        *,
        teller: RowTeller | None = None,
    ) -> None:
        self._workspace, self._name, self._watch = workspace, name, watch
        self._shown, self._choose, self._clock = shown, choose, workspace.clock
        self._teller = teller or RowTeller(workspace.reporter)
        self._follower = self._new_follower()
        self._releases = Releases(workspace)
        self._volume_due_s = self._releases_due_s = float("-inf")

    def step(self) -> None:
        """Look once at everything that is due, and tell what changed.

        :raises QueryError: for a filter that makes no sense for this release.
        """
        now = self._clock()
        if now >= self._volume_due_s:
            self._volume_due_s = now + VOLUME_INTERVAL_S
            self._teller.tell("farm", "volume", volume_row(self._workspace))
        release = self._follow() if self._name else None
        look_at_manager(self._teller, self._watch, lambda: self._choose(release))
        if now >= self._releases_due_s:
            self._releases_due_s = now + RELEASES_INTERVAL_S
            try:
                self._teller.tell_all("releases", self._releases.rows())
            except FarmError as ex:
                self._workspace.reporter.status(ex.message)

    def wait_s(self) -> float:
        """Return for how many seconds nothing is due."""
        return min(self._watch.wait_s(), JOURNAL_INTERVAL_S if self._name else VOLUME_INTERVAL_S)

    def _new_follower(self) -> Follower:
        return Follower(
            self._workspace,
            self._name,
            self._watch,
            shown=self._shown,
            teller=self._teller,
        )

    def _follow(self) -> Release | None:
        """Follow the release; one that is not there, or not any more, has no jobs."""
        try:
            self._follower.step()
        except (QueryError, NameRefusedError):
            raise
        except FarmError as ex:
            self._teller.tell("farm", "release", no_release_row(self._name, ex))
            if isinstance(ex, UsageError):
                self._teller.keep("jobs", ())
                self._teller.order("jobs", [])
                self._follower = self._new_follower()
            return None
        overall = self._follower.overall()
        self._teller.tell("farm", "release", release_row(self._name, overall))
        self._teller.progress("render", overall.frames_done, overall.frames_total)
        return self._follower.release


def look_at_manager(teller: RowTeller, watch: Watch, choose: Callable[[], ManagerAddress]) -> None:
    """Tell how a Manager and its Workers stand, or what is wrong with the choice of it."""
    try:
        look = watch.look_at_farm(choose())
    except UsageError as ex:
        nobody = FarmLook(ManagerAddress(url="?"), message=ex.message, hint=ex.hint)
        teller.tell("farm", "manager", {**manager_row(nobody), "address": ""})
        return
    teller.tell("farm", "manager", manager_row(look))
    if look.answers or not look.message:
        teller.tell_all("workers", worker_rows(look))
