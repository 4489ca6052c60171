# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What forbids freezing a scene, or is worth knowing about it. Inside Blender."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import bpy

from ...core.findings import Finding, Severity, naming
from ...core.planning.dependency_rules import file_names
from .closure import Closure
from .dependencies import matters, missing_data
from .labels import data_user, text_of
from .outside_objects import node_trees
from .proof import Contents, contents_of
from .survey import OutsideFile


def judge_before(
    scene: bpy.types.Scene, closure: Closure, outside: Iterable[OutsideFile]
) -> Iterator[Finding]:
    """Yield what of a scene cannot be taken into a .blend, before anything is changed."""
    for label in sorted(missing_data(closure, scene)):
        yield _error(
            "missing-data",
            label,
            "it is not in its library (any more)",
            "link it again, or remove what uses it",
            {"scene": text_of(scene)},
        )
    yield from _judge_files(one for one in outside if matters(one, scene, closure))
    if scene.render.use_stamp:
        yield Finding(
            Severity.INFO,
            "stamp-burnt-in",
            f"Scene ‘{text_of(scene)}’",
            "it burns metadata into its pixels, so its frames carry no stamp of ours",
            data={"scene": text_of(scene)},
        )


def _judge_files(files: Iterable[OutsideFile]) -> Iterator[Finding]:
    """Yield one finding for each owner and complaint: a sequence has thousands of files."""
    complaints: dict[tuple[str, str], list[OutsideFile]] = {}
    for file in files:
        if not file.exists():
            complaints.setdefault((file.owner, "missing-file"), []).append(file)
        elif not file.is_packable:
            complaints.setdefault((file.owner, f"cannot-freeze-{file.kind}"), []).append(file)
    for (owner, code), (first, *others) in complaints.items():
        what = f"'{first.path}'" + (f" and {len(others)} more" if others else "")
        if code == "missing-file":
            finding = _error(
                code,
                owner,
                f"a file of it is missing: {what}",
                "find the file (File > External Data), or remove what uses it",
            )
        else:
            finding = _error(
                code,
                owner,
                f"this cannot be packed into a .blend: {what}",
                "bake it into the file or render it another way",
            )
        yield from naming([finding], **file_names(first.path, first.kind, data_user(first.user)))


def judge_renames(
    scene: bpy.types.Scene, closure: Closure, names_before: Contents
) -> Iterator[Finding]:
    """Yield a finding for each object and material that could not keep its name, where the name
    decides about pixels.

    Two libraries may each have a ‘Cube’; in one file the second becomes ‘Cube.001’. The random
    number of the Object Info node and the mattes of Cryptomatte are made from names.
    """
    reached = closure.reached(scene)
    renamed = [
        (kind, name)
        for kind, name in sorted(contents_of(reached) - names_before)
        if kind in ("Object", "Material")
    ]
    if not renamed or not _looks_at_names(scene, reached):
        return
    for kind, name in renamed:
        yield _error(
            "name-clash",
            f"{kind} ‘{name}’",
            "its linked original shares its name with another one, so it had to be renamed, and"
            " Cryptomatte or random colours would come out differently",
            "rename one of the two",
        )


def _looks_at_names(scene: bpy.types.Scene, reached: frozenset[bpy.types.ID]) -> bool:
    for layer in scene.view_layers:
        if layer.use_pass_cryptomatte_object or layer.use_pass_cryptomatte_material:
            return True
        if layer.use_pass_cryptomatte_asset:
            return True
    return any(
        node.bl_idname == "ShaderNodeObjectInfo" and node.outputs["Random"].is_linked
        for user, tree in node_trees()
        if user in reached
        for node in tree.nodes
    )


def _error(
    code: str, subject: str, message: str, fix: str, names: Mapping[str, str] | None = None
) -> Finding:
    return Finding(Severity.ERROR, code, subject, message, fix, names or {})
