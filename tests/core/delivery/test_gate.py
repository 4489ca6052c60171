# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate on real PNG files: what is wrong, what is odd, what does not belong there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from farm_addon.core.delivery.harvest import Harvest
from farm_addon.core.delivery.oddities import LISTED_MAX
from farm_addon.core.planning.scene_facts import FileFacts, View
from farm_addon.core.provenance import find_in_note
from farm_addon.core.workspace import Workspace
from farm_addon.decoding.decoder import LocalDecoder
from tests.core.delivery.conftest import OddDecoder
from tests.core.flow import NAME, Flow
from tests.fakes.farm import file_facts, frame_bytes, scene_facts
from tests.fakes.pictures import png, write_picture


def note_of(frame: Path) -> str:
    """Return the note that a double of a frame carries."""
    return frame.read_bytes()[:-32].decode().partition("\n")[2]


def picture(note: str, frame: int, *, width: int = 64, shade: int = 0) -> bytes:
    """Return a PNG as Blender would write it; ``shade`` makes its pixels unlike another's."""
    rows = b"".join(b"\0" + bytes((shade + x) % 251 for x in range(width * 4)) for _ in range(36))
    texts = [(b"Note", note.encode()), (b"Frame", f"{frame:03d}".encode())]
    return png(width, 36, texts=texts, rows=rows)


@pytest.fixture
def real(flow: Flow) -> Flow:
    """The release with real PNG files for its frames."""
    flow.decoder = LocalDecoder()
    for job, count in (("pack_A", 3), ("pack_B", 1)):
        for frame in range(1, count + 1):
            path = flow.frame(job, frame)
            path.write_bytes(picture(note_of(path), frame, shade=frame))
    return flow


def told(result: Harvest) -> list[tuple[str, int, str]]:
    return [(one.job, one.frame, one.code) for one in result.problems]


def test_whole_frames_pass(real: Flow) -> None:
    result = real.harvest()
    assert (result.problems, result.findings, result.frames) == ((), (), 4)


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _be_another_frame(path: Path) -> None:
    path.write_bytes(path.with_name("000001.png").read_bytes())


def _be_narrow(path: Path) -> None:
    path.write_bytes(picture("", 2, width=32))


def _lose_the_stamp(path: Path) -> None:
    path.write_bytes(picture("a studio's own note", 2))


def _be_of_another_job(path: Path) -> None:
    path.write_bytes((path.parent.parent / "pack_B" / "000001.png").read_bytes())


def _be_a_bitmap(path: Path) -> None:
    path.write_bytes(b"BM" + bytes(200))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (Path.unlink, "missing"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: (path.unlink(), path.mkdir()), "no-file"),
        (lambda path: (path.unlink(), path.symlink_to("000001.png")), "no-file"),
        (_cut_short, "undecodable"),
        (_flip_a_bit, "undecodable"),
        (_be_a_bitmap, "undecodable"),
        (_be_narrow, "wrong-size"),
        (_lose_the_stamp, "no-stamp"),
        (_be_of_another_job, "foreign-stamp"),
        (_be_another_frame, "wrong-frame"),
    ],
)
def test_a_bad_frame_is_named_and_nothing_moves(
    real: Flow, damage: Callable[[Path], object], code: str
) -> None:
    damage(real.frame("pack_A", 2))
    result = real.harvest()
    assert told(result) == [("pack_A", 2, code)]
    assert not real.dist.exists()


def test_a_late_frame_of_another_attempt_does_not_pass(real: Flow) -> None:
    path = real.frame("pack_A", 3)
    stamp = find_in_note(note_of_png(path))
    assert stamp is not None
    path.write_bytes(picture(note_of_png(path).replace('"attempt":1', '"attempt":2'), 3, shade=3))
    assert told(real.harvest()) == [("pack_A", 3, "foreign-stamp")]


def note_of_png(path: Path) -> str:
    (verdict,) = LocalDecoder().decode([path])
    return verdict.note


def test_channels_are_those_that_were_planned(workspace: Workspace, tmp_path: Path) -> None:
    flow = Flow(workspace, tmp_path / "work")
    scene = scene_facts("A", color_mode="RGB", frame_end=1)
    flow.facts = lambda: file_facts(str(flow.blend), scene)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    (result,) = flow.harvest().problems
    assert (result.code, result.problem) == ("wrong-channels", "it has 4 channels, not 3 (RGB)")


