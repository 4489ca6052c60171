# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archiving asks first; Esc leaves all as it is."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    scene = bpy.context.scene
    scene.farm.volume, scene.farm.release = str(FOLDER / "volume"), "ep01"
    farm.answer("archive", {"event": "result", "data": {"archive": "a", "size_bytes": 12}})
    yield from driver.open_farm_tab()
    yield from panel.open_panel("FARM_PT_delivery")
    x, y = yield from panel.find("bpy.ops.farm.archive", panel.LEFT, is_low=True)
    yield from driver.click(x, y)
    yield from driver.screenshot("asked")
    yield from driver.press("ESC", x, y)
    results["after_esc"] = farm.command_lines()
    yield from driver.move(x - 200, y)
    yield from driver.click(x, y)
    yield from driver.press("RET", x, y)
    section = panel.room("run").Section.DELIVERY
    yield from driver.wait_until(lambda: section in panel.view().outcomes, "it is archived")
    results["outcome"] = panel.view().outcomes[section].text
    results["said_yes"] = ["--yes" in line for line in farm.command_lines()]


driver.run(steps)
