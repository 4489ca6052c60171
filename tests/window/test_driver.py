# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the other tests here rely on: clicks arrive, pictures show the window, failures are told."""

import textwrap
from pathlib import Path

import OpenImageIO as oiio
import pytest

HEADER = """\
import os, sys
sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy, driver

"""


def write_script(folder: Path, steps: str) -> Path:
    path = folder / "script.py"
    body = textwrap.indent(textwrap.dedent(steps), "    ")
    text = f"{HEADER}def steps(results):\n{body}\n\ndriver.run(steps)\n"
    path.write_text(text, encoding="utf-8")
    return path


def brightness_range(path: Path) -> float:
    """Return the difference between the brightest and the darkest channel value of a picture."""
    image = oiio.ImageBuf(str(path))
    assert not image.has_error, image.geterror()
    stats = oiio.ImageBufAlgo.computePixelStats(image)
    return float(max(stats.max) - min(stats.min))


def test_clicks_in_the_viewport_select_and_deselect(blender_window, tmp_path):
    script = write_script(
        tmp_path,
        """
        view = driver.region("WINDOW")
        middle = (view.x + view.width // 2, view.y + view.height // 2)
        yield from driver.click(view.x + view.width // 2, view.y + 20)
        results["beside"] = [o.name for o in bpy.context.view_layer.objects if o.select_get()]
        yield from driver.click(*middle)
        results["middle"] = [o.name for o in bpy.context.view_layer.objects if o.select_get()]
        yield from driver.screenshot("viewport")
        """,
    )
    results = blender_window.run(script)
    assert results == {"beside": [], "middle": ["Cube"]}
    assert brightness_range(blender_window.screenshots / "viewport.png") > 0.5


def test_the_side_bar_opens_on_the_farm_tab(blender_window, tmp_path):
    script = write_script(
        tmp_path,
        """
        yield from driver.open_farm_tab()
        results["tab"] = driver.region().active_panel_category
        """,
    )
    assert blender_window.run(script) == {"tab": "Farm"}


def test_a_failed_step_is_told_with_a_picture_of_the_window(blender_window, tmp_path):
    script = write_script(tmp_path, 'yield\nraise ValueError("the third row is missing")')
    with pytest.raises(pytest.fail.Exception, match="the third row is missing"):
        blender_window.run(script)
    picture = blender_window.artifacts / f"{blender_window.name}.png"
    assert brightness_range(picture) > 0.5


def test_a_condition_that_never_comes_true_ends_at_its_deadline(blender_window, tmp_path):
    script = write_script(
        tmp_path, 'yield from driver.wait_until(lambda: False, "pigs fly", timeout_s=0.3)'
    )
    with pytest.raises(pytest.fail.Exception, match=r"After 0 s .* not so that pigs fly"):
        blender_window.run(script)


def test_a_blender_that_ends_by_itself_is_told(blender_window, tmp_path):
    script = write_script(tmp_path, "yield\nos._exit(3)")
    with pytest.raises(pytest.fail.Exception, match="Blender ended with 3 before"):
        blender_window.run(script)
