# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the extension that Blender installs: ``farm_addon-<version>.zip``.

    python3 scripts/build_extension.py [--output DIR] [--wheels DIR] [--blender PATH]

The zip's root is the contents of ``farm_addon/``, the manifest, the licence and the wheels of the
libraries that Blender does not bring. They are pure Python, pinned and proved by SHA-256. Those
that ``--wheels`` (in the cache folder, if not given) lacks, pip gets from wherever it is set up to
(``PIP_INDEX_URL``, ``PIP_FIND_LINKS``, ``PIP_NO_INDEX``). The same sources give the same bytes.

Without ``--output`` the zip goes to ``build/``, and the wheels to ``build/wheels/`` too, where
``scripts/batch_submit.py`` finds them.

A Blender that is there (``--blender``, ``$BLENDER``, PATH) validates the zip. The last line printed
is the zip's absolute path. Plain Python 3.11 or newer with pip, standard library only.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blenders import OLDEST, find_blender, probe_blender
from caches import SetupError, cache_folder, say

ROOT = Path(__file__).resolve().parents[1]

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip can hold: the sources' own times differ from checkout to checkout."""

FILE_MODE = 0o100644


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that the zip brings along, exactly."""

    project: str
    version: str
    file_name: str
    sha256: str

    def is_at(self, path: Path) -> bool:
        """Tell whether a file is this wheel, byte for byte."""
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


WHEELS = (
    Wheel(
        "bottle",
        "0.13.4",
        "bottle-0.13.4-py2.py3-none-any.whl",
        "045684fbd2764eac9cdeb824861d1551d113e8b683d8d26e296898d3dd99a12e",
    ),
    Wheel(
        "lark",
        "1.3.1",
        "lark-1.3.1-py3-none-any.whl",
        "c629b661023a014c37da873b4ff58a817398d12635d3bbb2c5a03be7fe5d1e12",
    ),
    Wheel(
        "platformdirs",
        "4.14.7",
        "platformdirs-4.14.7-py3-none-any.whl",
        "391513b74707c42335fff3ea17eaac657a7ee9ffcadd809634d34ea594d0122c",
    ),
    Wheel(
        "tomli-w",
        "1.2.0",
        "tomli_w-1.2.0-py3-none-any.whl",
        "188306098d013b691fcadc011abd66727d3c414c571bb01b1a174ba8c983cf90",
    ),
    Wheel(
        "waitress",
        "3.0.2",
        "waitress-3.0.2-py3-none-any.whl",
        "c56d67fd6e87c2ee598b76abdd4e96cfad1f24cacdea5078d382b1f9d7b5ed2e",
    ),
)


def build(
    output: Path, wheel_folder: Path, *, wheels: Sequence[Wheel] = WHEELS, root: Path = ROOT
) -> Path:
    """Build the zip and return its absolute path.

    :param output: folder for the zip, made where it is missing.
    :param wheel_folder: where the wheels are kept; what it lacks is downloaded into it.
    :param root: the checkout.
    :raises SetupError: if the checkout contradicts itself, or a wheel cannot be had.
    """
    identifier, version = read_identity(root)
    paths = collect_wheels(wheels, wheel_folder)
    output.mkdir(parents=True, exist_ok=True)
    target = output.absolute() / f"{identifier}-{version}.zip"
    with tempfile.TemporaryDirectory(prefix="farm_addon-stage-") as name:
        stage(root, paths, Path(name))
        write_zip(Path(name), target)
    return target


def read_identity(root: Path) -> tuple[str, str]:
    """Return id and version from the manifest.

    :raises SetupError: if ``farm_addon.__version__`` is another one.
    """
    manifest = tomllib.loads((root / "blender_manifest.toml").read_text(encoding="utf-8"))
    package = ast.parse((root / "farm_addon" / "__init__.py").read_text(encoding="utf-8"))
    versions = [
        ast.literal_eval(node.value)
        for node in package.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    ]
    if versions != [manifest["version"]]:
        raise SetupError(
            f"farm_addon.__version__ is {versions}, but blender_manifest.toml says"
            f" {manifest['version']}: make them equal"
        )
    return manifest["id"], manifest["version"]


# --- wheels -------------------------------------------------------------------------------------


def collect_wheels(wheels: Sequence[Wheel], folder: Path) -> list[Path]:
    """Return the paths of the wheels in a folder, after getting those that it lacks.

    :raises SetupError: if one is not pure Python, cannot be had, or is not the one it should be.
    """
    for wheel in wheels:
        if not wheel.file_name.endswith("-none-any.whl"):
            raise SetupError(f"{wheel.file_name} is not pure Python: the zip is for all platforms")
    missing = [wheel for wheel in wheels if not wheel.is_at(folder / wheel.file_name)]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        _download(missing, folder)
    return [folder / wheel.file_name for wheel in wheels]


def copy_wheels(wheels: Sequence[Wheel], source: Path, target: Path) -> None:
    """Make a folder hold these wheels and no others."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.whl"):
        old.unlink()
    for wheel in wheels:
        shutil.copyfile(source / wheel.file_name, target / wheel.file_name)


