# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release's record says about its deliveries. What the files are called follows from it:
:mod:`..delivery.delivered`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..frames import Frames


@dataclass(frozen=True, slots=True)
class Delivered:
    """Frames of one job that lie in ``dist/``.

    :param delivery: id of the :class:`Delivery` that brought them.
    :param dist_name: the template that named them; empty for that of the attempt's plan.
    """

    delivery: str
    attempt: int
    frames: Frames
    dist_name: str = ""

    def without(self, frames: set[int]) -> Delivered:
        """Return it without some frames."""
        return replace(self, frames=Frames(set(self.frames) - frames))


@dataclass(slots=True)
class Delivery:
    """One harvest.

    :param id: unlike any other, fit for a folder's name, sorted by time: earlier deliveries that
        it replaced are kept in ``superseded/dist/<id>/``.
    :param jobs: what it brings, by job.
    :param before: what lay in ``dist/`` of these jobs before, to undo it.
    :param gone: frames that leave ``dist/`` since their job does not have them any more.
    :param is_cleared: nothing stands in the way any more, or nothing ever did: from here on files
        only move in. While it is being undone: its own files are out of the way.
    :param is_archived: an archive holds what it brought.
    """

    id: str
    jobs: dict[str, Delivered]
    before: dict[str, tuple[Delivered, ...]] = field(default_factory=dict)
    gone: dict[str, Frames] = field(default_factory=dict)
    is_cleared: bool = True
    is_archived: bool = False

    @classmethod
    def begin(cls, event: Mapping[str, Any]) -> Delivery:
        """Read the event that begins it.

        :raises KeyError, TypeError, ValueError, FarmError: if it has another shape.
        """
        number, template = str(event["delivery"]), str(event.get("dist_name", ""))
        jobs, gone = {}, {}
        for name, one in event["jobs"].items():
            dist_name = str(one.get("dist_name", template))
            jobs[name] = Delivered(number, int(one["attempt"]), _frames(one["frames"]), dist_name)
            if "gone" in one:
                gone[name] = _frames(one["gone"])
        return cls(number, jobs, gone=gone, is_cleared=not event.get("replaces", False))

    def finish(
        self, before: Mapping[str, tuple[Delivered, ...]], missing: Mapping[str, Any]
    ) -> dict[str, tuple[Delivered, ...]]:
        """Note what lay in ``dist/`` of each of its jobs before, and return what does now.

        :param missing: frames, as text, that vanished before they could be moved, by job.
        """
        now = {}
        for name, brought in self.jobs.items():
            self.before[name] = before[name]
            left = {*brought.frames, *self.gone.get(name, ())}
            self.jobs[name] = brought.without(set(_frames(missing.get(name))))
            found = (*(one.without(left) for one in before[name]), self.jobs[name])
            now[name] = tuple(one for one in found if len(one.frames))
        return now


def _frames(text: object) -> Frames:
    """Read frames that may be none."""
    return Frames.parse(str(text)) if text else Frames()
