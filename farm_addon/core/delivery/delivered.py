# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in ``dist/``, as the record tells it: names follow from plans and templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..release.deliveries import Delivered
from ..release.jobs import ExpectedFrame, expected_frames
from ..release.record import JobState
from ..release.release_store import ReleaseStore


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file of the delivery.

    :param name: in ``dist/<release>/``.
    :param view: the view's name; empty where the job has only one.
    :param delivery: id of the delivery that brought it.
    """

    name: str
    job: str
    frame: int
    view: str
    attempt: int
    delivery: str


def delivered_files(store: ReleaseStore) -> Iterator[DeliveredFile]:
    """Yield every file that lies in ``dist/`` by the record, job by job, frame by frame; those of
    jobs that are no longer planned too."""
    for name, state in store.release.jobs.items():
        for delivered in state.delivered:
            for one in files_of(store, state, delivered):
                yield DeliveredFile(
                    one.delivery,
                    name,
                    one.frame,
                    one.view.name,
                    delivered.attempt,
                    delivered.delivery,
                )


def files_of(
    store: ReleaseStore,
    state: JobState,
    delivered: Delivered,
    frames: Iterable[int] | None = None,
) -> Iterator[ExpectedFrame]:
    """Yield the files of some delivered frames.

    :param frames: only these; None for all that are there.
    """
    return expected_frames(
        state.attempts[delivered.attempt - 1].plan,
        store.relative,
        delivered.attempt,
        delivered.frames if frames is None else frames,
        delivered.dist_name,
    )
