# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The URL of a Manager: as people write it, as requests need it, and what its text tells."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import UsageError

EXAMPLE_HINT = "write it like http://manager.local:8080"


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
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as ex:
        raise UsageError(f"'{text}' is no URL of a Manager: {ex}", hint=EXAMPLE_HINT) from ex
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname):
        raise UsageError(f"'{text}' is no URL of a Manager", hint=EXAMPLE_HINT)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"the URL of the Manager at '{parts.hostname}' holds a user name or a password",
            hint="put them into an extra header instead: farm config set-header",
        )
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    base = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    path = re.sub(r"^/app(/.*)?$", "", parts.path).rstrip("/")
    if path or (parts.query and not parts.path.startswith("/app")):
        raise UsageError(
            f"'{text}' has a path; a Flamenco Manager sits at the root of its host name",
            hint=f"use '{base}', and give the Manager a host name of its own at the proxy",
        )
    return base


def is_loopback(url: str) -> bool:
    """Tell whether a URL means this computer, by its text alone; no name is looked up.

    :param url: with or without its scheme; what is no URL means no computer.
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str | None) -> bool:
    return bool(host) and re.search(r"[\s\\<>\"'{}|^`%]", host or "") is None
