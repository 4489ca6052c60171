# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the examples in the documentation and runs them again.

An example is a block ``console``: lines that begin with ``$ `` are commands, the rest is what they
print. A comment before it says in which state of :mod:`tests.cli.studio` it begins,
and perhaps where a picture of it goes::

    <!-- begins: rendered; picture: ../images/harvest.svg -->
    ```console
    $ farm harvest release ep01
    …
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.studio import Studio

_BLOCK = re.compile(
    r"(?:<!-- begins: (\w+)(?:; picture: (\S+))? -->\n)?```console\n(.*?)```", re.DOTALL
)
_FOLDER = "/mnt/farm"
_VARYING = (
    (r"[0-9a-f]{64}", "<sha256>"),
    (r"[0-9.]+ GB of [0-9.]+ GB", "812.4 GB of 2000.4 GB"),
    (r"\d{8}T\d{6}Z-[0-9a-f]{8}", "20261124T091500Z-5f0c21ab"),
)
"""What differs from run to run, and what the pages show instead."""


@dataclass(frozen=True, slots=True)
class Example:
    """One block.

    :param state: what it begins with; empty for one that is not run.
    :param picture: path of an SVG that shows it, from the page's folder; empty for none.
    """

    state: str
    picture: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines that are typed."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def examples_of(page: Path) -> Iterator[Example]:
    """Yield the blocks of a page."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Example(match[1] or "", match[2] or "", match[3])


def run_example(example: Example, root: Path) -> str:
    """Return what the block should read: its commands, each with what it prints now."""
    studio = Studio(root)
    studio.bring_to(example.state)
    printed = []
    for command in example.commands:
        printed.append(f"$ {command}\n{_run(studio, command)}")
    return "".join(printed)


def _run(studio: Studio, command: str) -> str:
    command, _, lines = command.partition(" | head -")
    program, *words = shlex.split(command)
    if program == "farm":
        words = [word.replace(_FOLDER, str(studio.root)) for word in words]
        words = [_in_volume(studio, word) for word in words]
        studio.cli(*words)
        text = studio.cli.err + studio.cli.out
    elif program == "edit":  # an artist saves a file
        target = studio.root / words[0]
        target.write_bytes(target.read_bytes() + b"!")
        text = ""
    else:
        raise ValueError(f"an example cannot run '{program}'")
    if lines:
        text = "".join(text.splitlines(keepends=True)[: int(lines)])
    text = text.replace(str(studio.root), _FOLDER)
    for pattern, shown in _VARYING:
        text = re.sub(pattern, shown, text)
    return text


def without_widths(text: str) -> str:
    """Return a text without what depends on how long a folder's name is: columns' widths."""
    return re.sub(r" *[ -]{2,}", "  ", text)


def _in_volume(studio: Studio, word: str) -> str:
    """Return files of the examples with their whole path: examples run in the volume's folder."""
    is_path = word == "shots" or word.endswith((".blend", ".csv", ".json"))
    return str(studio.root / word) if is_path else word
