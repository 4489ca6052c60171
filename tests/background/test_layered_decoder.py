# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this Python cannot decode is asked of a Blender, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from farm_addon.background.layered_decoder import LayeredDecoder
from farm_addon.core.ports import FrameVerdict
from farm_addon.decoding.decoder import LocalDecoder
from tests.fakes.pictures import png

pytest.importorskip("OpenImageIO")

AVIF = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf" + bytes(100)


class ReadsEverything:
    """A Blender whose OpenImageIO reads AVIF."""

    version = "b"

    def __init__(self, *formats: str) -> None:
        self._formats = formats
        self.questions: list[str] = []
        self.batches: list[list[str]] = []

    def can_decode(self, format_name: str) -> bool:
        """Tell, and remember that it was asked."""
        self.questions.append(format_name)
        return format_name in self._formats

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield good verdicts."""
        self.batches.append([path.name for path in paths])
        for path in paths:
            yield FrameVerdict(path, format_name="heif")


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> LocalDecoder:
    """This Python's decoder, without AVIF wherever the test runs."""
    from farm_addon.decoding import images

    names = images.format_names() - {"heif"}
    monkeypatch.setattr(images, "format_names", lambda: names)
    return LocalDecoder(threads=2)


def files(folder: Path, kinds: str) -> list[Path]:
    """Write a PNG for each ``p``, an AVIF for each ``a``, text for each ``t``."""
    contents = {"p": png(), "a": AVIF, "t": b"Error: disk full"}
    paths = []
    for number, kind in enumerate(kinds):
        path = folder / f"{number:03d}{kind}"
        path.write_bytes(contents[kind])
        paths.append(path)
    return paths


def test_blender_is_not_asked_where_it_is_not_needed(local: LocalDecoder, tmp_path: Path) -> None:
    blender = ReadsEverything("heif")
    layered = LayeredDecoder(local, blender)
    assert layered.can_decode("png")
    assert not layered.can_decode("")
    verdicts = list(layered.decode(files(tmp_path, "ppt")))
    assert [bool(verdict.problem) for verdict in verdicts] == [False, False, True]
    assert (blender.questions, blender.batches) == ([], [])
    assert layered.version == local.version


def test_blender_decodes_what_it_alone_can(local: LocalDecoder, tmp_path: Path) -> None:
    blender = ReadsEverything("heif")
    layered = LayeredDecoder(local, blender)
    assert layered.can_decode("heif")
    assert not layered.can_decode("of another century")
    paths = files(tmp_path, "paapt" + "a" * 70)
    verdicts = list(layered.decode(paths))
    assert [verdict.path for verdict in verdicts] == paths
    assert [verdict.path.name for verdict in verdicts if verdict.problem] == ["004t"]
    assert [len(batch) for batch in blender.batches] == [2, 32, 32, 6]


def test_frame_that_neither_can_decode_keeps_its_name(local: LocalDecoder, tmp_path: Path) -> None:
    blender = ReadsEverything()
    (verdict,) = LayeredDecoder(local, blender).decode(files(tmp_path, "a"))
    assert verdict.format_name == "heif"
    assert "cannot be decoded here" in verdict.problem
    assert blender.batches == []
