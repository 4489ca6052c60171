# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--jobs-from FILE``: the names of the jobs that a verb is about, one a line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from ...core.errors import UsageError

NOT_FOUND = "not found"


def add_jobs_from(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--jobs-from",
        metavar="FILE",
        default="",
        help="exactly the jobs of the release that a text file names, one a line",
    )


def write_job_names(text: str, names: Iterable[str]) -> None:
    """Write a file that :func:`read_job_names` reads.

    :param text: path of the file; empty for no file.
    :raises UsageError: if it cannot be written.
    """
    if not text:
        return
    try:
        with open(text, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{name}\n" for name in names)
    except OSError as ex:
        raise UsageError(f"'{text}' cannot be written: {ex.strerror or ex}") from ex


def read_job_names(text: str) -> tuple[str, ...] | None:
    """Read a file of names, each once, in its order.

    :param text: path of the file, in UTF-8; empty for no file.
    :return: None for no file.
    :raises UsageError: if it cannot be read, or names nothing.
    """
    if not text:
        return None
    try:
        lines = Path(text).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as ex:
        raise UsageError(f"'{text}' cannot be read: {ex}") from ex
    names = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not names:
        raise UsageError(f"'{text}' names no job", hint="one job name a line")
    return names