def _download(wheels: Sequence[Wheel], folder: Path) -> None:
    """Let pip get wheels; only what has the right hash comes into the folder."""
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as name:
        command = [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"),
            *("--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--platform", "any"),
            *("--progress-bar", "off", "--dest", name),
            *(f"{wheel.project}=={wheel.version}" for wheel in wheels),
        ]
        names = ", ".join(f"{wheel.project} {wheel.version}" for wheel in wheels)
        say(f"Getting {names} with pip into {folder}")
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
            raise SetupError(
                f"pip could not get {names} (its own words are above). Where this Python has no"
                " pip: apt install python3-pip, or use the Python of a virtual environment"
            )
        for wheel in wheels:
            got = Path(name) / wheel.file_name
            if not wheel.is_at(got):
                raise SetupError(
                    f"pip got {sorted(os.listdir(name))}, but not the {wheel.file_name} whose"
                    f" SHA-256 is {wheel.sha256}: where do its packages come from?"
                )
            os.replace(got, folder / wheel.file_name)


# --- the zip ------------------------------------------------------------------------------------


def stage(root: Path, wheels: Sequence[Path], folder: Path) -> None:
    """Lay out in an empty folder what the zip will hold."""
    shutil.copytree(
        root / "farm_addon",
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__", "*.py[co]", ".*", "tests"),
    )
    shutil.copyfile(root / "LICENSE", folder / "LICENSE")
    (folder / "wheels").mkdir()
    for wheel in wheels:
        shutil.copyfile(wheel, folder / "wheels" / wheel.name)
    manifest = (root / "blender_manifest.toml").read_text(encoding="utf-8")
    listed = manifest_with_wheels(manifest, [wheel.name for wheel in wheels])
    (folder / "blender_manifest.toml").write_text(listed, encoding="utf-8", newline="\n")


def manifest_with_wheels(manifest: str, names: Sequence[str]) -> str:
    """Return the manifest's text with its list of wheels, which stands before the first table."""
    lines = [f'    "./wheels/{name}",\n' for name in sorted(names)]
    wheels = "wheels = [\n" + "".join(lines) + "]\n\n"
    first_table = manifest.find("\n[") + 1 or len(manifest)
    listed = manifest[:first_table] + wheels + manifest[first_table:]
    expected = tomllib.loads(manifest) | {"wheels": [f"./wheels/{name}" for name in sorted(names)]}
    if "wheels" in tomllib.loads(manifest) or tomllib.loads(listed) != expected:
        raise SetupError("blender_manifest.toml must leave the list of wheels to this script")
    return listed


def write_zip(folder: Path, target: Path) -> None:
    """Pack a folder's files in the order of their names, with a fixed time and mode each."""
    partial = target.with_name(f".{target.name}.partial")
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    with zipfile.ZipFile(partial, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.create_system, member.external_attr = 3, FILE_MODE << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[name].read_bytes(), compresslevel=9)
    os.replace(partial, target)


# --- the check ----------------------------------------------------------------------------------


def validate(extension: Path, blender: Path) -> None:
    """Let a Blender judge the zip, with user folders of its own.

    :raises SetupError: if it finds fault; its words are printed.
    """
    with tempfile.TemporaryDirectory(prefix="farm_addon-validate-") as resources:
        run = subprocess.run(
            [str(blender), "--command", "extension", "validate", str(extension)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "BLENDER_USER_RESOURCES": resources},
            encoding="utf-8",
            errors="replace",
        )
    if run.returncode != 0 or "Success" not in run.stdout:
        say(run.stdout.strip())
        raise SetupError(f"{blender} refuses {extension}")
    say(f"Validated by {blender}")


def choose_blender(given: str) -> Path | None:
    """Return the Blender that validates: the one given, else one that is there.

    :raises SetupError: if the one given is no Blender of 4.2 or newer.
    """
    if not given:
        found = find_blender()
        return found.path if found else None
    named = Path(shutil.which(given) or given).absolute()
    version = probe_blender(named)
    if version is None or version[:2] < OLDEST:
        raise SetupError(f"{named} does not run as a Blender of 4.2 or newer")
    return named


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and validate where a Blender is there; exit status 1 says what failed."""
    parser = argparse.ArgumentParser(description="Build the extension's zip.")
    parser.add_argument("--output", metavar="DIR", type=Path, help="where the zip goes (build)")
    parser.add_argument(
        "--wheels", metavar="DIR", type=Path, help="where the bundled wheels are kept (the cache)"
    )
    parser.add_argument("--blender", metavar="PATH", default="", help="the Blender that validates")
    options = parser.parse_args(arguments)
    try:
        blender = choose_blender(options.blender)
        wheel_folder = options.wheels or cache_folder() / "wheels"
        extension = build(options.output or ROOT / "build", wheel_folder)
        if options.output is None:
            copy_wheels(WHEELS, wheel_folder, ROOT / "build" / "wheels")
        if blender:
            validate(extension, blender)
        else:
            say("NOT VALIDATED: no Blender 4.2 or newer was found (--blender, $BLENDER, PATH)")
    except SetupError as error:
        say(str(error))
        return 1
    print(extension)
    return 0


if __name__ == "__main__":
    sys.exit(main())