def test_warnings_are_told_per_job_and_hold_nothing_back(flow: Flow, decoder: OddDecoder) -> None:
    decoder.odd = {
        "pack_A/000001.png": {"is_black": True, "pixels_digest": "0"},
        "pack_A/000002.png": {"is_black": True, "pixels_digest": "0"},
        "pack_A/000003.png": {"bad_pixels": 7},
        "pack_B/000001.png": {"pixels_digest": "0"},
    }
    result = flow.harvest()
    assert result.frames == 4
    assert [(one.subject, one.message) for one in result.findings] == [
        (
            "Job ‘pack_A’",
            "frame 3 has pixels that are no numbers (NaN) or infinite: 7",
        ),
        ("Job ‘pack_A’", "frames 1,2 are black"),
    ]


def test_frames_with_the_same_pixels_are_a_warning(real: Flow) -> None:
    for frame in (2, 3):
        path = real.frame("pack_A", frame)
        path.write_bytes(picture(note_of_png(path), frame, shade=1))
    result = real.harvest()
    assert result.frames == 4
    assert [one.code for one in result.findings] == ["identical-frames"]
    assert result.findings[0].message.startswith("frames 2,3 have the same pixels")


def test_a_frame_that_failed_is_no_neighbour(real: Flow) -> None:
    path = real.frame("pack_A", 3)
    path.write_bytes(picture(note_of_png(path), 3, shade=1))
    _cut_short(real.frame("pack_A", 2))
    assert real.harvest().findings == ()


def test_foreign_files_are_listed(flow: Flow) -> None:
    folder = flow.frame("pack_A", 1).parent
    (folder / "notes.txt").write_text("call the client")
    (folder / "000099.png").write_bytes(b"")
    (folder / "rejected").mkdir()
    (folder / "attempt-2").mkdir()
    result = flow.harvest()
    assert result.frames == 4
    assert [(one.code, one.message) for one in result.findings] == [
        ("foreign-files", "'000099.png', 'notes.txt' in its folder is not of its own making")
    ]


def test_a_frame_that_is_delivered_is_no_foreign_file(flow: Flow) -> None:
    missing = flow.frame("pack_A", 3)
    kept = missing.read_bytes()
    missing.unlink()
    first = flow.frame("pack_A", 1).read_bytes()
    flow.harvest(is_partial=True)
    missing.write_bytes(kept)
    flow.frame("pack_A", 1).write_bytes(first)  # as a Worker would that was given the task again
    result = flow.harvest()
    assert (result.frames, result.findings) == (1, ())


def test_a_frame_without_stamp_that_is_older_than_its_file_is_a_warning(
    workspace: Workspace, tmp_path: Path, decoder: OddDecoder
) -> None:
    flow = Flow(workspace, tmp_path / "work", decoder=decoder)
    scene = scene_facts("A", file_format="BMP", extension=".bmp", frame_end=2)
    flow.facts = lambda: file_facts(str(flow.blend), scene)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    paths = [flow.frame("pack", frame).with_suffix(".bmp") for frame in (1, 2)]
    decoder.odd = {f"pack/{path.name}": {"format_name": "bmp", "note": ""} for path in paths}
    os.utime(paths[1], (1, 1))
    result = flow.harvest()
    assert (result.frames, [one.message for one in result.findings]) == (
        2,
        ["frame 2 is older than the frozen file that it should be rendered from"],
    )


def test_every_view_of_a_frame_must_pass(workspace: Workspace, tmp_path: Path) -> None:
    flow = stereo(workspace, tmp_path)
    flow.frame("pack", 2).with_name("000002_R.png").unlink()
    result = flow.harvest(is_partial=True)
    assert [(one.frame, one.view) for one in result.problems] == [(2, "right")]
    assert sorted(path.name for path in flow.dist.iterdir()) == [
        "pack_000001_left.png",
        "pack_000001_right.png",
    ]


def stereo(workspace: Workspace, tmp_path: Path) -> Flow:
    """Return a rendered release of one job with two frames of two views."""
    flow = Flow(workspace, tmp_path / "work")
    views = (View("left", "_L"), View("right", "_R"))

    def facts() -> FileFacts:
        return file_facts(str(flow.blend), scene_facts("A", frame_end=2, views=views))

    flow.facts = facts  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    for frame in (1, 2):
        path = flow.frame("pack", frame)
        for view in views:
            path.with_name(f"{path.stem}{view.file_suffix}.png").write_bytes(path.read_bytes())
        path.unlink()
    return flow


