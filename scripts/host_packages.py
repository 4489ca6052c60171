# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install Debian packages on this machine, for those who asked for it with ``--get-blender``."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import IO

from caches import SetupError, say
from logged import SYSTEM_FOLDERS, run_logged

# A mirror may be a frozen copy whose release file has run out.
APT_OPTIONS = (
    "-o=Acquire::Check-Valid-Until=false",
    "-o=Acquire::Retries=3",
    "-o=DPkg::Lock::Timeout=300",
    "-o=Dpkg::Use-Pty=0",
)


def why_no_packages() -> str:
    """Return why Debian packages cannot be installed here; empty if they can."""
    if not sys.platform.startswith("linux"):
        return "it works on Linux only"
    if os.geteuid() != 0:
        return "it needs the root user"
    if shutil.which("apt-get") is None:
        return "it needs apt-get (Debian, Ubuntu)"
    return ""


def install_host_packages(packages: Sequence[str], log: IO[str]) -> None:
    """Install packages by apt-get, with a fresh list of packages if the present one does not do.

    :raises SetupError: apt-get failed.
    """
    say(f"  apt-get install {' '.join(packages)} (on this machine)")
    install = ["apt-get", *APT_OPTIONS, "install", "-y", "--no-install-recommends", *packages]
    try:
        run_logged(install, log)
    except SetupError:
        say("  apt-get update (on this machine)")
        run_logged(["apt-get", *APT_OPTIONS, "update"], log)
        run_logged(install, log)


def is_program_here(program: str) -> bool:
    """Tell whether a program is on the PATH or in a system folder that root's PATH may lack."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}") is not None


def host_mirrors() -> list[str]:
    """Ask apt for the Debian mirrors that this host uses, security updates excepted."""
    run = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    sites = [line.strip().rstrip("/") for line in run.stdout.splitlines()]
    return list(dict.fromkeys(site for site in sites if site.endswith("/debian")))
