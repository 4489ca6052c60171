# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change ``config.toml``: whole or not at all, readable by its user alone from the first byte on.

What this version of farm_addon does not know stays as it is. Comments cannot be kept by a TOML
writer, so a file that has some is put aside first.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..core.addresses import parse_base_url
from ..core.errors import FarmError, MissingLibraryError, UsageError
from .headers import check_header
from .values import UserConfig, check_slots, read_toml

LOCAL = "local"
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

KEYS = {
    "manager": "default Manager: a URL, or 'local'",
    "ca_file": "PEM file with the certificate authorities to trust",
    "local.slots": "how many tasks this computer renders at once; 0 lets it choose",
    "local.blender": "Blender that renders on this computer",
    "local.run_scripts": "whether scripts inside .blend files run here: true or false",
}
"""What can be set, by its dotted name; headers are set by URL and name."""


class ConfigFile:
    """The user's ``config.toml``, read and perhaps about to be changed.

    :param path: of the file, which may not be there; a link is followed.
    :raises UsageError: if it is there and cannot be understood.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        self._found = _content(self.path)
        UserConfig.read(self.path)
        self.data = read_toml(self.path)

    def get(self, key: str) -> str | int | bool | None:
        """Return a value that is set, or None.

        :param key: one of :data:`KEYS`.
        """
        table, name = self._place(key)
        value: str | int | bool | None = table.get(name)
        return value

    def set(self, key: str, text: str) -> str | int | bool:
        """Set a value from what a person typed; return it as it is kept.

        :raises UsageError: for an unknown key, or a value that makes no sense there.
        """
        value = _parse(_known(key), text)
        section, _, name = key.rpartition(".")
        table = self.data.setdefault(section, {}) if section else self.data
        table[name] = value
        return value

    def unset(self, key: str) -> bool:
        """Forget a value; return whether it was set.

        :raises UsageError: for an unknown key.
        """
        table, name = self._place(_known(key))
        return table.pop(name, None) is not None

    def headers(self) -> dict[str, dict[str, str]]:
        """Return the headers by base URL."""
        found: dict[str, dict[str, str]] = {}
        for url, table in self.data.get("headers", {}).items():
            found.setdefault(parse_base_url(url), {}).update(table)
        return found

    def set_header(self, url: str, name: str, value: str) -> None:
        """Set a header of a Manager.

        :raises UsageError: for what is no URL of a Manager, or cannot be sent.
        """
        check_header(name, value)
        table = self._header_table(url)
        for other in [one for one in table if one.lower() == name.lower()]:
            del table[other]
        table[name] = value

    def unset_header(self, url: str, name: str = "") -> int:
        """Forget a header of a Manager, or all of them; return how many were set.

        :raises UsageError: for what is no URL of a Manager.
        """
        table = self._header_table(url)
        gone = [one for one in table if not name or one.lower() == name.lower()]
        for one in gone:
            del table[one]
        return len(gone)

    def is_private(self) -> bool:
        """Tell whether nobody else may read the file; where that cannot be told, yes."""
        if os.name != "posix":
            return True
        try:
            return not stat.S_IMODE(self.path.stat().st_mode) & 0o077
        except OSError:
            return True

    def write(self) -> Path | None:
        """Write the file, whole or not at all, for its user's eyes alone.

        :return: where the former file was put aside because it has comments, or None.
        :raises FarmError: if it cannot be written, or somebody else has changed it meanwhile.
        :raises MissingLibraryError: without ``tomli-w``.
        """
        data = _dump(_without_empty_tables(self.data))
        if _content(self.path) != self._found:
            raise FarmError(
                f"'{self.path}' was changed by another program at the same time",
                hint="nothing was written; do it again",
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = self._put_aside()
            _replace(self.path, data)
            self._found = data
        except OSError as ex:
            raise FarmError(
                f"'{self.path}' cannot be written: {ex.strerror or ex}",
                hint="see to it that your configuration folder can be written",
            ) from ex
        return aside

    def _place(self, key: str) -> tuple[dict[str, Any], str]:
        section, _, name = key.rpartition(".")
        table: dict[str, Any] = self.data.get(section, {}) if section else self.data
        return table, name

    def _header_table(self, url: str) -> dict[str, str]:
        """Return the table of a Manager under its base URL, whatever it was written as."""
        base = parse_base_url(url)
        tables: dict[str, dict[str, str]] = self.data.setdefault("headers", {})
        merged: dict[str, str] = {}
        for written in [one for one in tables if parse_base_url(one) == base]:
            merged.update(tables.pop(written))
        tables[base] = merged
        return merged

    def _put_aside(self) -> Path | None:
        try:
            former = self.path.read_bytes()
        except FileNotFoundError:
            return None
        if re.search(rb"(^|\s)#", former) is None:
            return None
        aside = self.path.with_name(f"{self.path.name}.old")
        _replace(aside, former)
        return aside


def _content(path: Path) -> bytes | None:
    """Return what a file holds; None where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _known(key: str) -> str:
    if key not in KEYS:
        raise UsageError(
            f"there is no setting '{key}'", hint=f"there are: {', '.join(KEYS)}; and set-header"
        )
    return key


def _parse(key: str, text: str) -> str | int | bool:
    text = text.strip()
    match key:
        case "manager":
            return text if text in ("", LOCAL) else parse_base_url(text)
        case "local.slots":
            if not text.isdecimal():
                raise UsageError(f"'{key}' must be a whole number, not {text!r}")
            return check_slots(int(text), f"'{key}'")
        case "local.run_scripts":
            if text.lower() not in _TRUTHS:
                raise UsageError(f"'{key}' must be true or false, not {text!r}")
            return _TRUTHS[text.lower()]
    if key == "local.blender" and os.path.basename(text) == text:
        return text  # a name on the PATH
    return os.path.abspath(os.path.expanduser(text)) if text else text


def _without_empty_tables(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data without tables of ours in which nothing is left."""
    headers = {url: table for url, table in data.get("headers", {}).items() if table}
    ours = {"local": data.get("local"), "headers": headers}
    return {key: ours.get(key, value) for key, value in data.items() if ours.get(key, True)}


def _dump(data: Mapping[str, Any]) -> bytes:
    try:
        import tomli_w
    except ImportError as ex:
        raise MissingLibraryError("tomli-w", "to write config.toml") from ex
    return tomli_w.dumps(data).encode()


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(partial, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
