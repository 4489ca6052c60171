# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences say to children, and that the command line understands it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from farm_addon.blender.child_environment import (
    child_environment,
    template_problem,
    url_problem,
    whole_environment,
)
from farm_addon.blender.command_lines import Settings, save_config
from farm_addon.user_config.values import UserConfig

FARM = "https://farm.example.com"


@dataclass
class Header:
    name: str
    value: str


@dataclass
class Preferences:
    manager_url: str = "http://localhost:8080"
    ca_file: str = ""
    headers: list[Header] = field(default_factory=list)
    local_slots: int = 0
    local_blender: str = ""


def read(tmp_path: Path, settings: Preferences) -> UserConfig:
    return UserConfig.read(tmp_path / "config.toml", child_environment(settings))


def test_what_is_not_set_is_not_said(tmp_path: Path) -> None:
    assert child_environment(Preferences()) == {}
    assert read(tmp_path, Preferences()) == UserConfig()
    assert set(whole_environment(Preferences()).values()) == {""}


def test_the_command_line_understands_all_of_it(tmp_path: Path) -> None:
    settings = Preferences(
        f"{FARM}/app/jobs",
        " /etc/studio.pem ",
        [Header("Authorization", "Bearer abc"), Header(" ", "nothing")],
        3,
        "/opt/blender",
    )
    assert read(tmp_path, settings) == UserConfig(
        ca_file="/etc/studio.pem",
        headers={FARM: {"Authorization": "Bearer abc"}},
        slots=3,
        blender="/opt/blender",
    )


def test_headers_belong_to_the_managers_url_alone(tmp_path: Path) -> None:
    found = read(tmp_path, Preferences(FARM, headers=[Header("Authorization", "Bearer abc")]))
    assert found.headers_for(FARM, is_chosen=True) == {"Authorization": "Bearer abc"}
    assert found.headers_for("https://other.example.com", is_chosen=True) == {}


def test_headers_of_what_is_no_url_go_nowhere() -> None:
    settings = Preferences(f"{FARM}/below", headers=[Header("Authorization", "Bearer abc")])
    assert child_environment(settings) == {}


def test_no_secret_is_an_argument() -> None:
    environment = whole_environment(Preferences(FARM, headers=[Header("Authorization", "s3cret")]))
    settings = Settings("/mnt/farm", "ep01", FARM, "/opt/blender", True, environment)
    assert not any("s3cret" in word for word in save_config(settings))
    assert save_config(settings)[:2] == ("config", "save")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://localhost:8080", ""),
        ("farm:8080", ""),
        (f"{FARM}/flamenco", "root of its host name"),
        ("ftp://farm", "is no URL of a Manager"),
        ("", "is no URL of a Manager"),
    ],
)
def test_a_url_that_cannot_be_used_says_why(url: str, told: str) -> None:
    assert (told in url_problem(url)) if told else url_problem(url) == ""


def test_a_template_that_cannot_be_read_says_where() -> None:
    assert template_problem("") == template_problem("{job}_{frame:06d}.{ext}") == ""
    assert "{scene" in template_problem("{file}_{scene")
