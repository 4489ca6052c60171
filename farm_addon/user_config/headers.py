# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extra headers of requests. Each belongs to one Manager: a volume or a record that names another
one must not get this one's token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.addresses import parse_base_url
from ..core.errors import UsageError

Headers = Mapping[str, Mapping[str, str]]
"""Name and value of each header, by the Manager's base URL."""

VARIABLE = "FARM_HEADERS"
_SHAPE = f"${VARIABLE} must be a JSON object of headers, or of one such object per URL"


@dataclass(frozen=True, slots=True)
class GivenHeaders:
    """What ``$FARM_HEADERS`` says.

    :param by_url: for Managers that it names.
    :param for_chosen: for the Manager that the caller chose, whatever its URL is.
    """

    by_url: Headers = field(default_factory=dict, repr=False)
    for_chosen: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, text: str) -> GivenHeaders:
        """Read it; an empty text holds none.

        :raises UsageError: if it is of another shape. What it says is not repeated: it is secret.
        """
        if not text.strip():
            return cls()
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as ex:
            raise UsageError(_SHAPE) from ex
        if not isinstance(data, dict):
            raise UsageError(_SHAPE)
        if all(isinstance(value, str) for value in data.values()):
            return cls(for_chosen=_checked(data))
        return cls(by_url=read_tables(data, _SHAPE))


def read_tables(data: Mapping[str, object], problem: str) -> dict[str, dict[str, str]]:
    """Return headers by base URL.

    :param problem: what to say where the shape is another.
    :raises UsageError: for another shape, and for what is no URL of a Manager.
    """
    found: dict[str, dict[str, str]] = {}
    for url, table in data.items():
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            raise UsageError(problem)
        found.setdefault(parse_base_url(url), {}).update(_checked(table))
    return found


def check_header(name: str, value: str) -> None:
    """Refuse a header that cannot be sent; its value is not repeated.

    :raises UsageError: saying what is wrong with it.
    """
    is_token = name and name.isascii() and name.isprintable() and not set(name) & set(' ()<>@,;:"')
    if not is_token:
        raise UsageError(f"{name[:60]!r} is no name of a header", hint="such as: Authorization")
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise UsageError(
            f"the value of the header '{name}' cannot be sent",
            hint="it may hold printable ASCII characters alone, and no spaces around them",
        )


def _checked(table: Mapping[str, str]) -> dict[str, str]:
    for name, value in table.items():
        check_header(name, value)
    return dict(table)
