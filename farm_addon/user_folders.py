# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where what belongs to this user on this computer lives: state, snapshots, configuration.

Shared by the panel and the command line. Network shares are no place for databases and secrets.
"""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from types import ModuleType

from .core.errors import FarmError, MissingLibraryError, UsageError

_APP = "farm_addon"


def state_folder() -> Path:
    """Return the folder for what must be kept; it is there, and this user's alone."""
    return _made(_platformdirs().user_state_path(_APP, appauthor=False))


def config_file() -> Path:
    """Return the path of the user's ``config.toml``, which may not be there."""
    return Path(_platformdirs().user_config_path(_APP, appauthor=False)) / "config.toml"


def volume_state(volume_id: str) -> Path:
    """Return this computer's folder for one volume; it is there, and this user's alone.

    :param volume_id: the volume's UUID.
    :raises UsageError: if it is none.
    """
    try:
        name = str(uuid.UUID(volume_id))
    except ValueError as ex:
        raise UsageError(f"{volume_id!r} is not the UUID of a volume") from ex
    return _made(state_folder() / "volumes" / name)


def snapshots() -> Path:
    """Return the folder for snapshots of open sessions, kept until their jobs are frozen."""
    return _made(state_folder() / "snapshots")


def load() -> None:
    """Load the library behind this module at a quiet moment; where it is absent, who needs it is
    told."""
    with contextlib.suppress(MissingLibraryError):
        _platformdirs()


def _platformdirs() -> ModuleType:
    try:
        import platformdirs
    except ImportError as ex:
        raise MissingLibraryError("platformdirs", "to find the user's folders") from ex
    return platformdirs


def _made(path: Path) -> Path:
    try:
        for folder in (*reversed(path.parents), path):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as ex:
        raise FarmError(
            f"the folder '{path}' cannot be made: {ex.strerror or ex}",
            hint="see to it that your home folder can be written",
        ) from ex
    return path
