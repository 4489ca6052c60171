# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a real Blender in the background lives, is stopped, and dies with its parent."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import farm_addon
from farm_addon.background.crashes import BlenderCrashedError, BlenderStoppedError
from farm_addon.background.decoder import BackgroundDecoder
from farm_addon.background.freezer import BackgroundFreezer
from farm_addon.background.launcher import blender_child
from farm_addon.background.renderer import render_frames
from farm_addon.background.runtime import BlenderRuntime, examine, find_runtime
from farm_addon.background.session import BlenderSession
from farm_addon.core.errors import BlenderError
from tests.background.conftest import MakeBlend
from tests.fakes.pictures import png, write_picture
from tests.packaging.installation import is_alive, wait_until

ROOT = Path(farm_addon.__file__).parents[1]
SOON_S = 60.0

# Minutes of work in one frame; a folder for what it may write.
HEAVY = """
s.cycles.samples = 1_000_000
s.cycles.use_adaptive_sampling = False
s.render.resolution_x, s.render.resolution_y = 640, 480
"""

PARENT = """
import sys
from pathlib import Path
from farm_addon.background.renderer import render_frames
from farm_addon.background.runtime import BlenderRuntime
from farm_addon.background.session import BlenderSession
runtime, blend, output, log = sys.argv[1:]
session = BlenderSession(BlenderRuntime.parse(runtime), log=Path(log))
session.start()
def tell(text, done, total):
    print(session.pid, text, flush=True)
list(render_frames(session, Path(blend), scene=None, output=output, file_format=None, frames=[1],
                   on_progress=tell))
"""


@pytest.fixture(scope="module")
def heavy(make_blend: MakeBlend) -> Path:
    return make_blend("heavy", HEAVY)


def is_rendering(pid: int) -> bool:
    """Tell whether a process has used the processor for a while since it was asked to render."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100 > 3.0


def test_hello_tells_which_blender_it_is(session: BlenderSession, runtime: BlenderRuntime) -> None:
    assert session.build.version >= (4, 2, 0)
    assert session.build.version_file[:2] == session.build.version[:2]
    assert session.build.build_hash
    assert session.build.is_wheel == runtime.is_wheel
    assert session.build.program


def test_program_is_known_for_what_it_is(runtime: BlenderRuntime) -> None:
    assert examine(runtime.program) == runtime
    assert find_runtime("", {"BLENDER": str(runtime.program)}) == runtime


@pytest.mark.parametrize(
    ("module", "args", "status"),
    [
        ("farm_addon.cli", ["--version"], 0),
        ("farm_addon.cli", ["no such verb"], 2),
        ("farm_addon.nothing", [], 1),
    ],
)
def test_exit_status_of_a_module_is_that_of_blender(
    runtime: BlenderRuntime, module: str, args: list[str], status: int
) -> None:
    process = blender_child(runtime, module, args)
    _, talk = process.communicate(timeout=SOON_S)
    assert process.returncode == status, talk


def test_unknown_operation_is_refused(session: BlenderSession) -> None:
    with pytest.raises(BlenderError, match="knows no 'dance'"):
        session.ask("dance", doing="asking for a dance")
    assert session.is_alive


def test_request_without_its_members_is_an_error_with_a_traceback(
    session: BlenderSession, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BlenderError, match="could not render"):
        session.ask("render", doing="asking badly")
    assert "KeyError: 'blend'" in caplog.text
    assert session.is_alive


def test_nothing_is_left_in_the_temporary_folder(
    runtime: BlenderRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for variable in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(variable, str(temporary))
    with BlenderSession(runtime, log=tmp_path / "log") as session:
        pid = session.pid
        # Libraries of a distribution may leave things of their own there.
        assert len(list(temporary.glob("blender_*"))) == 1
    assert not is_alive(pid)
    assert list(temporary.glob("blender_*")) == []


def test_working_blender_is_not_silent(
    runtime: BlenderRuntime, heavy: Path, tmp_path: Path
) -> None:
    news: list[str] = []
    with BlenderSession(runtime, log=tmp_path / "log") as session:
        # The frame takes longer than this test; its sign of life comes every two seconds.
        stop = threading.Timer(8.0, session.kill)
        stop.start()
        with pytest.raises(BlenderStoppedError, match=r"rendering .* \(frame 1\)"):
            list(
                render_frames(
                    session,
                    heavy,
                    scene=None,
                    output=str(tmp_path / "######"),
                    file_format=None,
                    frames=[1],
                    on_progress=lambda text, done, total: news.append(text),
                    quiet_timeout_s=5.0,
                )
            )
        stop.join()
    assert news.count("frame 1") >= 2


def test_stopped_blender_is_told_as_stuck(
    runtime: BlenderRuntime, heavy: Path, tmp_path: Path
) -> None:
    with BlenderSession(runtime, log=tmp_path / "log") as session:
        frames = session.request(
            "render",
            doing="rendering",
            blend=str(heavy),
            scene=None,
            output=str(tmp_path / "######"),
            file_format=None,
            frames=[1],
            quiet_timeout_s=3.0,
        )
        next(frames)
        session_process = session.pid
        subprocess.run(["kill", "-STOP", str(session_process)], check=True)
        with pytest.raises(BlenderCrashedError, match="no sign of life"):
            list(frames)
    assert not is_alive(session_process)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_blender_in_the_middle_of_a_frame_dies_with_its_parent(
    runtime: BlenderRuntime, heavy: Path, tmp_path: Path, number: signal.Signals
) -> None:
    arguments = [runtime.text(), str(heavy), str(tmp_path / "######"), str(tmp_path / "log")]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as parent:
        try:
            assert parent.stdout
            text = ""
            while not text.startswith("frame"):
                pid, _, text = parent.stdout.readline().partition(" ")
            blender = int(pid)
            wait_until(lambda: is_rendering(blender), SOON_S, "it does not render")
            began_s = time.monotonic()
            parent.send_signal(number)
            wait_until(lambda: not is_alive(blender), SOON_S, "Blender outlived its parent")
            assert time.monotonic() - began_s < 10.0
        finally:
            parent.kill()
    assert list(tmp_path.glob("*.png")) == []


def test_scripts_in_a_file_run_only_where_allowed(
    runtime: BlenderRuntime, make_blend: MakeBlend, tmp_path: Path
) -> None:
    marker = tmp_path / "script ran"
    code = f"""
