# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames of a scene a job renders, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..findings import Finding, Severity, naming
from ..frames import Frames
from ..release.jobs import PlannedJob
from .frame_names import FrameNames
from .options import PlanOptions
from .scene_facts import SceneFacts


@dataclass(frozen=True, slots=True)
class ChosenFrames:
    """The frames of a job.

    :param frames: None for the scene's own.
    :param names: of these frames only, sorted.
    :param are_chosen: the user said which; the scene has no say.
    """

    frames: Frames | None
    names: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = ()
    are_chosen: bool = False

    def of(self, scene: SceneFacts) -> Frames:
        """Return the frames.

        :raises FrameRangeError: if the scene's own range cannot be used.
        """
        return frames_of(scene) if self.frames is None else self.frames


def frames_of(scene: SceneFacts) -> Frames:
    """Return the frames that a scene renders.

    :raises FrameRangeError: if its step is below 1, or there are too many.
    """
    return Frames.from_scene(scene.frame_start, scene.frame_end, scene.frame_step)


def choose_frames(scene: SceneFacts, options: PlanOptions) -> ChosenFrames:
    """Choose: the frames that the user said, else those that have names, else the scene's.

    Markers name frames of the scene's own range only.
    """
    if options.are_markers_names:
        return _marked(scene, options.frames)
    names = options.frame_names or {}
    if options.frames is not None:
        return ChosenFrames(options.frames, _names_of(options.frames, names), are_chosen=True)
    if names:
        frames = Frames(names)
        return ChosenFrames(frames, _names_of(frames, names), are_chosen=True)
    return ChosenFrames(None)


def _marked(scene: SceneFacts, frames: Frames | None) -> ChosenFrames:
    named: FrameNames = {
        frame: (("frame_name", names[0]),) for frame, names in _marker_names(scene).items()
    }
    if frames is not None:
        return ChosenFrames(frames, _names_of(frames, named), are_chosen=True)
    start, end, step = scene.frame_start, scene.frame_end, max(scene.frame_step, 1)
    rendered = range(start, end + 1, step)
    frames = Frames(frame for frame in named if frame in rendered)
    return ChosenFrames(frames, _names_of(frames, named))


def _marker_names(scene: SceneFacts) -> dict[int, list[str]]:
    """Return the names of each marked frame. Markers that switch cameras count where a frame has no
    other: Blender made their names up, or somebody named them on purpose."""
    plain: dict[int, list[str]] = {}
    switches: dict[int, list[str]] = {}
    for marker in scene.markers:
        if not marker.name:
            continue
        group = switches if marker.is_camera_switch else plain
        names = group.setdefault(marker.frame, [])
        if marker.name not in names:
            names.append(marker.name)
    return switches | plain


def _names_of(
    frames: Frames, names: FrameNames
) -> tuple[tuple[int, tuple[tuple[str, str], ...]], ...]:
    return tuple((frame, names[frame]) for frame in frames if frame in names)


def judge_markers(scene: SceneFacts, chosen: ChosenFrames) -> Iterator[Finding]:
    """Yield what is wrong with markers as names of the chosen frames."""
    yield from naming(_judge_markers(scene, chosen), scene=scene.name)


def _judge_markers(scene: SceneFacts, chosen: ChosenFrames) -> Iterator[Finding]:
    subject = f"Scene ‘{scene.name}’"
    if chosen.frames is not None and not len(chosen.frames):
        yield Finding(
            Severity.ERROR,
            "no-named-frames",
            subject,
            "no marker of its timeline lies on a frame that it renders",
            "add markers, or plan without --frame-names markers",
        )
    marked = _marker_names(scene)
    for frame, _ in chosen.names:
        if len(marked[frame]) > 1:
            names = " and ".join(f"‘{name}’" for name in marked[frame])
            yield Finding(
                Severity.ERROR,
                "two-frame-names",
                subject,
                f"the markers {names} both name frame {frame}",
                "remove one of the markers",
            )


def is_as_planned(scene: SceneFacts, plan: PlannedJob) -> bool:
    """Tell whether a scene still has the frames, size, format and views that were planned."""
    now = (scene.width_px, scene.height_px, scene.file_format, scene.views, scene.is_burning_stamp)
    planned = (plan.width_px, plan.height_px, plan.file_format, plan.views, plan.is_burning_stamp)
    if now != planned or (plan.color_mode and plan.color_mode != scene.color_mode):
        return False
    if plan.are_frames_chosen:
        return True
    chosen = choose_frames(scene, PlanOptions(are_markers_names=bool(plan.frame_names)))
    return chosen.of(scene) == plan.frames and chosen.names == plan.frame_names
