# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import sys
from pathlib import Path

import pytest
from pythons import Python, find_pythons, pick_python, probe_python


def told(**changes):
    """Return a program's body that answers the probe, with some answers changed."""
    answers = {
        "version": [3, 13, 4],
        "path": "/opt/python/bin/python3.13",
        "is_cpython": True,
        "has_venv": True,
        "has_virtualenv": False,
    }
    return f"echo '{json.dumps(answers | changes)}'"


def test_the_running_python_is_found_once_even_on_an_empty_path():
    found = find_pythons({"PATH": "", "HOME": ""})
    own = [p for p in found if p.version == sys.version_info[:3]]
    assert own
    assert len({p.path.resolve() for p in found}) == len(found)


@pytest.mark.parametrize(
    "body",
    [
        "echo 'pyenv: python3.13: command not found' >&2; exit 127",
        "echo 'Python 3.13.4'",
        "echo '{}'",
        "echo '[3, 13]'",
        "exit 0",
        f"{told()}; exit 1",
        told(version=["three", 13, 4]),
        told(version=[3, 13]),
        told(is_cpython=False),
    ],
)
def test_program_that_does_not_answer_as_a_cpython_is_none(make_program, tmp_path, body):
    assert probe_python(make_program(tmp_path / "python3.13", body)) is None


def test_failing_shim_on_the_path_does_not_hide_the_python_behind_it(make_program, tmp_path):
    shims, versions = tmp_path / "shims", tmp_path / "pyenv" / "versions"
    make_program(shims / "python3.13", "exit 127")
    make_program(versions / "3.13.4" / "bin" / "python3.13", told())
    env = {"PATH": str(shims), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}
    series = [p.series for p in find_pythons(env) if p.path == Path("/opt/python/bin/python3.13")]
    assert series == [(3, 13)]


def test_what_a_program_prints_counts_and_not_its_name(make_program, tmp_path):
    make_program(tmp_path / "python3.13", told(version=[3, 12, 1], path="/opt/twelve"))
    make_program(tmp_path / "python3", told(version=[3, 9, 1], path="/opt/nine"))
    found = {str(p.path): p.version for p in find_pythons({"PATH": str(tmp_path), "HOME": ""})}
    assert found["/opt/twelve"] == (3, 12, 1)
    assert "/opt/nine" not in found


def test_interpreter_under_many_names_is_found_once(make_program, tmp_path):
    for name in ("python", "python3", "python3.13"):
        make_program(tmp_path / name, told())
    found = find_pythons({"PATH": str(tmp_path), "HOME": ""})
    assert [p.path for p in found].count(Path("/opt/python/bin/python3.13")) == 1


def test_pythons_of_the_users_home_are_found_without_a_path(make_program, tmp_path):
    make_program(tmp_path / ".pyenv" / "versions" / "3.13.4" / "bin" / "python3.13", told())
    found = find_pythons({"PATH": "", "HOME": str(tmp_path)})
    assert Path("/opt/python/bin/python3.13") in [p.path for p in found]


def test_those_that_can_make_environments_come_first(make_program, tmp_path):
    make_program(
        tmp_path / "a" / "python3", told(version=[3, 99, 0], path="/opt/a", has_venv=False)
    )
    make_program(tmp_path / "b" / "python3", told(version=[3, 98, 0], path="/opt/b"))
    env = {"PATH": f"{tmp_path / 'a'}:{tmp_path / 'b'}", "HOME": ""}
    paths = [str(p.path) for p in find_pythons(env)]
    assert paths.index("/opt/b") < paths.index("/opt/a")


def test_pick_takes_the_first_of_the_series():
    eleven = Python((3, 11, 2), Path("/a"), has_venv=True, has_virtualenv=False)
    thirteen = Python((3, 13, 0), Path("/b"), has_venv=True, has_virtualenv=False)
    assert pick_python([thirteen, eleven], (3, 11)) == eleven
    assert pick_python([thirteen, eleven]) == thirteen
    assert pick_python([eleven], (3, 13)) is None
