# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volume's layout and its farm.toml."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import (
    MissingLibraryError,
    NewerSchemaError,
    RecordError,
    UsageError,
    VolumeError,
)
from farm_addon.core.storage.files import Files
from farm_addon.core.volume import FarmConfig, Volume, find_volume, init_volume
from tests.fakes.stop import every_stop

GOOD = 'name = "S"\nvolume_id = "11111111-2222-3333-4444-555555555555"\n'


def write(folder: Path, text: str) -> Volume:
    (folder / "farm.toml").write_text(text)
    return Volume(folder)


# --- making and finding one -------------------------------------------------------------------


def test_an_existing_flamenco_storage_becomes_a_volume_and_is_not_touched(tmp_path: Path) -> None:
    for name in ("jobs", "file-store"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "theirs").write_text("x")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    config = FarmConfig.read(init_volume(Files(), tmp_path, "Studio", "http://farm:8080"))
    assert (config.name, config.manager) == ("Studio", "http://farm:8080")
    assert (config.blender_series, config.chunk_size, config.priority) == (None, 1, 50)
    (tmp_path / "farm.toml").unlink()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_making_a_volume_twice_keeps_its_identity(tmp_path: Path) -> None:
    first = FarmConfig.read(init_volume(Files(), tmp_path / "a" / "new", "Studio"))
    again = FarmConfig.read(init_volume(Files(), tmp_path / "a" / "new", "Other"))
    assert again == first


def test_making_a_volume_stopped_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    root = tmp_path / "volume"
    for _ in every_stop(lambda files: init_volume(files, root, "Studio")):
        identity = (root / "farm.toml").read_bytes() if (root / "farm.toml").exists() else b""
        config = FarmConfig.read(init_volume(Files(), root, "Studio"))
        assert not identity or config.volume_id in identity.decode()
        for path in root.iterdir():
            path.unlink()
        root.rmdir()
    assert os.listdir(root) == ["farm.toml"]


def test_a_damaged_farm_toml_is_told_and_kept(tmp_path: Path) -> None:
    write(tmp_path, "name = ")
    with pytest.raises(VolumeError, match="cannot be read as TOML"):
        init_volume(Files(), tmp_path, "Studio")
    assert (tmp_path / "farm.toml").read_text() == "name = "


@pytest.mark.parametrize("name", ["", " Studio", "a\nb", "x" * 65, "\x1b[2J"])
def test_a_farm_needs_a_name_that_can_be_typed(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a farm"):
        init_volume(Files(), tmp_path, name)
    assert os.listdir(tmp_path) == []


def test_a_file_is_no_place_for_a_volume(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VolumeError, match="cannot be made"):
        init_volume(Files(), tmp_path / "file", "Studio")


def test_a_missing_library_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    with pytest.raises(MissingLibraryError, match="tomli-w"):
        init_volume(Files(), tmp_path, "Studio")


def test_the_volume_is_the_nearest_parent_with_a_farm_toml(tmp_path: Path) -> None:
    init_volume(Files(), tmp_path, "Studio")
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "file.blend").write_text("")
    for start in (tmp_path, tmp_path / "a" / "b", tmp_path / "a" / "file.blend"):
        assert find_volume(start).root == tmp_path
    init_volume(Files(), tmp_path / "a", "Inner")
    assert find_volume(tmp_path / "a" / "b").root == tmp_path / "a"
    with pytest.raises(UsageError, match="does not lie on a farm volume") as caught:
        find_volume(Path(tmp_path.anchor))
    assert "farm init" in caught.value.hint


# --- farm.toml --------------------------------------------------------------------------------


