# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole command line with a Manager behind TLS and an authenticating proxy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.cli.__main__ import main
from tests.fakes.guarded_server import SECRET, TLS, GuardedServer
from tests.fakes.local_service import TOKEN, LocalService


class Farm:
    """Runs the real command line on a volume."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ: dict[str, str] = {}
        self.out = self.err = ""

    def __call__(self, *argv: str) -> int:
        stdout, stderr = io.StringIO(), io.StringIO()
        words = [*argv, "--volume", str(self.root)]
        status = main(words, stdout=stdout, stderr=stderr, environ=self.environ)
        self.out, self.err = stdout.getvalue(), stderr.getvalue()
        return status


@pytest.fixture
def farm(tmp_path: Path) -> Farm:
    found = Farm(tmp_path / "volume")
    assert found("init", str(found.root), "--name", "far away") == 0
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GuardedServer]:
    folder = tmp_path / "manager"
    folder.mkdir()
    local = LocalService(folder, 0).start()
    guarded = GuardedServer(local.serve(), {"X-Farm-Token": TOKEN})
    yield guarded
    guarded.close()
    local.stop()


ASK = ("kill", "jobs", "status:queued", "--dry-run")
"""A verb that asks the Manager for its jobs."""


def test_what_is_in_config_toml_opens_the_way(farm: Farm, server: GuardedServer) -> None:
    farm.environ["TOKEN"] = SECRET
    assert farm("config", "set", "manager", server.url) == 0
    assert farm("config", "set", "ca_file", str(TLS / "ca.pem")) == 0
    assert farm("config", "set-header", server.url, "Authorization", "--from-env", "TOKEN") == 0
    assert farm(*ASK) == 0, farm.err
    assert set(server.seen) == {SECRET}


def test_what_the_panel_says_in_the_environment_opens_the_way(
    farm: Farm, server: GuardedServer
) -> None:
    farm.environ["FARM_CA_FILE"] = str(TLS / "ca.pem")
    farm.environ["FARM_HEADERS"] = json.dumps({server.url: {"Authorization": SECRET}})
    assert farm(*ASK, "--manager", server.url) == 0, farm.err
    assert set(server.seen) == {SECRET}


def test_each_thing_that_is_missing_is_named_with_a_way_to_add_it(
    farm: Farm, server: GuardedServer
) -> None:
    assert farm(*ASK, "--manager", server.url) == 1
    assert "certificate that is not trusted" in farm.err
    assert "farm config set ca_file" in farm.err
    farm.environ["FARM_CA_FILE"] = str(TLS / "ca.pem")
    assert farm(*ASK, "--manager", server.url) == 1
    assert "must show who they are" in farm.err
    assert "farm config set-header" in farm.err
    farm.environ["FARM_CA_FILE"] = "/nowhere/ca.pem"
    assert farm(*ASK, "--manager", server.url) == 2
    assert "'/nowhere/ca.pem' does not exist" in farm.err


def test_a_token_goes_to_no_manager_that_a_volume_names(
    tmp_path: Path, server: GuardedServer
) -> None:
    farm = Farm(tmp_path / "strange")
    assert farm("init", str(farm.root), "--name", "strange", "--manager", server.url) == 0
    farm.environ["FARM_CA_FILE"] = str(TLS / "ca.pem")
    farm.environ["FARM_HEADERS"] = json.dumps({"Authorization": SECRET})
    assert farm(*ASK) == 1
    assert set(server.seen) == {None}
    farm.environ["FARM_MANAGER"] = server.url
    assert farm(*ASK) == 0, farm.err
    assert set(server.seen) == {None, SECRET}


@pytest.mark.parametrize("below", ["/flamenco", "/farm/api/v3"])
def test_a_path_below_a_host_name_is_refused_before_anybody_is_asked(
    farm: Farm, server: GuardedServer, below: str
) -> None:
    assert farm(*ASK, "--manager", server.url + below) == 2
    assert "has a path; a Flamenco Manager sits at the root of its host name" in farm.err
    assert f"use '{server.url}'" in farm.err
    assert server.seen == []
    assert farm("config", "set", "manager", server.url + below) == 2
