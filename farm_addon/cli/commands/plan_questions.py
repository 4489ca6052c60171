# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan release`` with nothing else asks, one question after the other."""

from __future__ import annotations

import argparse
import glob
import os
import shlex
from collections.abc import Callable, Sequence

from ...core.errors import UsageError
from ...core.frames import Frames
from ...core.names import check_name
from ...core.planning.options import Expand, PlanOptions, check_options
from ...core.planning.plan import PlanSource
from ...core.volume import FarmConfig
from ..output import Output
from ..terminal import printable
from .asking import ask

_EXPAND = tuple(one.value for one in Expand)


def ask_what(arguments: argparse.Namespace, output: Output, releases: Sequence[str]) -> None:
    """Ask for the release's name and, where there is no snapshot to plan, its files; put the
    answers into the arguments.

    :param releases: names of those that there are.
    """
    if releases:
        output.talk(f"The releases are: {', '.join(releases)}. An existing one is planned again.")
    arguments.name = ask(output, "Name of the release", "", check_name)
    if arguments.snapshot:
        return
    default = "*.blend" if glob.glob("*.blend") else ""
    arguments.blends = ask(output, "Files (several, with * and ?)", default, _read_files)


def _read_files(text: str) -> list[str]:
    """Read paths as a shell would; a file whose name holds brackets is found too."""
    try:
        words = shlex.split(text, posix=os.name != "nt")
    except ValueError as ex:
        raise UsageError(f"these are no paths: {ex}") from ex
    files: list[str] = []
    for word in words:
        word = os.path.expanduser(word.strip('"'))
        found = [word] if os.path.isfile(word) else sorted(glob.glob(word))
        if not found:
            raise UsageError(f"there is no file '{word}'")
        files += found
    if not files:
        raise UsageError("name at least one .blend file")
    return files


def ask_how(
    arguments: argparse.Namespace,
    output: Output,
    sources: Sequence[PlanSource],
    config: FarmConfig,
    find_tag: Callable[[str], str],
) -> None:
    """Ask for scenes and settings, and put the answers into the arguments.

    :param find_tag: returns a Worker tag's UUID.
    """
    scenes = [scene for source in sources for scene in source.facts.scenes]
    names = ", ".join(dict.fromkeys(one.name for one in scenes))
    output.talk(f"The scenes are: {printable(names)}.")
    if not arguments.scenes:
        question = "Scenes (* and ? stand for any)"
        arguments.scenes = [ask(output, question, "*", lambda text: _matching(text, sources))]
    if any(len(one.cameras) > 1 or len(one.view_layers) > 1 for one in scenes):
        question = f"One job for each of ({', '.join(_EXPAND)})"
        arguments.expand = ask(output, question, arguments.expand, _one_of_expand)
    arguments.frames = ask(output, "Frames, as 1-100x5", arguments.frames or _OWN, _read_frames)
    arguments.chunk_size = ask(
        output,
        "Frames per task",
        str(arguments.chunk_size or config.chunk_size),
        lambda text: _checked(PlanOptions(chunk_size=_whole(text))).chunk_size,
    )
    priority = config.priority if arguments.priority is None else arguments.priority
    arguments.priority = ask(
        output,
        "Priority (0 to 100)",
        str(priority),
        lambda text: _checked(PlanOptions(priority=_whole(text))).priority,
    )
    arguments.worker_tag = ask(
        output,
        "Worker tag",
        arguments.worker_tag or config.worker_tag or _NO_TAG,
        lambda text: "" if text == _NO_TAG else find_tag(text),
    )
    arguments.dist_name = ask(
        output,
        "Delivery names, as {job}_{frame:04d}.{ext}",
        arguments.dist_name or _DEFAULT,
        _read_dist_name,
    )


_OWN = "the scenes' own"
_NO_TAG = "none"
_DEFAULT = "the default"


def _matching(pattern: str, sources: Sequence[PlanSource]) -> str:
    options = PlanOptions(scenes=(pattern,))
    if not any(options.takes(scene.name) for one in sources for scene in one.facts.scenes):
        raise UsageError(f"no scene matches '{pattern}'")
    return pattern


def _one_of_expand(text: str) -> str:
    if text not in _EXPAND:
        raise UsageError(f"'{text}' is none of {', '.join(_EXPAND)}")
    return text


def _read_frames(text: str) -> str:
    return "" if text == _OWN else Frames.parse(text).text()


def _read_dist_name(text: str) -> str:
    return "" if text == _DEFAULT else _checked(PlanOptions(dist_name=text)).dist_name


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as ex:
        raise UsageError(f"'{text}' is no whole number") from ex


def _checked(options: PlanOptions) -> PlanOptions:
    check_options(options)
    return options
