# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's entrance: ``farm``, ``python -m farm_addon.cli``, Blender's command."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from ..app import App, Choices
from ..core.errors import FarmError, UsageError
from ..core.ports import Reporter
from .output import Output
from .parser import HelpAsked, parse

log = logging.getLogger(__name__)

COLLECTOR = (100_000, 20, 20)
"""Thresholds of Python's garbage collector in a process of our own. A verb reads a whole release
and drops it when it ends; with Python's defaults a job costs more the more jobs there are, since
the collector goes over all of them again and again."""


def main(
    argv: Sequence[str],
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
    blender_default: str = "",
    make_app: Callable[[Choices, Reporter, Mapping[str, str]], App] = App,
) -> int:
    """Run one verb.

    :param argv: without the program's name.
    :param blender_default: the Blender to use where ``--blender`` is not given: inside a Blender
        it is that one.
    :param make_app: makes the command's world; tests hand in one with doubles.
    :return: exit status: 0 done, 1 failed or blocked, 2 usage, 130 interrupted.
    """
    stdout, stderr = stdout or sys.stdout, stderr or sys.stderr
    guess = " ".join(argv[:2])
    plain = Output(guess, "--json" in argv, "--events" in argv, "", stdout=stdout, stderr=stderr)
    try:
        arguments = parse(argv, stdout)
    except HelpAsked as ex:
        return int(getattr(ex.__cause__, "code", 0) or 0)
    except FarmError as ex:
        return plain.fail(ex)
    verb = f"{arguments.verb} {getattr(arguments, 'what', None) or ''}".rstrip()
    output = Output(
        verb, arguments.json, arguments.events, arguments.json_out, stdout=stdout, stderr=stderr
    )
    if arguments.json_out:
        try:
            with open(arguments.json_out, "a", encoding="utf-8"):
                pass
        except OSError as ex:
            problem = f"'{arguments.json_out}' cannot be written: {ex.strerror or ex}"
            return plain.fail(UsageError(problem, hint="name another file with --json-out"))
    choices = Choices(
        volume=arguments.volume,
        manager=arguments.manager,
        blender=arguments.blender or blender_default,
        is_online=not arguments.offline,
    )
    try:
        with make_app(choices, output.reporter, os.environ if environ is None else environ) as app:
            outcome = arguments.run(arguments, app, output)
        return output.finish(outcome)
    except KeyboardInterrupt:
        return output.interrupted()
    except FarmError as ex:
        return output.fail(ex)
    except BrokenPipeError:
        # Nobody reads our output any more: leave quietly, and keep Python from flushing into it.
        sys.stdout = open(os.devnull, "w")
        return 1
    except Exception as ex:
        log.exception("a verb failed unexpectedly")
        return output.broken(ex)


def console_script() -> None:
    """Run as the console script ``farm``."""
    gc.set_threshold(*COLLECTOR)
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    console_script()
