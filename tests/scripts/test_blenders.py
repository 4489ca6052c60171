# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from blenders import find_blender, get_blender, parse_blender_version, probe_blender
from caches import SetupError
from debian_root import RECIPE

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
REPORT = "\tbuild date: 2026-10-01\n\tbuild hash: 0123456789ab\n"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (f"Blender 5.2.2 LTS\n{REPORT}", (5, 2, 2)),
        (f"Blender 4.2.0\n{REPORT}", (4, 2, 0)),
        (f"Blender 3.4.1\n{REPORT}", (3, 4, 1)),
        ("Blender 5.3.0 Alpha\n", (5, 3, 0)),
        ("Blender 2.79\n", (2, 79, 0)),
        ("Warning: something before\nBlender 4.5.15 LTS\n", (4, 5, 15)),
        ("A Blender 4.5.15 is not at the line's start\n", None),
        ("Blender quit\n", None),
        ("command not found\n", None),
        ("", None),
    ],
)
def test_version_is_read_from_what_blender_prints(text, version):
    assert parse_blender_version(text) == version


@pytest.fixture
def fake_blender(make_program, tmp_path):
    def make(folder, version):
        return make_program(tmp_path / folder / "blender", f"echo 'Blender {version}'")

    return make


def environment(*folders, **more):
    # Shell scripts need nothing from the PATH to echo.
    return {"PATH": os.pathsep.join(str(folder) for folder in folders), **more}


def test_blender_variable_goes_before_the_path(fake_blender, tmp_path):
    named, other = fake_blender("named", "4.5.1"), fake_blender("other", "5.2.2")
    found = find_blender(environment(other.parent, BLENDER=str(named), FARM_CACHE=str(tmp_path)))
    assert found is not None
    assert (found.path, found.version, found.origin) == (named, (4, 5, 1), "$BLENDER")


def test_older_and_broken_blenders_on_the_path_are_passed_over(
    fake_blender, make_program, tmp_path, capsys
):
    old = fake_blender("old", "3.4.1")
    broken = make_program(tmp_path / "broken" / "blender", "echo 'Blender 9.9.9'; exit 1")
    good = fake_blender("good", "4.2.0 LTS")
    folders = (old.parent, broken.parent, good.parent)
    found = find_blender(environment(*folders, FARM_CACHE=str(tmp_path / "cache")))
    assert found is not None
    assert (found.path, found.version) == (good, (4, 2, 0))
    told = capsys.readouterr().out
    assert f"Passed over {old}: Blender 3.4 is older than 4.2" in told
    assert f"Passed over {broken}" in told
    assert f"Found Blender 4.2.0 (PATH: {good})" in told


@pytest.mark.parametrize("body", ["echo 'Blender 3.4.1'", "echo hello", "exit 0"])
def test_blender_variable_that_is_none_is_an_error_not_a_guess(
    make_program, fake_blender, tmp_path, body
):
    named = make_program(tmp_path / "named" / "blender", body)
    good = fake_blender("good", "5.2.2")
    with pytest.raises(SetupError, match=r"\$BLENDER is .*named"):
        find_blender(environment(good.parent, BLENDER=str(named)))


def test_nothing_is_found_without_home_path_and_cache(tmp_path):
    assert find_blender({"HOME": "", "PATH": "", "FARM_CACHE": str(tmp_path)}) is None


def test_blender_of_the_cache_is_used_only_when_it_is_finished(make_program, tmp_path):
    wrapper = make_program(tmp_path / "blender" / "blender", "echo 'Blender 5.2.2 LTS'")
    env = environment(FARM_CACHE=str(tmp_path))
    assert find_blender(env) is None
    (wrapper.parent / "finished.json").write_text('{"recipe": ')
    assert find_blender(env) is None
    (wrapper.parent / "finished.json").write_text(json.dumps({"recipe": RECIPE}))
    found = find_blender(env)
    assert found is not None
    assert (found.path, found.origin) == (wrapper, "Debian root")
    assert get_blender(env) == found


def test_program_that_does_not_exist_is_no_blender(tmp_path):
    assert probe_blender(tmp_path / "blender") is None


def test_command_line_prints_one_json_document(fake_blender, tmp_path):
    good = fake_blender("good", "5.2.2")
    run = subprocess.run(
        [sys.executable, SCRIPTS / "blenders.py", "--json"],
        env=environment(good.parent, HOME="", FARM_CACHE=str(tmp_path / "cache")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["blender"] == {"path": str(good), "version": [5, 2, 2], "origin": "PATH"}
    assert list(sys.version_info[:3]) in [python["version"] for python in told["pythons"]]


def test_command_line_fails_where_there_is_no_blender(tmp_path):
    run = subprocess.run(
        [sys.executable, SCRIPTS / "blenders.py"],
        env=environment(HOME="", FARM_CACHE=str(tmp_path / "cache")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "No Blender found" in run.stdout
