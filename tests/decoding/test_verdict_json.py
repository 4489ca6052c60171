# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts survive being JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.ports import FrameVerdict
from farm_addon.decoding.verdict_json import verdict_from_json, verdict_to_json

TEXTS = st.text(max_size=20)
NUMBERS = st.integers(0, 1 << 40)
VERDICTS = st.builds(
    FrameVerdict,
    path=st.just(Path("/v/000001.png")),
    problem=TEXTS,
    format_name=TEXTS,
    width_px=NUMBERS,
    height_px=NUMBERS,
    channels=NUMBERS,
    note=TEXTS,
    metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
    is_black=st.booleans(),
    bad_pixels=NUMBERS,
    pixels_digest=TEXTS,
)


@given(VERDICTS)
def test_verdict_travels(verdict: FrameVerdict) -> None:
    assert verdict_from_json(json.loads(json.dumps(verdict_to_json(verdict)))) == verdict


@pytest.mark.parametrize("change", [{"width_px": "wide"}, {"metadata": 3}, {"path": None}])
def test_other_shapes_are_refused(change: dict[str, object]) -> None:
    data = {**verdict_to_json(FrameVerdict(Path("/v/1.png"))), **change}
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        verdict_from_json(data)
