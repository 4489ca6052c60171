# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volume: where everything lies on it, and the farm's configuration ``farm.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from .errors import MissingLibraryError, NewerSchemaError, RecordError, UsageError, VolumeError
from .storage.disk import told
from .storage.files import Files

SCHEMA = 1
QUICK = "quick"
CONFIG_NAME = "farm.toml"

_FARM_NAME_CHARACTERS_MAX = 64
_T = TypeVar("_T", str, int)


@dataclass(frozen=True, slots=True)
class Volume:
    """The layout of a volume. Makes paths and touches nothing.

    :param root: absolute path of the folder that holds ``farm.toml``.
    """

    root: Path

    @property
    def config_file(self) -> Path:
        """``farm.toml``."""
        return self.root / CONFIG_NAME

    @property
    def releases(self) -> Path:
        """The folder that holds a folder for each release."""
        return self.root / "releases"

    @property
    def quick(self) -> Path:
        """The release without a name, for one-off jobs."""
        return self.root / QUICK

    @property
    def dist(self) -> Path:
        """The folder of all deliveries."""
        return self.root / "dist"

    @property
    def archives(self) -> Path:
        """The folder of all archives."""
        return self.root / "archives"

    @property
    def trash(self) -> Path:
        """What was cleared away."""
        return self.root / "trash"

    def release_folder(self, name: str) -> Path:
        """Return the folder of a release; ``quick`` lies at the root."""
        return self.quick if name == QUICK else self.releases / _component(name)

    def store(self, name: str) -> Path:
        """Return the folder of a release's frozen files."""
        return self.release_folder(name) / "store"

    def inputs(self, name: str) -> Path:
        """Return the folder that records what a release's jobs depend on."""
        return self.release_folder(name) / "inputs"

    def out(self, name: str) -> Path:
        """Return the folder that Workers write a release's frames to."""
        return self.release_folder(name) / "out"

    def superseded(self, name: str) -> Path:
        """Return the folder of a release's earlier attempts."""
        return self.release_folder(name) / "superseded"

    def reports(self, name: str) -> Path:
        """Return the folder of a release's reports."""
        return self.release_folder(name) / "reports"

    def dist_folder(self, name: str) -> Path:
        """Return the folder of a release's delivered frames."""
        return self.dist / _component(name)

    def archive(self, name: str) -> Path:
        """Return the archive of a release."""
        return self.archives / f"{_component(name)}.tar.gz"

    def relative(self, path: Path) -> str:
        """Return a path on the volume as records keep it: relative, with forward slashes.

        :raises UsageError: if it lies elsewhere, or could not be resolved on every platform.
        """
        try:
            text = path.relative_to(self.root).as_posix()
        except ValueError as ex:
            raise UsageError(f"'{path}' does not lie on the volume '{self.root}'") from ex
        if _escapes(text):
            raise UsageError(
                f"'{path}' has a name that does not work on every platform",
                hint="rename it: no backslash, no control character",
            )
        return text

    def resolve(self, text: str) -> Path:
        """Return the absolute path of what :meth:`relative` wrote. Looks at the text alone.

        :raises RecordError: for a text that would leave the volume; records are hostile input.
        """
        if _escapes(text):
            raise RecordError(f"the recorded path {text!r} would leave the volume")
        return self.root.joinpath(*PurePosixPath(text).parts)


@dataclass(frozen=True, slots=True)
class FarmConfig:
    """What ``farm.toml`` says.

    :param volume_id: UUID, lower case with dashes.
    :param manager: URL of the farm's Flamenco Manager, ``local``, or empty where it is not said.
    :param blender_series: major and minor version of the Blender that the farm renders with, or
        None where it is not known.
    :param chunk_size: frames per task, ≥ 1; ``priority``: 0 to 100.
    :param worker_tag: a tag's UUID, or empty.
    """

    name: str
    volume_id: str
    manager: str = ""
    blender_series: tuple[int, int] | None = None
    chunk_size: int = 1
    priority: int = 50
    worker_tag: str = ""

    @classmethod
    def read(cls, volume: Volume) -> FarmConfig:
        """Read it.

        :raises UsageError: if there is no ``farm.toml``.
        :raises NewerSchemaError: if a newer farm_addon wrote it.
        :raises VolumeError: if it cannot be read or understood.
        """
        path = volume.config_file
        with told("read", path):
            try:
                content = path.read_bytes()
            except (FileNotFoundError, NotADirectoryError) as ex:
                raise UsageError(
                    f"'{volume.root}' is no farm volume: it has no {CONFIG_NAME}",
                    hint=f"make it one: farm init '{volume.root}'",
                ) from ex
        try:
            data = tomllib.loads(content.decode())
        except ValueError as ex:
            raise VolumeError(
                f"'{path}' cannot be read as TOML: {ex}", hint="correct it in a text editor"
            ) from ex
        return cls._from_toml(_Table(data, path))

    @classmethod
    def _from_toml(cls, table: _Table) -> FarmConfig:
        schema = table.get("schema", int, SCHEMA)
        if schema > SCHEMA:
            raise NewerSchemaError(
                f"'{table.path}' was written by a newer farm_addon", hint="update farm_addon"
            )
        defaults = table.table("defaults")
        config = cls(
            name=table.get("name", str),
            volume_id=table.get("volume_id", str).lower(),
            manager=table.get("manager", str, ""),
            blender_series=_read_series(table),
            chunk_size=defaults.get("chunk_size", int, 1),
            priority=defaults.get("priority", int, 50),
            worker_tag=defaults.get("worker_tag", str, ""),
        )
        table.demand("schema", schema >= 1, "1 or more")
        table.demand("name", _is_farm_name(config.name), "one line of 1 to 64 characters")
        table.demand("volume_id", _is_uuid(config.volume_id), "a UUID")
        defaults.demand("chunk_size", config.chunk_size >= 1, "1 or more")
        defaults.demand("priority", 0 <= config.priority <= 100, "from 0 to 100")
        return config


