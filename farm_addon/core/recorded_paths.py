# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as records keep them: relative to the volume if they lie on it, else with a platform.

A release is made on one computer and read on others, where the volume may be mounted elsewhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from .errors import RecordError


def this_platform() -> str:
    """Return this computer's platform in Flamenco's words: ``linux``, ``windows``, ``darwin``."""
    return {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")


@dataclass(frozen=True, slots=True)
class RecordedPath:
    """One path.

    :param text: relative to the volume with forward slashes, or absolute as its platform writes it.
    :param platform: empty for a path on the volume, else ``linux``, ``windows`` or ``darwin``.
    """

    text: str
    platform: str = ""

    @classmethod
    def of(cls, path: Path, volume_root: Path) -> RecordedPath:
        """Record an absolute path of this computer."""
        try:
            text = path.relative_to(volume_root).as_posix()
        except ValueError:
            return cls(str(path), this_platform())
        # Such names mean another thing, or nothing, on other platforms.
        is_portable = ":" not in text and "\\" not in text and ".." not in path.parts
        return cls(text) if is_portable else cls(str(path), this_platform())

    @property
    def stem(self) -> str:
        """The file's name without its folder and its last ending."""
        is_windows = self.platform == "windows"
        return (PureWindowsPath(self.text) if is_windows else PurePosixPath(self.text)).stem

    def on_this_computer(self, volume_root: Path) -> Path | None:
        """Return the absolute path here, or None for another platform's path."""
        if not self.platform:
            return volume_root / self.text
        return Path(self.text) if self.platform == this_platform() else None

    def to_json(self) -> dict[str, str]:
        """Return ``{"volume": …}`` or ``{"path": …, "platform": …}``."""
        if not self.platform:
            return {"volume": self.text}
        return {"path": self.text, "platform": self.platform}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RecordedPath:
        """Read what :meth:`to_json` wrote.

        :raises RecordError: for a path that would leave the volume; records are hostile input.
        """
        if "volume" not in data:
            return cls(str(data["path"]), str(data["platform"]))
        text = str(data["volume"])
        pure = PurePosixPath(text)
        if not text or pure.is_absolute() or ".." in pure.parts or "\\" in text or ":" in text:
            raise RecordError(f"the recorded path '{text}' would leave the volume")
        return cls(text)
