# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a Debian root file system that holds a recent Blender, without touching the host's own.

Debian sid has Blender 5.2 LTS; trixie (4.3) is the way out when sid does not install. The root
lies in the cache, beside executables that behave as if its programs were installed here::

    <cache>/blender/blender ARGUMENTS…           Blender
    <cache>/blender/in-root PROGRAM ARGUMENTS…   any program of the root
    <cache>/blender/Xvfb, xdotool, import        a virtual display and its screenshots

Linux only, root only; the host gets two small packages (debootstrap, bubblewrap) by apt-get if it
lacks them.
"""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from caches import SetupError, only_maker, remove_tree, say
from environments import ensure_venv, pip_target_command
from host_packages import (
    APT_OPTIONS,
    host_mirrors,
    install_host_packages,
    is_program_here,
    why_no_packages,
)
from logged import first_line, run_logged
from pythons import find_pythons

SUITES = ("sid", "trixie")
DEBIAN_MIRROR = "http://deb.debian.org/debian"
HOST_TOOLS = {"debootstrap": "debootstrap", "bwrap": "bubblewrap"}
PACKAGES = (
    "blender libgl1-mesa-dri mesa-vulkan-drivers libegl1 xvfb xauth xdotool imagemagick "
    "fonts-dejavu-core python3-requests python3-zstandard python3-numpy python3-openimageio"
).split()
# Official builds bring cattrs (since 5.0); the rest lets pytest-blender run tests inside by hand.
PYTHON_PACKAGES = ("cattrs", "pytest>=9,<10", "pytest-blender>=3.0.8", "hypothesis>=6.100")
MARKER = ".farm_addon_root"
RECIPE = 1
WRAPPED = ("blender", "Xvfb", "xdotool", "import")
EMPTIED = ("tmp", "var/tmp", "root", "run", "srv", "mnt", "media", "home")


def blender_wrapper(cache: Path) -> Path:
    """Return the path at which the root's Blender is, or will be."""
    return cache / "blender" / "blender"


