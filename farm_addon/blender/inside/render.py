# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders frames of a .blend file as ``blender -b FILE -f FRAME`` would, and tells what it wrote.

Inside Blender. The file that was loaded last stays loaded, so that a job's next frames start at
once. What is said here about Blender was measured with 4.5 and 5.2: with overwrite off a frame is
left alone as soon as *one* of its views is there; an unknown name in a template (``{…}``, from 4.5
on) in the output path is an error; a handler in ``render_stats`` can make 4.5 wait for ever.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ...background.messages import RenderedFrame
from ...core.errors import BlenderError

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
Stamp = tuple[int, int, int]

_FIRST_WITH_PATH_TEMPLATES = (4, 5)


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What to render.

    :param scene: None for the scene that is active in the file.
    :param output: absolute path without extension, with ``######`` for the frame's number.
    :param file_format: Blender's API identifier, None for the scene's own.
    """

    blend: str
    scene: str | None
    output: str
    file_format: str | None
    frames: tuple[int, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RenderRequest:
        """Read the members of the request ``render``."""
        return cls(
            str(data["blend"]),
            None if data["scene"] is None else str(data["scene"]),
            str(data["output"]),
            None if data["file_format"] is None else str(data["file_format"]),
            tuple(map(int, data["frames"])),
        )


class Renderer:
    """Renders, and keeps the file that it loaded last.

    :param allow_scripts: scripts inside files may run.
    """

    def __init__(self, *, allow_scripts: bool) -> None:
        self._allow_scripts = allow_scripts
        self._loaded: tuple[str, Stamp] | None = None
        self._active_scene = ""

    def forget(self) -> None:
        """Load the next file anew, whichever it is: somebody else is about to open one."""
        self._loaded = None

    def render(self, request: RenderRequest, progress: Progress) -> Iterator[RenderedFrame]:
        """Render the frames in their order and yield each as soon as it is done.

        :raises BlenderError: if the file cannot be opened, the scene is not in it or cannot be
            rendered here, or a frame cannot be written.
        """
        total = len(request.frames)
        progress(f"opening '{os.path.basename(request.blend)}'", 0, total)
        self._load(request.blend)
        scene = self._scene(request)
        _check_engine(scene)
        if request.file_format not in (None, scene.render.image_settings.file_format):
            self.forget()  # a format takes depth and colour with it; there is no way back
            _set_format(scene.render.image_settings, request.file_format)
        with _settings(scene, request.output):
            for done, frame in enumerate(request.frames):
                progress(f"frame {frame}", done, total)
                yield _render_frame(scene, frame)
        progress("", total, total)

    def _load(self, path: str) -> None:
        try:
            stamp = _stamp(path)
        except OSError as ex:
            raise BlenderError(f"'{path}' cannot be read: {ex.strerror or ex}") from ex
        if self._loaded == (path, stamp):
            return
        self._loaded = None
        _open_file(path, use_scripts=self._allow_scripts)
        self._active_scene = bpy.data.window_managers[0].windows[0].scene.name
        self._loaded = (path, stamp)

    def _scene(self, request: RenderRequest) -> bpy.types.Scene:
        wanted = self._active_scene if request.scene is None else request.scene
        own = [scene for scene in bpy.data.scenes if scene.library is None]
        scene = next((scene for scene in own if scene.name == wanted), None)
        if scene is None:
            raise BlenderError(
                f"there is no scene '{wanted}' in '{request.blend}'",
                hint="it has " + ", ".join(f"'{one.name}'" for one in own),
            )
        return scene


def _open_file(path: str, *, use_scripts: bool) -> None:
    """Open a file; a complaint about one that did open, as of a missing library, is only log."""
    # So that what is open afterwards tells whether it opened.
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    complaint = ""
    try:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=use_scripts)
    except RuntimeError as ex:
        complaint = _sentence(ex)
    if not bpy.data.filepath or not os.path.samefile(bpy.data.filepath, path):
        raise BlenderError(f"'{path}' cannot be opened: {complaint or 'Blender does not say why'}")
    if complaint:
        log.warning("'%s' was opened, and Blender said: %s", path, complaint)


def _check_engine(scene: bpy.types.Scene) -> None:
    engine: str = scene.render.engine
    if not bpy.app.binary_path and engine != "CYCLES":
        raise BlenderError(
            f"scene '{scene.name}' renders with {engine}, and without a Blender"
            " executable only Cycles renders",
            hint="name a Blender with --blender, or set the scene's engine to Cycles",
        )


# --- settings -------------------------------------------------------------------------------------


@contextmanager
def _settings(scene: bpy.types.Scene, output: str) -> Iterator[None]:
    """Set the scene up for a request, and back afterwards."""
    render = scene.render
    with ExitStack() as changes:
        for name, value in (
            ("filepath", _literal(output)),
            ("use_file_extension", True),
            ("use_overwrite", False),
            ("use_placeholder", False),
        ):
            _change(changes, render, name, value)
        # Both are set for each frame where the operator cannot be told.
        changes.callback(setattr, scene, "frame_end", scene.frame_end)
        changes.callback(setattr, scene, "frame_start", scene.frame_start)
        yield


def _change(changes: ExitStack, struct: Any, name: str, value: Any) -> None:
    changes.callback(setattr, struct, name, getattr(struct, name))
    setattr(struct, name, value)


def _set_format(settings: Any, file_format: str) -> None:
    """Set a file format; from 5.0 on its kind of medium comes first."""
    try:
        if hasattr(settings, "media_type"):
            is_layered = file_format == "OPEN_EXR_MULTILAYER"
            settings.media_type = "MULTI_LAYER_IMAGE" if is_layered else "IMAGE"
        settings.file_format = file_format
    except TypeError as ex:
        raise BlenderError(f"this Blender cannot write {file_format}") from ex


def _literal(path: str) -> str:
    """Return an output path in which Blender finds nothing to replace but the frame's number."""
    if bpy.app.version[:2] < _FIRST_WITH_PATH_TEMPLATES:
        return path
    return path.replace("{", "{{").replace("}", "}}")


