# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that ought to be frames, and may be anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def reason_not_to_read(path: Path) -> str:
    """Return why a path must not be opened as a frame, or nothing: a pipe would block, for one."""
    try:
        status = os.stat(path)
    except OSError as ex:
        return f"it cannot be read: {ex.strerror or ex}"
    except ValueError:
        return "its path cannot be one"
    if not stat.S_ISREG(status.st_mode):
        return "it is no plain file"
    return "" if status.st_size else "it is empty"
