# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blender is taken, and what is said where none can be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from farm_addon.background import runtime
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind, find_runtime
from farm_addon.core.errors import BlenderError, UsageError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the doubles are shell scripts")


def program(folder: Path, name: str, script: str) -> Path:
    """Write an executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def blender(folder: Path, version: str, name: str = "blender") -> Path:
    """Write something that says it is a Blender; like some builds, it says something else first."""
    return program(folder, name, f"echo 'some warning' >&2\necho 'Blender {version} LTS'")


def python(folder: Path, *, wheel: str | None) -> Path:
    """Write something that behaves like a Python, with or without the bpy wheel."""
    found = "exit 1" if wheel is None else f"echo 'Blender {wheel}'; kill -ABRT $$"
    return program(
        folder, "python", f'if [ "$1" = --version ]; then echo "Python 3.13.1"; else {found}; fi'
    )


@pytest.fixture(autouse=True)
def no_wheel_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This Python has no bpy, whatever it has."""
    monkeypatch.setitem(sys.modules, "bpy", None)


def test_named_blender_is_taken_before_the_environment_and_the_path(tmp_path: Path) -> None:
    named = blender(tmp_path / "a", "5.2.2")
    environ = {
        "BLENDER": str(blender(tmp_path / "b", "4.5.1")),
        "PATH": str(blender(tmp_path / "c", "4.2.0").parent),
    }
    assert find_runtime(str(named), environ) == BlenderRuntime(RuntimeKind.EXECUTABLE, named)
    assert find_runtime("", environ).program == tmp_path / "b" / "blender"
    assert find_runtime(None, {"PATH": environ["PATH"]}).program == tmp_path / "c" / "blender"


def test_bare_name_is_looked_up_on_the_path(tmp_path: Path) -> None:
    path = blender(tmp_path / "bin", "5.0.1", "blender-5.0")
    assert find_runtime("blender-5.0", {"PATH": str(path.parent)}).program == path


def test_bundle_of_macos_is_opened(tmp_path: Path) -> None:
    inner = blender(tmp_path / "Blender.app" / "Contents" / "MacOS", "4.5.0", "Blender")
    assert find_runtime(str(tmp_path / "Blender.app"), {}).program == inner


def test_old_blender_on_the_path_is_passed_over(tmp_path: Path) -> None:
    old, new = blender(tmp_path / "old", "3.4.1"), blender(tmp_path / "new", "4.2.3")
    environ = {"PATH": os.pathsep.join(map(str, ("", old.parent, "/nowhere", new.parent)))}
    assert find_runtime("", environ).program == new


@pytest.mark.parametrize("variable", ["", "BLENDER"])
def test_named_blender_that_is_too_old_is_an_error(tmp_path: Path, variable: str) -> None:
    old = str(blender(tmp_path / "old", "4.1.1"))
    environ = {"PATH": str(blender(tmp_path / "new", "4.2.3").parent)}
    environ |= {variable: old} if variable else {}
    with pytest.raises(BlenderError, match=r"is Blender 4\.1, which is older than 4\.2") as caught:
        find_runtime("" if variable else old, environ)
    assert "--blender" in caught.value.hint


def test_named_program_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BlenderError, match=r"nothing' cannot be started: No such file"):
        find_runtime(str(tmp_path / "nothing"), {})


def test_named_program_that_is_something_else_is_an_error(tmp_path: Path) -> None:
    other = program(tmp_path, "blender", "echo 'Not Blender 5.2'")
    with pytest.raises(BlenderError, match="is no Blender"):
        find_runtime(str(other), {})


def test_program_that_never_answers_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_PROBE_TIMEOUT_S", 0.3)
    slow = program(tmp_path, "blender", "exec sleep 60")
    with pytest.raises(BlenderError, match="did not answer"):
        find_runtime(str(slow), {})


def test_python_with_the_wheel_is_a_wheel_even_if_it_aborts_at_its_end(tmp_path: Path) -> None:
    found = find_runtime(str(python(tmp_path, wheel="5.2")), {})
    assert found == BlenderRuntime(RuntimeKind.WHEEL, tmp_path / "python")
    assert found.is_wheel


def test_python_without_the_wheel_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BlenderError, match="a Python without a working bpy wheel"):
        find_runtime(str(python(tmp_path, wheel=None)), {})


def test_python_with_an_old_wheel_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BlenderError, match=r"older than 4\.2"):
        find_runtime(str(python(tmp_path, wheel="3.6")), {})


def test_link_to_a_python_is_kept(tmp_path: Path) -> None:
    link = tmp_path / "venv"
    link.symlink_to(python(tmp_path / "real", wheel="4.5"))
    assert find_runtime(str(link), {}).program == link


def test_wheel_of_this_python_is_the_last_resort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "bpy")
    site = tmp_path / "site"
    site.mkdir()
    (site / "bpy.py").write_text("raise AssertionError('it is not to be imported')")
    monkeypatch.syspath_prepend(str(site))
    old = blender(tmp_path / "old", "3.4.1")
    found = find_runtime("", {"PATH": str(old.parent)})
    assert found == BlenderRuntime(RuntimeKind.WHEEL, Path(sys.executable))


def test_nothing_at_all_says_what_was_seen_and_what_to_do(tmp_path: Path) -> None:
    old = blender(tmp_path / "old", "3.4.1")
    with pytest.raises(BlenderError) as caught:
        find_runtime("", {"PATH": str(old.parent)})
    assert "no Blender 4.2 or newer was found" in caught.value.message
    assert f"'{old}' is Blender 3.4" in caught.value.message
    assert "bpy" in caught.value.hint


def test_environment_of_this_python_does_not_reach_the_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/mine")
    script = 'if [ -n "$PYTHONHOME" ]; then echo broken; else echo "Blender 5.0.0"; fi'
    assert find_runtime(str(program(tmp_path, "blender", script)), {}).program.name == "blender"


@pytest.mark.parametrize("kind", list(RuntimeKind))
def test_text_round_trip(kind: RuntimeKind) -> None:
    one = BlenderRuntime(kind, Path("/opt/a:b/blender ü"))
    assert BlenderRuntime.parse(one.text()) == one


@pytest.mark.parametrize(
    "text", ["", "/opt/blender", "executable:", "executable:blender", "program:/opt/blender"]
)
def test_text_that_names_no_blender_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        BlenderRuntime.parse(text)
