# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's zip: what is in it, and what keeps it from being built. No network: pip is given
a folder of small wheels made here."""

from __future__ import annotations

import hashlib
import shutil
import stat
import sys
import tomllib
import zipfile
from pathlib import Path

import build_extension
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip finds packages."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "")
    return folder


def put_wheel(shelf: Path, project: str, tag: str = "py3-none-any") -> build_extension.Wheel:
    """Make a wheel with one module; return what the script would pin it as."""
    path = shelf / f"{project}-1.0-{tag}.whl"
    info = f"{project}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{project}.py", f"NAME = '{project}'\n")
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL",
            f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return build_extension.Wheel(project, "1.0", path.name, digest)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with what must not get into a zip lying about."""
    root = tmp_path / "checkout"
    package = root / "farm_addon"
    (package / "core" / "__pycache__").mkdir(parents=True)
    (package / "tests").mkdir()
    (package / "__init__.py").write_text('"""x"""\n\n__version__ = "1.2.3"\n')
    (package / "py.typed").write_text("")
    (package / "core" / "plan.py").write_text("x = 1\n")
    (package / "core" / "__pycache__" / "plan.cpython-311.pyc").write_bytes(b"x")
    (package / "core" / ".plan.py.swp").write_bytes(b"x")
    (package / "tests" / "test_plan.py").write_text("x = 1\n")
    (root / "LICENSE").write_text("GPL\n")
    (root / "blender_manifest.toml").write_text(
        'schema_version = "1.0.0"\nid = "farm_addon"\nversion = "1.2.3"\n\n'
        '[permissions]\nnetwork = "x"\n'
    )
    return root


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_zip_holds_the_package_at_its_root_with_manifest_licence_and_wheels(
    shelf: Path, checkout: Path, tmp_path: Path
) -> None:
    wheels = [put_wheel(shelf, "alpha"), put_wheel(shelf, "beta")]

    built = build_extension.build(tmp_path / "out", tmp_path / "kept", wheels=wheels, root=checkout)

    assert built == tmp_path / "out" / "farm_addon-1.2.3.zip"
    assert names_in(built) == [
        "LICENSE",
        "__init__.py",
        "blender_manifest.toml",
        "core/plan.py",
        "py.typed",
        "wheels/alpha-1.0-py3-none-any.whl",
        "wheels/beta-1.0-py3-none-any.whl",
    ]
    assert [p.name for p in (tmp_path / "out").iterdir()] == [built.name]


def test_manifest_in_the_zip_lists_the_wheels_and_is_otherwise_the_same(
    shelf: Path, checkout: Path, tmp_path: Path
) -> None:
    wheels = [put_wheel(shelf, "alpha")]
    built = build_extension.build(tmp_path / "out", tmp_path / "kept", wheels=wheels, root=checkout)

    with zipfile.ZipFile(built) as archive:
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())

    ours = tomllib.loads((checkout / "blender_manifest.toml").read_text())
    assert manifest == ours | {"wheels": ["./wheels/alpha-1.0-py3-none-any.whl"]}


def test_same_sources_give_the_same_bytes_wherever_and_whenever(
    shelf: Path, checkout: Path, tmp_path: Path
) -> None:
    wheels = [put_wheel(shelf, "alpha")]
    first = build_extension.build(tmp_path / "out", tmp_path / "kept", wheels=wheels, root=checkout)
    copy = tmp_path / "copy"
    shutil.copytree(checkout, copy)
    (copy / "farm_addon" / "core" / "plan.py").touch()
    (copy / "farm_addon" / "core" / "plan.py").chmod(0o600)

    second = build_extension.build(tmp_path / "again", tmp_path / "kept", wheels=wheels, root=copy)

    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {info.external_attr >> 16 for info in archive.infolist()} == {stat.S_IFREG | 0o644}


def test_wheels_that_are_kept_are_not_got_again(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = put_wheel(shelf, "alpha")
    kept = tmp_path / "kept"
    assert build_extension.collect_wheels([wheel], kept) == [kept / wheel.file_name]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))

    assert build_extension.collect_wheels([wheel], kept) == [kept / wheel.file_name]


def test_kept_wheel_that_was_damaged_is_got_again(shelf: Path, tmp_path: Path) -> None:
    wheel = put_wheel(shelf, "alpha")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / wheel.file_name).write_bytes(b"half of i")

    build_extension.collect_wheels([wheel], kept)

    assert wheel.is_at(kept / wheel.file_name)
    assert [p.name for p in kept.iterdir()] == [wheel.file_name]


