# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the tab into every state that people see and take its picture, for
``scripts/screenshots.py``.

Arguments: folder of the run, look (``guide``, ``narrow``, ``wide``, ``light``, ``large``). The
command line is a fake that says what a farm would; the boxes of the pictures are the results.
"""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER, LOOK = Path(driver.arguments()[0]), driver.arguments()[1]
VOLUME = "/mnt/farm"
RELEASE = "spring_catalogue"
NEVER = {"wait_for": str(FOLDER / "never")}
SIDE_BAR_PX = {"narrow": 220, "wide": 600, "large": 640}
DEFAULT_PX = 330
PANELS = ("FARM_PT_farm", "FARM_PT_release", "FARM_PT_jobs", "FARM_PT_delivery")
SHOTS = ("bowl", "vase_tall", "vase_round", "plate", "teapot", "jug", "cup")


def event(kind, **members):
    return {"event": kind, **members}


def row(table, key, **values):
    return event("row", table=table, key=key, values=values)


def farm(**changes):
    """Say how the farm is."""
    manager = {
        "address": "http://farm.local:8080",
        "is_local": False,
        "answers": True,
        "version": "3.9",
        "storage": VOLUME,
        "workers_awake": 4,
        "workers_total": 6,
        "message": "",
        "hint": "",
    }
    volume = {
        "root": VOLUME,
        "name": "pottery",
        "is_volume": True,
        "is_writable": True,
        "free_bytes": 1_240_000_000_000,
        "total_bytes": 4_000_000_000_000,
        "message": "",
        "hint": "",
    }
    workers = [
        row("workers", str(number), name=f"node-{number + 1}", status=status)
        for number, status in enumerate(("awake",) * 4 + ("asleep", "offline"))
    ]
    return [
        row("farm", "manager", **{**manager, **changes}),
        row("farm", "volume", **volume),
        *workers,
        row("releases", RELEASE, state="open", jobs=len(SHOTS)),
        row("releases", "autumn_catalogue", state="archived", jobs=40),
        row("releases", "winter_catalogue", state="archived", jobs=52),
    ]


def job(name, state, done, **changes):
    values = {
        "job": name,
        "state": state,
        "attempt": 1,
        "done": done,
        "total": 48,
        "message": "",
        "user": "",
        "priority": 50,
        "id": "",
        "eta_s": None,
        "url": "http://farm.local:8080/app/jobs/1",
    }
    return row("jobs", name, **{**values, **changes})


def jobs():
    """Say how the jobs stand."""
    return [
        job("bowl", "completed", 48),
        job("vase_tall", "active", 31, eta_s=260),
        job("vase_round", "active", 12, eta_s=720, attempt=2),
        job("plate", "completed", 48),
        job("teapot", "failed", 20, message="the Workers gave up after 3 tries"),
        job("jug", "queued", 0, eta_s=2500),
        job("cup", "paused", 0),
        row(
            "farm",
            "release",
            release=RELEASE,
            states={"completed": 2, "active": 2, "failed": 1, "queued": 1, "paused": 1},
            done=159,
            total=336,
            eta_s=2500,
            is_over=False,
            message="",
            hint="",
        ),
        event("order", table="jobs", start=0, keys=list(SHOTS), total=len(SHOTS)),
    ]


STALE = [
    row("stale", "plate", verdict="stale", reason="Texture terrazzo.png has changed"),
    row("stale", "bowl", verdict="unknown", reason="pottery.blend was saved again"),
]
FAILED_LOG = """\
Fra:21 Mem:812.44M (Peak 900.02M) | Remaining:00:41.20 | Sample 512/1024
CUDA error: Out of memory in cuMemAlloc_v2(&device_pointer, size)
Error: Failed to render frame 21
Blender quit
"""


def detail(picture):
    return event(
        "result",
        data={
            "job": "teapot",
            "state": "failed",
            "attempt": 1,
            "frames": "1-48",
            "output": f"{VOLUME}/releases/{RELEASE}/out/teapot",
            "url": "http://farm.local:8080/app/jobs/1",
            "failed": [
                {
                    "task": "render-21-30",
                    "status": "failed",
                    "worker": "node-3",
                    "activity": "Failed: command exited abnormally with code 1",
                    "log": FAILED_LOG,
                }
            ],
            "picture": picture,
            "frame_file": f"{VOLUME}/releases/{RELEASE}/out/teapot/000020.png",
        },
    )


def scene_row(scene, becomes, why="", frames="1-48", count=48):
    names = [f"{scene.lower()}_{number:06d}.png" for number in (1, 2, 3)]
    return row(
        "scenes",
        scene,
        scene=scene,
        camera="",
        view_layer="",
        job=f"pottery_{scene}",
        frames=frames,
        frame_count=count,
        width_px=1920,
        height_px=1080,
        engine="CYCLES",
        format="PNG",
        ok=becomes != "blocked",
        becomes=becomes,
        why=why,
        needs_bytes=260_000_000,
        names=names,
    )


def scenes():
    """Say what a check of the scenes finds."""
    first, second, third = [scene.name for scene in bpy.data.scenes][:3]
    return [
        scene_row(first, "new"),
        scene_row(second, "replace", "Texture terrazzo.png has changed"),
        scene_row(third, "blocked"),
        event(
            "finding",
            severity="error",
            code="no-camera",
            subject=f"Scene ‘{third}’",
            message="it has no camera",
            fix="choose the camera in the scene's properties",
            data={"scene": third},
        ),
        event(
            "finding",
            severity="warning",
            code="metadata-not-kept",
            subject=f"Scene ‘{second}’",
            message="TIFF cannot carry which job a frame is of",
            fix="",
        ),
        event(
            "result",
            data={"scenes": [{}, {}], "needs_bytes": 520_000_000, "free_bytes": 1_240_000_000_000},
        ),
    ]


def bad_frame(name, frame, problem):
    values = {"job": name, "frame": frame, "view": "", "code": "bad", "problem": problem}
    return row("frames", f"{name} {frame}", **values)


GATE_RESULT = event("result", data={"release": RELEASE, "passed": 157, "problems": [{}] * 30})


def gate():
    """Say what a check of the frames finds."""

    def one(name, state, passed, **changes):
        values = {
            "job": name,
            "state": state,
            "expected": 48,
            "passed": passed,
            "problems": 48 - passed if state == "bad" else 0,
            "why": "",
            "names": [f"{name}_{frame:06d}.png" for frame in (1, 2, 3)],
        }
        return row("gate", name, **{**values, **changes})

    return [
        one("bowl", "ok", 48),
        one("plate", "bad", 46, why="2 frames do not pass"),
        one("vase_tall", "waiting", 31, why="it renders"),
        one("vase_round", "waiting", 12, why="it renders"),
        one("teapot", "bad", 20, why="28 frames are missing"),
        *(bad_frame("plate", frame, "it is cut off") for frame in (17, 18)),
        *(bad_frame("teapot", frame, "it is missing") for frame in range(21, 49)),
    ]


def pictured(results, name, *, whole=False):
    """Take a picture, and note which part of it shows the tab."""
    yield from driver.screenshot(name)
    region = driver.region()
    box = [region.x, region.y, region.width, region.height]
    results[name] = {"box": None if whole else box}


def section(name):
    return panel.room("run").Section[name]


def wait_for_outcome(name):
    yield from driver.wait_until(
        lambda: panel.view().verb is None and section(name) in panel.view().outcomes, f"{name} ends"
    )


def follow(fake, *events):
    """Let the follower say something else."""
    fake.answer("status --follow", *events, NEVER)
    panel.view().stop_watching()
    panel.room("alarm").wake()
    told = len(events)
    yield from driver.wait_until(lambda: panel.view().watcher is not None, "it is followed")
    for _ in range(20 + told):
        yield
    answers = next(one["values"]["answers"] for one in events if one.get("key") == "manager")
    yield from driver.wait_until(
        lambda: (
            panel.view().farm.manager is not None and panel.view().farm.manager.answers == answers
        ),
        "the farm is told",
    )


def show_only(*names):
    """Show only these panels of the tab; the last one open."""
    SHOWN.clear()
    SHOWN.update(names)
    yield from driver.redraw()
    yield from driver.redraw()


SHOWN = set(PANELS)


def let_panels_be_chosen():
    """Give the panels a poll, and let none be closed when the tab is opened."""
    for name in PANELS:
        cls = getattr(bpy.types, name)
        bpy.utils.unregister_class(cls)
        cls.poll = classmethod(lambda one, context: one.__name__ in SHOWN)
        cls.bl_options = set()
        bpy.utils.register_class(cls)


def prepare():
    """Make the window look as it is asked for."""
    let_panels_be_chosen()
    preferences = bpy.context.preferences
    preferences.system.use_region_overlap = False
    preferences.system.use_online_access = True
    if LOOK == "light":
        folder = Path(bpy.utils.preset_paths("interface_theme")[0])
        bpy.ops.script.execute_preset(
            filepath=str(folder / "Blender_Light.xml"),
            menu_idname="USERPREF_MT_interface_theme_presets",
        )
    if LOOK == "large":
        preferences.view.ui_scale = 2.0
    yield from driver.redraw()
    yield from driver.open_farm_tab()
    yield from driver.widen_side_bar(SIDE_BAR_PX.get(LOOK, DEFAULT_PX))


def steps(results):
    fake = panel.FakeFarm(FOLDER)
    yield from prepare()
    yield from show_only(*PANELS[:3])
    yield from pictured(results, "no-volume")
    yield from release_pictures(results, fake)
    yield from job_pictures(results, fake)
    yield from delivery_pictures(results, fake)
    yield from preferences_picture(results)


def release_pictures(results, fake):
    settings = panel.preferences()
    settings.volume, settings.manager = VOLUME, "URL"
    settings.manager_url = "http://farm.local:8080"
    yield from follow(fake, *farm())
    yield from show_only("FARM_PT_farm")
    yield from pictured(results, "farm")
    silent = {"answers": False, "message": "http://farm.local:8080 does not answer"}
    hint = {"hint": "is it running, and is this computer on the studio's network?"}
    yield from follow(fake, *farm(**silent, **hint))
    yield from pictured(results, "farm-silent")
    yield from follow(fake, *farm())

    yield from show_only("FARM_PT_release")
    bpy.context.scene.farm.release = RELEASE
    yield from driver.redraw()
    yield from pictured(results, "release")
    fake.answer("plan", *scenes(), exit_status=0)
    panel.press("check")
    yield from wait_for_outcome("RELEASE")
    yield from pictured(results, "checked")
    progress = event("progress", topic="freeze", done=2, total=3)
    fake.answer("plan", event("result", data={}))
    fake.answer("submit", progress, NEVER)
    panel.press("submit")
    yield from driver.wait_until(
        lambda: panel.view().verb and panel.view().verb.fraction > 0, "it freezes"
    )
    yield from pictured(results, "submitting")
    panel.press("cancel")
    yield from driver.wait_until(lambda: panel.view().verb is None, "it is cancelled")
    panel.view().outcomes.clear()


def job_pictures(results, fake):
    fake.answer("status job", detail(os.environ["FARM_PICTURE"]))
    fake.answer("status --stale", *STALE, event("result", data={}))
    yield from show_only("FARM_PT_jobs")
    yield from follow(fake, *farm(), *jobs())
    yield from driver.wait_until(lambda: len(panel.session().jobs) == len(SHOTS), "jobs are there")
    panel.room("watching").expect_freshness(0.1)
    yield from driver.wait_until(
        lambda: panel.view().jobs.lines["plate"].verdict == "stale", "the badge is there"
    )
    panel.session().job_index = SHOTS.index("plate")
    yield from pictured(results, "jobs")
    yield from show_only(*PANELS)
    yield from pictured(results, "window", whole=True)
    yield from show_only("FARM_PT_jobs")
    panel.session().job_index = SHOTS.index("teapot")
    yield from driver.wait_until(lambda: panel.view().detail.document, "the job is told")
    yield from driver.wait_until(lambda: panel.room("pictures").icons()[0], "the picture is there")
    yield from pictured(results, "failed-job")
    panel.session().jobs[2].is_selected = panel.session().jobs[5].is_selected = True
    yield from pictured(results, "ticked")


def delivery_pictures(results, fake):
    yield from show_only("FARM_PT_delivery")
    fake.answer("harvest", *gate(), GATE_RESULT, exit_status=1)
    panel.press("check_frames")
    yield from wait_for_outcome("DELIVERY")
    panel.session().gate_index = 1
    yield from pictured(results, "gate")
    fake.answer("archive", event("progress", topic="archive", done=40, total=100), NEVER)
    region = driver.region()
    x, y = region.x + region.width // 2, region.y + region.height // 2
    yield from driver.move(x, y)
    panel.press("archive")
    yield from driver.redraw()
    yield from driver.screenshot("archive-asks")
    results["archive-asks"] = {"box": [x - 620, y - 140, 790, 620]}
    yield from driver.press("ESC", x, y)


def preferences_picture(results):
    area = driver.area()
    area.ui_type = "PREFERENCES"
    bpy.context.preferences.active_section = "EXTENSIONS"
    bpy.ops.preferences.addon_show(module=panel.PACKAGE)
    for _ in range(20):  # there is no 3D View any more whose drawing could be waited for
        area.tag_redraw()
        yield
    driver.take_picture("preferences")
    # Without the line that names this computer's folders.
    results["preferences"] = {"box": [175, 670, 1050, 250]}


driver.run(steps)
