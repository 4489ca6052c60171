# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences: what is usual for this person on this computer.

They are kept in Blender's own file of preferences: never in a .blend, never on the volume.
:mod:`.preferences_page` draws them.
"""

from __future__ import annotations

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    StringProperty,
)

from .. import ADDON_ID
from ..core.addresses import is_loopback
from . import preferences_page
from .child_environment import child_environment as child_environment
from .waking import wake

assert ADDON_ID is not None

SLOTS_MAX = 64
INTERVAL_MAX_S = 3600.0

MANAGERS = (
    (
        "VOLUME",
        "As the Volume Says",
        "The Manager that the volume's farm.toml names, else this computer",
    ),
    ("LOCAL", "This Computer", "Render on this computer, without a farm"),
    ("URL", "Flamenco at a URL", "A Flamenco Manager, wherever it runs"),
)


class FARM_PG_header(bpy.types.PropertyGroup):
    """An extra header of requests."""

    name: StringProperty(  # type: ignore[valid-type]
        name="Name",
        description="Name of the header, such as Authorization",
        maxlen=100,
    )
    value: StringProperty(  # type: ignore[valid-type]
        name="Value",
        description="Value of the header, such as a token. It is kept in Blender's preferences "
        "alone",
        subtype="PASSWORD",
        maxlen=4096,
    )


class FARM_AP_preferences(bpy.types.AddonPreferences):
    """Preferences of the extension."""

    bl_idname = ADDON_ID

    volume: StringProperty(  # type: ignore[valid-type]
        name="Volume",
        description="Folder of the farm, as this computer sees it. It holds releases, deliveries "
        "and archives",
        subtype="DIR_PATH",
        update=wake,
    )
    manager: EnumProperty(  # type: ignore[valid-type]
        name="Manager",
        description="Who renders",
        items=MANAGERS,
        default="VOLUME",
        update=wake,
    )
    manager_url: StringProperty(  # type: ignore[valid-type]
        name="URL",
        description="Address of the Flamenco Manager, such as http://farm.local:8080",
        default="http://localhost:8080",
        update=wake,
    )
    ca_file: StringProperty(  # type: ignore[valid-type]
        name="CA File",
        description="PEM file with the certificate authorities to trust, for a Manager at an "
        "https:// address with the studio's own certificate. Empty: the usual ones",
        subtype="FILE_PATH",
        update=wake,
    )
    headers: CollectionProperty(type=FARM_PG_header)  # type: ignore[valid-type]
    local_slots: IntProperty(  # type: ignore[valid-type]
        name="Renders at Once",
        description="How many frames this computer renders at the same time, where it renders by "
        "itself. 0: as many as suit it",
        min=0,
        max=SLOTS_MAX,
    )
    local_blender: StringProperty(  # type: ignore[valid-type]
        name="Blender",
        description="Program that renders on this computer. Empty: the Blender that submits",
        subtype="FILE_PATH",
    )
    job_name: StringProperty(  # type: ignore[valid-type]
        name="Jobs",
        description="Template of the names of new jobs, from release, file, scene, camera and "
        "view_layer in braces. Empty: the file's name, with the scene's where it has several",
        maxlen=500,
    )
    dist_name: StringProperty(  # type: ignore[valid-type]
        name="Delivered Files",
        description="Template of the names of delivered files, such as {job}_{frame:06d}.{ext}. "
        "Empty: the job's name, with the frame's number where it has several",
        maxlen=500,
    )
    follow_automatically: BoolProperty(  # type: ignore[valid-type]
        name="Follow Jobs by Itself",
        description="Show how the release's jobs get on as soon as a file of a release is open. "
        "Otherwise a click on Follow starts it",
        default=True,
        update=wake,
    )
    update_interval_s: FloatProperty(  # type: ignore[valid-type]
        name="Look Every",
        description="Time between two looks at the Manager. 0: often while something renders, "
        "seldom otherwise",
        min=0.0,
        max=INTERVAL_MAX_S,
        precision=0,
        step=100,
        unit="TIME_ABSOLUTE",
        update=wake,
    )

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the page in Blender's preferences."""
        preferences_page.draw(self.layout, context, self, needs_online=needs_online_access(self))


def preferences(context: bpy.types.Context) -> FARM_AP_preferences | None:
    """Return the preferences, or None where the package was registered without being enabled (in
    the bpy module, and while Blender disables it)."""
    assert context.preferences is not None
    addon = context.preferences.addons.get(ADDON_ID)
    return addon.preferences if addon is not None else None


def needs_online_access(settings: FARM_AP_preferences) -> bool:
    """Tell whether the Manager is on another computer and Blender may not talk to it."""
    return settings.manager == "URL" and not (
        bpy.app.online_access or is_loopback(settings.manager_url)
    )


CLASSES = (FARM_PG_header, FARM_AP_preferences)
register, unregister = bpy.utils.register_classes_factory(CLASSES)