def _read_series(table: _Table) -> tuple[int, int] | None:
    text = table.get("blender", str, "")
    match = re.fullmatch(r"([0-9]{1,3})\.([0-9]{1,3})(\.[0-9]+)?", text)
    table.demand("blender", match or not text, "like '4.5', or ''")
    return (int(match[1]), int(match[2])) if match else None


class _Table:
    """A TOML table that complains in sentences."""

    def __init__(self, data: dict[str, Any], path: Path) -> None:
        self._data, self.path = data, path

    def get(self, key: str, kind: type[_T], default: _T | None = None) -> _T:
        """Return a value of the right type; without a default it must be there."""
        value = self._data.get(key, default)
        if value is None:
            raise VolumeError(f"'{self.path}' lacks '{key}'", hint="add it")
        self.demand(key, type(value) is kind, "a text" if kind is str else "a whole number")
        return kind(value)

    def table(self, key: str) -> _Table:
        """Return a table in it, perhaps an empty one."""
        value = self._data.get(key, {})
        self.demand(key, isinstance(value, dict), "a table")
        return _Table(value, self.path)

    def demand(self, key: str, is_good: object, what: str) -> None:
        """Complain about a value unless it is good."""
        if not is_good:
            raise VolumeError(
                f"'{key}' in '{self.path}' must be {what}",
                hint="correct it in a text editor",
            )


def find_volume(start: Path) -> Volume:
    """Return the volume that a file or folder lies on: the nearest parent with ``farm.toml``.

    :raises UsageError: if there is none.
    """
    path = start.absolute()
    for folder in (path, *path.parents):
        if (folder / CONFIG_NAME).is_file():
            return Volume(folder)
    raise UsageError(
        f"'{path}' does not lie on a farm volume",
        hint="go there, name it with --volume PATH, or make one: farm init PATH",
    )


def init_volume(files: Files, root: Path, name: str, manager: str = "") -> Volume:
    """Make a folder a volume. What lies in it stays; a ``farm.toml`` that is there stays too.

    :param manager: as in :class:`FarmConfig`.
    :raises UsageError: if the farm's name is no name.
    :raises VolumeError: if it cannot be written, or the ``farm.toml`` there is not in order.
    """
    volume = Volume(root.absolute())
    if not volume.config_file.exists():
        if not _is_farm_name(name):
            raise UsageError(f"{name!r} is no name for a farm", hint="give one: --name NAME")
        files.make_folder(volume.root)
        try:
            files.create_exclusive(volume.config_file, _new_config(name, manager))
        except FileExistsError:
            pass  # somebody made it a volume at the same time, and theirs counts
    FarmConfig.read(volume)
    return volume


def _new_config(name: str, manager: str) -> bytes:
    try:
        import tomli_w
    except ImportError as ex:
        raise MissingLibraryError("tomli-w", "to write farm.toml") from ex
    data = {
        "schema": SCHEMA,
        "name": name,
        "volume_id": str(uuid.uuid4()),
        "manager": manager,
        "blender": "",
        "defaults": {"chunk_size": 1, "priority": 50, "worker_tag": ""},
    }
    return tomli_w.dumps(data).encode()


def _is_farm_name(name: str) -> bool:
    is_line = name == name.strip() and name.isprintable()
    return is_line and 0 < len(name) <= _FARM_NAME_CHARACTERS_MAX


def _is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def _component(name: str) -> str:
    """Return a name that stays in its folder, whoever wrote it."""
    if _escapes(name) or "/" in name:
        raise UsageError(f"{name!r} is no name for a release")
    return name


def _escapes(text: str) -> bool:
    """Tell whether a relative path could lead elsewhere, or mean another thing, on a platform."""
    if "\\" in text or re.match("[A-Za-z]:", text):
        return True
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in text):
        return True
    return any(part in ("", ".", "..") for part in text.split("/"))
