# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess
import sys
from pathlib import Path

import pytest
from caches import account_home, cache_folder, only_maker, remove_tree

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
HOLDER = """
import sys
from pathlib import Path
from caches import only_maker
with only_maker(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"FARM_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/c")),
        ({"FARM_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/x/farm_addon")),
        ({"HOME": "/h"}, Path("/h/.cache/farm_addon")),
        ({"HOME": ""}, account_home() / ".cache" / "farm_addon"),
        ({}, account_home() / ".cache" / "farm_addon"),
    ],
)
def test_cache_is_where_the_environment_says(env, folder):
    assert cache_folder(env) == folder.absolute()


def test_relative_cache_is_taken_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cache_folder({"FARM_CACHE": "kept"}) == tmp_path / "kept"


def test_second_maker_waits_until_the_first_has_died(tmp_path, capsys):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path / "thing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=SCRIPTS,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        assert _is_held(tmp_path / "thing")
        holder.kill()
        holder.wait()
        with only_maker(tmp_path / "thing"):
            assert not (tmp_path / "thing").exists()


def _is_held(folder):
    code = "import sys; from caches import _try_lock; f = open(sys.argv[1], 'a+b'); "
    code += "sys.exit(0 if _try_lock(f.fileno()) else 9)"
    run = subprocess.run(
        [sys.executable, "-c", code, folder.with_name(f"{folder.name}.lock")], cwd=SCRIPTS
    )
    return run.returncode == 9


@pytest.mark.skipif(sys.platform == "win32", reason="a lock of Windows is one process's own")
def test_lock_is_held_by_a_child_that_outlives_its_killed_maker(tmp_path):
    code = HOLDER.replace("sys.stdin.read()", "subprocess.run(CHILD, close_fds=False)")
    child = "print('held', flush=True); import sys; sys.stdin.read()"
    code = f"import subprocess, sys\nCHILD = [sys.executable, '-c', {child!r}]\n{code}"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "thing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=SCRIPTS,
    ) as holder:
        assert holder.stdout is not None
        assert [holder.stdout.readline().strip() for _ in range(2)] == [b"held", b"held"]
        holder.kill()
        holder.wait()
        assert _is_held(tmp_path / "thing")
    # Its stdin has closed, so the child ends, and the lock with it.
    with only_maker(tmp_path / "thing"):
        assert not (tmp_path / "thing").exists()


def test_removing_what_is_not_there_is_fine(tmp_path):
    remove_tree(tmp_path / "nothing")
    (tmp_path / "some" / "deep").mkdir(parents=True)
    remove_tree(tmp_path / "some")
    assert not (tmp_path / "some").exists()
