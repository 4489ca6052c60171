# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm status --follow``: tell about a farm and a release until Ctrl-C."""

from __future__ import annotations

import os
import threading
from typing import NoReturn

from ...app import App
from ...core.errors import FarmError
from ...core.release.farm_following import VOLUME_INTERVAL_S, FarmFollower, look_at_manager
from ...core.release.overview import no_volume_row
from ...core.release.shown import Shown
from ...core.release.telling import RowTeller
from ...core.release.watch import Watch
from ...core.workspace import Workspace
from ..output import Output

NO_VOLUME_INTERVAL_S = 5.0


def follow(app: App, output: Output, name: str, shown: Shown, interval_s: float | None) -> NoReturn:
    """Follow until the process is interrupted; a volume that is not there may come.

    :param name: of the release; empty for the farm alone.
    """
    teller = RowTeller(app.reporter)
    watch = app.watch(interval_s)
    with output.live_jobs():
        workspace = _wait_for_volume(app, teller, watch)
        follower = FarmFollower(workspace, name, watch, shown, app.chosen_address, teller=teller)
        while True:
            follower.step()
            workspace.wait(follower.wait_s())


def _wait_for_volume(app: App, teller: RowTeller, watch: Watch) -> Workspace:
    """Return the workspace as soon as there is a volume; meanwhile tell about the Manager alone."""
    while True:
        try:
            return app.workspace
        except FarmError as ex:
            row = no_volume_row(app.chosen_volume, ex.message, ex.hint)
            row["exists"] = os.path.isdir(app.chosen_volume)
            teller.tell("farm", "volume", row)
        look_at_manager(teller, watch, lambda: app.chosen_address(has_volume=False))
        pause_s = max(NO_VOLUME_INTERVAL_S, min(watch.wait_s(), VOLUME_INTERVAL_S))
        threading.Event().wait(pause_s)
