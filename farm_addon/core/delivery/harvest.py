# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliver a release: every frame passes the gate, or nothing moves.

The delivery is one journalled step: ``harvesting`` says which attempts are going, then the frames
move, then ``harvested``. A run that was stopped in between is finished by the next one.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import BlockedError
from ..findings import Finding, Severity
from ..ports import FrameDecoder
from ..release.jobs import expected_frames
from ..release.record import Delivery, JobState
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .gate import Claim, FrameProblem, check_frames

CONTACT_SHEET = PurePosixPath("reports/contact_sheet.png")
"""Inside a release's folder."""

MakeContactSheet = Callable[[Sequence[tuple[Path, str]]], bytes | None]
"""Makes a PNG that shows these pictures, each with its job's name; None where it cannot."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a harvest did.

    :param frames: number of files delivered now; ``problems``: empty unless nothing moved.
    :param jobs: names of the jobs that were delivered now.
    :param delivered: absolute paths of all delivered files of those jobs.
    """

    dist: Path
    frames: int
    jobs: tuple[str, ...]
    problems: tuple[FrameProblem, ...] = ()
    delivered: tuple[Path, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json`` and the report."""
        return {
            "dist": str(self.dist),
            "frames": self.frames,
            "jobs": list(self.jobs),
            "problems": [problem.to_json() for problem in self.problems],
        }


def harvest(
    workspace: Workspace,
    store: ReleaseStore,
    decoder: FrameDecoder,
    *,
    is_dry_run: bool = False,
    make_contact_sheet: MakeContactSheet | None = None,
) -> Harvest:
    """Check every expected frame, then move all of them to ``dist/<release>/``.

    Frames of attempts that were delivered earlier are not expected again. With problems nothing
    moves and they are returned.

    :param store: open for writing, or for reading in a dry run.
    :param make_contact_sheet: makes a PNG of the delivered files for ``reports/``.
    :raises BlockedError: if the release has no jobs, or a job was never submitted.
    """
    if not is_dry_run:
        finish_delivery(workspace, store)
    dist = workspace.volume.dist_folder(store.release.name)
    waiting = [state for state in store.release.planned() if not state.is_delivered]
    _refuse_unready(store, waiting)
    claims = _claims(store, waiting)
    problems = check_frames(
        claims, workspace.volume.root, store.release.id, decoder, workspace.reporter
    )
    problems += [
        FrameProblem(
            claim.expected.job,
            claim.expected.frame,
            claim.expected.view.name,
            str(claim.expected.source),
            f"'{claim.expected.delivery}' is in dist/{store.release.name} already",
        )
        for claim in claims
        if os.path.lexists(dist / claim.expected.delivery)
    ]
    names = tuple(state.plan.name for state in waiting)
    delivered = tuple(dist / claim.expected.delivery for claim in claims)
    if problems or is_dry_run:
        return Harvest(dist, 0, () if problems else names, tuple(problems), delivered)
    if claims:
        store.add("harvesting", delivery=_new_id(workspace), jobs=_to_deliver(waiting))
        finish_delivery(workspace, store)
    if make_contact_sheet and (claims or not (store.folder / CONTACT_SHEET).exists()):
        _write_contact_sheet(workspace, store, make_contact_sheet)
    return Harvest(dist, len(claims), names, (), delivered)


def _refuse_unready(store: ReleaseStore, waiting: Sequence[JobState]) -> None:
    if not store.release.planned():
        raise BlockedError(f"release '{store.release.name}' has no jobs", ())
    findings = [
        Finding(Severity.ERROR, "not-submitted", f"Job ‘{state.plan.name}’", why)
        for state in waiting
        if (why := _why_unready(state))
    ]
    if findings:
        raise BlockedError(
            f"{len(findings)} job(s) of release '{store.release.name}' must be submitted first",
            findings,
            hint=f"farm submit release {store.release.name}",
        )


def _why_unready(state: JobState) -> str:
    attempt = state.attempt
    if attempt is None or attempt.submitted is None:
        return "it was never submitted"
    if attempt.is_cancelled:
        return "it was cancelled"
    if attempt.render_key != state.plan.render_key():
        return "it was planned differently after it was submitted"
    return ""


def _claims(store: ReleaseStore, states: Sequence[JobState]) -> list[Claim]:
    return [
        Claim(expected, state.attempt.plan, state.attempt)
        for state in states
        if state.attempt is not None
        for expected in expected_frames(state.attempt.plan, store.relative, state.attempt.number)
    ]


def _new_id(workspace: Workspace) -> str:
    """Return a delivery's id: when, to the second, and what makes it unlike any other."""
    when = workspace.stamp()["when"][:19].replace(":", "").replace("-", "")
    return f"{when}Z-{uuid.uuid4().hex[:8]}"


def _to_deliver(states: Sequence[JobState]) -> dict[str, dict[str, Any]]:
    return {
        state.plan.name: {
            "attempt": state.attempt.number,
            "frames": state.attempt.plan.frames.text(),
        }
        for state in states
        if state.attempt is not None
    }


def finish_delivery(workspace: Workspace, store: ReleaseStore) -> None:
    """Finish a delivery that was begun and stopped; every verb that writes a release does so first.

    Frames that have moved already are passed over.
    """
    delivery = store.release.harvesting
    if delivery is None:
        return
    root = workspace.volume.root
    dist = workspace.volume.dist_folder(store.release.name)
    workspace.files.make_folder(dist)
    moves = [
        (root / expected.source, dist / expected.delivery)
        for name, brought in delivery.jobs.items()
        for expected in expected_frames(
            store.release.jobs[name].attempts[brought.attempt - 1].plan,
            store.relative,
            brought.attempt,
            brought.frames,
        )
    ]
    done = 0

    def count(_target: Path) -> None:
        nonlocal done
        done += 1
        workspace.reporter.progress("deliver", done, len(moves))

    workspace.files.move_all(moves, on_moved=count)
    _write_report(workspace, store, delivery, len(moves))
    store.add("harvested", delivery=delivery.id)


def _write_report(
    workspace: Workspace, store: ReleaseStore, delivery: Delivery, frames: int
) -> None:
    """Say in ``reports/harvest.json`` what was delivered, by whom and when."""
    document = {
        "release": store.release.name,
        "delivery": delivery.id,
        "jobs": {name: one.attempt for name, one in delivery.jobs.items()},
        "frames": frames,
        **workspace.stamp(),
    }
    workspace.files.make_folder(store.folder / "reports")
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    workspace.files.write_atomic(store.folder / "reports" / "harvest.json", text.encode())


def _write_contact_sheet(
    workspace: Workspace, store: ReleaseStore, make_contact_sheet: MakeContactSheet
) -> None:
    """Show the whole delivery on one picture; a run that was stopped before is made up for."""
    workspace.reporter.status("making the contact sheet")
    dist = workspace.volume.dist_folder(store.release.name)
    pictures = [
        (dist / expected.delivery, expected.job)
        for state in store.release.planned()
        for expected in expected_frames(state.plan, store.relative, 1)
    ]
    sheet = make_contact_sheet([one for one in pictures if one[0].is_file()])
    if sheet is not None:
        workspace.files.make_folder(store.folder / "reports")
        workspace.files.write_atomic(store.folder / CONTACT_SHEET, sheet)
