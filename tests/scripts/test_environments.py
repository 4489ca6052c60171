# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import dataclasses
import subprocess
import zipfile
from pathlib import Path

import pytest
from caches import SetupError
from environments import MARKER, ensure_venv, project_requirements, venv_folder
from pythons import Python, find_pythons

PYTHON = Python((3, 11, 2), Path("/usr/bin/python3"), has_venv=True, has_virtualenv=False)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "thing"\ndependencies = ["requests>=2"]\n'
        '[project.optional-dependencies]\ndev = ["pytest>=9", "ruff"]\n'
    )
    return folder


@pytest.fixture
def wheel(tmp_path):
    """Make a wheel of one module, so that pip needs no index."""
    path = tmp_path / "probe_thing-1.0-py3-none-any.whl"
    info = "probe_thing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("probe_thing.py", "ANSWER = 42\n")
        file.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: probe-thing\nVersion: 1.0\n"
        )
        file.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr(
            f"{info}/RECORD",
            f"probe_thing.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
        )
    return path


def test_folder_depends_on_every_input_but_not_on_the_order_of_requirements(project, tmp_path):
    def folder(name="plain", python=PYTHON, requirements=("a", "b"), checkout=project):
        return venv_folder(name, python, requirements, checkout, tmp_path)

    first = folder()
    assert folder(requirements=("b", "a")) == first
    others = {
        folder(name="other"),
        folder(python=dataclasses.replace(PYTHON, version=(3, 11, 3))),
        folder(python=dataclasses.replace(PYTHON, path=Path("/opt/python"))),
        folder(requirements=("a",)),
        folder(checkout=None),
    }
    (project / "pyproject.toml").write_text('[project]\nname = "renamed"\n')
    others.add(folder())
    assert len(others | {first}) == 7


def test_requirements_come_from_the_checkout(project):
    assert project_requirements(project) == ["requests>=2"]
    assert project_requirements(project, "dev") == ["requests>=2", "pytest>=9", "ruff"]


def test_environment_is_made_once_and_again_if_it_was_interrupted(wheel, tmp_path, capfd):
    python = find_pythons()[0]
    made = ensure_venv("probe", python, [str(wheel)], cache=tmp_path / "cache")
    answer = [made, "-c", "import probe_thing; print(probe_thing.ANSWER)"]
    assert subprocess.check_output(answer) == b"42\n"
    assert "Making the Python" in capfd.readouterr().out

    assert ensure_venv("probe", python, [str(wheel)], cache=tmp_path / "cache") == made
    assert capfd.readouterr().out == ""

    folder = made.parent.parent
    (folder / MARKER).unlink()
    (folder / "leftover").touch()
    assert ensure_venv("probe", python, [str(wheel)], cache=tmp_path / "cache") == made
    assert not (folder / "leftover").exists()
    assert subprocess.check_output(answer) == b"42\n"


def test_environment_that_pip_could_not_fill_does_not_count(tmp_path):
    python = find_pythons()[0]
    missing = [str(tmp_path / "missing-1.0-py3-none-any.whl")]
    with pytest.raises(SetupError, match="pip could not install"):
        ensure_venv("probe", python, missing, cache=tmp_path)
    assert not (venv_folder("probe", python, missing, None, tmp_path) / MARKER).exists()


def test_python_without_venv_says_what_to_install(tmp_path):
    python = dataclasses.replace(PYTHON, has_venv=False)
    with pytest.raises(SetupError, match="apt install python3-venv"):
        ensure_venv("probe", python, [], cache=tmp_path)
