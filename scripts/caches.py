# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Know the one folder outside the checkout where scripts keep what they download or make.

It is ``$FARM_CACHE``, else ``$XDG_CACHE_HOME/farm_addon``, else ``~/.cache/farm_addon``; deleting
it is always safe. Plain Python, standard library only.
"""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

LOCK_POLL_S = 0.5


class SetupError(Exception):
    """Say in one sentence what could not be set up and what to do about it."""


def say(text: str) -> None:
    """Print a line at once, also when stdout is a file or a pipe."""
    print(text, flush=True)


def home_folder(env: Mapping[str, str]) -> Path:
    """Return the user's home, also where ``HOME`` is unset or empty."""
    return Path(env["HOME"]) if env.get("HOME") else account_home()


def account_home() -> Path:
    """Return the home that the account database names, whatever ``HOME`` says."""
    if sys.platform == "win32":
        return Path(os.environ["USERPROFILE"])
    import pwd

    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def cache_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Return the cache folder's absolute path; it need not exist yet."""
    if env.get("FARM_CACHE"):
        return Path(env["FARM_CACHE"]).absolute()
    if env.get("XDG_CACHE_HOME"):
        return Path(env["XDG_CACHE_HOME"]).absolute() / "farm_addon"
    return home_folder(env).absolute() / ".cache" / "farm_addon"


@contextlib.contextmanager
def only_maker(folder: Path) -> Iterator[None]:
    """Hold the lock on making ``folder``; wait, and say so once, while another process makes it.

    The lock is the operating system's own and ends with its holder, however that dies. Where the
    holder's children are started with ``close_fds=False`` they hold it too (not on Windows), so
    that one that outlives a killed holder is waited for instead of being built over.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "a+b") as file:
        if not _try_lock(file.fileno()):
            say(f"Waiting for another process that is making {folder}")
            while not _try_lock(file.fileno()):
                time.sleep(LOCK_POLL_S)
        os.set_inheritable(file.fileno(), sys.platform != "win32")
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it; one that does not exist is fine."""
    if folder.exists():
        shutil.rmtree(folder)
