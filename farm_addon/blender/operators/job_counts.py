# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verb did to how many jobs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..translations import counted, iface

COUNTS = {
    "changed": ("{count} job changed", "{count} jobs changed"),
    "cancelled": ("{count} job cancelled", "{count} jobs cancelled"),
    "already_so": ("{count} was so already", "{count} were so already"),
    "already_finished": ("{count} had ended already", "{count} had ended already"),
    "left_alone": ("{count} left alone", "{count} left alone"),
    "not_found": ("{count} not found", "{count} not found"),
    "failed": ("{count} failed", "{count} failed"),
}
"""What a verb did to how many jobs, as its result counts them."""


def describe_counts(result: Mapping[str, Any], changed: tuple[str, str] | None = None) -> str:
    """Return in words how many jobs a verb did what to.

    :param changed: templates for those that it changed, instead of the general ones.
    """
    counts = result.get("counts", {})
    if not isinstance(counts, Mapping):
        return iface("No job was changed")
    parts = []
    for name, templates in COUNTS.items():
        count = number(counts.get(name, 0))
        one, many = changed if changed is not None and name == "changed" else templates
        if count:
            parts.append(counted(count, one, many))
    return ", ".join(parts) or iface("No job was changed")


def number(value: Any) -> int:
    """Return a count that a result tells, 0 for what is none."""
    return value if isinstance(value, int) else 0
