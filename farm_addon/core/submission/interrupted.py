# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finish what an earlier verb was stopped in; every verb that writes a release does so first."""

from __future__ import annotations

from ..delivery.moving import finish_delivery
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .reinstating import refuse_half_reinstated
from .superseding import finish_superseding


def finish_interrupted(workspace: Workspace, store: ReleaseStore) -> None:
    """Finish a delivery that was begun, and move what replaced attempts left behind.

    Needs no Manager; so undoing a replacement, which does, is only told of.

    :param store: open for writing.
    :raises FarmError: if the undoing of a replacement is not finished.
    """
    finish_delivery(workspace, store)
    refuse_half_reinstated(store)
    finish_superseding(workspace, store)
