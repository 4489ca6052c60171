# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's configuration as the verbs use it: ``config.toml``, and the environment over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..core.errors import UsageError
from .headers import VARIABLE, GivenHeaders, Headers, read_tables

SLOTS_MAX = 64

_T = TypeVar("_T", str, int, bool)
_NAMES = {str: "a text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The user's own settings; all of them may be absent.

    :param manager: default Manager: a URL, or ``local``.
    :param ca_file: PEM file with the authorities to trust, for https Managers.
    :param headers: sent with every request to a Manager at a URL.
    :param chosen_headers: sent to the Manager that the caller chose by option or environment.
    :param slots: how many tasks the local manager renders at once; 0 for as many as suit this
        computer.
    :param blender: which Blender renders here; empty for the one that froze the job.
    :param run_scripts: the local manager runs scripts inside .blend files.
    """

    manager: str = ""
    ca_file: str = ""
    headers: Headers = field(default_factory=dict, repr=False)
    chosen_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    slots: int = 0
    blender: str = ""
    run_scripts: bool = False

    @classmethod
    def read(cls, path: Path, environ: Mapping[str, str] | None = None) -> UserConfig:
        """Read it.

        :param environ: ``FARM_CA_FILE``, ``FARM_HEADERS``, ``FARM_LOCAL_SLOTS`` and
            ``FARM_LOCAL_BLENDER`` go before the file; empty ones do not count.
        :raises UsageError: if it is there and cannot be understood.
        """
        environ = environ or {}
        table = _Table(read_toml(path), path)
        local = table.table("local")
        headers = table.data("headers")
        given = GivenHeaders.read(environ.get(VARIABLE, ""))
        return cls(
            manager=table.get("manager", ""),
            ca_file=environ.get("FARM_CA_FILE", "") or table.get("ca_file", ""),
            headers=_merged(
                read_tables(headers, f"in '{path}', [headers.\"URL\"] must hold texts"),
                given.by_url,
            ),
            chosen_headers=given.for_chosen,
            slots=_slots(environ.get("FARM_LOCAL_SLOTS", "")) or _file_slots(local),
            blender=environ.get("FARM_LOCAL_BLENDER", "") or local.get("blender", ""),
            run_scripts=local.get("run_scripts", False),
        )

    def headers_for(self, url: str, *, is_chosen: bool) -> dict[str, str]:
        """Return the headers for a Manager.

        :param url: its base URL.
        :param is_chosen: the caller named it, by option or environment.
        """
        return {**self.headers.get(url, {}), **(self.chosen_headers if is_chosen else {})}


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds; nothing where there is none.

    :raises UsageError: if it is there and cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as ex:
        raise UsageError(
            f"'{path}' cannot be read: {ex}", hint="correct it in a text editor"
        ) from ex


def check_slots(slots: int, where: str) -> int:
    """Return a number of slots that makes sense.

    :raises UsageError: for another one, saying where it stands.
    """
    if not 0 <= slots <= SLOTS_MAX:
        raise UsageError(
            f"{where} must be from 0 to {SLOTS_MAX}", hint="0 lets this computer choose"
        )
    return slots


def _slots(text: str) -> int:
    where = "$FARM_LOCAL_SLOTS"
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise UsageError(f"{where} is {text!r}, which is no whole number")
    return check_slots(int(text), where)


def _file_slots(local: _Table) -> int:
    return check_slots(local.get("slots", 0), f"'local.slots' in '{local.path}'")


def _merged(first: Headers, second: Headers) -> dict[str, dict[str, str]]:
    urls = dict.fromkeys((*first, *second))
    return {url: {**first.get(url, {}), **second.get(url, {})} for url in urls}


class _Table:
    """A TOML table that complains in sentences."""

    def __init__(self, data: Mapping[str, Any], path: Path, prefix: str = "") -> None:
        self._data, self._prefix = data, prefix
        self.path = path

    def get(self, key: str, default: _T) -> _T:
        """Return a value of the default's type."""
        value = self._data.get(key, default)
        if type(value) is not type(default):
            raise UsageError(
                f"'{self._prefix}{key}' in '{self.path}' must be {_NAMES[type(default)]}",
                hint="correct it in a text editor",
            )
        return value

    def data(self, key: str) -> Mapping[str, Any]:
        """Return a table in it as it is, perhaps an empty one."""
        value = self._data.get(key, {})
        if not isinstance(value, dict):
            raise UsageError(
                f"'{self._prefix}{key}' in '{self.path}' must be a table",
                hint="correct it in a text editor",
            )
        return value

    def table(self, key: str) -> _Table:
        """Return a table in it, perhaps an empty one."""
        return _Table(self.data(key), self.path, f"{key}.")