text = bpy.data.texts.new("rig.py")
text.write("open({str(marker)!r}, 'w').close()")
text.use_module = True
"""
    blend = make_blend("scripted", code)
    for is_allowed in (False, True):
        with BlenderSession(runtime, log=tmp_path / "log", allow_scripts=is_allowed) as session:
            rendered = render_frames(
                session, blend, scene=None, output=str(tmp_path / f"{is_allowed}_######"),
                file_format=None, frames=[1],
            )  # fmt: skip
            assert len(list(rendered)) == 1
        assert marker.exists() == is_allowed


def test_freezer_reads_a_file_and_is_told_of_one_that_is_missing(
    runtime: BlenderRuntime, make_blend: MakeBlend, tmp_path: Path
) -> None:
    blend = make_blend("facts", "another('Other')")
    with BackgroundFreezer(runtime, tmp_path / "log") as freezer:
        facts = freezer.read(blend)
        assert [scene.name for scene in facts.scenes] == ["Main", "Other"]
        assert facts.active_scene == "Main"
        assert facts.build == freezer.build()
        with pytest.raises(BlenderError, match="nothing.blend"):
            freezer.read(tmp_path / "nothing.blend")
        assert freezer.read(blend) == facts


def test_blender_decodes_frames_with_its_own_openimageio(
    runtime: BlenderRuntime, session: BlenderSession, tmp_path: Path
) -> None:
    if not session.has_openimageio:
        pytest.skip("this Blender brings no OpenImageIO for Python")
    pytest.importorskip("OpenImageIO")
    whole = write_picture(tmp_path / "a.exr", pixel_type="half", texts={"Note": "farm:{}"})
    cut = write_picture(tmp_path / "b.exr", pixel_type="half")
    cut.write_bytes(cut.read_bytes()[:-50])
    picture = tmp_path / "c.png"
    picture.write_bytes(png(16, 12))
    with BackgroundDecoder(lambda: runtime, tmp_path / "log") as decoder:
        assert decoder.can_decode("openexr")
        first, second, third = decoder.decode([whole, cut, picture])
    assert (first.problem, first.note, first.format_name) == ("", "farm:{}", "openexr")
    assert second.problem
    assert (third.problem, third.width_px, third.height_px) == ("", 16, 12)
