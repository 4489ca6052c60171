# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker tags by their names: Flamenco's API wants their UUIDs."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import UsageError
from ..names import fold
from ..ports import Manager

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def find_worker_tag(text: str, manager: Callable[[], Manager]) -> str:
    """Return the UUID of a tag.

    :param text: its name, or its UUID, which is taken as it is; empty for no tag.
    :param manager: returns who knows the tags; called only for a name.
    :raises UsageError: if there is no such tag, with those that there are.
    """
    if not text or _UUID.fullmatch(text):
        return text
    tags = manager().worker_tags()
    found = [tag for tag in tags if tag.name == text]
    found = found or [tag for tag in tags if fold(tag.name) == fold(text)]
    if len(found) != 1:
        what = f"no Worker tag '{text}'" if not found else f"more than one Worker tag '{text}'"
        names = ", ".join(f"'{tag.name}'" for tag in tags)
        raise UsageError(
            f"the Manager knows {what}",
            hint=f"its tags are: {names}" if names else "it has no tags",
        )
    return found[0].id
