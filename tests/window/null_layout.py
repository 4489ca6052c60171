# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long our own Python takes to draw the tab, without Blender's layout behind it.

Runs in Blender: panels and rows are drawn into a layout that takes everything and makes nothing.
"""

import statistics
import time
from typing import Any

import bpy
import driver
import panel

PANELS = ("FARM_PT_farm", "FARM_PT_release", "FARM_PT_jobs", "FARM_PT_delivery")
VISIBLE_ROWS = 10
ROUNDS = 100


class NullLayout:
    """Has every method of a layout; each returns the layout again."""

    def __getattr__(self, name: str) -> Any:
        return self._take

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def _take(self, *arguments: Any, **options: Any) -> "NullLayout":
        return self

    def panel(self, idname: str, default_closed: bool = False) -> Any:
        """Return header and body of a sub-panel that nobody has clicked."""
        return self, None if default_closed else self


def measure() -> dict[str, float]:
    """Return seconds of processor per drawing: of the rows of jobs, and of the whole tab with
    them. Medians.
    """
    layout = NullLayout()
    window, area, region = driver.window(), driver.area(), driver.region()
    with bpy.context.temp_override(window=window, area=area, region=region):
        rows = [_seconds(lambda: _draw_rows(layout)) for _ in range(ROUNDS)]
        panels = [_seconds(lambda: _draw_panels(layout)) for _ in range(ROUNDS)]
    rows_s = statistics.median(rows)
    return {"rows_s": rows_s, "tab_s": statistics.median(panels) + rows_s}


def _draw_rows(layout: NullLayout) -> None:
    current, draw = panel.session(), bpy.types.FARM_UL_jobs.draw_item
    for index, item in enumerate(current.jobs[:VISIBLE_ROWS]):
        draw(layout, bpy.context, layout, current, item, 0, current, "job_index", index, 0)


def _draw_panels(layout: NullLayout) -> None:
    for name in PANELS:
        getattr(bpy.types, name).draw_in(layout, layout, bpy.context)


def _seconds(function: Any) -> float:
    begun = time.thread_time()
    function()
    return time.thread_time() - begun
