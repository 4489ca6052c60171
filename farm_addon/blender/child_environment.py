# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences say to the command line through its environment (no bpy here).

Secrets are among it, and an argument could be read by everybody on this computer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from ..core.addresses import parse_base_url
from ..core.errors import UsageError
from ..core.naming.templates import Template


class Header(Protocol):
    """A header of the preferences' list."""

    @property
    def name(self) -> str:
        """Its name, perhaps not filled in yet."""

    @property
    def value(self) -> str:
        """Its value, perhaps not filled in yet."""


class NetworkSettings(Protocol):
    """The part of the preferences that children are told."""

    @property
    def manager_url(self) -> str:
        """The Manager that the headers belong to."""

    @property
    def ca_file(self) -> str:
        """Path, or empty."""

    @property
    def headers(self) -> Iterable[Header]:
        """Extra headers; those without a name do not count."""

    @property
    def local_slots(self) -> int:
        """Renders at once; 0 for automatic."""

    @property
    def local_blender(self) -> str:
        """Path, or empty for the one that freezes."""


def child_environment(settings: NetworkSettings) -> dict[str, str]:
    """Return the variables that a command line of ours gets; what is not set is not among them.

    ``FARM_HEADERS`` names the Manager that each header belongs to, so that whatever else a volume
    or a record names never gets them.
    """
    return {name: value for name, value in whole_environment(settings).items() if value}


def whole_environment(settings: NetworkSettings) -> dict[str, str]:
    """Return all variables that :func:`child_environment` knows; what is not set is empty."""
    return {
        "FARM_CA_FILE": settings.ca_file.strip(),
        "FARM_LOCAL_SLOTS": str(settings.local_slots) if settings.local_slots else "",
        "FARM_LOCAL_BLENDER": settings.local_blender.strip(),
        "FARM_HEADERS": _headers(settings),
    }


def _headers(settings: NetworkSettings) -> str:
    headers = {one.name.strip(): one.value for one in settings.headers if one.name.strip()}
    if not headers or url_problem(settings.manager_url):
        return ""
    return json.dumps({parse_base_url(settings.manager_url): headers})


@lru_cache(maxsize=64)
def url_problem(url: str) -> str:
    """Return why a text is no URL of a Manager, and what to write instead; or nothing."""
    try:
        parse_base_url(url)
    except UsageError as ex:
        return _sentences(ex)
    return ""


@lru_cache(maxsize=64)
def template_problem(template: str) -> str:
    """Return why a template cannot be read, or nothing; an empty one is the default."""
    try:
        Template.parse(template)
    except UsageError as ex:
        return _sentences(ex)
    return ""


def _sentences(error: UsageError) -> str:
    told = (error.message, error.hint)
    return ". ".join(text[:1].upper() + text[1:] for text in told if text)
