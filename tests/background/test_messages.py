# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the pipes comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.background import messages
from farm_addon.background.messages import RenderedFrame
from farm_addon.core.findings import Finding, Severity
from farm_addon.core.planning.scene_facts import BlenderBuild
from farm_addon.core.ports import FreezeJob, FrozenJob
from farm_addon.core.provenance import Provenance

BUILD = BlenderBuild((5, 2, 2), (5, 2, 45), "abc", "/usr/bin/blender", False)
ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too: paths that are no UTF-8


def travelled(data: object) -> object:
    """Return what the other side gets."""
    return json.loads(json.dumps(data))


def test_each_kind_of_message_is_read_as_what_it_is() -> None:
    lines = {
        messages.Hello(BUILD, True): ("hello", {"build": BUILD.to_json(), "has_openimageio": True}),
        messages.Progress(1, "frame 3", 2, 5): (
            "progress",
            {"id": 1, "text": "frame 3", "done": 2, "total": 5},
        ),
        messages.Failure(2, "no", "try", "trace"): (
            "error",
            {"id": 2, "message": "no", "hint": "try", "detail": "trace"},
        ),
    }
    for message, (kind, members) in lines.items():
        line = messages.write_line("TOKEN", kind, **members)
        assert line.startswith(b"TOKEN {")
        assert messages.read_message(line.removeprefix(b"TOKEN ")) == message


@given(ANY_TEXT)
def test_message_is_one_ascii_line_whatever_it_says(text: str) -> None:
    line = messages.write_line("T", "item", id=3, item={"text": text})
    assert line.isascii()
    assert line.count(b"\n") == 1
    message = messages.read_message(line[2:])
    assert isinstance(message, messages.Item)
    assert message.data == {"text": text}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(text: bytes) -> None:
    with pytest.raises(ValueError, match="no message can be read"):
        messages.read_message(text)


@given(
    st.builds(
        FreezeJob,
        job=ANY_TEXT,
        scene=ANY_TEXT,
        target=st.just(Path("/v/store/a \udc80.blend")),
        file_format=st.sampled_from(["PNG", "OPEN_EXR"]),
        provenance=st.builds(
            Provenance, ANY_TEXT, ANY_TEXT, ANY_TEXT, st.integers(1, 99), ANY_TEXT
        ),
        camera=ANY_TEXT,
        view_layer=ANY_TEXT,
    )
)
def test_freeze_job_travels(job: FreezeJob) -> None:
    assert messages.freeze_job_from_json(travelled(messages.freeze_job_to_json(job))) == job


def test_frozen_job_travels() -> None:
    findings = (Finding(Severity.ERROR, "cannot-pack", "Cache ‘smoke’", "it stays", "bake"),)
    frozen = FrozenJob("sh010", Path("/v/store/sh010.blend"), findings)
    assert messages.frozen_job_from_json(travelled(messages.frozen_job_to_json(frozen))) == frozen


def test_rendered_frame_travels() -> None:
    frame = RenderedFrame(7, (Path("/v/000007_L.png"), Path("/v/000007_R.png")), False, 1.5)
    assert RenderedFrame.from_json(travelled(frame.to_json())) == frame
