# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one file that every child process of farm_addon begins with.

::

    PYTHON boot.py [--watch-stdin] PACKAGE_FOLDER MODULE ARGUMENTS…
    blender … --python-exit-code 1 --python boot.py -- PACKAGE_FOLDER MODULE ARGUMENTS…

It makes the package under the fixed name ``farm_addon`` from its folder, wherever that lies (a
checkout, a pip install, an extension in any repository), adds the wheels that an installed
extension brings, and runs the module as ``__main__``. It imports nothing of the package before the
package exists, and knows Python alone: plain, Blender's, or one with the bpy wheel.

With ``--watch-stdin`` the process ends as soon as its stdin closes; without it the module looks
after its stdin itself (:mod:`.lifeline`).
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import logging
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import NoReturn

PACKAGE = "farm_addon"
"""The package's name in every child, whatever it is called where it was installed."""

WATCH_STDIN = "--watch-stdin"

_FAILED = 1
_INTERRUPTED = 130


def own_arguments(argv: list[str], boot_file: str) -> list[str]:
    """Return what is meant for this file.

    Blender leaves its whole command line in ``sys.argv``; what follows its first ``--`` is ours.
    Python puts this file first, and a ``--`` after it belongs to the module.
    """
    if argv and os.path.abspath(argv[0]) == os.path.abspath(boot_file):
        return argv[1:]
    return argv[argv.index("--") + 1 :]


def prepare_streams() -> None:
    """Make the standard streams speak UTF-8, each line at once, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")


def prepare_bytecode() -> None:
    """Honour the wishes about ``.pyc`` files that an isolated Python does not look at."""
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        sys.dont_write_bytecode = True
    if os.environ.get("PYTHONPYCACHEPREFIX"):
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]


def prepare_path(boot_file: str) -> None:
    """Take this file's folder off the path, where Python puts it unless told not to: its modules
    are no top-level modules."""
    if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(boot_file)):
        del sys.path[0]


def make_package(folder: Path) -> None:
    """Import the package from its folder under its fixed name, and add the wheels it brings.

    Wheels come last on the path: what this Python has of its own is used first.
    """
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no package in '{folder}'")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    sys.path.extend(sorted(str(wheel) for wheel in _wheels_of(folder).glob("*.whl")))


def _wheels_of(folder: Path) -> Path:
    """Return where the package's wheels are: in an installed extension beside its code, in a
    checkout where ``scripts/build_extension.py`` collects them."""
    is_checkout = (folder.parent / "pyproject.toml").is_file()
    return folder.parent / "build" / "wheels" if is_checkout else folder / "wheels"


def run(arguments: list[str]) -> int:
    """Run a module to its end.

    :return: the exit status that it asked for: 0 where it just ended, 1 after an exception, 130
        after an interrupt.
    """
    is_watching = arguments[0] == WATCH_STDIN
    folder, module, *rest = arguments[1:] if is_watching else arguments
    try:
        make_package(Path(folder))
        if is_watching:
            # Ignored where a shell started our parent in the background; being cancelled by a
            # signal is this child's way to end properly.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            importlib.import_module(f"{PACKAGE}.background.lifeline").watch()
        sys.argv = [module, *rest]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ex:
        return exit_status(ex)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:
        logging.getLogger(PACKAGE).exception("'%s' failed", module)
        return _FAILED
    return 0


def exit_status(ex: SystemExit) -> int:
    """Return what ``sys.exit`` was given, as Python itself would understand it."""
    if ex.code is None:
        return 0
    if isinstance(ex.code, int):
        return ex.code & 0xFF
    print(ex.code, file=sys.stderr)  # noqa: T201 - what Python does with a text
    return _FAILED


def leave(status: int) -> NoReturn:
    """End the process with a status.

    The bpy wheel may abort while Python takes itself down, after all work was done well; it is not
    given the opportunity.
    """
    bpy = sys.modules.get("bpy")
    if bpy is not None and not bpy.app.binary_path:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    prepare_streams()
    prepare_bytecode()
    prepare_path(__file__)
    leave(run(own_arguments(sys.argv, __file__)))
