# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from farm_addon.flamenco.refusal import MAX_MESSAGE, message_of, sentence


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("no such job", "no such job"),
        (
            'GoError: invalid range "x":  x (strconv.ParseInt: parsing "x": invalid syntax) at '
            "projects.blender.org/studio/flamenco/internal/manager/job_compilers.jsFrameChunker"
            " (native)",
            'invalid range "x": x (strconv.ParseInt: parsing "x": invalid syntax)',
        ),
        (
            "no render_output_path setting! at renderOutputPath (simple_blender_render.js:99:9(9))",
            "no render_output_path setting!",
        ),
        (
            "request body has an error: doesn't match schema #/components/schemas/SubmittedJob:"
            ' Error at "/name": property "name" is missing',
            '"/name": property "name" is missing',
        ),
        ("the job waits at a station", "the job waits at a station"),
        ("line\none\ttwo\x1b[31m", "line one two [31m"),
    ],
)
def test_a_message_keeps_what_a_person_needs(message: str, said: str) -> None:
    assert sentence(message) == said


def test_a_long_message_is_cut() -> None:
    assert len(sentence("x" * 10_000)) == MAX_MESSAGE


@pytest.mark.parametrize(
    ("content", "message", "is_deliberate"),
    [
        (b'{"code": 404, "message": "no such job"}', "no such job", True),
        (b'{"message": "Not Found"}', "Not Found", False),
        (b"<html>bad gateway</html>", "", False),
        (b'{"message": 7, "code": 500}', "", False),
        (b"[" * 100_000, "", False),
        (b"\xff", "", False),
    ],
)
def test_bodies_of_errors(content: bytes, message: str, is_deliberate: bool) -> None:
    assert message_of(content) == (message, is_deliberate)
