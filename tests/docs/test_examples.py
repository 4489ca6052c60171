# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb has a page, and what its examples show is what the verb prints.

``FARM_UPDATE_DOCS=1`` writes what is printed now into the pages and draws their pictures, instead
of comparing.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from farm_addon.cli.parser import make_parser, verbs
from tests.docs.examples import Example, examples_of, run_example, without_widths
from tests.docs.pictures import terminal_svg

PAGES = Path(__file__).parents[2] / "docs" / "verbs"
EXAMPLES = [
    pytest.param(page, example, id=f"{page.stem}-{number}")
    for page in (*sorted(PAGES.glob("*.md")), PAGES.parent / "batch.md")
    for number, example in enumerate(examples_of(page), 1)
]


@pytest.mark.parametrize("verb", verbs(make_parser()))
def test_every_verb_has_a_page_with_an_example_that_runs(verb: str) -> None:
    page = PAGES / f"{verb}.md"
    assert page.is_file(), f"docs/verbs/{verb}.md is missing"
    states = [example.state for example in examples_of(page)]
    assert any(states), f"{page.name} has no example that says how it begins"
    text = page.read_text(encoding="utf-8")
    for action in verbs(make_parser())[verb]._actions:
        for option in action.option_strings:
            is_shared = action.container.title in ("where", "how", "options")
            if option.startswith("--") and not is_shared and option != "--help":
                assert option in text, f"{page.name} says nothing of {option}"


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_an_example_shows_what_is_printed(page: Path, example: Example) -> None:
    assert example.state, f"{page.name}: say how the example begins: <!-- begins: STATE -->"
    # A name about as long as the one that is shown, for columns as wide.
    with tempfile.TemporaryDirectory(prefix="") as folder:
        printed = run_example(example, Path(folder))
    if os.environ.get("FARM_UPDATE_DOCS"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(example.text, printed, 1), encoding="utf-8")
        if example.picture:
            svg = terminal_svg(printed)
            (page.parent / example.picture).write_text(svg, encoding="utf-8")
    else:
        assert not example.picture or (page.parent / example.picture).is_file()
        assert without_widths(printed) == without_widths(example.text)
