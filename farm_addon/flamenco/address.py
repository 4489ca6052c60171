# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The URL of a Manager, as people write it and as requests need it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..core.errors import UsageError

LOOPBACK_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))


def parse_base_url(text: str) -> str:
    """Return the base URL for what a person typed or pasted.

    ``manager:8080`` gets its ``http://``; the page of the web interface (``…/app/jobs``) is cut
    off, as is a trailing slash.

    :raises UsageError: for another scheme, a missing host, a path (a Manager sits at the root of
        its host name, flamenco.md §1), or a password, which would end up in records.
    """
    url = text.strip()
    if "://" not in url:
        url = f"http://{url}"
    hint = "write it like http://manager.local:8080"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as ex:
        raise UsageError(f"'{text}' is no URL of a Manager: {ex}", hint=hint) from ex
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname):
        raise UsageError(f"'{text}' is no URL of a Manager", hint=hint)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"the URL of the Manager at '{parts.hostname}' holds a user name or a password",
            hint="put them into an extra header in the user's config.toml instead",
        )
    path = re.sub(r"^/app(/.*)?$", "", parts.path).rstrip("/")
    if path or (parts.query and not parts.path.startswith("/app")):
        raise UsageError(
            f"'{text}' has a path; a Flamenco Manager sits at the root of its host name", hint=hint
        )
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def is_loopback(base_url: str) -> bool:
    """Tell whether a base URL means this computer."""
    host = urlsplit(base_url).hostname or ""
    return host in LOOPBACK_HOSTS or host.startswith("127.")


def _is_host(host: str | None) -> bool:
    return bool(host) and re.search(r"[\s\\<>\"'{}|^`%]", host or "") is None
