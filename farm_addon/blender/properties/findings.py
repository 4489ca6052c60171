# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of findings, as the panels show them."""

from __future__ import annotations

import bpy
from bpy.props import CollectionProperty, IntProperty, StringProperty


class FARM_PG_finding(bpy.types.PropertyGroup):
    """A row of a list of findings."""

    severity: StringProperty(  # type: ignore[valid-type]
        name="Severity", description="Whether it blocks (error), or should be looked at"
    )
    code: StringProperty(  # type: ignore[valid-type]
        name="Code", description="What kind of finding it is"
    )
    subject: StringProperty(  # type: ignore[valid-type]
        name="Subject", description="What the finding is about"
    )
    message: StringProperty(  # type: ignore[valid-type]
        name="Message", description="What is wrong or odd"
    )
    data: StringProperty(  # type: ignore[valid-type]
        name="Data", description="Exact names of what it is about, as JSON"
    )
    fix: StringProperty(  # type: ignore[valid-type]
        name="Fix", description="What to do about it"
    )


class FARM_PG_findings(bpy.types.PropertyGroup):
    """A list of findings and which of them is shown in full."""

    items: CollectionProperty(type=FARM_PG_finding)  # type: ignore[valid-type]
    index: IntProperty(  # type: ignore[valid-type]
        name="Finding", description="The finding that is shown in full", min=0
    )


CLASSES = (FARM_PG_finding, FARM_PG_findings)
