# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directions of docs/design.md, read from the sources."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.package_map import Import, imports_of, modules, resolve

MODULES = modules()

# Room -> what it may import of the package, besides itself. "" is the package: its version and id.
ALLOWED = {
    "": ("blender.registration",),
    "core": (),
    "user_folders": ("core",),
    "user_config": ("core",),
    "decoding": ("core",),
    "flamenco": ("core",),
    "background": ("core", "decoding"),
    "local_manager": ("", "core", "background", "decoding", "user_folders"),
    "app": (
        "core",
        "flamenco",
        "background",
        "decoding",
        "local_manager.start",
        "user_folders",
        "user_config",
    ),
    "cli": ("", "app", "core", "user_folders", "user_config", "local_manager.start"),
    "blender.inside": ("core", "background.messages", "background.lifeline", "decoding"),
    # What a scene renders is read in one way, in the artist's session and in the background.
    "blender": (
        *("", "app", "core", "background", "cli", "user_folders"),
        *("blender.inside.labels", "blender.inside.scene_output", "blender.inside.outside_objects"),
    ),
}

BLENDER_ONLY = frozenset(
    {
        *("bpy", "bpy_extras", "bpy_types", "_bpy", "bl_ui", "bl_operators", "bl_math", "bl_ext"),
        *("bl_pkg", "addon_utils", "rna_prop_ui", "bmesh", "mathutils", "gpu", "gpu_extras", "blf"),
        *("aud", "imbuf", "idprop", "freestyle", "cycles", "_cycles"),
    }
)

# HTTP is flamenco's, children are background's, arguments are the command line's.
NOT_IN_CORE = frozenset(
    {"http", "urllib.request", "urllib.error", "socketserver", "subprocess", "argparse", "sqlite3"}
)
# A lease asks the operating system whether its owner still lives: on some, that is a program.
ASKS_THE_SYSTEM = "core.storage.processes"
# tomli_w writes farm.toml (the standard library can only read TOML), lark reads queries.
CORE_LIBRARIES = frozenset({"lark", "tomli_w"})


def room_of(name: str) -> str:
    """Return the room that a module belongs to: the longest that fits."""
    fitting = [room for room in ALLOWED if name == room or name.startswith(f"{room}.")]
    return max(fitting, key=len)


def is_below(name: str, place: str) -> bool:
    return name == place or (place != "" and name.startswith(f"{place}."))


def all_imports() -> list[tuple[str, Import]]:
    return [(name, made) for name, path in MODULES.items() for made in imports_of(name, path)]


def places(found: list[tuple[str, Import]]) -> list[str]:
    return [f"{name}:{made.line} imports {made.target}" for name, made in found]


def test_every_module_belongs_to_a_room() -> None:
    strangers = [name for name in MODULES if name and room_of(name) == ""]
    assert strangers == []


def test_rooms_import_inward_only() -> None:
    wrong = []
    for name, made in all_imports():
        if not made.is_inner:
            continue
        room, target = room_of(name), resolve(made.target, MODULES)
        if room_of(target) == room:
            continue
        if not any(is_below(target, place) for place in ALLOWED[room]):
            wrong.append((name, made))
    assert places(wrong) == []


def test_modules_of_the_package_are_imported_relatively() -> None:
    absolute = [(n, made) for n, made in all_imports() if made.is_inner and not made.is_relative]
    assert places(absolute) == []


def test_blenders_modules_are_imported_in_one_room_only() -> None:
    wrong = [
        (name, made)
        for name, made in all_imports()
        if not made.is_inner
        and made.target.split(".")[0] in BLENDER_ONLY
        and not is_below(name, "blender")
    ]
    assert places(wrong) == []


def test_code_inside_a_background_blender_needs_no_library() -> None:
    known = sys.stdlib_module_names | BLENDER_ONLY
    wrong = [
        (name, made)
        for name, made in all_imports()
        if is_below(name, "blender.inside")
        and not made.is_inner
        and made.target.split(".")[0] not in known
    ]
    assert places(wrong) == []


def test_core_uses_the_standard_library_and_reaches_nothing_outside() -> None:
    wrong = []
    for name, made in all_imports():
        if not is_below(name, "core") or made.is_inner:
            continue
        head = made.target.split(".")[0]
        is_known = head in sys.stdlib_module_names or (
            head in CORE_LIBRARIES and not made.is_at_top
        )
        is_banned = any(is_below(made.target, banned) for banned in NOT_IN_CORE)
        if not is_known or (is_banned and name != ASKS_THE_SYSTEM):
            wrong.append((name, made))
    assert places(wrong) == []


@pytest.mark.parametrize(
    "name", [name for name in MODULES if is_below(name, "core") and name != ASKS_THE_SYSTEM]
)
def test_core_does_not_read_the_environment(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    read = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    ]
    assert read == []


# --- what register() reaches ----------------------------------------------------------------------


def reached_at_register() -> dict[str, str]:
    """Return every module that is imported by the time register() is done, and by whom."""
    starts = [n for n in MODULES if is_below(n, "blender") and not is_below(n, "blender.inside")]
    reached = dict.fromkeys(["", *starts], "register()")
    waiting = list(reached)
    while waiting:
        name = waiting.pop()
        for made in imports_of(name, MODULES[name]):
            if not (made.is_inner and made.is_at_top):
                continue
            target = resolve(made.target, MODULES)
            while target:
                if target not in reached:
                    reached[target] = name
                    waiting.append(target)
                target = target.rpartition(".")[0]
    return reached


def test_register_imports_no_library() -> None:
    known = sys.stdlib_module_names | BLENDER_ONLY
    wrong = [
        f"{name}:{made.line} imports {made.target} (reached by {by})"
        for name, by in reached_at_register().items()
        for made in imports_of(name, MODULES[name])
        if made.is_at_top and not made.is_inner and made.target.split(".")[0] not in known
    ]
    assert wrong == []


def test_walk_from_register_reaches_what_it_should() -> None:
    reached = reached_at_register()
    assert {"blender.registration", "blender.pump", "core.errors"} <= reached.keys()
    assert not any(is_below(name, "local_manager.server") for name in reached)


# --- the reader itself ----------------------------------------------------------------------------


def read(
    tmp_path: Path, text: str, name: str = "core.planning.plan"
) -> list[tuple[str, bool, bool]]:
    path = tmp_path / "plan.py"
    path.write_text(text)
    return [(made.target, made.is_inner, made.is_at_top) for made in imports_of(name, path)]


def test_reader_tells_top_level_from_inner_imports(tmp_path: Path) -> None:
    text = (
        "import requests.adapters\n"
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"
        "if TYPE_CHECKING:\n    import bpy\n"
        "class A:\n    import rich\n    def b(self):\n        import OpenImageIO\n"
    )
    assert read(tmp_path, text) == [
        ("requests.adapters", False, True),
        ("numpy", False, True),
        ("bpy", False, False),
        ("rich", False, True),
        ("OpenImageIO", False, False),
    ]


def test_reader_resolves_relative_imports(tmp_path: Path) -> None:
    text = (
        "from . import jobs\nfrom ..names import check\n"
        "from ... import app\nfrom ...cli.parser import p\n"
    )
    assert read(tmp_path, text) == [
        ("core.planning.jobs", True, True),
        ("core.names.check", True, True),
        ("app", True, True),
        ("cli.parser.p", True, True),
    ]