def test_values_are_read_and_unknown_keys_passed_over(tmp_path: Path) -> None:
    text = GOOD + (
        'manager = "local"\nblender = "4.5.3"\nnew = 1\n'
        '[defaults]\nchunk_size = 4\npriority = 0\nworker_tag = "gpu"\nnew = 2\n[new_table]\n'
    )
    assert FarmConfig.read(write(tmp_path, text)) == FarmConfig(
        name="S",
        volume_id="11111111-2222-3333-4444-555555555555",
        manager="local",
        blender_series=(4, 5),
        chunk_size=4,
        priority=0,
        worker_tag="gpu",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('name = 3\nvolume_id = "11111111-2222-3333-4444-555555555555"', "name"),
        ('name = ""\nvolume_id = "11111111-2222-3333-4444-555555555555"', "name"),
        ('name = "S"\nvolume_id = "../../etc"', "volume_id"),
        (GOOD + "schema = 0", "schema"),
        (GOOD + 'schema = "1"', "schema"),
        (GOOD + "manager = false", "manager"),
        (GOOD + 'blender = "new"', "blender"),
        (GOOD + "blender = 4.5", "blender"),
        (GOOD + "defaults = 3", "defaults"),
        (GOOD + "[defaults]\nchunk_size = 0", "chunk_size"),
        (GOOD + "[defaults]\npriority = true", "priority"),
        (GOOD + "[defaults]\npriority = 101", "priority"),
        (GOOD + "[defaults]\nworker_tag = []", "worker_tag"),
    ],
)
def test_a_wrong_value_is_named_with_its_file(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(VolumeError, match=rf"'{key}' in '.*farm\.toml' must be"):
        FarmConfig.read(write(tmp_path, text))


def test_what_must_be_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VolumeError, match=r"farm\.toml' lacks 'volume_id'"):
        FarmConfig.read(write(tmp_path, 'name = "S"'))


def test_a_newer_file_is_refused_before_its_values_are_judged(tmp_path: Path) -> None:
    with pytest.raises(NewerSchemaError, match="newer farm_addon"):
        FarmConfig.read(write(tmp_path, 'schema = 2\nname = ["by", "language"]'))


def test_a_folder_without_one_is_no_volume(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="is no farm volume") as caught:
            FarmConfig.read(Volume(root))
        assert "farm init" in caught.value.hint


# --- paths ------------------------------------------------------------------------------------


def test_the_layout_is_the_one_that_users_know(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    assert volume.relative(volume.release_folder("ep 01")) == "releases/ep 01"
    assert volume.relative(volume.store("ep 01")) == "releases/ep 01/store"
    assert volume.relative(volume.out("quick")) == "quick/out"
    assert volume.relative(volume.dist_folder("ep 01")) == "dist/ep 01"
    assert volume.relative(volume.archive("ep 01")) == "archives/ep 01.tar.gz"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\\b", "/etc", "C:x", "a\0"])
def test_a_name_from_a_record_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    volume = Volume(tmp_path)
    for place in (volume.release_folder, volume.dist_folder, volume.archive):
        with pytest.raises(UsageError):
            place(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a/../../x",
        "a/..",
        "./a",
        "/etc/passwd",
        "//server/share",
        "a//b",
        "a/",
        "C:\\x",
        "C:x",
        "c:/x",
        "\\\\server\\x",
        "a\\..\\x",
        "a\0b",
        "a\nb",
        "a\ud800",
    ],
)
def test_a_recorded_path_never_leaves_the_volume(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecordError, match="would leave the volume"):
        Volume(tmp_path).resolve(text)


PARTS = st.lists(st.text(st.characters(), min_size=1, max_size=10), min_size=1, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS | st.just(["textures", "a:b 日本\u3000é.png"]))
def test_what_can_be_recorded_resolves_to_the_same_place(tmp_path: Path, parts: list[str]) -> None:
    volume = Volume(tmp_path)
    path = tmp_path.joinpath(*parts)
    try:
        text = volume.relative(path)
    except UsageError:
        return
    assert volume.resolve(text) == path
    assert volume.resolve(text).is_relative_to(tmp_path)


def test_ordinary_paths_can_be_recorded_and_others_are_told(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    for name in ("a b.png", "a:b.png", "\u3000.png", "..a", "a.."):
        assert volume.resolve(volume.relative(tmp_path / "x" / name)).name == name
    for path in (tmp_path.parent, tmp_path / "a\\b", tmp_path, tmp_path / "C:x"):
        with pytest.raises(UsageError):
            volume.relative(path)