def is_finished(cache: Path) -> bool:
    """Tell whether a root made by this recipe is there, whole."""
    try:
        told = json.loads((cache / "blender" / "finished.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("recipe") == RECIPE


def make_debian_root(cache: Path, env: Mapping[str, str] = os.environ) -> Path:
    """Make the root unless it is there, and return its Blender wrapper.

    A root whose making was interrupted is never used: the next call begins again.

    :raises SetupError: not Linux, not the root user, no apt-get, or no suite could be installed.
    """
    wrapper = blender_wrapper(cache)
    if is_finished(cache):
        return wrapper
    if problem := why_no_packages():
        raise SetupError(
            f"A Debian root with Blender cannot be made here ({problem}): "
            "install Blender 4.2 or newer and set $BLENDER"
        )
    home = wrapper.parent
    home.mkdir(parents=True, exist_ok=True)
    with only_maker(home / "root"):
        if not is_finished(cache):
            _make(home, cache, env)
    return wrapper


def _make(home: Path, cache: Path, env: Mapping[str, str]) -> None:
    begun = time.monotonic()
    say(f"Making a Debian root with Blender in {home} (about 2 minutes, 2 GB)")
    (home / "finished.json").unlink(missing_ok=True)
    for leftover in (home / "root", home / "root.partial"):
        _remove_root(leftover)
    log_path = home / "root.log"
    say(f"  everything that the tools print goes to {log_path}")
    with open(log_path, "w", encoding="utf-8", errors="replace") as log:
        missing = [
            package for program, package in HOST_TOOLS.items() if not is_program_here(program)
        ]
        if missing:
            install_host_packages(missing, log)
        suite = _install_any_suite(home / "root.partial", log)
        os.rename(home / "root.partial", home / "root")
        _write_wrappers(home, log)
        _install_python_packages(home, cache, env, log)
    version = first_line([home / "blender", "--version"])
    told = {"recipe": RECIPE, "suite": suite, "blender": version, "packages": PACKAGES}
    _write(home / "finished.json", json.dumps(told, indent=2) + "\n")
    say(f"  {version} is ready after {time.monotonic() - begun:.0f} s: {home / 'blender'}")


def _install_any_suite(root: Path, log: IO[str]) -> str:
    failures = []
    for suite in SUITES:
        for mirror in dict.fromkeys([*host_mirrors(), DEBIAN_MIRROR]):
            say(f"  Debian {suite} from {mirror}")
            try:
                _install_suite(root, suite, mirror, log)
            except SetupError as error:
                say(f"  Debian {suite} did not install: {error}")
                failures.append(f"{suite}: {error}")
                _remove_root(root)
            else:
                return suite
    raise SetupError("No Debian root could be made. " + "; ".join(failures))


def _install_suite(root: Path, suite: str, mirror: str, log: IO[str]) -> None:
    # Mounts that debootstrap makes stay in a name space of their own and vanish with it.
    private = ["unshare", "--mount", "--propagation", "private", "--"]
    include = "--include=ca-certificates"
    run_logged(
        [*private, "debootstrap", "--variant=minbase", include, suite, str(root), mirror], log
    )
    say(f"  apt-get install {' '.join(PACKAGES)} (in the root)")
    _write(root / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode=0o755)
    _write(
        root / "etc/dpkg/dpkg.cfg.d/farm-addon", "force-unsafe-io\npath-exclude=/usr/share/man/*\n"
    )
    apt = [*private, "sh", "-c", 'mount -t proc proc "$0/proc"; exec chroot "$0" "$@"', str(root)]
    apt += ["env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "apt-get", *APT_OPTIONS]
    run_logged([*apt, "update"], log)
    run_logged([*apt, "install", "-y", "--no-install-recommends", *PACKAGES], log)
    run_logged([*apt, "clean"], log)
    # Folders that are empty here are handed through from the host.
    for name in EMPTIED:
        remove_tree(root / name)
        (root / name).mkdir(mode=0o755)
    # Blender lists the mounted file systems from here.
    (root / "etc/mtab").unlink(missing_ok=True)
    (root / "etc/mtab").symlink_to("/proc/self/mounts")
    _write(root / MARKER, "This root file system belongs to farm_addon's tests.\n")


def _write_wrappers(home: Path, log: IO[str]) -> None:
    template = (Path(__file__).parent / "in_root.sh").read_text(encoding="utf-8")
    failures = []
    for mode in ("chroot", "bwrap"):
        _write(home / "in-root", wrapper_text(template, home / "root", mode), mode=0o755)
        try:
            # The root's own marker and the host's cache folder are both there.
            run_logged(
                [str(home / "in-root"), "test", "-e", f"/{MARKER}", "-a", "-d", str(home)], log
            )
        except SetupError as error:
            failures.append(f"{mode}: {error}")
            continue
        for name in WRAPPED:
            call = f'#!/bin/sh\nexec {shlex.quote(str(home / "in-root"))} {name} "$@"\n'
            _write(home / name, call, mode=0o755)
        return
    raise SetupError(
        "This machine lets nobody mount folders into a root of their own, neither in a mount name "
        "space nor with bubblewrap (a container needs SYS_ADMIN). Set $BLENDER instead. "
        + "; ".join(failures)
    )


def wrapper_text(template: str, root: Path, mode: str) -> str:
    """Fill the wrapper's template.

    :param mode: ``chroot`` (a private mount name space) or ``bwrap`` (bubblewrap).
    """
    return template.replace("'@ROOT@'", shlex.quote(str(root))).replace("@MODE@", mode)


def _install_python_packages(home: Path, cache: Path, env: Mapping[str, str], log: IO[str]) -> None:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    series = first_line([home / "in-root", "python3", "-c", code])
    say(f"  pip install {' '.join(PYTHON_PACKAGES)} (for Python {series} of the root)")
    pip = ensure_venv("pip", find_pythons(env)[0], [], cache=cache)
    target = home / "root" / "usr/local/lib" / f"python{series}" / "dist-packages"
    run_logged(pip_target_command(pip, target, series, PYTHON_PACKAGES), log)


def _remove_root(root: Path) -> None:
    """Remove a half-made root; what is still mounted below it is unmounted first, never emptied."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    below = [line.split()[4] for line in mounts]
    for point in sorted((p for p in below if p.startswith(f"{root}/")), reverse=True):
        subprocess.run(["umount", "--lazy", point], stdin=subprocess.DEVNULL, check=True)
    remove_tree(root)


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.chmod(mode)
    os.replace(partial, path)
