# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two-way variables: paths that were submitted come back as ``{farm}/releases/…``.

Source: flamenco.md §8, measured on 3.2-3.9.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from typing import Any

_PREFIX = re.compile(r"\{([^{}]{1,255})\}")


def this_platform() -> str:
    """Return this computer's name in Flamenco's words: ``linux``, ``windows``, ``darwin``."""
    return platform.system().lower()


def restore(text: str, variables: Mapping[str, str], platform_name: str) -> str:
    """Return a path as this platform writes it.

    :param text: what the Manager told; returned as it is unless it begins with a known variable.
    :param variables: name of each two-way variable to its value on this platform. There need not
        be a separator after the name: the Manager's own test of the prefix looks for none.
    """
    match = _PREFIX.match(text)
    if match is None or match[1] not in variables:
        return text
    path = variables[match[1]].rstrip("/\\") + text[match.end() :]
    return path.replace("/", "\\") if platform_name == "windows" else path.replace("\\", "/")


def begins_with_variable(text: object) -> bool:
    """Tell whether a value could be one that :func:`restore` changes."""
    return isinstance(text, str) and _PREFIX.match(text) is not None


def restore_all(
    values: Mapping[str, Any], variables: Mapping[str, str], platform_name: str
) -> dict[str, Any]:
    """Return the values with every string restored; nested ones are never rewritten by Managers."""
    return {
        key: restore(value, variables, platform_name) if isinstance(value, str) else value
        for key, value in values.items()
    }
