# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences: the usual volume and Manager of this person on this computer."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import ADDON_ID

assert ADDON_ID is not None

MANAGERS = (
    (
        "VOLUME",
        "As the Volume Says",
        "The Manager that the volume's farm.toml names, else this computer",
    ),
    ("LOCAL", "This Computer", "Render on this computer, without a farm"),
    ("URL", "Flamenco at a URL", "A Flamenco Manager, wherever it runs"),
)


class FARM_AP_preferences(bpy.types.AddonPreferences):
    """Preferences of the extension."""

    bl_idname = ADDON_ID

    volume: StringProperty(  # type: ignore[valid-type]
        name="Volume",
        description="Folder of the farm, as this computer sees it. It holds releases, deliveries "
        "and archives",
        subtype="DIR_PATH",
    )
    manager: EnumProperty(  # type: ignore[valid-type]
        name="Manager",
        description="Who renders",
        items=MANAGERS,
        default="VOLUME",
    )
    manager_url: StringProperty(  # type: ignore[valid-type]
        name="URL",
        description="Address of the Flamenco Manager, such as http://farm.local:8080",
        default="http://localhost:8080",
    )

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the page in Blender's preferences."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "volume")
        layout.prop(self, "manager")
        if self.manager == "URL":
            layout.prop(self, "manager_url")
        if needs_online_access(self):
            row = layout.row()
            row.label(text="Online access is off", icon="INTERNET_OFFLINE")
            row.operator("farm.allow_online", icon="INTERNET")


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


def is_loopback(url: str) -> bool:
    """Tell whether a URL means this computer, by its text alone; no name is looked up."""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


register, unregister = bpy.utils.register_classes_factory((FARM_AP_preferences,))
