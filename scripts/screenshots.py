# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the pictures of the panel that the user guide shows, in a real window.

::

    python3 scripts/screenshots.py [--get-blender] [--look guide]… [--artifacts FOLDER]

Blender, display and extension are found, or got, as ``scripts/test.py`` does. The tab is brought
into each state by a fake command line, so that pictures are the same on every machine. The look
``guide`` goes to ``docs/guide/images``; narrow and wide side bars, the light theme and double
scale go to the folder for artifacts, to be looked at before a release.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.append(str(PROJECT))

from caches import SetupError, cache_folder, say  # noqa: E402
from test_bench import Bench, StepError  # noqa: E402

from tests.window.launch import BlenderWindow, WindowError, virtual_display  # noqa: E402

LOOKS = ("guide", "narrow", "wide", "light", "large")
GUIDE = PROJECT / "docs" / "guide" / "images"
SCRIPT = PROJECT / "tests" / "window" / "scripts" / "pictures.py"
CROP_SCRIPT = Path(__file__).with_name("crop_pictures.py")
TIMEOUT_S = 300.0
WIDTH_PX, HEIGHT_PX = 1500, 1200


def take(bench: Bench, display: str, look: str, target: Path) -> None:
    """Take all pictures in one look, and put them into a folder."""
    folder = bench.work / look
    home = folder / "home"
    home.mkdir(parents=True)
    shutil.copytree(bench.resources(), folder / "resources", symlinks=True)
    window = BlenderWindow(
        executable=bench.needed_blender().path,
        display=display,
        folder=folder,
        resources=folder / "resources",
        artifacts=bench.cache / "screenshots",
        name=look,
        picture_program=str(bench.display_tool("import")),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        environment={"HOME": str(home), "XDG_STATE_HOME": str(home / "state")},
    )
    blend = _demo(bench)
    picture = blend.parent / "textures" / "terrazzo.png"
    window.environment["FARM_PICTURE"] = str(picture)
    boxes = window.run(SCRIPT, folder, look, blend=blend, timeout_s=TIMEOUT_S)
    target.mkdir(parents=True, exist_ok=True)
    for name, told in boxes.items():
        crop(bench, window.screenshots / f"{name}.png", target / f"{name}.png", told["box"])
        say(f"  {target / name}.png")


def crop(bench: Bench, source: Path, target: Path, box: list[int] | None) -> None:
    """Write the part of a picture that shows the tab, small in bytes.

    :param box: left, lower edge, width, height, from the display's lower left corner; None for all.
    """
    words = [str(one) for one in box or ()]
    command = [str(bench.plain_python()), str(CROP_SCRIPT), str(source), str(target), *words]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=60)


def _demo(bench: Bench) -> Path:
    """Return the demo's .blend, made anew."""
    folder = bench.work / "demo"
    if not folder.exists():
        command: list[Any] = [bench.needed_blender().path, "--background", "--factory-startup"]
        command += ["--python-exit-code", "1", "--python", PROJECT / "scripts" / "demo_scene.py"]
        subprocess.run(
            [*map(str, command), "--", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=TIMEOUT_S,
        )
    return folder / "pottery.blend"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Take the pictures of the panel.")
    parser.add_argument("--get-blender", action="store_true", help="get a Blender if need be")
    parser.add_argument("--look", action="append", choices=LOOKS, help="only this one")
    parser.add_argument("--artifacts", type=Path, help="where the other looks go")
    options = parser.parse_args()
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    artifacts = options.artifacts or cache / "screenshots"
    try:
        with ExitStack() as closing:
            work = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="farm-shots-")))
            bench = Bench(PROJECT, cache, work, gets_missing=options.get_blender)
            bench.look_around()
            xvfb = str(bench.display_tool("Xvfb"))
            display = closing.enter_context(virtual_display(xvfb, work, WIDTH_PX, HEIGHT_PX))
            for look in options.look or LOOKS:
                say(f"== {look} ==")
                take(bench, display, look, GUIDE if look == "guide" else artifacts / look)
    except (SetupError, StepError, WindowError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
