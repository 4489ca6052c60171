# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of children, and how children end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import farm_addon
from farm_addon.background import launcher
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from tests.packaging.installation import is_alive, wait_until

PACKAGE = Path(farm_addon.__file__).parent
EXECUTABLE = BlenderRuntime(RuntimeKind.EXECUTABLE, Path("/opt/blender/blender"))
OTHER_WHEEL = BlenderRuntime(RuntimeKind.WHEEL, Path("/opt/venv/bin/python"))
SOON_S = 20.0

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_python_child_begins_with_boot_and_the_package_folder() -> None:
    command = launcher.python_command("farm_addon.cli", ["status"])
    boot = str(PACKAGE / "background" / "boot.py")
    assert command == [
        sys.executable, "-P", boot, "--watch-stdin", str(PACKAGE), "farm_addon.cli", "status",
    ]  # fmt: skip


def test_child_of_an_isolated_python_is_isolated() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r});"
        "from farm_addon.background import launcher; print(launcher.python_command('m')[1])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "-I\n"


def test_blender_reads_with_factory_settings_and_without_scripts() -> None:
    command = launcher.blender_command(EXECUTABLE, "farm_addon.x", ["--prefix", "T"])
    options, ours = command[: command.index("--")], command[command.index("--") + 1 :]
    assert options[0] == "/opt/blender/blender"
    assert "--background" in options
    assert "--factory-startup" in options
    assert "--disable-autoexec" in options
    assert ours == [str(PACKAGE), "farm_addon.x", "--prefix", "T"]


def test_exit_code_option_comes_before_the_script_it_is_for() -> None:
    command = launcher.blender_command(EXECUTABLE, "farm_addon.x")
    assert command.index("--python-exit-code") < command.index("--python")


def test_blender_renders_with_the_users_preferences_and_scripts_off_unless_told() -> None:
    command = launcher.blender_command(EXECUTABLE, "m", user_preferences=True)
    assert "--factory-startup" not in command
    assert "--disable-autoexec" in command
    command = launcher.blender_command(EXECUTABLE, "m", user_preferences=True, autoexec=True)
    assert "--enable-autoexec" in command
    assert "--disable-autoexec" not in command


def test_wheel_is_a_python_child_that_reads_its_stdin_itself() -> None:
    command = launcher.blender_command(OTHER_WHEEL, "m", ["a"])
    boot = str(PACKAGE / "background" / "boot.py")
    assert command == ["/opt/venv/bin/python", "-P", boot, str(PACKAGE), "m", "a"]


def test_environment_about_this_python_is_kept_from_other_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/mine")
    monkeypatch.setenv("PYTHONHOME", "/mine too")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    others = launcher.popen_options("/opt/blender/blender")["env"]
    assert "PYTHONPATH" not in others
    assert "PYTHONHOME" not in others
    assert others["PYTHONDONTWRITEBYTECODE"] == "1"
    assert launcher.popen_options(sys.executable)["env"]["PYTHONPATH"] == "/mine"


def test_secrets_reach_the_command_line_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FARM_HEADERS", '{"Authorization": "s3cret"}')
    assert "FARM_HEADERS" in launcher.popen_options(sys.executable)["env"]
    assert "FARM_HEADERS" not in launcher.popen_options("/opt/blender/blender")["env"]
    code = "import os; print('FARM_HEADERS' in os.environ, flush=True)"
    log = tmp_path / "log"
    child = launcher.detached_child("timeit", ["-n", "1", "-r", "1", code], log)
    assert child.wait(SOON_S) == 0
    assert log.read_text().startswith("False")
    blender = BlenderRuntime.parse(f"wheel:{sys.executable}")
    module = launcher.blender_child(blender, "timeit", ["-n", "1", "-r", "1", code])
    assert module.communicate(timeout=SOON_S)[0].startswith(b"False")


@pytest.mark.skipif(os.name == "nt", reason="process groups of POSIX")
def test_child_leads_a_process_group_of_its_own() -> None:
    code = "import os; print(os.getpgrp() == os.getpid() != os.getppid())"
    with launcher.python_child("timeit", ["-n", "1", "-r", "1", code]) as child:
        assert child.stdout
        assert child.stdout.readline() == b"True\n"
        child.communicate(timeout=SOON_S)


@needs_proc
def test_kill_takes_what_the_child_has_started_along() -> None:
    code = (
        "import subprocess, sys, threading\n"
        "idle = 'import threading; threading.Event().wait()'\n"
        "child = subprocess.Popen([sys.executable, '-c', idle])\n"
        "print(child.pid, flush=True)\n"
        "threading.Event().wait()"
    )
    with launcher.python_child("timeit", ["-n", "1", "-r", "1", code]) as child:
        assert child.stdout
        grandchild = int(child.stdout.readline())
        launcher.kill_child(child)
        assert child.wait(SOON_S) == -9
        wait_until(lambda: not is_alive(grandchild), SOON_S, "the grandchild lives on")
        launcher.kill_child(child)


def test_end_child_waits_for_one_that_leaves() -> None:
    code = "print(1, flush=True); import threading; threading.Event().wait()"
    with launcher.python_child("timeit", ["-n", "1", "-r", "1", code]) as child:
        assert child.stdout
        child.stdout.readline()
        assert launcher.end_child(child) == 130


def test_end_child_kills_one_that_stays() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(600)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **launcher.popen_options(sys.executable),
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert launcher.end_child(child, grace_s=0.2) != 0


DETACHED = """
import json, os, sys
print(json.dumps({
    "stdin": sys.stdin.read(), "session": os.getsid(0), "pid": os.getpid(), "cwd": os.getcwd(),
    "argv": sys.argv[1:]}), flush=True)
print("problem", file=sys.stderr)
"""


@pytest.mark.skipif(os.name == "nt", reason="sessions of POSIX")
def test_detached_child_has_a_session_no_stdin_and_a_log(tmp_path: Path) -> None:
    log = tmp_path / "state" / "manager.log"
    child = launcher.detached_child("timeit", ["-n", "1", "-r", "1", DETACHED], log)
    assert child.wait(SOON_S) == 0
    assert child.poll() == 0
    first, *rest = log.read_text().splitlines()
    told = json.loads(first)
    assert told["stdin"] == ""
    assert told["session"] == told["pid"] == child.pid
    assert told["cwd"] == str(log.parent)
    assert "problem" in rest


@needs_proc
def test_detached_child_outlives_its_starter(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from farm_addon.background import launcher;"
        "c = launcher.detached_child('timeit', ['-n', '1', '-r', '1',"
        " 'import threading; threading.Event().wait()'], Path(sys.argv[1]));"
        "print(c.pid, c.poll())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "log")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=PACKAGE.parent,
    )
    assert (done.returncode, done.stderr) == (0, "")
    pid, status = done.stdout.split()
    try:
        assert status == "None"
        assert is_alive(int(pid))
    finally:
        os.kill(int(pid), 9)


@needs_proc
def test_detached_child_that_ended_leaves_no_zombie(tmp_path: Path) -> None:
    child = launcher.detached_child("timeit", ["-n", "1", "-r", "1", "pass"], tmp_path / "log")
    wait_until(lambda: not Path(f"/proc/{child.pid}").exists(), SOON_S, "nobody has reaped it")
