# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that child processes get."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ABOUT_THIS_PYTHON = ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")
SECRETS = ("FARM_HEADERS",)
"""What the command line alone may know: scripts in .blend files run in other programs."""


def environment_for(program: Path | str) -> dict[str, str]:
    """Return this process's environment as a program should see it.

    What tells *this* Python where its libraries lie would mislead another one, so only the same
    interpreter gets it; so it is with secrets.
    """
    environment = dict(os.environ)
    if str(program) != sys.executable:
        for name in (*_ABOUT_THIS_PYTHON, *SECRETS):
            environment.pop(name, None)
    return environment


def environment_without_secrets(program: Path | str) -> dict[str, str]:
    """Return the same without secrets, for what outlives this process or renders."""
    environment = environment_for(program)
    return {name: value for name, value in environment.items() if name not in SECRETS}
