# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from farm_addon.core.addresses import is_loopback, parse_base_url
from farm_addon.core.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("manager:8080", "http://manager:8080"),
        ("  http://manager:8080/ ", "http://manager:8080"),
        ("http://Manager.Studio", "http://manager.studio"),
        ("https://farm.studio/app/jobs/123?x=1", "https://farm.studio"),
        ("http://10.0.0.3:8080/app", "http://10.0.0.3:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("localhost", "http://localhost"),
    ],
)
def test_what_people_type_becomes_a_base_url(typed: str, url: str) -> None:
    assert parse_base_url(typed) == url
    assert parse_base_url(url) == url


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://manager", "http://", "http://manager:port", "http://manager/flamenco", "a b:80",
     "http://manager:99999", "http://m/?q=1", "file:///etc/passwd", "http://[::1"],
)  # fmt: skip
def test_what_is_no_url_of_a_manager_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_base_url(typed)


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_base_url("http://mia:secret@manager:8080")
    assert "secret" not in caught.value.message
    assert "header" in caught.value.hint


def test_a_path_prefix_is_refused_with_the_address_that_may_be_right() -> None:
    with pytest.raises(UsageError, match="has a path; a Flamenco Manager sits at the root") as told:
        parse_base_url("https://studio.example/farm/")
    assert "'https://studio.example'" in told.value.hint


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.1", True),
        ("127.3.4.5:8080", True),
        ("http://[::1]:8080/", True),
        ("http://farm.local:8080", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://192.168.1.4", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_loopback_is_this_computer_alone(url: str, is_here: bool) -> None:
    assert is_loopback(url) == is_here
