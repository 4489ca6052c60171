# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the caller of a plan chose."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ..errors import UsageError
from ..frames import MAX_FRAMES, Frames
from ..naming.delivery_names import FRAME_FIELDS, JOB_FIELDS
from ..naming.path_facts import PathPattern
from ..naming.templates import Template
from .expansion import Expand as Expand
from .expansion import RenderUnit, expansion_of
from .frame_names import FrameNames

JOB_NAME_FIELDS = ("release", "scene", "camera", "view_layer", "file")
"""Fields of a template of job names, beside facts."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the caller chose.

    :param scenes: patterns (``*``, ``?``, ``[…]``) of which a scene's name must match one; empty
        takes every scene.
    :param picks: only these scenes, cameras and view layers, by scene, whatever ``expand`` says;
        empty for all of them.
    :param frames: the frames to render; None for those that have names, or else the scene's.
    :param job_name: template; empty keeps the names that jobs have, and gives others the default.
    :param dist_name: template; empty for the default.
    :param frame_names: fields of frames; None for none.
    :param are_markers_names: frames are named by the scene's timeline markers.
    :param facts: a :class:`..naming.path_facts.PathPattern`; empty for none.
    :param is_skipping_broken: files of which anything is wrong are left out and hold back no
        others; their jobs stay as they are.
    """

    scenes: tuple[str, ...] = ()
    expand: Expand = Expand.SCENES
    picks: Mapping[str, frozenset[RenderUnit]] = field(default_factory=dict)
    frames: Frames | None = None
    chunk_size: int = 1
    priority: int = 50
    worker_tag: str = ""
    job_name: str = ""
    dist_name: str = ""
    frame_names: FrameNames | None = None
    are_markers_names: bool = False
    facts: str = ""
    is_skipping_broken: bool = False

    def takes(self, scene: str) -> bool:
        """Tell whether a scene, or anything of it, is meant."""
        if self.picks and scene not in self.picks:
            return False
        name = _nfc(scene)
        patterns = map(_nfc, self.scenes)
        return not self.scenes or any(
            name == pattern or fnmatchcase(name, pattern) for pattern in patterns
        )

    def expansions(self, scene: str) -> tuple[Expand, ...]:
        """Return into what a scene is parted: as chosen, or as what is picked of it demands."""
        picked = {expansion_of(pick) for pick in self.picks.get(scene, ())}
        return tuple(one for one in Expand if one in picked) or (self.expand,)

    def picks_unit(self, unit: RenderUnit) -> bool:
        """Tell whether a unit of a scene that is meant is planned."""
        return not self.picks or unit in self.picks.get(unit.scene, ())

    def speaks_for(self, unit: RenderUnit) -> bool:
        """Tell whether a job of this unit is left to what is planned now: also one that is parted
        otherwise than its scene is now."""
        if not self.takes(unit.scene):
            return False
        return self.picks_unit(unit) or expansion_of(unit) not in self.expansions(unit.scene)


def picks_of(units: Iterable[RenderUnit]) -> dict[str, frozenset[RenderUnit]]:
    """Return units by their scene, as :class:`PlanOptions` wants them."""
    picks: dict[str, set[RenderUnit]] = {}
    for unit in units:
        picks.setdefault(unit.scene, set()).add(unit)
    return {scene: frozenset(found) for scene, found in picks.items()}


def check_options(options: PlanOptions) -> None:
    """Refuse options that make no sense, before any file is read.

    :raises UsageError: naming the option.
    """
    if options.chunk_size < 1:
        raise UsageError(f"the chunk size {options.chunk_size} is below 1")
    if options.chunk_size > MAX_FRAMES:
        raise UsageError(f"the chunk size {options.chunk_size} is above {MAX_FRAMES}")
    if not 0 <= options.priority <= 100:
        raise UsageError(f"the priority {options.priority} is not between 0 and 100")
    facts = PathPattern.parse(options.facts).fields if options.facts else ()
    of_frames = _fields_of(options.frame_names)
    both = sorted(set(facts) & set(of_frames))
    if both:
        raise UsageError(
            f"the path and the frames' names both tell ‘{both[0]}’", hint="rename one of the two"
        )
    if options.job_name:
        Template.parse(options.job_name).check_fields((*JOB_NAME_FIELDS, *facts))
    if options.dist_name:
        known = dict.fromkeys((*JOB_FIELDS, *FRAME_FIELDS, *facts, *of_frames))
        Template.parse(options.dist_name).check_fields(known)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _fields_of(names: FrameNames | None) -> Iterable[str]:
    fields = (name for pairs in (names or {}).values() for name, _ in pairs)
    return dict.fromkeys(fields)
