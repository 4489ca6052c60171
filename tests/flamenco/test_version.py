# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from farm_addon.flamenco.version import UNREADABLE, parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.2", (3, 2)),
        ("3.8.5", (3, 8)),
        ("3.9-beta1 (cf286e71)", (3, 9)),
        ("3.10-rc2", (3, 10)),
        ("4.0-alpha3", (4, 0)),
        ("set-during-build", UNREADABLE),
        ("", UNREADABLE),
        ("v3.8", UNREADABLE),
    ],
)
def test_versions_are_read(text: str, version: tuple[int, int]) -> None:
    assert parse_version(text) == version
