# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which buttons help with which finding (no bpy here).

The members of a finding's ``data`` are those of ``docs/design.md``, "Findings that can be fixed".
What needs a person's judgement has no button: its words say what to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ...core.errors import UsageError
from ...core.names import check_name, suggest_name

Data = Mapping[str, str]
Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Fix:
    """A button.

    :param label: words, with the names of properties in braces where they stand for them.
    :param operator: identifier of the operator that it runs.
    :param properties: what the operator is told.
    """

    operator: str
    label: str
    icon: str
    properties: Mapping[str, Value] = field(default_factory=dict, hash=False)


RELOCATABLE = frozenset(
    ("IMAGE", "LIBRARY", "SOUND", "FONT", "MOVIECLIP", "CACHEFILE", "VOLUME", "OBJECT", "SCENE")
    + ("MATERIAL", "WORLD", "LIGHT", "TEXTURE", "LINESTYLE", "NODETREE")
)
"""``ID.id_type`` of what has a path of its own, or a modifier, strip or node that has."""


@lru_cache(maxsize=256)
def fixes_for(code: str, data: str) -> tuple[Fix, ...]:
    """Return the buttons for a finding, the best one first; none where only words help.

    :param data: the finding's ``data`` as JSON, as :func:`data_text` wrote it.
    """
    names = _read(data)
    maker = _MAKERS.get(code)
    return maker(names) if maker is not None and names is not None else ()


def data_text(data: Data) -> str:
    """Return a finding's data as a text that :func:`fixes_for` understands."""
    return json.dumps(dict(data), ensure_ascii=False, sort_keys=True) if data else ""


def _read(data: str) -> Data | None:
    try:
        names = json.loads(data) if data else {}
    except ValueError:
        return None
    if not isinstance(names, dict):
        return None
    return {str(name): value for name, value in names.items() if isinstance(value, str)}


def _camera(data: Data) -> tuple[Fix, ...]:
    if "scene" not in data:
        return ()
    return (Fix("farm.fix_camera", "Set Camera", "CAMERA_DATA", {"scene": data["scene"]}),)


def _format(data: Data) -> tuple[Fix, ...]:
    if "scene" not in data:
        return ()
    return tuple(
        Fix(
            "farm.fix_format",
            label,
            "IMAGE_DATA",
            {"scene": data["scene"], "file_format": file_format},
        )
        for label, file_format in (("Use PNG", "PNG"), ("Use OpenEXR", "OPEN_EXR"))
    )


def _color_mode(data: Data) -> tuple[Fix, ...]:
    if "scene" not in data:
        return ()
    return (
        Fix("farm.fix_color_mode", "Use RGB", "COLOR", {"scene": data["scene"]}),
        *_format(data)[:1],
    )


def _frames(data: Data) -> tuple[Fix, ...]:
    start, end = _number(data.get("frame_start")), _number(data.get("frame_end"))
    if "scene" not in data or start is None or end is None:
        return ()
    properties: dict[str, Value] = {"scene": data["scene"]}
    if end < start and end >= 0:
        properties |= {"frame_start": end, "frame_end": start}
        return (Fix("farm.fix_frames", "Swap Start and End", "FILE_REFRESH", properties),)
    if start < 0 <= end:
        properties |= {"frame_start": 0, "frame_end": end}
        return (Fix("farm.fix_frames", "Start at Frame 0", "TIME", properties),)
    return ()


def _file_output(data: Data) -> tuple[Fix, ...]:
    if not {"owner_scene", "node"} <= data.keys():
        return ()
    properties: dict[str, Value] = {
        "scene": data["owner_scene"],
        "group": data.get("group", ""),
        "node": data["node"],
    }
    return (Fix("farm.fix_file_output", "Mute Node", "HIDE_ON", properties),)


def _missing_file(data: Data) -> tuple[Fix, ...]:
    """A linked datablock's path is mended in its library."""
    everywhere = Fix("file.find_missing_files", "Find All…", "VIEWZOOM")
    kind = data.get("id_type", "")
    if kind not in RELOCATABLE or not data.get("name") or data.get("library"):
        return (everywhere,)
    properties: dict[str, Value] = {
        "id_type": kind,
        "id_name": data["name"],
        "missing": data.get("path", ""),
    }
    return (Fix("farm.fix_missing_file", "Relocate…", "FILE_FOLDER", properties), everywhere)


def _dirty_image(data: Data) -> tuple[Fix, ...]:
    if "image" not in data:
        return ()
    image = data["image"]
    return (
        Fix("farm.fix_image", "Save Image", "FILE_TICK", {"image": image, "action": "SAVE"}),
        Fix("farm.fix_image", "Pack", "PACKAGE", {"image": image, "action": "PACK"}),
    )


def _unsaved(data: Data) -> tuple[Fix, ...]:
    return () if data.get("file") else (Fix("wm.save_mainfile", "Save File…", "FILE_TICK"),)


def _expansion(data: Data) -> tuple[Fix, ...]:
    return (Fix("farm.fix_rows", "Plan Whole Scenes", "SCENE_DATA"),)


def _marker_names(data: Data) -> tuple[Fix, ...]:
    return (Fix("farm.fix_marker_names", "Do Not Use Markers", "MARKER"),)


def _illegal_name(data: Data) -> tuple[Fix, ...]:
    """Where the scene's own name is at fault, another one helps."""
    scene = data.get("scene", "")
    if not scene or _is_legal(scene):
        return ()
    new_name = suggest_name(scene)
    return (
        Fix(
            "farm.fix_scene_name",
            "Rename to ‘{new_name}’",
            "GREASEPENCIL",
            {"scene": scene, "new_name": new_name},
        ),
    )


def _is_legal(name: str) -> bool:
    try:
        check_name(name, kind="job")
    except UsageError:
        return False
    return True


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None


_MAKERS: Mapping[str, Callable[[Data], tuple[Fix, ...]]] = {
    "no-camera": _camera,
    "unknown-format": _format,
    "video-output": _format,
    "no-decoder": _format,
    "format-color-mode": _color_mode,
    "negative-frames": _frames,
    "empty-frame-range": _frames,
    "file-output": _file_output,
    "missing-file": _missing_file,
    "dirty-image": _dirty_image,
    "unsaved-file": _unsaved,
    "cannot-expand": _expansion,
    "nothing-to-expand": _expansion,
    "no-named-frames": _marker_names,
    "illegal-name": _illegal_name,
}
