# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of frames are read from files that anybody may have written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import UsageError
from farm_addon.core.planning import frame_names
from farm_addon.core.planning.frame_names import FrameNames, read_frame_names


def read(folder: Path, name: str, content: str | bytes) -> FrameNames:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_frame_names(path)


NAMED = {1: (("frame_name", "0_0_0"),), 3: (("frame_name", "0_30_15"), ("side", "left"))}


@pytest.mark.parametrize(
    "content",
    [
        "frame,frame_name,side\n1,0_0_0,\n3,0_30_15,left\n",
        "frame;frame_name;side\r\n1;0_0_0;\r\n\r\n3;0_30_15;left\r\n",
        "side\tframe\tframe_name\n\t1\t0_0_0\nleft\t3\t0_30_15",
        '\ufeffframe , frame_name,side\n 1,"0_0_0",\n3,0_30_15, left\n',
    ],
)
def test_a_csv_file_as_spreadsheets_write_it(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, "names.CSV", content) == NAMED


def test_a_json_file_of_texts_and_objects(tmp_path: Path) -> None:
    content = {"1": "0_0_0", "3": {"side": "left", "frame_name": "0_30_15"}}
    assert read(tmp_path, "names.json", json.dumps(content)) == NAMED
    assert read(tmp_path, "names.json", '{"7": {"angle": 30}}') == {7: (("angle", "30"),)}


WRONG = [
    ("x.txt", "1,a", "neither a .csv nor a .json"),
    ("x.csv", "", "line 1 of"),
    ("x.csv", "name\na\n", "line 1 of"),
    ("x.csv", "frame,frame\n1,2\n", "each once"),
    ("x.csv", "frame,frame_name\n", "names no frame"),
    ("x.csv", "frame,frame_name\n1,a\n2\n", "line 3 of .* has 1 cells, not 2"),
    ("x.csv", "frame,frame_name\n1,a\nx,b\n", "line 3 of .*'x' is no frame number"),
    ("x.csv", "frame,frame_name\n1.5,a\n", "line 2 of .*no frame number"),
    ("x.csv", "frame,frame_name\n99999999,a\n", "line 2 of .*no frame number"),
    ("x.csv", "frame,frame_name\n1,a\n\n1,b\n", "line 4 of .*frame 1 is there twice"),
    ("x.csv", "frame,frame_name\n1," + "a" * 201, "line 2 of .*1 to 200 characters"),
    ("x.csv", "frame,frame_name\n1," + "a" * 200_000, "line 2 of .*no CSV"),
    ("x.csv", 'frame,frame_name\n1,"a"b\n', "line 2 of .*no CSV"),
    ("x.csv", "frame,job\n1,a\n", "already"),
    ("x.csv", "frame,a b\n1,a\n", "no name for a field"),
    ("x.csv", b"frame,frame_name\n1,\xff\n", "line 2 of .*no UTF-8"),
    ("x.csv", "frame," + ",".join(f"f{n}" for n in range(40)) + "\n1" + ",a" * 40, "32 fields"),
    ("x.json", "{", "line 1 of .*no JSON"),
    ("x.json", '{\n"1": "a",\n}', "line 3 of .*no JSON|line 2 of .*no JSON"),
    ("x.json", "[1]", "no JSON object"),
    ("x.json", "[" * 200_000, "cannot be read|no JSON"),
    ("x.json", '{"1": "a", "1": "b"}', "there twice"),
    ("x.json", '{"1": "a", "01": "b"}', "frame 1 is there twice"),
    ("x.json", '{"one": "a"}', "no frame number"),
    ("x.json", '{"1": ["a"]}', "no text"),
    ("x.json", '{"1": null}', "no text"),
    ("x.json", '{"1": true}', "no text"),
    ("x.json", '{"1": 1.5}', "no text"),
    ("x.json", '{"1": ""}', "1 to 200"),
    ("x.json", '{"1": {"frame": 3}}', "already"),
    ("x.json", '{"1": {"__class__.x": "a"}}', "no name for a field"),
    ("x.json", '{"1": ' + "9" * 5000 + "}", "cannot be read"),
    ("x.json", "{}", "names no frame"),
    ("x.json", '{"1": {"\xe9": "a", "e\u0301": "b"}}', "‘\xe9’ is there twice"),
]


@pytest.mark.parametrize(("name", "content", "problem"), WRONG)
def test_what_cannot_be_used_is_refused_where_it_is(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        read(tmp_path, name, content)
    assert len(caught.value.message) < 500
    assert name in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_frame_names(tmp_path / "x.csv")


def test_a_huge_file_is_refused_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UsageError, match="larger than 8 MiB"):
        read_frame_names(path)


def test_more_frames_than_anybody_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_names, "FRAMES_MAX", 3)
    with pytest.raises(UsageError, match="more than 3 frames"):
        read(tmp_path, "x.csv", "frame\n1\n2\n3\n4\n")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["x.csv", "x.json"]))
def test_no_content_does_more_than_be_refused(tmp_path: Path, content: bytes, name: str) -> None:
    try:
        names = read(tmp_path, name, b"frame\n" + content if name == "x.csv" else content)
    except UsageError:
        return
    assert all(isinstance(frame, int) for frame in names)