# --- one frame ------------------------------------------------------------------------------------


def _render_frame(scene: bpy.types.Scene, frame: int) -> RenderedFrame:
    paths = _frame_paths(scene, frame)
    before = {path: _stamp_or_none(path) for path in paths}
    is_there = [stamp is not None for stamp in before.values()]
    began_s = time.monotonic()
    # Of a frame with a view missing, Blender would render nothing.
    scene.render.use_overwrite = any(is_there) and not all(is_there)
    _call_operator(scene, frame)
    after = {path: _stamp_or_none(path) for path in paths}
    lost = [path for path, stamp in after.items() if stamp is None]
    if lost:
        raise BlenderError(f"Blender rendered frame {frame} and did not write '{lost[0]}'")
    written = tuple(Path(path) for path in paths if after[path] != before[path])
    return RenderedFrame(frame, written, not written, time.monotonic() - began_s)


def _call_operator(scene: bpy.types.Scene, frame: int) -> None:
    """Render one frame as an animation of one frame, which names its files by their number."""
    operator: Any = bpy.ops.render.render
    span: dict[str, int] = {}
    if "frame_start" in operator.get_rna_type().properties:
        span = {"frame_start": frame, "frame_end": frame}
    else:
        scene.frame_start = scene.frame_end = frame
    try:
        outcome = operator(animation=True, scene=scene.name, **span)
    except RuntimeError as ex:
        raise BlenderError(f"frame {frame} cannot be rendered: {_sentence(ex)}") from ex
    if "FINISHED" not in outcome:
        raise BlenderError(f"Blender gave up rendering frame {frame}")


def _frame_paths(scene: bpy.types.Scene, frame: int) -> list[str]:
    """Return the files of a frame: one, or one per view."""
    render = scene.render
    if not render.use_multiview or render.image_settings.views_format != "INDIVIDUAL":
        return [os.path.abspath(render.frame_path(frame=frame))]
    views = [view.name for view in render.views if view.use]
    if render.views_format == "STEREO_3D":
        views = [name for name in views if name in ("left", "right")]
    return [os.path.abspath(render.frame_path(frame=frame, view=view)) for view in views]


def _stamp(path: str) -> Stamp:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns


def _stamp_or_none(path: str) -> Stamp | None:
    try:
        return _stamp(path)
    except OSError:
        return None


def _sentence(ex: RuntimeError) -> str:
    """Return what an operator reported, as one line."""
    return " ".join(str(ex).replace("Error: ", "").split())
