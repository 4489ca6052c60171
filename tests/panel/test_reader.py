# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events are read in small pieces, however much comes at once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender import reader
from farm_addon.blender.json_pieces import read_pieces
from farm_addon.blender.messages import Message, Order, Result, Row, Status
from farm_addon.blender.reader import PAUSE_S, SLICE_S, Pace, read_messages


def lines(*events: dict[str, Any]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(event) + "\n" for event in events).encode())


def read(stream: io.BytesIO) -> list[Message]:
    return list(read_messages(stream, lambda: False))


def test_events_of_all_lengths_are_read_alike() -> None:
    names = [f"job_{number:05}" for number in range(10_000)]
    document = {"jobs": [{"job": name, "frames": [1, 2.5, None, True]} for name in names]}
    found = read(
        lines(
            {"event": "status", "text": "one"},
            {"event": "result", "data": document},
            {"event": "row", "table": "jobs", "key": "a", "values": None},
            {"event": "order", "table": "jobs", "start": 0, "keys": names, "total": 10_000},
        )
    )
    assert found == [
        Status("one"),
        Result(document),
        Row("jobs", "a", None),
        Order("jobs", 0, tuple(names), 10_000),
    ]


def test_a_line_of_many_megabytes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LINE_BYTES_MAX", 1000)
    long = {"event": "status", "text": "x" * 5000}
    found = read(lines({"event": "status", "text": "a"}, long, {"event": "status", "text": "b"}))
    assert found == [Status("a"), Status("b")]


def test_a_long_line_that_is_no_event_is_ignored() -> None:
    long = b"x" * 100_000
    assert read(io.BytesIO(long + b"\n{" + long + b"\n[" + b"1," * 50_000 + b"1]\n")) == []


def test_a_last_line_without_an_end_is_read() -> None:
    assert read(io.BytesIO(b'{"event": "status", "text": "a"}')) == [Status("a")]


def test_what_a_muted_child_says_is_only_read_away() -> None:
    said: list[Message] = []
    events = [{"event": "status", "text": str(number)} for number in range(5)]
    for message in read_messages(lines(*events), lambda: len(said) >= 2):
        said.append(message)
    assert said == [Status("0"), Status("1")]


def test_the_reader_gives_way_after_each_slice() -> None:
    now_s, pauses = 0.0, list[float]()
    pace = Pace(lambda: now_s, pauses.append)
    for _ in range(99):
        now_s += SLICE_S * 0.4
        pace.step()
    assert pauses == [PAUSE_S] * 33


def test_a_large_document_is_read_with_many_chances_to_give_way() -> None:
    chances: list[int] = []
    document = {"data": {"jobs": [{"job": str(number)} for number in range(1000)]}}
    assert read_pieces(json.dumps(document), lambda: chances.append(1)) == document
    assert len(chances) >= 1000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_pieces_make_the_same_whole(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    assert read_pieces(f" {text}\r\n", lambda: None) == value


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1", "[1 2]", '{"a" 1}', '{"a": 1,}', "{1: 2}", "[1] 2", "[,]", '{"a":}', "nul"],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        read_pieces(text, lambda: None)
