# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong or odd about a file and its scenes before they become jobs. Pure functions.

Blender renders the wrong scene, in the wrong format, without a texture, and exits 0 (flamenco.md,
rule 12); so everything that can be known is judged here, before anything is submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..findings import Finding, Severity, naming
from ..formats import output_format
from ..frames import MAX_FRAMES, Frames
from .scene_facts import FileFacts, SceneFacts


@dataclass(frozen=True, slots=True)
class Farm:
    """What is known about who will render.

    :param series: Blender's major and minor version there, or None where it is not known.
    :param is_local: this computer renders.
    :param runs_scripts: scripts inside .blend files run there.
    :param is_wheel: it renders with the bpy wheel, where only Cycles works.
    :param can_decode: tells whether frames of a format (OpenImageIO's word) can be checked here.
    """

    series: tuple[int, int] | None = None
    is_local: bool = True
    runs_scripts: bool = False
    is_wheel: bool = False
    can_decode: Callable[[str], bool] = bool


def judge_file(facts: FileFacts, farm: Farm) -> Iterator[Finding]:
    """Yield what concerns the file as a whole.

    :param facts: ``facts.path`` is what the artist calls the file; empty for one never saved.
    """
    yield from naming(_judge_file(facts, farm), file=facts.path)
    for image in facts.dirty_images:
        yield replace(
            _error(
                "dirty-image",
                f"Image ‘{image}’",
                "it has painted pixels that are neither saved nor packed, and would be lost",
                "save the image, or pack it into the file",
            ),
            data={"image": image},
        )


def _judge_file(facts: FileFacts, farm: Farm) -> Iterator[Finding]:
    subject = f"File ‘{facts.path}’" if facts.path else "The open file"
    if not facts.path:
        yield _error(
            "unsaved-file", subject, "it has never been saved", "save it, then plan it again"
        )
    if facts.color_config:
        yield _warning(
            "own-color-config",
            subject,
            f"it is seen through the colour configuration '{facts.color_config}';"
            " with another one the farm renders other colours",
            "set OCIO to the same configuration on every Worker",
        )
    build = facts.build
    if farm.series is not None and build.series > farm.series:
        yield _error(
            "newer-than-farm",
            subject,
            f"Blender {build.version_text()} would freeze it, but the farm renders with"
            f" {farm.series[0]}.{farm.series[1]}, which opens such files with losses",
            "freeze with the farm's Blender (--blender), or correct 'blender' in farm.toml",
        )
    if build.version_file[:2] > facts.saved_with[:2]:
        saved = ".".join(map(str, facts.saved_with[:2]))
        yield _warning(
            "newer-than-saved",
            subject,
            f"Blender {saved} saved it, Blender {build.version_text()} freezes it",
        )
    if facts.saved_with[:2] > build.version_file[:2]:
        saved = ".".join(map(str, facts.saved_with[:2]))
        yield _error(
            "newer-than-blender",
            subject,
            f"Blender {saved} saved it; Blender {build.version_text()} opens it with losses",
            f"use Blender {saved} or newer (--blender)",
        )


def judge_settings(
    scene: SceneFacts, farm: Farm, *, has_camera: bool = False, frames: Frames | None = None
) -> Iterator[Finding]:
    """Yield what concerns a scene but for the files that it depends on.

    :param has_camera: a camera was chosen, so the scene needs none of its own.
    :param frames: the frames that were chosen, at least one; None for the scene's own.
    """
    findings = _judge_settings(scene, farm, has_camera=has_camera, frames=frames)
    yield from naming(findings, scene=scene.name)


