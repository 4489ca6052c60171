# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``config.toml`` and the environment say together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm_addon.core.errors import UsageError
from farm_addon.user_config.values import UserConfig

FARM = "https://farm.example.com"


def config(tmp_path: Path, text: str, **environ: str) -> UserConfig:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return UserConfig.read(path, environ)


def test_without_a_file_everything_is_left_open(tmp_path: Path) -> None:
    assert UserConfig.read(tmp_path / "config.toml") == UserConfig()


def test_the_file_says_all_of_it(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        'manager = "local"\nca_file = "/etc/studio.pem"\n'
        '[local]\nslots = 3\nblender = "/opt/blender"\nrun_scripts = true\n'
        f'[headers."{FARM}/"]\nAuthorization = "Bearer abc"\n',
    )
    assert found == UserConfig(
        manager="local",
        ca_file="/etc/studio.pem",
        headers={FARM: {"Authorization": "Bearer abc"}},
        slots=3,
        blender="/opt/blender",
        run_scripts=True,
    )


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        'ca_file = "/etc/studio.pem"\n[local]\nslots = 3\nblender = "/opt/blender"\n'
        f'[headers."{FARM}"]\nAuthorization = "Bearer abc"\nX-Studio = "a"\n',
        FARM_CA_FILE="/etc/other.pem",
        FARM_LOCAL_SLOTS="2",
        FARM_LOCAL_BLENDER="/opt/other",
        FARM_HEADERS=json.dumps({FARM: {"Authorization": "Bearer xyz"}}),
    )
    assert (found.ca_file, found.slots, found.blender) == ("/etc/other.pem", 2, "/opt/other")
    assert found.headers == {FARM: {"Authorization": "Bearer xyz", "X-Studio": "a"}}


def test_what_is_empty_in_the_environment_does_not_count(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        'ca_file = "/etc/studio.pem"\n[local]\nslots = 3\n',
        FARM_CA_FILE="",
        FARM_LOCAL_SLOTS="0",
        FARM_HEADERS=" ",
    )
    assert (found.ca_file, found.slots, found.headers) == ("/etc/studio.pem", 3, {})


def test_headers_without_a_url_go_to_the_manager_that_was_chosen_and_to_no_other(
    tmp_path: Path,
) -> None:
    found = config(tmp_path, "", FARM_HEADERS='{"Authorization": "Bearer abc"}')
    assert found.headers_for(FARM, is_chosen=True) == {"Authorization": "Bearer abc"}
    assert found.headers_for(FARM, is_chosen=False) == {}


def test_headers_of_a_url_go_nowhere_else(tmp_path: Path) -> None:
    found = config(tmp_path, f'[headers."{FARM}"]\nAuthorization = "Bearer abc"\n')
    assert found.headers_for(FARM, is_chosen=False) == {"Authorization": "Bearer abc"}
    assert found.headers_for("http://farm.example.com", is_chosen=True) == {}
    assert found.headers_for("https://farm.example.com:8443", is_chosen=True) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("manager = 3", "'manager' in .* must be a text"),
        ("local = 3", "'local' in .* must be a table"),
        ("[local]\nslots = true", "'local.slots' in .* must be a whole number"),
        ("[local]\nslots = 65", "'local.slots' in .* must be from 0 to 64"),
        ("[local]\nslots = -1", "'local.slots' in .* must be from 0 to 64"),
        ('[local]\nrun_scripts = "no"', "'local.run_scripts' in .* must be true or false"),
        ('[headers]\nAuthorization = "x"', "must hold texts"),
        (f'[headers."{FARM}"]\nX-Count = 3', "must hold texts"),
        ('[headers."https://farm.example.com/sub"]\nA = "b"', "has a path"),
        (f'[headers."{FARM}"]\n"X Y" = "b"', "is no name of a header"),
        ("manager = ", "cannot be read"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        config(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"A": 3}', '{"A": {"b": 3}}', '{"A": "b", "http://x": {"A": "b"}}', "[" * 9999],
)
def test_headers_of_another_shape_are_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="FARM_HEADERS must be a JSON object") as told:
        config(tmp_path, "", FARM_HEADERS=text)
    assert text not in told.value.message


@pytest.mark.parametrize("value", ["a\nInjected: x", "caf\u00e9", " padded"])
def test_a_value_that_cannot_be_sent_is_refused_and_not_repeated(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(UsageError, match="'Authorization' cannot be sent") as told:
        config(tmp_path, "", FARM_HEADERS=json.dumps({"Authorization": value}))
    assert value not in told.value.message


@pytest.mark.parametrize("text", ["many", "-1", "1.5"])
def test_a_number_of_slots_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="FARM_LOCAL_SLOTS is .* no whole number"):
        config(tmp_path, "", FARM_LOCAL_SLOTS=text)
