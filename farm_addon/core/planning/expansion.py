# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes become jobs: whole, or one job for each camera or view layer."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from ..findings import Finding, Severity, naming
from .scene_facts import SceneFacts


class Expand(enum.Enum):
    """What becomes a job of its own."""

    SCENES = "scenes"
    CAMERAS = "cameras"
    VIEW_LAYERS = "view-layers"


@dataclass(frozen=True, slots=True)
class RenderUnit:
    """What one job renders of a file.

    :param camera: empty for the scene's own.
    :param view_layer: empty for those that the scene renders.
    """

    scene: str
    camera: str = ""
    view_layer: str = ""

    def text(self) -> str:
        """Return it for people, unlike any other of its file."""
        return "/".join(part for part in (self.scene, self.camera, self.view_layer) if part)

    def to_json(self) -> dict[str, str]:
        """Return a JSON object."""
        return {"scene": self.scene, "camera": self.camera, "view_layer": self.view_layer}


def expansion_of(unit: RenderUnit) -> Expand:
    """Return what a unit is."""
    if unit.camera:
        return Expand.CAMERAS
    return Expand.VIEW_LAYERS if unit.view_layer else Expand.SCENES


def units_of(scene: SceneFacts, expand: Expand) -> list[RenderUnit]:
    """Return what becomes jobs of a scene: at least one, the scene itself where it has nothing to
    expand, which :func:`judge_expansion` finds."""
    units: list[RenderUnit] = []
    if expand is Expand.CAMERAS:
        units = [RenderUnit(scene.name, camera=name) for name in scene.cameras]
    elif expand is Expand.VIEW_LAYERS:
        units = [RenderUnit(scene.name, view_layer=name) for name in scene.view_layers]
    return units or [RenderUnit(scene.name)]


def judge_expansion(scene: SceneFacts, expand: Expand) -> Iterator[Finding]:
    """Yield what forbids jobs for each camera or view layer of a scene, or is odd about them."""
    yield from naming(_judge_expansion(scene, expand), scene=scene.name)


def _judge_expansion(scene: SceneFacts, expand: Expand) -> Iterator[Finding]:
    if expand is Expand.SCENES:
        return
    subject = f"Scene ‘{scene.name}’"
    what = "camera" if expand is Expand.CAMERAS else "view layer"
    if not scene.needs_camera:
        yield Finding(
            Severity.ERROR,
            "cannot-expand",
            subject,
            f"its frames come from its sequencer or compositor, whatever the {what}",
            "plan it as a whole scene (--scenes, --expand scenes)",
        )
    elif not (scene.cameras if expand is Expand.CAMERAS else scene.view_layers):
        yield Finding(
            Severity.ERROR,
            "nothing-to-expand",
            subject,
            f"it has no {what} that renders",
            "add one, or enable one, or plan it as a whole scene",
        )
    elif expand is Expand.VIEW_LAYERS:
        yield from _judge_layers(scene, subject)


def judge_layer(scene: SceneFacts, view_layer: str) -> Iterator[Finding]:
    """Yield why a view layer cannot be rendered alone: a compositor gets nothing of the others."""
    if scene.shown_layers is not None and view_layer not in scene.shown_layers:
        yield Finding(
            Severity.ERROR,
            "layer-not-composited",
            f"Scene ‘{scene.name}’",
            f"its compositor does not show view layer ‘{view_layer}’, whose frames would be empty",
            "turn off compositing in the scene's post-processing, or show the layer",
            {"scene": scene.name},
        )


def _judge_layers(scene: SceneFacts, subject: str) -> Iterator[Finding]:
    for layer in scene.view_layers:
        yield from judge_layer(scene, layer)
    shown = scene.shown_layers or ()
    if len(scene.view_layers) > 1 and len(shown) > 1:
        names = ", ".join(f"‘{name}’" for name in shown)
        yield Finding(
            Severity.WARNING,
            "composites-other-layers",
            subject,
            f"its compositor shows the view layers {names}; each job renders one, and the others"
            " come out empty in it",
            "turn off compositing in the scene's post-processing to get each layer as it is",
        )