def test_many_jobs_with_the_same_warning_are_counted(
    workspace: Workspace, tmp_path: Path, decoder: OddDecoder
) -> None:
    flow = Flow(workspace, tmp_path / "work", decoder=decoder)
    scenes = [scene_facts(f"s{number:03d}", frame_end=1) for number in range(LISTED_MAX + 3)]
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    decoder.odd = {f"pack_{scene.name}/000001.png": {"is_black": True} for scene in scenes}
    assert len(flow.harvest().findings) == LISTED_MAX + 3
    reporter = workspace.reporter
    told = [one for one in reporter.findings if one.code == "black-frames"]  # type: ignore[attr-defined]
    assert (len(told), told[-1].subject) == (LISTED_MAX + 1, "3 more job(s)")


def test_every_frame_is_decoded_once(flow: Flow, decoder: OddDecoder) -> None:
    flow.harvest()
    assert len(decoder.decoded) == 4
    assert flow.harvest().frames == 0
    assert len(decoder.decoded) == 4


def test_the_report_tells_what_passed_and_what_is_odd(flow: Flow, decoder: OddDecoder) -> None:
    import json

    report = flow.workspace.volume.reports(NAME) / "harvest.json"
    flow.frame("pack_A", 2).write_bytes(frame_bytes(64, 36, "")[:-3])
    decoder.odd = {"pack_A/000001.png": {"is_black": True}}
    flow.harvest()
    data = json.loads(report.read_text())
    assert (data["delivery"], data["frames"]) == ("", 0)
    assert [one["code"] for one in data["problems"]] == ["undecodable"]
    result = flow.harvest(is_partial=True)
    data = json.loads(report.read_text())
    assert data["delivery"] == result.delivery
    assert (data["frames"], data["jobs"]) == (3, {"pack_A": 1, "pack_B": 1})
    assert [one["code"] for one in data["warnings"]] == ["black-frames"]


@pytest.fixture
def exr(workspace: Workspace, tmp_path: Path) -> Flow:
    """A rendered release of one job with three real OpenEXR frames."""
    pytest.importorskip("OpenImageIO")
    flow = Flow(workspace, tmp_path / "work", decoder=LocalDecoder())
    scene = scene_facts("A", file_format="OPEN_EXR", extension=".exr", color_mode="RGB")
    flow.facts = lambda: file_facts(str(flow.blend), scene)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    for frame in (1, 2, 3):
        write_exr(flow, frame, 0.1 * frame)
    return flow


def exr_frame(flow: Flow, frame: int) -> Path:
    return flow.frame("pack", frame).with_suffix(".exr")


def write_exr(flow: Flow, frame: int, level: float) -> None:
    """Put a real file of one colour in the place of a frame, with the frame's note."""
    path = exr_frame(flow, frame)
    note = note_of(path)
    path.unlink()
    texts = {"Note": note, "Frame": f"{frame:03d}"}
    write_picture(path, 64, 36, pixel_type="half", level=level, texts=texts)


def test_whole_openexr_frames_pass(exr: Flow) -> None:
    result = exr.harvest()
    assert (result.problems, result.findings, result.frames) == ((), (), 3)


def test_a_cut_openexr_frame_does_not_pass(exr: Flow) -> None:
    path = exr_frame(exr, 2)
    path.write_bytes(path.read_bytes()[:-40])
    assert told(exr.harvest()) == [("pack", 2, "undecodable")]


@pytest.mark.parametrize(("level", "code"), [(float("nan"), "bad-pixels"), (0.0, "black-frames")])
def test_openexr_pixels_that_are_odd_are_a_warning(exr: Flow, level: float, code: str) -> None:
    stamped = exr_frame(exr, 1)
    (verdict,) = LocalDecoder().decode([stamped])
    stamped.unlink()
    write_picture(
        stamped,
        64,
        36,
        pixel_type="half",
        level=level,
        texts={"Note": verdict.note, "Frame": "001"},
    )
    result = exr.harvest()
    assert (result.frames, [one.code for one in result.findings]) == (3, [code])
