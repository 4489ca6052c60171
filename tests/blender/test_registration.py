# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension comes and goes without leaving anything behind."""

from __future__ import annotations

import bpy
import pytest

HANDLERS = [
    name for name in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, name), list)
]


def traces() -> dict[str, object]:
    """Return what an extension could leave behind in Blender."""
    keymaps = bpy.context.window_manager.keyconfigs.addon
    return {
        "handlers": {name: list(getattr(bpy.app.handlers, name)) for name in HANDLERS},
        "scene": {name for name in dir(bpy.types.Scene) if not name.startswith("__")},
        "window_manager": {
            name for name in dir(bpy.types.WindowManager) if not name.startswith("__")
        },
        "operators": set(dir(bpy.ops.farm)),
        "panels": {name for name in dir(bpy.types) if "FARM_" in name},
        "keymaps": {
            (keymap.name, item.idname) for keymap in keymaps.keymaps for item in keymap.keymap_items
        }
        if keymaps is not None
        else set(),
    }


def test_the_id_is_that_of_the_installed_extension(farm):
    assert farm.ADDON_ID == "bl_ext.user_default.farm_addon"
    assert bpy.context.preferences.addons[farm.ADDON_ID].module == farm.ADDON_ID


def test_unregistering_and_registering_again_leaves_the_same(farm):
    registered = traces()
    assert registered["operators"]
    assert "farm" in registered["scene"]
    assert "farm" in registered["window_manager"]
    farm.unregister()
    gone = traces()
    assert gone["operators"] == set()
    assert gone["panels"] == set()
    assert "farm" not in gone["scene"]
    assert "farm" not in gone["window_manager"]
    farm.register()
    assert traces() == registered
    farm.unregister()
    assert traces() == gone
    farm.register()


def test_in_background_mode_there_are_no_handlers_and_no_timers(farm, room):
    assert bpy.app.background
    own = [
        handler
        for name in HANDLERS
        for handler in getattr(bpy.app.handlers, name)
        if handler.__module__.startswith(farm.ADDON_ID)
    ]
    assert own == []
    assert not bpy.app.timers.is_registered(room("pump").tick)


def test_a_part_that_fails_takes_the_others_back(farm, room, monkeypatch):
    registered = traces()
    farm.unregister()
    gone = traces()

    def refuse():
        raise RuntimeError("no more room")

    monkeypatch.setattr(room("registration").MODULES[-2], "register", refuse)
    with pytest.raises(RuntimeError, match="no more room"):
        farm.register()
    assert traces() == gone
    monkeypatch.undo()
    farm.register()
    assert traces() == registered


def test_properties_have_names_and_descriptions(farm, room):
    properties = room("properties")
    classes = [*properties.CLASSES, room("preferences").FARM_AP_preferences]
    for one in classes:
        for prop in one.bl_rna.properties:
            if prop.identifier in ("rna_type", "name", "bl_idname") or prop.type in (
                "COLLECTION",
                "POINTER",
            ):
                continue
            assert prop.name, prop.identifier
            assert prop.description, prop.identifier
            assert not prop.description.endswith("."), prop.identifier


def test_operators_have_tooltips(farm):
    for name in dir(bpy.ops.farm):
        rna = getattr(bpy.ops.farm, name).get_rna_type()
        assert len(rna.description) > 10, name
        assert not rna.description.endswith("."), name
