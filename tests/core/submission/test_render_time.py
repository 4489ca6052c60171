# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it will take, by what the old frames say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.ports import FrameVerdict
from farm_addon.core.release.release_store import read_release
from farm_addon.core.submission.render_time import expect_render_time, read_render_time
from tests.core.flow import NAME, Flow
from tests.fakes.farm import FakeDecoder


class TellingDecoder(FakeDecoder):
    """Finds render times in frames, by the job that they belong to."""

    def __init__(self, **times: str) -> None:
        self.times = times
        self.decoded: list[Path] = []

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        for verdict in super().decode(paths):
            self.decoded.append(verdict.path)
            time = next((t for job, t in self.times.items() if job in str(verdict.path)), "")
            yield replace(verdict, metadata={"RenderTime": time} if time else {})


def expect(flow: Flow, decoder: FakeDecoder) -> float | None:
    wanted = {"pack_A": 3, "pack_B": 1}
    store = read_release(flow.workspace, NAME)
    return expect_render_time(flow.workspace, store, decoder, wanted)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:01.23", 1.23),
        ("12:05.00", 725.0),
        ("01:02:03.50", 3723.5),
        ("100:00:00.00", 360000.0),
        (" 00:07.00 ", 7.0),
        ("", None),
        ("soon", None),
        ("1:2", 62.0),
        ("٠١:٠٢", None),
    ],
)
def test_blenders_render_times_are_read(text: str, seconds: float | None) -> None:
    assert read_render_time(text) == seconds


def test_every_job_counts_by_its_own_frames(flow: Flow) -> None:
    flow.manager.render()
    assert expect(flow, TellingDecoder(pack_A="00:10.00", pack_B="00:01.00")) == 31.0


def test_a_job_without_times_is_taken_for_like_the_others(flow: Flow) -> None:
    flow.manager.render()
    assert expect(flow, TellingDecoder(pack_B="00:02.00")) == 8.0


def test_nothing_is_expected_where_no_frame_tells(flow: Flow) -> None:
    assert expect(flow, TellingDecoder(pack_A="00:10.00")) is None
    flow.manager.render()
    assert expect(flow, TellingDecoder()) is None


def test_delivered_frames_tell_too(flow: Flow) -> None:
    flow.manager.render()
    flow.harvest()
    assert expect(flow, TellingDecoder(pack_A="00:10.00", pack_B="00:01.00")) == 31.0


def test_a_few_frames_are_decoded_however_many_there_are(flow: Flow) -> None:
    flow.manager.render()
    folder = flow.frame("pack_A", 1).parent
    decoder = TellingDecoder(pack_A="00:10.00")
    assert len(list(folder.iterdir())) == 3
    expect(flow, decoder)
    assert len(decoder.decoded) == 4
