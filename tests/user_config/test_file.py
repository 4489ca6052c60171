# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing ``config.toml``."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from farm_addon.core.errors import FarmError, UsageError
from farm_addon.user_config.file import KEYS, ConfigFile
from farm_addon.user_config.headers import GivenHeaders
from farm_addon.user_config.values import UserConfig

FARM = "https://farm.example.com"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "farm_addon" / "config.toml"


def test_what_is_set_is_what_the_verbs_read(path: Path) -> None:
    file = ConfigFile(path)
    file.set("manager", "farm.example.com:8080/app/jobs")
    file.set("ca_file", "~/studio.pem")
    file.set("local.slots", "4")
    file.set("local.blender", "blender")
    file.set("local.run_scripts", "yes")
    file.set_header(FARM, "Authorization", "Bearer abc")
    file.write()
    assert UserConfig.read(path) == UserConfig(
        manager="http://farm.example.com:8080",
        ca_file=str(Path("~/studio.pem").expanduser()),
        headers={FARM: {"Authorization": "Bearer abc"}},
        slots=4,
        blender="blender",
        run_scripts=True,
    )


def test_what_is_unset_is_open_again(path: Path) -> None:
    file = ConfigFile(path)
    for key in KEYS:
        file.set(key, "true" if key == "local.run_scripts" else "3" if "slots" in key else "local")
    file.set_header(FARM, "Authorization", "Bearer abc")
    file.write()
    file = ConfigFile(path)
    assert all(file.unset(key) for key in KEYS)
    assert not any(file.unset(key) for key in KEYS)
    assert file.unset_header(FARM) == 1
    file.write()
    assert path.read_bytes() == b""


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_the_user_can_read_it_even_where_others_could_before(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0o644)
    file = ConfigFile(path)
    assert not file.is_private()
    file.set_header(FARM, "Authorization", "Bearer abc")
    file.write()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ConfigFile(path).is_private()


def test_what_a_newer_version_wrote_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('colour = "green"\n[future]\n[local]\nslots = 2\nspeed = 9\n')
    file = ConfigFile(path)
    file.set("local.slots", "3")
    file.write()
    assert tomllib.loads(path.read_text()) == {
        "colour": "green",
        "future": {},
        "local": {"slots": 3, "speed": 9},
    }


def test_a_file_with_comments_is_put_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('# mine\nmanager = "local"\n')
    file = ConfigFile(path)
    file.unset("manager")
    aside = file.write()
    assert aside is not None
    assert aside.read_text() == '# mine\nmanager = "local"\n'
    assert ConfigFile(path).write() is None


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    try:
        path.symlink_to(real)
    except OSError:
        pytest.skip("links cannot be made here")
    file = ConfigFile(path)
    file.set("manager", "local")
    file.write()
    assert path.is_symlink()
    assert tomllib.loads(real.read_text()) == {"manager": "local"}


def test_a_header_has_one_value_whatever_case_and_url_it_was_written_in(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(f'[headers."{FARM}/app"]\nauthorization = "old"\nX-Other = "b"\n')
    file = ConfigFile(path)
    file.set_header(f"{FARM}/", "Authorization", "new")
    file.write()
    assert ConfigFile(path).headers() == {FARM: {"X-Other": "b", "Authorization": "new"}}
    assert file.unset_header(FARM, "AUTHORIZATION") == 1
    assert file.headers() == {FARM: {"X-Other": "b"}}


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("colour", "green", "there is no setting 'colour'"),
        ("manager", "https://farm.example.com/sub", "has a path"),
        ("local.slots", "many", "must be a whole number"),
        ("local.slots", "65", "must be from 0 to 64"),
        ("local.run_scripts", "perhaps", "must be true or false"),
    ],
)
def test_what_makes_no_sense_is_refused(path: Path, key: str, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ConfigFile(path).set(key, text)


def test_a_header_that_cannot_be_sent_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be sent"):
        ConfigFile(path).set_header(FARM, "Authorization", "a\r\nX: y")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path / "file" / "config.toml")
    file.set("manager", "local")
    (tmp_path / "file").write_text("")
    with pytest.raises(FarmError, match="cannot be written"):
        file.write()


def test_a_write_that_fails_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.write_text('manager = "local"\n')
    file = ConfigFile(path)
    file.unset("manager")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FarmError, match="No space left"):
        file.write()
    assert path.read_text() == 'manager = "local"\n'
    assert os.listdir(path.parent) == ["config.toml"]


def test_what_another_program_wrote_meanwhile_is_not_lost(path: Path) -> None:
    mine, others = ConfigFile(path), ConfigFile(path)
    others.set("local.slots", "3")
    others.write()
    mine.set("manager", "local")
    with pytest.raises(FarmError, match="changed by another program"):
        mine.write()
    assert UserConfig.read(path).slots == 3
    others.set("manager", "local")
    others.write()  # its own writing is no other program's
    assert UserConfig.read(path) == UserConfig(manager="local", slots=3)


def test_no_value_of_a_header_is_in_what_is_printed_of_a_configuration(path: Path) -> None:
    file = ConfigFile(path)
    file.set_header(FARM, "Authorization", "Bearer abc")
    file.write()
    given = '{"X-Token": "xyz"}'
    config = UserConfig.read(path, {"FARM_HEADERS": given})
    assert config.headers_for(FARM, is_chosen=True).keys() == {"Authorization", "X-Token"}
    told = f"{config!r} {GivenHeaders.read(given)!r}"
    assert "Bearer" not in told
    assert "xyz" not in told
