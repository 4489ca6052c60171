# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header and the journal of a release."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import NewerSchemaError, RecordError, VolumeError
from farm_addon.core.storage import journal as journal_module
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.journal import Header, Journal
from tests.fakes.stop import every_stop

RELEASE_ID = "11111111-2222-3333-4444-555555555555"
TEXT = st.text(st.characters(), max_size=20)  # lone surrogates too: odd paths of Linux have them
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(TEXT, VALUES, max_size=4), min_size=1, max_size=5)
reuse_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@reuse_folder
@given(EVENTS)
def test_events_come_back_as_they_were_one_to_a_line(
    path: Path, events: list[dict[str, Any]]
) -> None:
    path.unlink(missing_ok=True)
    journal = Journal(Files(), path)
    journal.append(events[0])
    journal.append_many(events[1:])
    assert Journal(Files(), path).read() == events
    assert path.read_bytes().count(b"\n") == len(events)


@reuse_folder
@given(EVENTS, st.data())
def test_a_journal_torn_at_any_byte_keeps_its_whole_lines_and_goes_on(
    path: Path, events: list[dict[str, Any]], data: st.DataObject
) -> None:
    path.unlink(missing_ok=True)
    Journal(Files(), path).append_many(events)
    content = path.read_bytes()
    torn = content[: data.draw(st.integers(0, len(content)), label="size_bytes")]
    path.write_bytes(torn)
    whole = events[: torn.count(b"\n")]
    journal = Journal(Files(), path)
    assert journal.read() == whole
    assert path.read_bytes() == torn  # reading repairs nothing
    journal.append({"event": "next"})
    assert Journal(Files(), path).read() == [*whole, {"event": "next"}]


def test_every_byte_of_a_small_journal_can_be_the_last(path: Path) -> None:
    events = [{"event": "planned", "é": "ü"}, {"event": "frozen", "job": "日本"}]
    Journal(Files(), path).append_many(events)
    content = path.read_bytes()
    for size_bytes in range(len(content) + 1):
        path.write_bytes(content[:size_bytes])
        whole = events[: content[:size_bytes].count(b"\n")]
        Journal(Files(), path).append({"event": "next"})
        assert Journal(Files(), path).read() == [*whole, {"event": "next"}]


def test_a_torn_line_longer_than_one_look_is_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_TAIL_BYTES", 8)
    for whole in (b"", b'{"event":"planned"}\n'):
        for length in range(40):
            path.write_bytes(whole + b"x" * length)
            Journal(Files(), path).append({"event": "next"})
            assert path.read_bytes() == whole + b'{"event":"next"}\n'


def test_an_append_stopped_anywhere_is_there_or_not_and_the_next_goes_on(path: Path) -> None:
    first, second, third = ({"event": name} for name in ("planned", "frozen", "submitted"))

    def prepare() -> None:
        path.write_bytes(b'{"event":"planned"}\n{"event":"fro')

    prepare()
    for _ in every_stop(lambda files: Journal(files, path).append(second)):
        assert Journal(Files(), path).read() in ([first], [first, second])
        before = Journal(Files(), path).read()
        Journal(Files(), path).append(third)
        assert Journal(Files(), path).read() == [*before, third]
        prepare()
    assert Journal(Files(), path).read() == [first, second]


def test_a_write_that_the_full_disk_cut_short_is_repaired_by_the_same_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(Files(), path)
    journal.append({"event": "planned"})
    real = Files.append

    def cut_short(self: Files, where: Path, data: bytes) -> None:
        real(self, where, data[:5])
        raise VolumeError("full") from OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Files, "append", cut_short)
    with pytest.raises(VolumeError):
        journal.append({"event": "frozen"})
    monkeypatch.setattr(Files, "append", real)
    journal.append({"event": "submitted"})
    assert [event["event"] for event in journal.read()] == ["planned", "submitted"]


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"3", b"\xff", b"{}{}", b"[" * 9999, b"\0" * 9])
def test_a_damaged_line_in_the_middle_is_named_and_left_as_it_is(path: Path, line: bytes) -> None:
    content = b'{"event":"planned"}\n' + line + b'\n{"event":"frozen"}\n'
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"line 2 of '.*journal\.jsonl' is damaged"):
        Journal(Files(), path).read()
    assert path.read_bytes() == content


def test_a_journal_that_is_not_there_is_empty(path: Path) -> None:
    journal = Journal(Files(), path)
    assert journal.read() == []
    journal.append_many([])
    assert not path.exists()


def test_values_that_are_no_json_are_refused_before_anything_is_written(path: Path) -> None:
    for value in (float("nan"), {1, 2}, b"bytes"):
        with pytest.raises((TypeError, ValueError)):
            Journal(Files(), path).append({"event": "planned", "value": value})
    assert not path.exists()


def test_appending_reads_no_more_of_a_long_journal_than_its_end(path: Path) -> None:
    """The cost of a change is one line: the middle of the file is not even valid here."""
    path.write_bytes(b"\xff" * (1 << 20) + b'\n{"event":"planned"}\n')
    before = path.stat().st_size
    Journal(Files(), path).append({"event": "frozen"})
    assert path.stat().st_size == before + len(b'{"event":"frozen"}\n')


# --- the header -------------------------------------------------------------------------------


@pytest.fixture
def header_path(tmp_path: Path) -> Path:
    folder = tmp_path / "ep01"
    folder.mkdir()
    return folder / "release.json"


HEADER = Header(RELEASE_ID, "ep01", "2026-11-24T10:00:00.000Z", {"chunk_size": 4})


def test_a_header_comes_back_as_it_was(header_path: Path) -> None:
    HEADER.write(Files(), header_path)
    assert Header.read(header_path) == HEADER
    assert json.loads(header_path.read_bytes())["schema"] == 1


def test_a_newer_header_is_refused_and_never_rewritten(header_path: Path) -> None:
    HEADER.write(Files(), header_path)
    newer = json.dumps({**json.loads(header_path.read_bytes()), "schema": 3, "new": True})
    header_path.write_text(newer)
    for action in (lambda: Header.read(header_path), lambda: HEADER.write(Files(), header_path)):
        with pytest.raises(NewerSchemaError, match=r"newer farm_addon \(schema 3, known here: 2\)"):
            action()
    assert header_path.read_text() == newer


def test_a_header_in_the_folder_of_another_release_is_refused(header_path: Path) -> None:
    HEADER.write(Files(), header_path)
    other = header_path.parent.rename(header_path.parent.with_name("ep02")) / "release.json"
    with pytest.raises(RecordError, match="belongs to release 'ep01'"):
        Header.read(other)
    same = other.parent.rename(other.parent.with_name("EP01")) / "release.json"
    assert Header.read(same) == HEADER  # as file systems that ignore case show it


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"3",
        b'{"schema": "x"}',
        b"\xff\xfe",
        b"[" * 9999,
        b'{"schema": 1, "release_id": "../x", "name": "ep01", "created": "", "settings": {}}',
        b'{"schema": 1, "release_id": "%s", "name": 3, "created": "", "settings": {}}'
        % RELEASE_ID.encode(),
        b'{"schema": 1, "release_id": "%s", "name": "../../x", "created": "", "settings": {}}'
        % RELEASE_ID.encode(),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(header_path: Path, content: bytes) -> None:
    header_path.write_bytes(content)
    with pytest.raises(RecordError):
        Header.read(header_path)


def test_a_missing_header_is_one_sentence(header_path: Path) -> None:
    with pytest.raises(VolumeError, match="cannot be read: a file or folder is missing"):
        Header.read(header_path)
