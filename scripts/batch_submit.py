# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run any verb of the command line in a background Blender, about the file that it has open.

::

    blender -b FILE.blend --python scripts/batch_submit.py -- plan release NAME [OPTIONS]
    blender -b --python scripts/batch_submit.py -- submit release NAME --wait
    blender -b --python scripts/batch_submit.py -- plan release NAME FOLDER --submit

The last one plans every .blend file below a folder and submits them: ``docs/batch.md``.

``plan release NAME`` without a file plans a snapshot of the open file as it is now, with what other
scripts before this one have changed. Everything else is as on the command line: results on stdout,
talk on stderr, the same exit status. Other computers are contacted only with ``--online-mode``.

The installed extension is used where there is one, else the checkout that this script lies in, with
the wheels in its ``build/wheels``.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from pathlib import Path
from types import ModuleType

import bpy

CHECKOUT = Path(__file__).resolve().parents[1]
EXTENSION = "farm_addon"
INTERRUPTED = 130


def load_package() -> ModuleType:
    """Return the package ``farm_addon``, wherever it is.

    :raises SystemExit: if it is nowhere.
    """
    assert bpy.context.preferences is not None
    for addon in bpy.context.preferences.addons:
        if addon.module.startswith("bl_ext.") and addon.module.endswith(f".{EXTENSION}"):
            return importlib.import_module(addon.module)
    folder = CHECKOUT / EXTENSION
    if not (folder / "__init__.py").is_file():
        sys.exit("farm: neither an enabled extension nor a checkout of farm_addon was found")
    boot = _load_boot(folder / "background" / "boot.py")
    boot.make_package(folder)
    return sys.modules[EXTENSION]


def _load_boot(path: Path) -> ModuleType:
    """Load the bootstrap file of child processes: it can make the package from its folder."""
    spec = importlib.util.spec_from_file_location("farm_boot", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(argv: list[str]) -> int:
    """Run the command line; return its exit status."""
    package = load_package()
    open_file = importlib.import_module(f"{package.__name__}.blender.open_file")
    return int(open_file.run(argv))


def main() -> int:
    """Run what follows ``--`` in Blender's command line.

    Blender would exit 0 after an exception, so every way out goes through an exit status.
    """
    try:
        return run(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else ["--help"])
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        logging.getLogger("farm").exception("the command line failed unexpectedly")
        return 1


if __name__ == "__main__":
    sys.exit(main())