def test_wheel_with_another_hash_is_refused_and_not_kept(shelf: Path, tmp_path: Path) -> None:
    wheel = put_wheel(shelf, "alpha")
    other = build_extension.Wheel(wheel.project, wheel.version, wheel.file_name, "0" * 64)

    with pytest.raises(
        build_extension.SetupError, match="alpha-1.0-py3-none-any.whl whose SHA-256 is 0000"
    ):
        build_extension.collect_wheels([other], tmp_path / "kept")

    assert list((tmp_path / "kept").iterdir()) == []


def test_wheel_that_pip_cannot_find_is_an_error_that_names_it(shelf: Path, tmp_path: Path) -> None:
    wheel = build_extension.Wheel("gamma", "1.0", "gamma-1.0-py3-none-any.whl", "0" * 64)

    with pytest.raises(build_extension.SetupError, match=r"pip could not get gamma 1\.0"):
        build_extension.collect_wheels([wheel], tmp_path / "kept")


def test_wheel_for_one_platform_is_refused(shelf: Path, tmp_path: Path) -> None:
    wheel = put_wheel(shelf, "alpha", tag="cp311-cp311-manylinux_2_28_x86_64")

    with pytest.raises(build_extension.SetupError, match="is not pure Python"):
        build_extension.collect_wheels([wheel], tmp_path / "kept")


def test_versions_that_differ_are_refused(checkout: Path, tmp_path: Path) -> None:
    (checkout / "farm_addon" / "__init__.py").write_text('__version__ = "1.2.4"\n')

    with pytest.raises(build_extension.SetupError, match=r"1\.2\.4.*1\.2\.3"):
        build_extension.build(tmp_path / "out", tmp_path / "kept", wheels=[], root=checkout)


def test_manifest_that_lists_wheels_by_hand_is_refused(checkout: Path, tmp_path: Path) -> None:
    manifest = checkout / "blender_manifest.toml"
    manifest.write_text(f"wheels = []\n{manifest.read_text()}")

    with pytest.raises(build_extension.SetupError, match="leave the list of wheels to this script"):
        build_extension.build(tmp_path / "out", tmp_path / "kept", wheels=[], root=checkout)


def test_other_wheels_are_cleared_away_where_batch_jobs_look(shelf: Path, tmp_path: Path) -> None:
    wheel = put_wheel(shelf, "alpha")
    target = tmp_path / "build" / "wheels"
    target.mkdir(parents=True)
    (target / "alpha-0.9-py3-none-any.whl").write_bytes(b"old")

    build_extension.copy_wheels([wheel], shelf, target)

    assert [p.name for p in target.iterdir()] == [wheel.file_name]
    assert wheel.is_at(target / wheel.file_name)


def test_this_checkout_packs_with_every_module(shelf: Path, tmp_path: Path) -> None:
    built = build_extension.build(
        tmp_path / "out", tmp_path / "kept", wheels=[put_wheel(shelf, "alpha")]
    )

    package = ROOT / "farm_addon"
    modules = {p.relative_to(package).as_posix() for p in package.rglob("*.py")}
    packed = set(names_in(built))
    assert modules <= packed
    assert packed - modules == {
        "LICENSE",
        "blender_manifest.toml",
        "py.typed",
        "wheels/alpha-1.0-py3-none-any.whl",
    }


def test_pinned_wheels_satisfy_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {r.name: r for r in map(Requirement, project["dependencies"])}

    for wheel in build_extension.WHEELS:
        assert asked[wheel.project].specifier.contains(wheel.version), wheel
        assert wheel.file_name.startswith(f"{wheel.project.replace('-', '_')}-{wheel.version}-")


@pytest.mark.skipif(sys.platform == "win32", reason="makes a shell script")
def test_blender_that_finds_fault_fails_the_build(tmp_path: Path) -> None:
    blender = tmp_path / "blender"
    blender.write_text("#!/bin/sh\necho 'FATAL_ERROR: Error parsing TOML'\nexit 1\n")
    blender.chmod(0o755)

    with pytest.raises(build_extension.SetupError, match="refuses"):
        build_extension.validate(tmp_path / "x.zip", blender)


def test_blender_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = build_extension.main(
        ["--blender", str(tmp_path / "nothing"), "--output", str(tmp_path)]
    )

    assert status == 1
    assert "does not run as a Blender of 4.2 or newer" in capsys.readouterr().out


def test_zip_that_no_blender_validated_is_said_to_be_so(
    shelf: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wheel = put_wheel(shelf, "alpha")
    monkeypatch.setattr(build_extension, "find_blender", lambda: None)
    monkeypatch.setattr(build_extension.build, "__kwdefaults__", {"wheels": [wheel], "root": ROOT})

    status = build_extension.main(["--output", str(tmp_path / "out"), "--wheels", str(shelf)])

    *_, warning, last = capsys.readouterr().out.splitlines()
    assert status == 0
    assert warning.startswith("NOT VALIDATED")
    assert Path(last).is_absolute()
    assert zipfile.is_zipfile(last)
