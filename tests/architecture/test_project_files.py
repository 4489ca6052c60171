# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the project's files promise each other: licence lines, versions, the changelog."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import farm_addon
from tests.architecture.package_map import ROOT

SPDX = (
    "# SPDX-FileCopyrightText: 2026 farm_addon contributors",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)
FOLDERS = ("farm_addon", "tests", "scripts", "benchmarks", ".ci")
MAX_LINES = 400


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def source_files() -> list[Path]:
    """Return all files that hold code: Python, shell, and programs without a suffix."""
    found = [ROOT / "pyproject.toml"]
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            is_code = path.suffix in (".py", ".sh") or (not path.suffix and folder == ".ci")
            if path.is_file() and is_code and "__pycache__" not in path.parts:
                found.append(path)
    return found


def test_every_file_names_its_licence() -> None:
    nameless = []
    for path in source_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines[:1] and lines[0].startswith("#!"):
            del lines[0]
        if tuple(lines[:2]) != SPDX:
            nameless.append(str(path.relative_to(ROOT)))
    assert nameless == []


def test_no_module_of_the_package_is_too_long_to_be_read() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "farm_addon").rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def test_manifest_package_and_distribution_have_one_version() -> None:
    manifest, project = load("blender_manifest.toml"), load("pyproject.toml")
    assert farm_addon.__version__ == manifest["version"]
    assert project["project"]["dynamic"] == ["version"]
    attribute = project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert attribute == "farm_addon.__version__"


def test_changelog_tells_of_the_manifests_version_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\S+)$", text, re.MULTILINE)
    assert versions[0] == load("blender_manifest.toml")["version"]
    numbers = [tuple(map(int, version.split("."))) for version in versions]
    assert numbers == sorted(set(numbers), reverse=True)
    sections = re.split(r"^## \S+$", text, flags=re.MULTILINE)[1:]
    assert all(section.strip() for section in sections)


def test_manifest_keeps_the_platforms_rules() -> None:
    manifest = load("blender_manifest.toml")
    assert manifest["id"] == "farm_addon"
    assert manifest["blender_version_min"] == "4.2.0"
    assert manifest["license"] == ["SPDX:GPL-3.0-or-later"]
    assert "blender" not in manifest["name"].lower()
    assert len(manifest["tagline"]) <= 64
    assert not manifest["tagline"].endswith(".")
    assert manifest["permissions"].keys() == {"network", "files"}
    for reason in manifest["permissions"].values():
        assert len(reason) <= 64
        assert not reason.endswith(".")


def test_licence_is_the_gpl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.lstrip().startswith("GNU GENERAL PUBLIC LICENSE")
    assert load("pyproject.toml")["project"]["license"] == "GPL-3.0-or-later"
