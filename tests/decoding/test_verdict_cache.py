# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A frame is decoded once, and again as soon as it may be another one."""

from __future__ import annotations

import logging
import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from farm_addon.core.ports import FrameVerdict
from farm_addon.decoding import verdict_cache
from farm_addon.decoding.decoder import LocalDecoder
from farm_addon.decoding.verdict_cache import CachingDecoder, VersionedDecoder
from tests.fakes.pictures import png

LONG_AGO_NS = 1_000_000_000 * 10**9


class CountingDecoder:
    """Judges by the file's content, and tells what it was asked."""

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.asked: list[str] = []
        self.before_answer: Callable[[Path], None] = lambda path: None

    def can_decode(self, format_name: str) -> bool:
        """Tell whether it is PNG."""
        return format_name == "png"

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield verdicts."""
        for path in paths:
            self.asked.append(path.name)
            text = path.read_text() if path.exists() else "bad"
            self.before_answer(path)
            yield FrameVerdict(
                path,
                "it is bad" if text == "bad" else "",
                format_name="png",
                width_px=len(text),
                note="n",
                metadata={"Note": "n", "RenderTime": "00:01.50"},
                pixels_digest=text,
            )


@pytest.fixture
def counting() -> CountingDecoder:
    return CountingDecoder()


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change counts as settled at once, since a test cannot set a file's ctime back."""
    monkeypatch.setattr(verdict_cache, "SETTLED_NS", -(10**12))


def frames(folder: Path, count: int = 3) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:06d}.png" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"frame {number}")
    return paths


def verdicts(decoder: VersionedDecoder, cache: Path, paths: Sequence[Path]) -> list[FrameVerdict]:
    """Ask as a new process would."""
    with CachingDecoder(decoder, cache) as caching:
        return list(caching.decode(paths))


def test_what_did_not_change_is_not_decoded_again(
    counting: CountingDecoder, tmp_path: Path
) -> None:
    paths = frames(tmp_path / "out")
    first = verdicts(counting, tmp_path / "cache", paths)
    assert [verdict.pixels_digest for verdict in first] == ["frame 0", "frame 1", "frame 2"]
    counting.asked.clear()
    assert verdicts(counting, tmp_path / "cache", paths) == first
    assert verdicts(counting, tmp_path / "cache", paths[::-1]) == first[::-1]
    assert counting.asked == []


def test_what_changed_is_decoded_again_among_what_did_not(
    counting: CountingDecoder, tmp_path: Path
) -> None:
    paths = frames(tmp_path / "out", 5)
    verdicts(counting, tmp_path / "cache", paths)
    counting.asked.clear()
    paths[1].write_text("frame X")  # the same size
    paths[3].unlink()
    paths[3].write_text("frame 3")  # the same content in a new file
    again = verdicts(counting, tmp_path / "cache", paths)
    assert counting.asked == ["000001.png", "000003.png"]
    assert again[1].pixels_digest == "frame X"
    assert [verdict.path for verdict in again] == paths


def test_file_with_its_old_size_and_time_is_still_another_one(
    counting: CountingDecoder, tmp_path: Path
) -> None:
    (path,) = frames(tmp_path / "out", 1)
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    verdicts(counting, tmp_path / "cache", [path])
    path.write_text("frame Y")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert verdicts(counting, tmp_path / "cache", [path])[0].pixels_digest == "frame Y"


