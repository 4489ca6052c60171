# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jobs and delivered files will be called, before anybody has checked (no bpy here).

Everything is cached by what it is made from, so that a panel may ask each time that it draws.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from ...core.errors import UsageError
from ...core.frames import Frames
from ...core.names import NameRefusedError, check_name, fold, suggest_name
from ...core.naming.delivery_names import FRAME_FIELDS, JOB_FIELDS
from ...core.naming.templates import Template
from ...core.planning.expansion import RenderUnit
from ...core.planning.frame_choice import choose_frames
from ...core.planning.job_names import JobNamer
from ...core.planning.options import JOB_NAME_FIELDS, PlanOptions
from ...core.planning.scene_facts import Marker, SceneFacts
from ...core.recorded_paths import RecordedPath
from ...core.release.jobs import PlannedJob, delivery_names

PREVIEWED = 3
"""How many names are shown."""

_MANY_FRAMES = re.compile(r"\d{6}")
"""A range this long takes too long to be written out while somebody types."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be used.

    :param text: one sentence. ``suggestion``: what would do instead, or empty.
    """

    text: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class NamedFrames:
    """The frames of a job, as far as names need them.

    :param numbers: the first ones, ascending.
    :param names: per frame its name, as a timeline's markers give them.
    """

    numbers: tuple[int, ...]
    names: tuple[tuple[int, str], ...] = ()


def release_problem(
    name: str,
    known: Collection[str],
    archived: Collection[str],
    *,
    translate: Callable[[str], str] = str,
) -> Problem | None:
    """Return why a release cannot have a name, or None.

    :param known: names of the volume's releases; ``archived``: of those that are archived.
    :param translate: of templates into the artist's language.
    """
    illegal = _illegal_release(name)
    if illegal is not None or name in known:
        return illegal
    folded = fold(name)
    for one in archived:
        if fold(one) == folded:
            words = translate("Release ‘{name}’ is archived; restore it, or choose another name")
            return Problem(words.format(name=one))
    for one in known:
        if fold(one) == folded:
            words = translate("There is a release ‘{name}’ already, which differs in case alone")
            return Problem(words.format(name=one), one)
    return None


@lru_cache(maxsize=64)
def _illegal_release(name: str) -> Problem | None:
    try:
        check_name(name, kind="release")
    except NameRefusedError as ex:
        return Problem(_sentence(ex.message), suggest_name(name))
    return None


@lru_cache(maxsize=8192)
def job_name(
    release: str,
    stem: str,
    template: str,
    unit: tuple[str, str, str],
    is_single: bool,
) -> str:
    """Return what a job will be called, unless the release knows it by another name already.

    :param stem: the .blend's name without its ending.
    :param unit: scene, camera, view layer.
    :param is_single: the file brings no other job.
    :return: empty where the template cannot be filled in.
    """
    try:
        namer = JobNamer(release, template, ())
        return namer.name(_source(stem), RenderUnit(*unit), {}, is_single=is_single)
    except UsageError:
        return ""


@lru_cache(maxsize=64)
def job_template_problem(template: str) -> str:
    """Return what is wrong with a template of job names, with the place; empty where it is good."""
    return _template_problem(template, JOB_NAME_FIELDS)


@lru_cache(maxsize=64)
def dist_template_problem(template: str) -> str:
    """Return what is wrong with a template of delivery names, with the place; or nothing."""
    return _template_problem(template, (*JOB_FIELDS, *FRAME_FIELDS))


def _template_problem(template: str, fields: Collection[str]) -> str:
    if not template:
        return ""
    try:
        Template.parse(template).check_fields(fields)
    except UsageError as ex:
        return _sentence(f"{ex.message}. {_sentence(ex.hint)}" if ex.hint else ex.message)
    return ""


@lru_cache(maxsize=256)
def delivered_names(
    release: str,
    stem: str,
    template: str,
    job: str,
    unit: tuple[str, str, str],
    extension: str,
    frames: NamedFrames,
) -> tuple[tuple[str, ...], str]:
    """Return the first delivery names of a job, and the first problem with them or nothing.

    :param extension: with its dot.
    """
    scene, camera, view_layer = unit
    planned = PlannedJob(
        name=job,
        source=_source(stem),
        scene=scene,
        frames=Frames(frames.numbers),
        width_px=0,
        height_px=0,
        engine="",
        file_format="",
        extension=extension,
        camera=camera,
        view_layer=view_layer,
        dist_name=template,
        frame_names=tuple((number, (("frame_name", name),)) for number, name in frames.names),
    )
    names: list[str] = []
    try:
        namer = delivery_names(planned, release)
        for number in frames.numbers[:PREVIEWED]:
            names.append(namer.name(number, ""))
    except UsageError as ex:
        return tuple(names), _sentence(ex.message)
    if len(set(map(fold, names))) < len(names):
        return tuple(names), "Several frames would have the same name; add {frame:06d}"
    return tuple(names), ""


@lru_cache(maxsize=64)
def frames_problem(text: str) -> str:
    """Return why a text is no range of frames, or nothing."""
    if not text or _MANY_FRAMES.search(text):
        return ""
    try:
        first = next(iter(Frames.parse(text)), 0)
    except UsageError as ex:
        return _sentence(ex.message)
    return "Flamenco has no negative frames" if first < 0 else ""


@lru_cache(maxsize=64)
def first_frames(text: str) -> tuple[int, ...]:
    """Return the first frames of a range that was typed; none where that cannot be read."""
    if not text or _MANY_FRAMES.search(text) or frames_problem(text):
        return ()
    return tuple(Frames.parse(text))[:PREVIEWED]


def first_of_range(frame_start: int, frame_end: int, frame_step: int) -> tuple[int, ...]:
    """Return the first frames of a scene's range, both ends inclusive."""
    return tuple(range(frame_start, frame_end + 1, max(1, frame_step))[:PREVIEWED])


@lru_cache(maxsize=64)
def marked_frames(
    markers: tuple[Marker, ...], frame_start: int, frame_end: int, frame_step: int, chosen: str
) -> NamedFrames:
    """Return the first frames that markers of a timeline name.

    :param frame_start: of the scene, inclusive; so is ``frame_end``.
    :param chosen: the frames that were typed instead of the scene's, or empty.
    """
    frames = Frames(first_frames(chosen)) if chosen else None
    scene = SceneFacts(
        name="",
        camera=None,
        frame_start=frame_start,
        frame_end=frame_end,
        frame_step=frame_step,
        width_px=0,
        height_px=0,
        engine="",
        file_format="",
        extension="",
        markers=markers,
    )
    found = choose_frames(scene, PlanOptions(frames=frames, are_markers_names=True))
    names = tuple((number, dict(fields)["frame_name"]) for number, fields in found.names)
    numbers = tuple(found.frames or ())
    return NamedFrames(numbers[:PREVIEWED], names[:PREVIEWED])


def _source(stem: str) -> RecordedPath:
    return RecordedPath(f"{stem}.blend" if stem else "")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
