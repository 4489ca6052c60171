# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take what the artist chose about the jobs out of Blender, as plain values."""

from __future__ import annotations

import bpy

from .command_lines import PlanChoices
from .preferences import preferences
from .properties.scene import CAMERAS, VIEW_LAYERS, FARM_PG_scene, file_settings

_EXPAND = {CAMERAS: "cameras", VIEW_LAYERS: "view-layers"}


def plan_choices(context: bpy.types.Context) -> PlanChoices:
    """Return what is chosen in the file, completed from the preferences."""
    settings = file_settings(context)
    return PlanChoices(
        expand=_EXPAND.get(settings.expand, "scenes"),
        frames=settings.frames.strip(),
        chunk_size=settings.chunk_size if settings.uses_chunk_size else None,
        priority=settings.priority if settings.uses_priority else None,
        worker_tag=settings.worker_tag.strip(),
        job_name=job_template(context, settings),
        dist_name=dist_template(context, settings),
        frame_names="markers" if settings.uses_markers else "",
    )


def job_template(context: bpy.types.Context, settings: FARM_PG_scene) -> str:
    """Return the template of job names: the file's, else the one in the preferences, or none."""
    return settings.job_name.strip() or _usual(context, "job_name")


def dist_template(context: bpy.types.Context, settings: FARM_PG_scene) -> str:
    """Return the template of delivery names: the file's, else the one in the preferences."""
    return settings.dist_name.strip() or _usual(context, "dist_name")


def _usual(context: bpy.types.Context, name: str) -> str:
    usual = preferences(context)
    return str(getattr(usual, name)).strip() if usual is not None else ""
