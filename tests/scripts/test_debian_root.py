# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the Debian root; and its wrappers, where this run's Blender is one of them."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from caches import SetupError
from debian_root import RECIPE, is_finished, make_debian_root, wrapper_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a Debian root needs Linux")


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        (None, False),
        ("", False),
        ("[]", False),
        (json.dumps({"recipe": RECIPE - 1}), False),
        (json.dumps({"recipe": RECIPE}), True),
    ],
)
def test_only_a_root_with_this_recipes_marker_is_finished(tmp_path, text, finished):
    (tmp_path / "blender").mkdir()
    if text is not None:
        (tmp_path / "blender" / "finished.json").write_text(text)
    assert is_finished(tmp_path) is finished


def test_finished_root_is_taken_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    (tmp_path / "blender").mkdir()
    (tmp_path / "blender" / "finished.json").write_text(json.dumps({"recipe": RECIPE}))
    assert make_debian_root(tmp_path) == tmp_path / "blender" / "blender"


def test_machine_without_apt_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SetupError, match=r"cannot be made here .* set \$BLENDER"):
        make_debian_root(tmp_path)
    assert not (tmp_path / "blender").exists()


def test_wrapper_quotes_the_roots_path(tmp_path):
    text = wrapper_text("root='@ROOT@'\nmode='@MODE@'", tmp_path / "it's here", "chroot")
    shown = subprocess.check_output(["sh", "-c", f'{text}\nprintf "%s|%s" "$root" "$mode"'])
    assert shown.decode() == f"{tmp_path}/it's here|chroot"


@pytest.fixture
def in_root(blender_executable):
    program = blender_executable.with_name("in-root")
    if not program.exists():
        pytest.skip(f"{blender_executable} is not of a Debian root")
    return program


def test_program_in_the_root_sees_the_hosts_folders_and_gives_its_status(in_root, tmp_path):
    (tmp_path / "note").write_text("hello")
    code = "cat note && test -e /.farm_addon_root && exit 7"
    run = subprocess.run([in_root, "sh", "-c", code], cwd=tmp_path, capture_output=True)
    assert (run.stdout, run.returncode) == (b"hello", 7)


def test_program_in_the_root_starts_another_one_there(in_root):
    assert subprocess.check_output([in_root, in_root, "echo", "a b"]) == b"a b\n"


def test_empty_home_below_var_is_seen(in_root, tmp_path):
    run = subprocess.run(
        [in_root, "sh", "-c", 'touch "$HOME/x" && ls "$HOME"'],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
    )
    assert run.stdout == b"x\n"
    assert (tmp_path / "x").exists()


WAITS = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
pathlib.Path("ready").touch()
try:
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_signals_reach_blender_itself(in_root, blender_executable, tmp_path):
    (tmp_path / "waits.py").write_text(WAITS)
    command = [blender_executable, "-b", "--factory-startup", "--python", "waits.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as blender:
        try:
            deadline = time.monotonic() + 120
            while not (tmp_path / "ready").exists():
                assert blender.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            blender.send_signal(signal.SIGINT)
            assert blender.wait(60) == 130
        finally:
            blender.kill()
