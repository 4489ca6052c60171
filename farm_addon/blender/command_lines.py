# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines behind the buttons (no bpy here)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .run import CommandLine


@dataclass(frozen=True, slots=True)
class Settings:
    """What the artist chose, taken from Blender before anything starts.

    :param volume: absolute path, or empty.
    :param release: name of the release, or empty.
    :param manager: ``local``, a URL, or empty for what the volume says.
    :param blender: this Blender, or the Python that has the bpy module.
    :param is_online: whether other computers may be contacted.
    """

    volume: str
    release: str
    manager: str
    blender: str
    is_online: bool

    def shared(self) -> CommandLine:
        """Return the options that every verb gets."""
        words = ["--blender", self.blender]
        if self.volume:
            words += ["--volume", self.volume]
        if self.manager:
            words += ["--manager", self.manager]
        if not self.is_online:
            words.append("--offline")
        return tuple(words)

    @property
    def volume_path(self) -> Path:
        """The volume as a path."""
        return Path(self.volume)


def init(settings: Settings) -> CommandLine:
    """Make the chosen folder a volume. A Manager is written for everybody, so only a farm's is:
    that this computer renders is one artist's choice."""
    chosen = replace(settings, manager="") if settings.manager == "local" else settings
    return ("init", chosen.volume, *chosen.shared())


def plan(
    settings: Settings, sidecar: Path, scenes: Sequence[str], *, is_dry_run: bool = False
) -> CommandLine:
    """Plan the ticked scenes of a snapshot, or only check them."""
    words = ["plan", *settings.shared(), "--snapshot", str(sidecar)]
    # One word each: a scene may be called ‘--yes’.
    words += [f"--scenes={scene}" for scene in scenes]
    if is_dry_run:
        words.append("--dry-run")
    return (*words, "--", "release", settings.release)


def submit(settings: Settings) -> CommandLine:
    """Freeze and send what is planned."""
    return _about_release("submit", settings)


def status(settings: Settings, *, is_watching: bool = False) -> CommandLine:
    """Tell the state of the release's jobs, once or until all are finished."""
    return _about_release("status", settings, *(["--watch"] if is_watching else []))


def volume_status(settings: Settings) -> CommandLine:
    """Tell whether volume and Manager can be used."""
    return ("status", *settings.shared())


def harvest(settings: Settings) -> CommandLine:
    """Check the frames and deliver them."""
    return _about_release("harvest", settings)


def archive(settings: Settings) -> CommandLine:
    """Archive the release; the artist was asked already."""
    return _about_release("archive", settings, "--yes")


def _about_release(verb: str, settings: Settings, *options: str) -> CommandLine:
    return (verb, *settings.shared(), *options, "--", "release", settings.release)
