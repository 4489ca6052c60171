# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm completion SHELL``: a script that completes this command line."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.errors import MissingLibraryError
from ..output import Outcome, Output

SHELLS = ("bash", "zsh", "fish")
_FILES = frozenset(("blender", "json_out", "blends", "blend", "from_file", "frame_names"))
_FOLDERS = frozenset(("volume", "path"))


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "completion",
        parents=parents,
        help="print a script that completes farm in your shell",
        description='Print a completion script. bash: eval "$(farm completion bash)" in'
        " ~/.bashrc; zsh: write it to a file _farm in a folder of $fpath; fish: write it to"
        " ~/.config/fish/completions/farm.fish.",
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Print the script."""
    from ..parser import make_parser, verbs

    try:
        import shtab
    except ImportError as ex:
        raise MissingLibraryError("shtab", "to write completion scripts") from ex
    parser = make_parser()
    for one in (parser, *verbs(parser).values()):
        for action in one._actions:
            if action.dest in _FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.dest in _FOLDERS:
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    script = shtab.complete(parser, arguments.shell)
    return Outcome(
        {"shell": arguments.shell, "script": script}, show=lambda out: out.line(script.rstrip("\n"))
    )
