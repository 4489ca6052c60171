# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wakes the app timer. Handlers and update callbacks need no more than this, and it costs nothing.

It knows the timer by what :mod:`.pump` has put here, since properties come before the pump.
"""

from __future__ import annotations

from collections.abc import Callable


class _Bell:
    """What is rung; nothing while the extension is not registered, or in the background."""

    ring: Callable[[], None] | None = None


def set_bell(ring: Callable[[], None] | None) -> None:
    """Choose what :func:`wake` calls."""
    _Bell.ring = ring


def wake() -> None:
    """Let the timer tick, where there is one."""
    if _Bell.ring is not None:
        _Bell.ring()
