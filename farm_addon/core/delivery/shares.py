# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each job may bring to a delivery, before any frame was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..frames import Frames
from ..release.jobs import ExpectedFrame, expected_frames
from ..release.record import Attempt, JobState
from ..release.release_store import ReleaseStore
from .delivered import files_of
from .gate import Claim


@dataclass(slots=True)
class Share:
    """What one job may bring.

    :param attempt: the current one.
    :param dist_name: the template that names it; empty for that of the attempt's plan.
    :param frames: must pass the gate; those that do not are taken out.
    :param renamed: lie in ``dist/`` and are to get other names there.
    :param gone: of earlier attempts, and no longer frames of the job; they leave ``dist/``.
    """

    state: JobState
    attempt: Attempt
    dist_name: str
    frames: Frames
    renamed: Frames = field(default_factory=Frames)
    gone: Frames = field(default_factory=Frames)

    @property
    def job(self) -> str:
        """The job's name."""
        return self.state.plan.name

    @property
    def claim(self) -> Claim:
        """What the gate is to look at."""
        return Claim(self.attempt.plan, self.attempt, self.frames)

    @property
    def brought(self) -> Frames:
        """All frames that come under a new name."""
        return Frames([*self.frames, *self.renamed])

    @property
    def brings_something(self) -> bool:
        """Whether a delivery has anything to do with it."""
        return any(map(len, (self.frames, self.renamed, self.gone)))

    def outputs(self, store: ReleaseStore) -> Iterator[ExpectedFrame]:
        """Yield the files that it brings, with their new names."""
        return expected_frames(
            self.attempt.plan, store.relative, self.attempt.number, self.brought, self.dist_name
        )

    def count(self, frames: Frames) -> int:
        """Return how many files some of its frames are."""
        return len(frames) * len(self.attempt.plan.views)

    def take_out(self, frames: set[int]) -> None:
        """Leave some frames out."""
        self.frames = Frames(set(self.frames) - frames)
        self.renamed = Frames(set(self.renamed) - frames)

    def event(self) -> dict[str, Any]:
        """Return its part of the event ``harvesting``."""
        members: dict[str, Any] = {
            "attempt": self.attempt.number,
            "frames": self.brought.text(),
        }
        if self.dist_name:
            members["dist_name"] = self.dist_name
        if len(self.gone):
            members["gone"] = self.gone.text()
        return members


def share_of(
    store: ReleaseStore, state: JobState, attempt: Attempt, *, dist_name: str, is_replacing: bool
) -> Share:
    """Return what a job may bring now.

    Frames that the current attempt has delivered are not looked at again. A job keeps the template
    that its frames were last delivered under, unless another one is asked for: a sequence under two
    kinds of names is none.

    :param dist_name: template to use; empty for what was used before, or was planned.
    :param is_replacing: what lies in ``dist/`` may be set aside, and renamed.
    """
    wanted = attempt.plan.frames
    there = set(state.delivered_frames(attempt.number))
    earlier = state.delivered[-1].dist_name if state.delivered else ""
    share = Share(
        state,
        attempt,
        dist_name or earlier,
        Frames(number for number in wanted if number not in there),
    )
    if is_replacing:
        if dist_name:
            share.renamed = _misnamed(store, share)
        planned = set(wanted)
        old = (one.frames for one in state.delivered if one.attempt != attempt.number)
        share.gone = Frames(number for frames in old for number in frames if number not in planned)
    return share


def _misnamed(store: ReleaseStore, share: Share) -> Frames:
    """Return the delivered frames of the attempt that have other names than they are to have."""
    found = []
    for delivered in share.state.delivered:
        if delivered.attempt == share.attempt.number and delivered.dist_name != share.dist_name:
            new = expected_frames(
                share.attempt.plan,
                store.relative,
                share.attempt.number,
                delivered.frames,
                share.dist_name,
            )
            pairs = zip(files_of(store, share.state, delivered), new, strict=True)
            found += [one.frame for one, other in pairs if one.delivery != other.delivery]
    return Frames(found)
