# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the verbs that send jobs have in common."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ... import user_folders
from ...app import App
from ...core.release.following import wait_for_release
from ...core.release.live import JobRow
from ...core.release.record import Release
from ...core.submission.sender import Services


def make_services(
    app: App, release: Release | None, *, is_any_manager: bool = False, is_paused: bool = False
) -> Services:
    """Return the Manager that a release is sent to, those that it was sent to, and a Blender.

    :param release: None for one that is yet to be made.
    :param is_any_manager: the release has no Manager of its own, as ``quick``: the usual one takes
        it.
    :raises ManagerError: if the Manager does not answer; others are only told of.
    """
    address = app.chosen_address(None if is_any_manager else release)
    return Services(
        app.manager(address),
        app.managers(release.managers() if release else ()),
        app.freezer,
        app.farm(address),
        app.extra_settings(address),
        is_paused=is_paused,
    )


def wait_for_jobs(
    app: App, name: str, services: Services, only: Collection[str] = ()
) -> list[JobRow]:
    """Follow a release until its jobs have ended.

    :param only: names of the jobs to follow; empty for all.
    """
    address = services.manager.address
    app.reporter.status(f"waiting for release '{name}' on {address.text()}")
    return wait_for_release(app.workspace, name, app.watch(), only=only)


def pending_snapshots(release: Release) -> set[str]:
    """Return the snapshots that jobs of a release are still to be frozen from."""
    return {state.plan.snapshot for state in release.planned() if state.plan.snapshot}


def drop_snapshots(snapshots: Collection[str]) -> None:
    """Remove snapshots that are frozen now; only those in our own folder."""
    folder = user_folders.snapshots()
    for text in snapshots:
        blend = Path(text)
        if blend.parent == folder:
            blend.unlink(missing_ok=True)
            blend.with_suffix(".json").unlink(missing_ok=True)


def duration(seconds: float) -> str:
    """Return a span of time for people, to two units: ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{max(1, whole)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
