# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names measured with Blender 5.2 (flamenco.md §6.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.local_manager.outputs import OutputNames


def found(folder: Path, output: str, extension: str, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_bytes(b"x")
    files = OutputNames(f"{folder.as_posix()}/{output}", extension).files([7])
    return [path.name for path in files[7]]


@pytest.mark.parametrize(
    ("output", "extension", "name"),
    [
        ("######", ".png", "000007.png"),
        ("######", ".png", "000007_L.png"),
        ("######", ".exr", "000007.left.exr"),
        ("shot_010_####", ".png", "shot_010_0007.png"),
        ("shot_010", ".png", "shot_0100007.png"),
        ("shot.010", ".png", "shot.0100007.png"),
        ("a##b####", ".png", "a##b0007.png"),
        ("####.png", ".png", "0007.png"),
        ("####.jpg", ".png", "0007.png"),
        ("[a-z]+####", ".png", "[a-z]+0007.png"),
        ("##", "", "07.tif"),
    ],
)
def test_a_frames_file_is_found_by_its_name(
    tmp_path: Path, output: str, extension: str, name: str
) -> None:
    assert found(tmp_path, output, extension, name) == [name]


@pytest.mark.parametrize(
    "name",
    ["000008.png", "0000070.png", "1000007.png", "x000007.png", "000007.exr", "000007.png.tmp",
     "000007", "000007_2.png.bak", "00007.png", "٠٠٠٠٠٧.png"],
)  # fmt: skip
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, "######", ".png", name) == []


def test_both_eyes_of_a_frame_are_found(tmp_path: Path) -> None:
    names = found(tmp_path, "######", ".png", "000007_R.png", "000007_L.png", "000008_L.png")
    assert names == ["000007_L.png", "000007_R.png"]


def test_frames_with_more_digits_than_asked_for_are_found(tmp_path: Path) -> None:
    (tmp_path / "100.png").write_bytes(b"x")
    files = OutputNames(f"{tmp_path.as_posix()}/##", ".png").files([100, 1])
    assert [path.name for path in files[100]] == ["100.png"]
    assert files[1] == []


def test_a_folder_that_is_not_there_has_no_frames(tmp_path: Path) -> None:
    assert OutputNames(f"{tmp_path.as_posix()}/no/######", ".png").files([1]) == {1: []}


def test_a_folder_with_a_frames_name_is_no_frame(tmp_path: Path) -> None:
    (tmp_path / "000007.png").mkdir()
    assert OutputNames(f"{tmp_path.as_posix()}/######", ".png").files([7]) == {7: []}
