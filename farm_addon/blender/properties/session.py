# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``WindowManager.farm``: what this session of Blender knows about the release."""

from __future__ import annotations

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..waking import wake
from .findings import FARM_PG_findings
from .ticks import forget_count

JOB_SORTS = (
    ("plan", "Plan", "As they were planned"),
    ("name", "Name", "By name"),
    ("state", "State", "What needs somebody first, then what renders, what waits, what is done"),
    ("progress", "Progress", "By how much is rendered"),
    ("eta", "Time Left", "By when they are expected to be done"),
    ("attempt", "Attempt", "By how often they were sent to the farm"),
    ("priority", "Priority", "By their priority on the Manager"),
    ("updated", "Last Change", "By when something happened to them last"),
)


class FARM_PG_job(bpy.types.PropertyGroup):
    """A row of the list of jobs: what is selected. Row i shows ``view.jobs.order[i]``; all that is
    known about the job ``name`` is in ``view.jobs.lines``."""

    is_selected: BoolProperty(  # type: ignore[valid-type]
        name="Select",
        description="Select this job, to do something with several at once",
        default=False,
        update=forget_count,
    )


class FARM_PG_unit(bpy.types.PropertyGroup):
    """A row of the list of cameras or view layers; ``name`` is what it is found by."""

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that it is in"
    )
    camera: StringProperty(  # type: ignore[valid-type]
        name="Camera", description="Camera that it is rendered through"
    )
    view_layer: StringProperty(  # type: ignore[valid-type]
        name="View Layer", description="View layer that is rendered"
    )


class FARM_PG_gate_job(bpy.types.PropertyGroup):
    """A row of the list of the gate's verdicts. Row i shows ``view.gate.order[i]``; all that is
    known about the job ``name`` is in ``view.gate.lines``."""


class FARM_PG_session(bpy.types.PropertyGroup):
    """What this session of Blender knows about the release."""

    scene_index: IntProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that is selected in the list", min=0
    )
    units: CollectionProperty(type=FARM_PG_unit)  # type: ignore[valid-type]
    unit_index: IntProperty(  # type: ignore[valid-type]
        name="Row", description="Camera or view layer that is selected in the list", min=0
    )
    jobs: CollectionProperty(type=FARM_PG_job)  # type: ignore[valid-type]
    job_index: IntProperty(  # type: ignore[valid-type]
        name="Job", description="Job whose details are shown", min=0, update=wake
    )
    job_filter: StringProperty(  # type: ignore[valid-type]
        name="Filter",
        description="Show only jobs that match: a part of the name, or a query such as "
        "status:failed age>2d",
        maxlen=4000,
        update=wake,
    )
    job_sort: EnumProperty(  # type: ignore[valid-type]
        name="Sort By",
        description="Order of the jobs",
        items=JOB_SORTS,
        default="plan",
        update=wake,
    )
    is_sort_reversed: BoolProperty(  # type: ignore[valid-type]
        name="Reverse", description="Show the jobs in the opposite order", update=wake
    )
    gate: CollectionProperty(type=FARM_PG_gate_job)  # type: ignore[valid-type]
    gate_index: IntProperty(  # type: ignore[valid-type]
        name="Job", description="Job whose frames are told in full", min=0
    )
    release_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]
    delivery_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]


def session(context: bpy.types.Context) -> FARM_PG_session:
    """Return what this session of Blender knows."""
    return context.window_manager.farm  # type: ignore[union-attr, no-any-return]


CLASSES = (FARM_PG_job, FARM_PG_gate_job, FARM_PG_unit, FARM_PG_session)
