# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of releases, jobs and delivered files: legal on every platform and on the way there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from .errors import UsageError

NAME_CHARACTERS_MAX = 64
NAME_BYTES_MAX = 200
OUTPUT_NAME_BYTES_MAX = 255

_PUNCTUATION = frozenset("._- ")
_NOT_IN_FILE_NAMES = frozenset('<>:"/\\|?*')
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", "conin$", "conout$")
    + tuple(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")
)
"""Source: Microsoft, "Naming Files, Paths, and Namespaces"; the superscripts count too."""

_RESERVED = frozenset(("quick", "release"))
_RESERVED_END = ".jobs"
_REPLACEMENT = "_"
_PLAIN = re.compile(r"[A-Za-z0-9._ -]+")


class NameRefusedError(UsageError):
    """A name is not legal; the hint has one that is."""


def check_name(text: str, *, kind: Literal["release", "job"] = "release") -> str:
    """Return the name of a release or job in its one form (NFC).

    :raises NameRefusedError: if it is not legal.
    """
    name = unicodedata.normalize("NFC", text)
    problem = _problem(name) or (_reserved(name) if kind == "release" else "")
    if problem:
        raise NameRefusedError(
            f"'{_printable(text)}' is no name for a {kind}: {problem}",
            hint=f"try: {suggest_name(text)}",
        )
    return name


def suggest_name(text: str) -> str:
    """Return a name like ``text`` that is legal for a release and for a job."""
    pieces = [
        character if _is_allowed(character) else _REPLACEMENT
        for character in unicodedata.normalize("NFC", text)
    ]
    name = _cut(unicodedata.normalize("NFC", "".join(pieces)).lstrip(".- "))
    if is_device(name):
        stem, dot, rest = name.partition(".")
        name = _cut(f"{stem.rstrip(' ')}{_REPLACEMENT}{dot}{rest}")
    if fold(name) in _RESERVED:
        name += f"{_REPLACEMENT}1"
    elif fold(name).endswith(_RESERVED_END):
        name = f"{name[: -len(_RESERVED_END)]}{_REPLACEMENT}{name[1 - len(_RESERVED_END) :]}"
    return name or "untitled"


def check_output_name(text: str) -> str:
    """Return the name of a delivered file in its one form (NFC); one path component.

    More is allowed than in names of jobs, since a studio agrees on delivery names with its client.

    :raises NameRefusedError: if it is not legal.
    """
    name = unicodedata.normalize("NFC", text)
    problem = _output_problem(name)
    if problem:
        raise NameRefusedError(
            f"'{_printable(text)}' is no name for a delivered file: {problem}",
            hint="change the job's name, the frame's name or the template of delivery names",
        )
    return name


def fold(name: str) -> str:
    """Return what two names share when they differ only in case or in Unicode form."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _problem(name: str) -> str:
    """Return why a name in NFC is not legal, or an empty text."""
    if not name:
        return "it is empty"
    odd = sorted({character for character in name if not _is_allowed(character)})
    if odd:
        return (
            f"{_list(odd)} may not be in it, only letters, digits, dots, dashes, underscores"
            " and spaces"
        )
    if len(name) > NAME_CHARACTERS_MAX:
        return f"it has more than {NAME_CHARACTERS_MAX} characters"
    if len(name.encode()) > NAME_BYTES_MAX:
        return f"it is longer than {NAME_BYTES_MAX} bytes in UTF-8"
    if name[0] in ".- ":
        return "it begins with a dot, a dash or a space"
    return _common_problem(name)


def _output_problem(name: str) -> str:
    if not name:
        return "it is empty"
    is_plain = _PLAIN.fullmatch(name)  # most are, and there are very many
    odd = set() if is_plain else {one for one in name if _is_odd(one)}
    if odd:
        return f"{_list(sorted(odd))} may not be in it"
    if len(name.encode()) > OUTPUT_NAME_BYTES_MAX:
        return f"it is longer than {OUTPUT_NAME_BYTES_MAX} bytes in UTF-8"
    if name[0] in ".- ":
        return "it begins with a dot, a dash or a space"
    return _common_problem(name)


def _common_problem(name: str) -> str:
    if name[-1] in ". ":
        return "it ends with a dot or a space"
    if is_device(name):
        return "Windows keeps it for a device"
    return ""


def _reserved(name: str) -> str:
    folded = fold(name)
    if folded in _RESERVED:
        return "it is reserved"
    return f"names that end in {_RESERVED_END} are reserved" if folded.endswith(".jobs") else ""


def _is_allowed(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "LMN"


def _is_odd(character: str) -> bool:
    """Tell what no name of a file may hold."""
    return character in _NOT_IN_FILE_NAMES or _is_invisible(character)


def _is_invisible(character: str) -> bool:
    """Tell control, format, private, unassigned and surrogate characters, and odd line ends."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in ("Zl", "Zp")


def is_device(name: str) -> bool:
    """Tell whether Windows takes a file name for a device, whatever its extension."""
    return name.partition(".")[0].rstrip(" ").casefold() in _DEVICES


def _cut(name: str) -> str:
    """Cut a name to its greatest length, and off what may not be at its end."""
    name = name[:NAME_CHARACTERS_MAX]
    name = name.encode()[:NAME_BYTES_MAX].decode(errors="ignore")
    return name.rstrip(". ")


def _list(characters: Iterable[str]) -> str:
    return ", ".join(f"'{_printable(one)}'" for one in characters)


def _printable(text: str) -> str:
    """Return a text that can be shown: no control or direction characters, not endless."""
    shown = "".join(
        one.encode("unicode_escape").decode() if _is_invisible(one) else one for one in text[:80]
    )
    return shown + ("…" if len(text) > 80 else "")