def test_file_that_has_not_settled_is_not_remembered(
    counting: CountingDecoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    paths = frames(tmp_path / "out")
    verdicts(counting, tmp_path / "cache", paths)
    verdicts(counting, tmp_path / "cache", paths)
    assert len(counting.asked) == 6
    monkeypatch.setattr(time, "time_ns", lambda: paths[2].stat().st_ctime_ns + 2_000_000_001)
    verdicts(counting, tmp_path / "cache", paths)
    counting.asked.clear()
    verdicts(counting, tmp_path / "cache", paths)
    assert counting.asked == []


def test_file_that_changes_while_it_is_decoded_is_not_remembered(
    counting: CountingDecoder, tmp_path: Path
) -> None:
    paths = frames(tmp_path / "out", 2)
    counting.before_answer = lambda path: (
        path.write_text("later on") and None if path == paths[0] else None
    )
    verdicts(counting, tmp_path / "cache", paths)
    counting.before_answer = lambda path: None
    counting.asked.clear()
    again = verdicts(counting, tmp_path / "cache", paths)
    assert counting.asked == ["000000.png"]
    assert again[0].pixels_digest == "later on"


def test_bad_and_missing_frames_are_looked_at_each_time(
    counting: CountingDecoder, tmp_path: Path
) -> None:
    bad, missing = tmp_path / "bad.png", tmp_path / "missing.png"
    bad.write_text("bad")
    for _ in range(2):
        found = verdicts(counting, tmp_path / "cache", [bad, missing])
        assert [verdict.problem for verdict in found] == ["it is bad"] * 2
    assert counting.asked == ["bad.png", "missing.png"] * 2


def test_other_rules_or_another_decoder_start_anew(tmp_path: Path) -> None:
    paths = frames(tmp_path / "out")
    verdicts(CountingDecoder("1"), tmp_path / "cache", paths)
    newer = CountingDecoder("2")
    verdicts(newer, tmp_path / "cache", paths)
    assert len(newer.asked) == 3
    again = CountingDecoder("2")
    verdicts(again, tmp_path / "cache", paths)
    assert again.asked == []


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut off": lambda data: data[:-7],
    "flipped bit": lambda data: data[:20] + bytes([data[20] ^ 4]) + data[21:],
    "text": lambda data: b"no cache at all",
    "other JSON": lambda data: zlib.compress(b"[1, 2]"),
    "other entries": lambda data: zlib.compress(
        b'{"schema": 1, "version": "1", "entries": [["/a", 1, 2, 3, 4, {"problem": 5}]]}'
    ),
    "newer schema": lambda data: zlib.compress(b'{"schema": 99, "version": "1", "entries": 0}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_memory_starts_anew(counting: CountingDecoder, tmp_path: Path, damage: str) -> None:
    paths, cache = frames(tmp_path / "out"), tmp_path / "cache"
    first = verdicts(counting, cache, paths)
    cache.write_bytes(DAMAGES[damage](cache.read_bytes()))
    assert verdicts(counting, cache, paths) == first
    assert len(counting.asked) == 6
    assert verdicts(counting, cache, paths) == first
    assert len(counting.asked) == 6


def test_memory_that_cannot_be_written_is_no_trouble(
    counting: CountingDecoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = frames(tmp_path / "out")
    with caplog.at_level(logging.WARNING):
        found = verdicts(counting, tmp_path / "no such folder" / "cache", paths)
    assert not any(verdict.problem for verdict in found)
    assert "not remembered" in caplog.text


def test_what_was_asked_for_last_is_kept_when_there_is_too_much(
    counting: CountingDecoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict_cache, "MAX_ENTRIES", 4)
    paths, cache = frames(tmp_path / "out", 6), tmp_path / "cache"
    verdicts(counting, cache, paths[:4])
    verdicts(counting, cache, [paths[0], paths[4], paths[5]])
    counting.asked.clear()
    verdicts(counting, cache, paths)
    assert counting.asked == ["000001.png", "000002.png"]


def test_work_is_saved_in_between(
    counting: CountingDecoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict_cache, "_SAVE_AFTER", 3)
    paths, cache = frames(tmp_path / "out", 8), tmp_path / "cache"
    stopped = CachingDecoder(counting, cache).decode(paths)
    for _ in range(4):
        next(stopped)
    counting.asked.clear()
    verdicts(counting, cache, paths)
    assert counting.asked == [path.name for path in paths[3:]]


def test_nothing_new_writes_nothing(counting: CountingDecoder, tmp_path: Path) -> None:
    paths, cache = frames(tmp_path / "out"), tmp_path / "cache"
    verdicts(counting, cache, paths)
    before = cache.stat().st_ino
    verdicts(counting, cache, paths)
    assert cache.stat().st_ino == before
    verdicts(counting, tmp_path / "none", [])
    assert not (tmp_path / "none").exists()


def test_real_frames_are_remembered_with_all_that_was_told(tmp_path: Path) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(png(30, 20, texts=[(b"Note", b"farm:{}"), (b"Frame", b"7")]))
    real = LocalDecoder()
    (first,) = verdicts(real, tmp_path / "cache", [path])
    assert first == next(real.decode([path]))
    asked = CountingDecoder(real.version)
    assert verdicts(asked, tmp_path / "cache", [path]) == [first]
    assert asked.asked == []
    assert CachingDecoder(asked, tmp_path / "cache").can_decode("png")
