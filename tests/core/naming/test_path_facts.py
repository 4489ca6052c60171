# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts are read from the end of a path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.naming.path_facts import PathPattern
from farm_addon.core.naming.templates import TemplateError

WORDS = st.text(st.characters(categories=("L", "N"), max_codepoint=0x2FF), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("pattern", "path", "facts"),
    [
        (
            "{material}/{object}.blend",
            "/mnt/x/oak/chair.blend",
            {"material": "oak", "object": "chair"},
        ),
        (
            "{material}/{object}.blend",
            r"C:\shop\oak\chair.blend",
            {"material": "oak", "object": "chair"},
        ),
        (
            r"{material}\{object}.blend",
            r"C:\shop\oak\chair.blend",
            {"material": "oak", "object": "chair"},
        ),
        ("{object}.blend", "chair.v2.blend", {"object": "chair.v2"}),
        ("{a}_{b}.blend", "/x/chair_red_v2.blend", {"a": "chair", "b": "red_v2"}),
        ("v{n}/{o}.blend", "/x/v12/o.blend", {"n": "12", "o": "o"}),
        ("{o}", "/x/chair.blend", {"o": "chair.blend"}),
        ("{m}/{o}.blend", "/x/Eiche\u0301/Stuhl.blend", {"m": "Eich\xe9", "o": "Stuhl"}),
        ("{a}aa{b}", "/x/aaaaa", {"a": "a", "b": "aa"}),
        ("{a}-{b}-c", "/x/1-2-c-c", {"a": "1", "b": "2-c"}),
        ("{{x}}{o}.blend", "/x/{x}o.blend", {"o": "o"}),
        ("{m}/{o}.blend", "chair.blend", None),
        ("{m}/{o}.blend", "/x/oak/chair.blend1", None),
        ("v{n}/{o}.blend", "/x/w12/o.blend", None),
        ("{o}.blend", "/x/.blend", None),
        ("{a}_{b}.blend", "/x/chair.blend", None),
        ("{a}_{b}.blend", "/x/_chair.blend", None),
        ("{a}_{b}", "/x/chair_", None),
        ("{m}/{o}.blend", "//chair.blend", None),
        ("{o}.blend", "", None),
    ],
)
def test_a_path_is_compared_part_by_part(
    pattern: str, path: str, facts: dict[str, str] | None
) -> None:
    assert PathPattern.parse(pattern).match(path) == facts


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("oak/chair.blend", "no field"),
        ("{object}{material}.blend", "something between"),
        ("{object}/{object}.blend", "twice"),
        ("{scene}/{object}.blend", "already"),
        ("{frame_name}.blend", "already"),
        ("{object:>3}.blend", "no format"),
        ("{object.name}.blend", "no attributes"),
    ],
)
def test_a_pattern_that_could_not_be_told_apart_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        PathPattern.parse(pattern)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), st.booleans())
def test_what_the_fields_tell_gives_the_path_back(
    parts: list[tuple[str, str]], is_windows: bool
) -> None:
    """Parts ``x_y`` of a path are read by ``{a}_{b}``."""
    pattern = "/".join(f"{{a{n}}}_{{b{n}}}" for n in range(len(parts)))
    slash = "\\" if is_windows else "/"
    path = slash.join(["", "root", *(f"{a}_{b}" for a, b in parts)])
    facts = PathPattern.parse(pattern).match(path)
    assert facts is not None
    again = "/".join(f"{facts[f'a{n}']}_{facts[f'b{n}']}" for n in range(len(parts)))
    assert again == "/".join(f"{a}_{b}" for a, b in parts)


def test_a_path_of_separators_alone_costs_no_time() -> None:
    pattern = PathPattern.parse("_".join(f"{{f{n}}}" for n in range(40)) + "x")
    assert pattern.match("/" + "_" * 250) is None
