# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attempt depends on, and whether it changed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import NewerSchemaError, RecordError, VolumeError
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.inputs import FileHasher, Inputs, assert_unchanged
from tests.fakes.farm import BUILD


def look(path: Path, root: Path) -> Inputs:
    file = FileHasher().look(path, RecordedPath.of(path, root), "image", "Image ‘wood’")
    return Inputs("sh010", 1, "Main", BUILD, (file,))


def test_inputs_survive_their_file(tmp_path: Path) -> None:
    (tmp_path / "wood.png").write_bytes(b"oak")
    inputs = look(tmp_path / "wood.png", tmp_path)
    assert Inputs.from_bytes(inputs.to_bytes(), tmp_path) == inputs
    data = json.loads(inputs.to_bytes())
    assert data["files"][0]["path"] == {"volume": "wood.png"}
    assert data["datablocks"] == {}
    assert data["build"]["build_hash"] == BUILD.build_hash


def test_the_fingerprint_depends_on_content_scene_and_build_alone(tmp_path: Path) -> None:
    path = tmp_path / "wood.png"
    path.write_bytes(b"oak")
    first = look(path, tmp_path)
    os.utime(path, ns=(5, 5))
    assert look(path, tmp_path).fingerprint() == first.fingerprint()
    assert replace(first, attempt=7).fingerprint() == first.fingerprint()
    assert replace(first, scene="Other").fingerprint() != first.fingerprint()
    newer = replace(first, build=replace(BUILD, version=(5, 0, 0)))
    assert newer.fingerprint() != first.fingerprint()
    path.write_bytes(b"elm")
    assert look(path, tmp_path).fingerprint() != first.fingerprint()
    assert len(first.fingerprint()) == 32


def test_each_content_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lib.blend"
    path.write_bytes(b"chair")
    hasher = FileHasher()
    first = hasher.look(path, RecordedPath("lib.blend"), "library", "")
    monkeypatch.setattr("farm_addon.core.release.inputs.hash_file", lambda _path: "hashed again")
    assert hasher.look(path, RecordedPath("lib.blend"), "library", "").sha256 == first.sha256


def test_a_file_that_changed_meanwhile_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wood.png"
    path.write_bytes(b"oak")
    files = look(path, tmp_path).files
    assert_unchanged(files, tmp_path)
    path.write_bytes(b"elm")
    with pytest.raises(VolumeError, match=r"'wood\.png' changed"):
        assert_unchanged(files, tmp_path)


def test_a_path_that_is_no_text_survives(tmp_path: Path) -> None:
    (tmp_path / "wood.png").write_bytes(b"oak")
    inputs = look(tmp_path / "wood.png", tmp_path)
    odd = replace(inputs.files[0], path=RecordedPath("/x/\udcff.png", "linux"))
    odd_inputs = replace(inputs, files=(odd,))
    assert Inputs.from_bytes(odd_inputs.to_bytes(), tmp_path) == odd_inputs
    assert len(odd_inputs.fingerprint()) == 32


def test_a_newer_or_damaged_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    data = json.loads(look(tmp_path / "a", tmp_path).to_bytes())
    newer = json.dumps({**data, "schema": 2}).encode()
    with pytest.raises(NewerSchemaError):
        Inputs.from_bytes(newer, tmp_path)
    for damaged in (b"", b"[]", b"{}", b'{"schema": 1}'):
        with pytest.raises(RecordError):
            Inputs.from_bytes(damaged, tmp_path)