def _judge_settings(
    scene: SceneFacts, farm: Farm, *, has_camera: bool, frames: Frames | None
) -> Iterator[Finding]:
    subject = f"Scene ‘{scene.name}’"
    if scene.camera is None and scene.needs_camera and not has_camera:
        yield _error(
            "no-camera",
            subject,
            "it has no camera",
            "make a camera active in the scene, or plan its cameras (--expand cameras)",
        )
    yield from _judge_range(scene, subject) if frames is None else _judge_chosen(frames, subject)
    yield from naming(_judge_format(scene, subject, farm), format=scene.file_format)
    for output in scene.file_outputs:
        finding = _error(
            "file-output",
            subject,
            f"{output.text()} writes files of its own, which a frozen job cannot take along yet",
            "mute the node",
        )
        where = {"owner_scene": output.owner_scene, "group": output.group, "node": output.node}
        yield replace(finding, data=where)
    if scene.scripts:
        yield _judge_scripts(scene, subject, farm)
    if farm.is_wheel and scene.engine != "CYCLES":
        yield _error(
            "engine-needs-display",
            subject,
            f"its engine {scene.engine} does not render in Blender's Python module",
            "use Cycles, or a Blender executable (--blender)",
        )
    if scene.is_burning_stamp:
        yield Finding(
            Severity.INFO,
            "stamp-burnt-in",
            subject,
            "it burns metadata into its pixels, so its frames carry no stamp of ours",
        )
    for label in scene.missing_data:
        yield _error(
            "missing-data",
            subject,
            f"it uses {label}, which its library does not have any more",
            "relink it, or remove what uses it; Blender would render without it",
        )


def _judge_range(scene: SceneFacts, subject: str) -> Iterator[Finding]:
    start, end = str(scene.frame_start), str(scene.frame_end)
    yield from naming(_judge_frames(scene, subject), frame_start=start, frame_end=end)


def _judge_frames(scene: SceneFacts, subject: str) -> Iterator[Finding]:
    if scene.frame_end < scene.frame_start:
        yield _error(
            "empty-frame-range",
            subject,
            f"its frame range {scene.frame_start} to {scene.frame_end} is empty",
            "correct the scene's start and end frame",
        )
    elif scene.frame_start < 0:
        yield _error(
            "negative-frames",
            subject,
            f"its frame range starts at {scene.frame_start}; Flamenco has no negative frames",
            "move the animation to frame 0 or later",
        )
    elif (scene.frame_end - scene.frame_start) // scene.frame_step >= MAX_FRAMES:
        yield _error(
            "too-many-frames",
            subject,
            f"its frame range {scene.frame_start} to {scene.frame_end} has more than"
            f" {MAX_FRAMES} frames",
            "correct the scene's start and end frame",
        )


def _judge_chosen(frames: Frames, subject: str) -> Iterator[Finding]:
    first = next(iter(frames))
    if first < 0:
        finding = _error(
            "negative-frames",
            subject,
            f"frame {first} was chosen; Flamenco has no negative frames",
            "choose frames from 0 on, and move the animation there",
        )
        yield replace(finding, data={"frame": str(first)})


def _judge_format(scene: SceneFacts, subject: str, farm: Farm) -> Iterator[Finding]:
    known = output_format(scene.file_format)
    if known is None:
        yield _error(
            "unknown-format",
            subject,
            f"its output format '{scene.file_format}' is not known",
            "choose PNG, OpenEXR, JPEG, TIFF or WebP",
        )
    elif known.is_video:
        yield _error(
            "video-output",
            subject,
            f"it writes a movie ({scene.file_format}); a farm renders frames",
            "choose an image format",
        )
    elif (scene.file_format, scene.color_mode) == ("WEBP", "BW"):
        # Measured with 4.2, 4.5 and 5.2: the render ends with an error.
        finding = _error(
            "format-color-mode",
            subject,
            "Blender cannot save WebP in black and white",
            "choose RGB or RGBA, or another format",
        )
        yield replace(finding, data={"color_mode": scene.color_mode})
    elif not farm.can_decode(known.decoder_name):
        yield _error(
            "no-decoder",
            subject,
            f"frames in its format {scene.file_format} cannot be checked here",
            "choose PNG, OpenEXR, JPEG, TIFF or WebP, or install OpenImageIO",
        )


def _judge_scripts(scene: SceneFacts, subject: str, farm: Farm) -> Finding:
    names = ", ".join(scene.scripts[:3]) + (" …" if len(scene.scripts) > 3 else "")
    if farm.runs_scripts:
        return _warning(
            "needs-scripts", subject, f"it needs scripts to run when it is opened: {names}"
        )
    return _error(
        "needs-scripts",
        subject,
        f"it needs scripts that do not run here: {names}",
        "bake them, or set run_scripts = true under [local] in your config.toml",
    )


def _error(code: str, subject: str, message: str, fix: str = "") -> Finding:
    return Finding(Severity.ERROR, code, subject, message, fix)


def _warning(code: str, subject: str, message: str, fix: str = "") -> Finding:
    return Finding(Severity.WARNING, code, subject, message, fix)
