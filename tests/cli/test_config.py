# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm config``."""

from __future__ import annotations

import io
import json
import sys
import tomllib
from typing import Any

import pytest

from farm_addon import user_folders
from farm_addon.user_config.file import KEYS
from tests.cli.conftest import Cli

FARM = "https://farm.example.com"
SECRET = "Bearer s3cret"


def written() -> dict[str, Any]:
    return tomllib.loads(user_folders.config_file().read_text(encoding="utf-8"))


def test_without_a_file_it_shows_what_could_be_set(cli: Cli) -> None:
    result = cli.json("config")["result"]
    assert result["is_there"] is False
    assert [row["key"] for row in result["settings"]] == list(KEYS)
    assert {row["source"] for row in result["settings"]} == {""}


def test_a_value_is_set_shown_and_forgotten(cli: Cli) -> None:
    assert cli("config", "set", "local.slots", "3") == 0
    assert "local.slots is 3" in cli.out
    assert "when it is idle" in cli.err
    shown = {row["key"]: row for row in cli.json("config", "show")["result"]["settings"]}
    assert shown["local.slots"] == {"key": "local.slots", "value": 3, "source": "config.toml"}
    assert cli("config", "unset", "local.slots") == 0
    assert written() == {}
    assert cli("config", "unset", "local.slots") == 0
    assert "Nothing to do" in cli.out


def test_it_needs_no_volume(cli: Cli, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cli.root = tmp_path / "nowhere"
    assert cli("config", "set", "manager", "local") == 0


def test_a_dry_run_writes_nothing(cli: Cli) -> None:
    assert cli.json("config", "set", "manager", "local", "--dry-run")["result"]["changed"]
    assert not user_folders.config_file().exists()


def test_an_unknown_setting_is_a_usage_error(cli: Cli) -> None:
    assert cli("config", "set", "colour", "green") == 2
    assert "local.slots" in cli.err


def test_a_secret_comes_from_the_environment_and_is_never_shown(cli: Cli) -> None:
    arguments = ("config", "set-header", FARM, "Authorization", "--from-env", "TOKEN")
    assert cli(*arguments, environ={"TOKEN": SECRET}) == 0
    said = cli.out + cli.err
    assert written()["headers"] == {FARM: {"Authorization": SECRET}}
    for how in ([], ["--json"], ["--events"]):
        assert cli("config", *how) == 0
        said += cli.out + cli.err
    assert "Authorization" in said
    assert "s3cret" not in said
    assert cli("config", "unset-header", FARM) == 0
    assert written() == {}


def test_a_secret_may_come_from_stdin(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SECRET}\n"))
    assert cli("config", "set-header", FARM, "Authorization") == 0
    assert written()["headers"] == {FARM: {"Authorization": SECRET}}


def test_without_anybody_to_ask_there_is_no_secret(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert cli("config", "set-header", FARM, "Authorization") == 1
    assert cli("config", "set-header", FARM, "Authorization", "--events") == 2
    assert cli("config", "set-header", FARM, "Authorization", "--from-env", "NONE") == 2
    assert not user_folders.config_file().exists()


def test_saving_keeps_what_the_environment_says(cli: Cli) -> None:
    cli("config", "set", "local.blender", "/opt/old")
    environ = {
        "FARM_CA_FILE": "/etc/studio.pem",
        "FARM_LOCAL_SLOTS": "2",
        "FARM_LOCAL_BLENDER": "",
        "FARM_HEADERS": json.dumps({FARM: {"Authorization": SECRET}}),
    }
    assert cli("config", "save", "--manager", FARM, environ=environ) == 0
    assert "s3cret" not in cli.out + cli.err
    assert written() == {
        "manager": FARM,
        "ca_file": "/etc/studio.pem",
        "local": {"slots": 2},
        "headers": {FARM: {"Authorization": SECRET}},
    }
    assert cli("config", "save", "--manager", FARM, environ=environ) == 0
    assert "Nothing to do" in cli.out


def test_saving_leaves_alone_what_is_not_said(cli: Cli) -> None:
    cli("config", "set", "local.slots", "2")
    assert cli("config", "save", environ={"FARM_MANAGER": "local"}) == 0
    assert written() == {"local": {"slots": 2}, "manager": "local"}


def test_headers_of_no_manager_cannot_be_saved(cli: Cli) -> None:
    environ = {"FARM_HEADERS": json.dumps({"Authorization": SECRET})}
    assert cli("config", "save", environ=environ) == 2
    assert cli("config", "save", "--manager", FARM, environ=environ) == 0
    assert written()["headers"] == {FARM: {"Authorization": SECRET}}


def test_the_environment_is_shown_as_the_source(cli: Cli) -> None:
    cli("config", "set", "ca_file", "/etc/studio.pem")
    cli("config", environ={"FARM_CA_FILE": "/etc/other.pem", "FARM_HEADERS": '{"A": "s3cret"}'})
    assert "/etc/other.pem  $FARM_CA_FILE" in cli.out
    assert "header A" in cli.out
    assert "s3cret" not in cli.out
