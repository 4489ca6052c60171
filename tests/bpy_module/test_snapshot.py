# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot holds the session as it is; the artist's file, folder and session stay as they are."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import bpy
import pytest

from farm_addon.blender.snapshot import Snapshot, build, save_snapshot
from farm_addon.cli.snapshot_file import read_snapshot
from farm_addon.core.errors import FarmError


@pytest.fixture
def artist_file(tmp_path: Path) -> Path:
    """Open a saved file with a relative texture, in a folder with other things in it."""
    folder = tmp_path / "project"
    (folder / "textures").mkdir(parents=True)
    (folder / "notes.txt").write_text("call the client")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    image = bpy.data.images.new("wood", 4, 4)
    image.filepath_raw = str(folder / "textures" / "wood.png")
    image.file_format = "PNG"
    image.save()
    image.use_fake_user = True
    path = folder / "shot äöü.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    image.filepath = bpy.path.relpath(image.filepath)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    return path


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Return hash and time of every file below a folder."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sidecar(snapshot: Snapshot) -> dict[str, object]:
    data: dict[str, object] = json.loads(snapshot.sidecar.read_text(encoding="utf-8"))
    return data


def test_file_and_folder_stay_byte_identical(artist_file: Path, tmp_path: Path) -> None:
    before = tree(artist_file.parent)
    bpy.data.scenes[0].frame_end = 77
    save_snapshot(tmp_path / "snapshots")
    assert tree(artist_file.parent) == before


def test_the_session_stays_on_the_artists_file(artist_file: Path, tmp_path: Path) -> None:
    bpy.data.scenes[0].frame_end = 77
    was_dirty = bpy.data.is_dirty
    save_snapshot(tmp_path / "snapshots")
    assert bpy.data.filepath == str(artist_file)
    assert bpy.data.is_dirty == was_dirty
    assert bpy.data.images["wood"].filepath == "//textures/wood.png"


def test_unsaved_edits_are_in_it(artist_file: Path, tmp_path: Path) -> None:
    bpy.data.scenes[0].frame_end = 77
    snapshot = save_snapshot(tmp_path / "snapshots")
    with bpy.data.libraries.load(str(snapshot.sidecar.with_suffix(".blend"))) as (source, target):
        assert source.scenes == ["Scene"]
        target.scenes = ["Scene"]
    assert target.scenes[0].frame_end == 77


def test_relative_paths_lead_to_the_same_files(artist_file: Path, tmp_path: Path) -> None:
    snapshot = save_snapshot(tmp_path / "snapshots")
    bpy.ops.wm.open_mainfile(filepath=str(snapshot.sidecar.with_suffix(".blend")))
    found = Path(bpy.path.abspath(bpy.data.images["wood"].filepath)).resolve()
    assert found == (artist_file.parent / "textures" / "wood.png").resolve()


def test_the_sidecar_is_what_the_command_line_reads(artist_file: Path, tmp_path: Path) -> None:
    snapshot = save_snapshot(tmp_path / "snapshots")
    read = read_snapshot(snapshot.sidecar)
    assert read.blend == snapshot.sidecar.with_suffix(".blend")
    assert read.source == str(artist_file)
    assert read.has_unsaved_edits == snapshot.has_unsaved_edits
    assert read.dirty_images == ()
    assert read.color_config == ""


def test_a_session_may_count_as_edited(artist_file: Path, tmp_path: Path) -> None:
    """Scripts change data without marking the session; the window tier has the other case."""
    snapshot = save_snapshot(tmp_path / "snapshots", counts_as_edited=True)
    assert snapshot.has_unsaved_edits
    assert sidecar(snapshot)["unsaved_edits"] is True


@pytest.mark.skipif(
    bpy.app.version < (5, 2), reason="4.2 and 4.5 call every file unsaved in background mode"
)
def test_a_saved_file_has_no_unsaved_edits(artist_file: Path, tmp_path: Path) -> None:
    assert not save_snapshot(tmp_path / "snapshots").has_unsaved_edits
    bpy.ops.ed.undo_push(message="edit")
    bpy.ops.object.empty_add()
    bpy.ops.ed.undo_push(message="edit")
    assert save_snapshot(tmp_path / "snapshots").has_unsaved_edits


def test_a_file_never_saved_has_no_source(tmp_path: Path) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    snapshot = save_snapshot(tmp_path / "snapshots")
    assert sidecar(snapshot)["source"] == ""
    assert bpy.data.filepath == ""


@pytest.mark.parametrize("is_packed", [False, True])
def test_painted_images_are_named(artist_file: Path, tmp_path: Path, is_packed: bool) -> None:
    image = bpy.data.images["wood"]
    if is_packed:
        image.pack()
    assert sidecar(save_snapshot(tmp_path / "s"))["dirty_images"] == []
    image.pixels[0] = 0.25
    assert sidecar(save_snapshot(tmp_path / "s"))["dirty_images"] == ["wood"]


def test_a_colour_configuration_of_the_studio_is_told(
    artist_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCIO", str(tmp_path / "studio.ocio"))
    assert sidecar(save_snapshot(tmp_path / "s"))["color_config"] == str(tmp_path / "studio.ocio")


def test_blenders_own_colour_configuration_is_not(
    artist_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(bpy.utils.system_resource("DATAFILES", path="colormanagement")) / "config.ocio"
    assert own.is_file()
    monkeypatch.setenv("OCIO", str(own))
    assert sidecar(save_snapshot(tmp_path / "s"))["color_config"] == ""


def test_the_build_is_this_blender(artist_file: Path, tmp_path: Path) -> None:
    told = sidecar(save_snapshot(tmp_path / "s"))["build"]
    assert told == json.loads(json.dumps(build().to_json()))
    assert build().version == tuple(bpy.app.version)
    assert build().is_wheel


def test_a_compressed_file_stays_compressed_afterwards(artist_file: Path, tmp_path: Path) -> None:
    """Before 5.2 the copy is saved as the file is, since Blender goes on as it saved last."""
    bpy.ops.wm.save_mainfile(compress=True)
    zstd = b"\x28\xb5\x2f\xfd"
    assert artist_file.read_bytes()[:4] == zstd
    blend = save_snapshot(tmp_path / "s").sidecar.with_suffix(".blend")
    assert (blend.read_bytes()[:4] == zstd) == (bpy.app.version < (5, 2))


def test_removing_removes_both_files_and_can_be_repeated(tmp_path: Path) -> None:
    snapshot = save_snapshot(tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) == 2
    snapshot.remove()
    snapshot.remove()
    assert list((tmp_path / "s").iterdir()) == []


def test_only_forgotten_snapshots_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    forgotten, recent = save_snapshot(folder), save_snapshot(folder)
    (folder / "something-else.txt").write_text("not ours")
    long_ago = time.time() - 31 * 86_400
    os.utime(forgotten.sidecar, (long_ago, long_ago))
    newest = save_snapshot(folder)
    left = {path.name for path in folder.iterdir()}
    kept = [one.sidecar for one in (recent, newest)]
    expected = {"something-else.txt"}
    assert left == expected | {p.with_suffix(end).name for p in kept for end in (".json", ".blend")}


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FarmError, match="no snapshot of the open file can be saved in") as caught:
        save_snapshot(tmp_path / "file" / "snapshots")
    assert caught.value.hint
