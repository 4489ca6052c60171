# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines behind the buttons (no bpy here)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .run import CommandLine

INTERVAL_MIN_S = 0.5
"""What ``farm status --interval`` takes at least."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the artist chose, taken from Blender before anything starts.

    :param volume: absolute path, or empty.
    :param release: name of the release, or empty.
    :param manager: ``local``, a URL, or empty for what the volume says.
    :param blender: this Blender, or the Python that has the bpy module.
    :param is_online: whether other computers may be contacted.
    :param environment: what children get as environment variables, since nobody else on the
        computer may read it: headers, the CA file (:mod:`.child_environment`).
    """

    volume: str
    release: str
    manager: str
    blender: str
    is_online: bool
    environment: Mapping[str, str] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the artist chose about the jobs; what is empty or None is left to the farm.

    :param expand: ``scenes``, ``cameras`` or ``view-layers``.
    :param frames: instead of the scenes' own.
    :param chunk_size: frames per task.
    :param job_name: template; so is ``dist_name``.
    :param frame_names: ``markers``, or nothing.
    """

    expand: str = "scenes"
    frames: str = ""
    chunk_size: int | None = None
    priority: int | None = None
    worker_tag: str = ""
    job_name: str = ""
    dist_name: str = ""
    frame_names: str = ""

    def options(self) -> CommandLine:
        """Return them as options, one word each: a value may begin with a dash."""
        chosen = {
            "expand": "" if self.expand == "scenes" else self.expand,
            "frames": self.frames,
            "chunk-size": "" if self.chunk_size is None else str(self.chunk_size),
            "priority": "" if self.priority is None else str(self.priority),
            "worker-tag": self.worker_tag,
            "job-name": self.job_name,
            "dist-name": self.dist_name,
            "frame-names": self.frame_names,
        }
        return tuple(f"--{name}={value}" for name, value in chosen.items() if value)


NO_CHOICES = PlanChoices()


def plan(
    settings: Settings,
    sidecar: Path,
    scenes: Sequence[str],
    choices: PlanChoices = NO_CHOICES,
    *,
    is_dry_run: bool = False,
    jobs_file: Path | None = None,
) -> CommandLine:
    """Plan the ticked scenes of a snapshot, or only check them.

    :param jobs_file: where the names of the planned jobs go, for :func:`submit`.
    """
    words = ["plan", *settings.shared(), *choices.options(), "--snapshot", str(sidecar)]
    # One word each: a scene may be called ‘--yes’.
    words += [f"--scenes={scene}" for scene in scenes]
    if is_dry_run:
        words.append("--dry-run")
    if jobs_file is not None:
        words += ["--jobs-to", str(jobs_file)]
    return (*words, "--", "release", settings.release)


def plan_files(
    settings: Settings,
    files: Sequence[Path],
    choices: PlanChoices = NO_CHOICES,
    *,
    jobs_file: Path,
) -> CommandLine:
    """Plan all scenes of .blend files, or of the folders that hold some.

    :param jobs_file: as for :func:`plan`.
    """
    words = ["plan", *settings.shared(), *choices.options(), "--jobs-to", str(jobs_file)]
    return (*words, "--", "release", settings.release, *map(str, files))


def submit(settings: Settings, jobs_file: Path, *, is_paused: bool = False) -> CommandLine:
    """Freeze and send what was planned just now; other jobs of the release stay as they are.

    :param jobs_file: where their names are.
    :param is_paused: the jobs wait on the farm until somebody resumes them.
    """
    options = ["--jobs-from", str(jobs_file), *(["--paused"] if is_paused else [])]
    return _about_release("submit", settings, *options)


def status(settings: Settings, *, is_watching: bool = False) -> CommandLine:
    """Tell the state of the release's jobs, once or until all are finished."""
    return _about_release("status", settings, *(["--watch"] if is_watching else []))


def follow(
    settings: Settings, *, query: str = "", sort: str = "plan", interval_s: float = 0.0
) -> CommandLine:
    """Follow the farm and the release's jobs until it is stopped; without a release the farm alone.

    :param query: which jobs are shown, in the query language; empty for all.
    :param sort: their order, with a ``-`` before it for the opposite.
    :param interval_s: seconds between two looks; 0 for the usual.
    """
    options = ["--watch", "--follow"]
    if interval_s > 0:
        options.append(f"--interval={max(INTERVAL_MIN_S, interval_s):g}")
    if not settings.release or not settings.volume:
        return ("status", *settings.shared(), *options)
    if query:
        options.append(f"--filter={query}")
    return _about_release("status", settings, *options, f"--sort={sort}")


def freshness(settings: Settings) -> CommandLine:
    """Tell which jobs of the release are stale, and which are not."""
    return _about_release("status", settings, "--stale", "--all")


def save_config(settings: Settings) -> CommandLine:
    """Keep in the user's ``config.toml`` what the environment says, and the Manager."""
    return ("config", "save", *replace(settings, volume="").shared())


def volume_status(settings: Settings) -> CommandLine:
    """Tell whether volume and Manager can be used."""
    return ("status", *settings.shared())


def harvest(
    settings: Settings,
    *,
    is_dry_run: bool = False,
    is_partial: bool = False,
    is_replacing: bool = False,
) -> CommandLine:
    """Check the frames and deliver them, or only check them.

    :param is_partial: deliver those that pass.
    :param is_replacing: put them in the place of delivered ones; the artist was asked already.
    """
    options = {"--dry-run": is_dry_run, "--partial": is_partial, "--replace": is_replacing}
    words = [option for option, is_chosen in options.items() if is_chosen]
    if is_replacing:
        words.append("--yes")
    return _about_release("harvest", settings, *words)


def undo_harvest(settings: Settings, delivery: str = "") -> CommandLine:
    """Take the last delivery back; the artist was asked already.

    :param delivery: only if this is still the last one; empty for whichever is.
    """
    only = [f"--delivery={delivery}"] if delivery else []
    return _about_release("harvest", settings, "--undo", "--yes", *only)


def repair(settings: Settings) -> CommandLine:
    """Render again the frames that do not pass."""
    return _about_release("repair", settings)


def contact_sheet(settings: Settings, picture: Path) -> CommandLine:
    """Write a view of the newest contact sheet to a file of this computer."""
    return _about_release("sheet", settings, f"--picture={picture}")


def archive(settings: Settings) -> CommandLine:
    """Archive the release; the artist was asked already."""
    return _about_release("archive", settings, "--yes")


def verify_archive(settings: Settings, name: str) -> CommandLine:
    """Read an archive again."""
    return ("verify", *settings.shared(), "--", "archive", name)


def restore(settings: Settings, name: str) -> CommandLine:
    """Make an archive a working release again; the artist was asked already."""
    return ("restore", *settings.shared(), "--yes", "--", "release", name)


def local_manager(settings: Settings, what: str) -> CommandLine:
    """Start or stop the local manager.

    :param what: ``start`` or ``stop``.
    """
    return ("manager", *replace(settings, manager="local").shared(), what)


def _about_release(verb: str, settings: Settings, *options: str) -> CommandLine:
    return (verb, *settings.shared(), *options, "--", "release", settings.release)
