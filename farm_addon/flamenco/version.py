# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Flamenco Manager, and what changed with them.

Source: flamenco.md §2.1 and §14.
"""

from __future__ import annotations

import re

Version = tuple[int, int]
"""Major and minor version: (3, 9)."""

OLDEST: Version = (3, 2)
"""Older Managers can neither delete a job nor check one."""

UNREADABLE: Version = (99, 0)
"""Stands for a version that cannot be read, which is taken for the newest."""

WORKER_TAGS: Version = (3, 3)
FARM_STATUS: Version = (3, 5)
GET_JOBS: Version = (3, 6)
"""``GET /jobs`` replaced ``POST /jobs/query``; pausing and ``initial_status`` work from here."""
STEPS: Version = (3, 8)
"""Jobs and tasks count their steps from here."""

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?![\d])", re.ASCII)


def parse_version(text: str) -> Version:
    """Read ``3.8.5``, ``3.9-beta1`` or ``3.9-beta1 (cf286e71)``.

    :return: major and minor version; :data:`UNREADABLE` for anything else, such as the
        ``set-during-build`` of a Manager that was compiled without its version.
    """
    match = _VERSION.match(text.strip())
    return (int(match[1]), int(match[2])) if match else UNREADABLE
