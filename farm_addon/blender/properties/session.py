# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``WindowManager.farm``: what this session of Blender knows about the release."""

from __future__ import annotations

import bpy
from bpy.props import CollectionProperty, IntProperty, PointerProperty, StringProperty

from .findings import FARM_PG_findings


class FARM_PG_job(bpy.types.PropertyGroup):
    """A row of the list of jobs; ``name`` is the job's."""

    state: StringProperty(  # type: ignore[valid-type]
        name="State", description="What the Manager says about the job"
    )
    attempt: IntProperty(  # type: ignore[valid-type]
        name="Attempt", description="How often the job was sent to the farm", min=0
    )
    done: IntProperty(  # type: ignore[valid-type]
        name="Done", description="How many of the job's steps are done", min=0
    )
    total: IntProperty(  # type: ignore[valid-type]
        name="Total", description="How many steps the job has, 0 where that is not known", min=0
    )
    message: StringProperty(  # type: ignore[valid-type]
        name="Message", description="What is worth knowing about the job"
    )


class FARM_PG_session(bpy.types.PropertyGroup):
    """What this session of Blender knows about the release."""

    scene_index: IntProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that is selected in the list", min=0
    )
    jobs: CollectionProperty(type=FARM_PG_job)  # type: ignore[valid-type]
    job_index: IntProperty(  # type: ignore[valid-type]
        name="Job", description="Job whose message is shown in full", min=0
    )
    release_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]
    delivery_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]


def session(context: bpy.types.Context) -> FARM_PG_session:
    """Return what this session of Blender knows."""
    return context.window_manager.farm  # type: ignore[union-attr, no-any-return]


CLASSES = (FARM_PG_job, FARM_PG_session)
