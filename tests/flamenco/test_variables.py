# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from farm_addon.flamenco.variables import restore


@pytest.mark.parametrize(
    ("text", "platform", "restored"),
    [
        ("{farm}/releases/x", "linux", "/mnt/farm/releases/x"),
        ("{farm}", "linux", "/mnt/farm"),
        # The Manager's test of the prefix looks for no separator.
        ("{farm}2/x", "linux", "/mnt/farm2/x"),
        # A job that was submitted on Windows.
        (r"{farm}\releases\x.blend", "linux", "/mnt/farm/releases/x.blend"),
        ("{farm}/releases/x", "windows", "V:\\farm\\releases\\x"),
        ("{other}/x", "linux", "{other}/x"),
        ("/a/{farm}/x", "linux", "/a/{farm}/x"),
        ("plain", "windows", "plain"),
    ],
)
def test_a_leading_variable_becomes_its_value(text: str, platform: str, restored: str) -> None:
    values = {"linux": "/mnt/farm", "windows": "V:\\farm\\"}
    assert restore(text, {"farm": values[platform]}, platform) == restored
