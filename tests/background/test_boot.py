# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bootstrap file: from a checkout and from a folder laid out as an installed extension."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import farm_addon
from farm_addon.background import boot

PACKAGE = Path(farm_addon.__file__).parent
BOOT = PACKAGE / "background" / "boot.py"

TELLING = """
import json, sys
from farm_addon import ADDON_ID
from farm_addon.core.frames import Frames
print(json.dumps({
    "argv": sys.argv[1:], "name": __name__, "package": __package__, "addon_id": ADDON_ID,
    "core": Frames.__module__, "path": sys.path, "modules": sorted(sys.modules),
    "encoding": sys.stdout.encoding, "is_line_buffered": sys.stdout.line_buffering,
    "writes_bytecode": not sys.dont_write_bytecode,
}))
"""


def run(
    package: Path, module: str, *args: str, flags: tuple[str, ...] = ("-I",), **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a module of a package through its own bootstrap file."""
    return subprocess.run(
        [sys.executable, *flags, package / "background" / "boot.py", package, module, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=dict(os.environ) | env,
    )


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    """A folder with the name, the files and a wheel as an installed extension has them."""
    folder = tmp_path / "extensions" / "other_repository" / "farm_addon"
    (folder / "wheels").mkdir(parents=True)
    (folder / "background").mkdir()
    (folder / "core").mkdir()
    for name in (
        "__init__.py",
        "background/__init__.py",
        "background/boot.py",
        "background/lifeline.py",
        "core/__init__.py",
        "core/errors.py",
        "core/frames.py",
    ):
        (folder / name).write_bytes((PACKAGE / name).read_bytes())
    with zipfile.ZipFile(folder / "wheels" / "bundled-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("bundled_library.py", "ORIGIN = 'wheel'\n")
    # Extensions of other people lie beside it, under names that the standard library has as well.
    (folder.parent / "json").mkdir()
    (folder.parent / "json" / "__init__.py").write_text("raise ImportError('a foreign extension')")
    (folder / "telling.py").write_text(TELLING)
    return folder


def test_checkout_runs_a_module_as_main() -> None:
    done = run(PACKAGE, "farm_addon.cli", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert farm_addon.__version__ in done.stdout


def test_extension_in_any_repository_has_the_fixed_name(extension: Path) -> None:
    told = json.loads(run(extension, "farm_addon.telling", "--", "-x", "ä b").stdout)
    assert told["argv"] == ["--", "-x", "ä b"]
    assert (told["name"], told["package"]) == ("__main__", "farm_addon")
    assert told["addon_id"] == "farm_addon"
    assert told["core"] == "farm_addon.core.frames"


def test_neither_the_package_nor_its_neighbours_are_on_the_path(extension: Path) -> None:
    for flags in ((), ("-P",), ("-I",)):
        told = json.loads(run(extension, "farm_addon.telling", flags=flags).stdout)
        folders = {str(extension), str(extension.parent), str(extension / "background")}
        assert not folders & set(told["path"])


def test_wheels_of_an_extension_can_be_imported(extension: Path) -> None:
    (extension / "telling.py").write_text("import bundled_library; print(bundled_library.ORIGIN)")
    assert run(extension, "farm_addon.telling").stdout == "wheel\n"


def test_wheels_of_a_checkout_are_where_they_were_collected(extension: Path) -> None:
    (extension.parent / "build").mkdir()
    (extension / "wheels").rename(extension.parent / "build" / "wheels")
    (extension / "telling.py").write_text("import bundled_library; print(bundled_library.ORIGIN)")
    assert run(extension, "farm_addon.telling").returncode == 1
    (extension.parent / "pyproject.toml").touch()
    assert run(extension, "farm_addon.telling").stdout == "wheel\n"


def test_a_watched_child_can_be_interrupted_though_its_parent_cannot(extension: Path) -> None:
    (extension / "telling.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    command = [sys.executable, extension / "background" / "boot.py", "--watch-stdin", extension]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen([*command, "farm_addon.telling"], stdin=subprocess.PIPE)
        with process:  # its stdin stays open: only the signal can end it with this status
            assert process.wait(timeout=60) == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_python_has_of_its_own_goes_before_a_wheel(extension: Path) -> None:
    with zipfile.ZipFile(extension / "wheels" / "clash.whl", "w") as wheel:
        wheel.writestr("colorsys.py", "ORIGIN = 'wheel'\n")
    (extension / "telling.py").write_text("import colorsys; print(hasattr(colorsys, 'ORIGIN'))")
    assert run(extension, "farm_addon.telling").stdout == "False\n"


def test_read_only_extension_works(extension: Path) -> None:
    for folder in (extension, extension / "core", extension / "background"):
        folder.chmod(0o555)
    try:
        assert run(extension, "farm_addon.telling").returncode == 0
    finally:
        for folder in (extension, extension / "core", extension / "background"):
            folder.chmod(0o755)


def test_wish_for_no_bytecode_is_honoured_by_an_isolated_python(extension: Path) -> None:
    told = json.loads(run(extension, "farm_addon.telling", PYTHONDONTWRITEBYTECODE="1").stdout)
    assert not told["writes_bytecode"]
    # boot.py itself is run, not imported.
    assert not list(extension.rglob("*.pyc"))


def test_output_is_utf8_in_lines_whatever_the_locale(extension: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    told = json.loads(run(extension, "farm_addon.telling", flags=("-P",), **env).stdout)
    assert told["encoding"] == "utf-8"
    assert told["is_line_buffered"]


def test_text_that_is_no_text_is_printed_all_the_same(extension: Path) -> None:
    (extension / "telling.py").write_text("print('caf\\udce9')")
    assert run(extension, "farm_addon.telling").stdout == "caf\\udce9\n"


@pytest.mark.parametrize(
    ("code", "status", "stderr"),
    [
        ("pass", 0, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(0)", 0, ""),
        ("raise SystemExit(2)", 2, ""),
        ("raise SystemExit(130)", 130, ""),
        ("raise SystemExit('it is broken')", 1, "it is broken"),
        ("raise KeyboardInterrupt", 130, ""),
        ("raise RuntimeError('oh')", 1, "RuntimeError: oh"),
    ],
)
def test_exit_status_is_what_the_module_asked_for(
    extension: Path, code: str, status: int, stderr: str
) -> None:
    (extension / "telling.py").write_text(code)
    done = run(extension, "farm_addon.telling")
    assert done.returncode == status
    assert stderr in done.stderr
    assert bool(done.stderr) == bool(stderr)


def test_module_that_is_not_there_fails_with_its_name(extension: Path) -> None:
    done = run(extension, "farm_addon.nothing")
    assert done.returncode == 1
    assert "farm_addon.nothing" in done.stderr


def test_folder_without_a_package_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(BOOT), str(tmp_path), "farm_addon.cli"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr


def test_it_is_the_installed_copy_that_runs_and_not_another_on_the_path(extension: Path) -> None:
    (extension / "telling.py").write_text("import farm_addon; print(farm_addon.__file__)")
    elsewhere = str(PACKAGE.parent)
    done = run(extension, "farm_addon.telling", flags=("-P",), PYTHONPATH=elsewhere)
    assert done.stdout.strip() == str(extension / "__init__.py")


def test_arguments_in_blender_begin_after_its_first_double_dash() -> None:
    argv = ["blender", "-b", "--python", str(BOOT), "--", "/p", "farm_addon.x", "--", "y"]
    assert boot.own_arguments(argv, str(BOOT)) == ["/p", "farm_addon.x", "--", "y"]


def test_arguments_in_python_are_all_but_the_file() -> None:
    argv = [str(BOOT), "/p", "farm_addon.x", "--", "y"]
    assert boot.own_arguments(argv, str(BOOT)) == ["/p", "farm_addon.x", "--", "y"]


def test_boot_imports_nothing_of_the_package_before_it_exists() -> None:
    text = BOOT.read_text(encoding="utf-8")
    assert "from ." not in text
    assert "import farm_addon" not in text
