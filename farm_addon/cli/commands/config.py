# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm config``: look at the user's own configuration, and change it."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ... import user_folders
from ...app import App
from ...core.errors import FarmError, UsageError
from ...user_config.file import KEYS, ConfigFile
from ...user_config.headers import VARIABLE, GivenHeaders
from ..output import Outcome, Output

VARIABLES = {
    "manager": "FARM_MANAGER",
    "ca_file": "FARM_CA_FILE",
    "local.slots": "FARM_LOCAL_SLOTS",
    "local.blender": "FARM_LOCAL_BLENDER",
}
"""The environment variable that goes before each setting."""

_WHEN_IDLE = "the local manager takes it on when it is idle; at once: farm manager stop"


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "config",
        parents=parents,
        help="look at your own configuration, and change it",
        description="Your own configuration on this computer, in config.toml: the Manager that you"
        " use, certificates and headers for one at an https:// address, and how this computer"
        " renders. The environment goes before it. Without more, it is shown; secrets are not.",
    )
    parser.set_defaults(run=run)
    whats = parser.add_subparsers(dest="what", metavar="WHAT", parser_class=type(parser))

    def add(name: str, help: str) -> argparse.ArgumentParser:
        found: argparse.ArgumentParser = whats.add_parser(
            name, parents=parents, help=help, description=f"{help[0].upper()}{help[1:]}."
        )
        return found

    add("show", "show what is set, and where")
    setting = add("set", "set a value")
    setting.add_argument("key", metavar="KEY", help="; ".join(f"{k}: {v}" for k, v in KEYS.items()))
    setting.add_argument("value", metavar="VALUE")
    add("unset", "forget a value, so that the default counts").add_argument("key", metavar="KEY")
    header = add("set-header", "send a header with every request to a Manager")
    header.add_argument("url", metavar="URL", help="of the Manager")
    header.add_argument("header", metavar="NAME", help="of the header, such as Authorization")
    header.add_argument(
        "--from-env",
        metavar="VARIABLE",
        default="",
        help="take its value from this environment variable; else it is asked on a terminal, or"
        " read from the first line of stdin",
    )
    gone = add("unset-header", "send a header no more")
    gone.add_argument("url", metavar="URL", help="of the Manager")
    gone.add_argument("header", metavar="NAME", nargs="?", default="", help="without: all of them")
    add(
        "save",
        f"keep what the environment says ({', '.join([*VARIABLES.values(), VARIABLE])}), and"
        " --manager; what is empty there is forgotten",
    )


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Show or change it."""
    file = ConfigFile(user_folders.config_file())
    change = _CHANGES.get(arguments.what or "show")
    if change is None:
        return _shown(file, app)
    told = change(file, arguments, app, output)
    if told and not arguments.dry_run:
        aside = file.write()
        if aside is not None:
            app.reporter.status(f"comments are not kept; the former file is '{aside}'")
        if any(text.startswith("local.") for text in told):
            app.reporter.status(_WHEN_IDLE)
    would = "Would be changed" if arguments.dry_run else "Changed"
    data = {"path": str(file.path), "changed": told, "is_dry_run": bool(arguments.dry_run)}
    lines = [f"{would} in {file.path.name}: {text}." for text in told] or ["Nothing to do."]
    return Outcome(data, show=lambda out: out.line("\n".join(lines)))


# --- changing -----------------------------------------------------------------------------------

Change = Callable[[ConfigFile, argparse.Namespace, App, Output], list[str]]
"""Changes the file's data; returns what was changed, for people, without any secret."""


def _set(file: ConfigFile, arguments: argparse.Namespace, app: App, output: Output) -> list[str]:
    before = file.get(arguments.key) if arguments.key in KEYS else None
    value = file.set(arguments.key, arguments.value)
    return [] if before == value else [f"{arguments.key} is {_text(value)}"]


def _unset(file: ConfigFile, arguments: argparse.Namespace, app: App, output: Output) -> list[str]:
    return [f"{arguments.key} is not set"] if file.unset(arguments.key) else []


def _set_header(
    file: ConfigFile, arguments: argparse.Namespace, app: App, output: Output
) -> list[str]:
    value = _secret(arguments, app.environ, output)
    file.set_header(arguments.url, arguments.header, value)
    return [f"header {arguments.header} for {arguments.url} is set"]


def _unset_header(
    file: ConfigFile, arguments: argparse.Namespace, app: App, output: Output
) -> list[str]:
    if not file.unset_header(arguments.url, arguments.header):
        return []
    which = f"header {arguments.header}" if arguments.header else "every header"
    return [f"{which} for {arguments.url} is not set"]


def _save(file: ConfigFile, arguments: argparse.Namespace, app: App, output: Output) -> list[str]:
    said = {key: app.environ[name] for key, name in VARIABLES.items() if name in app.environ}
    if arguments.manager:
        said["manager"] = arguments.manager
    told = []
    for key, text in said.items():
        is_empty = not text.strip() or (key == "local.slots" and text.strip() == "0")
        before = file.get(key)
        if is_empty and file.unset(key):
            told.append(f"{key} is not set")
        elif not is_empty and file.set(key, text) != before:
            told.append(f"{key} is {_text(file.get(key))}")
    given = GivenHeaders.read(app.environ.get(VARIABLE, ""))
    by_url = dict(given.by_url)
    if given.for_chosen:
        by_url[_chosen_url(said.get("manager", ""))] = given.for_chosen
    known = file.headers()
    for url, headers in by_url.items():
        for name, value in headers.items():
            if known.get(url, {}).get(name) != value:
                file.set_header(url, name, value)
                told.append(f"header {name} for {url} is set")
    return told


def _chosen_url(manager: str) -> str:
    if manager in ("", "local"):
        raise UsageError(
            f"${VARIABLE} does not say which Manager its headers belong to",
            hint="name it with --manager, or write a JSON object of headers per URL",
        )
    return manager


_CHANGES: dict[str, Change] = {
    "set": _set,
    "unset": _unset,
    "set-header": _set_header,
    "unset-header": _unset_header,
    "save": _save,
}


def _secret(arguments: argparse.Namespace, environ: Mapping[str, str], output: Output) -> str:
    """Return a header's value, from wherever others cannot read it."""
    if arguments.from_env:
        if not environ.get(arguments.from_env):
            raise UsageError(f"the environment variable {arguments.from_env} is not set")
        return environ[arguments.from_env]
    if output.is_events:
        raise UsageError("nobody is there to ask", hint="name a variable with --from-env")
    prompt = f"Value of the header {arguments.header}: "
    try:
        is_terminal = sys.stdin.isatty()
        value = getpass.getpass(prompt) if is_terminal else sys.stdin.readline()
    except EOFError:
        value = ""
    if not value.strip():
        raise FarmError("nothing was done: the header has no value")
    return value.strip()


# --- showing ------------------------------------------------------------------------------------


def _shown(file: ConfigFile, app: App) -> Outcome:
    rows = [_row(file, key, app.environ) for key in KEYS]
    headers = [
        {"url": url, "name": name, "source": file.path.name}
        for url, table in file.headers().items()
        for name in table
    ]
    given = GivenHeaders.read(app.environ.get(VARIABLE, ""))
    from_environment = {**given.by_url, **({"": given.for_chosen} if given.for_chosen else {})}
    headers += [
        {"url": url, "name": name, "source": f"${VARIABLE}"}
        for url, table in from_environment.items()
        for name in table
    ]
    data = {
        "path": str(file.path),
        "is_there": file.path.is_file(),
        "is_private": file.is_private(),
        "settings": rows,
        "headers": headers,
    }

    def show(out: Output) -> None:
        out.line(f"{file.path}{'' if data['is_there'] else ' (not there yet)'}")
        cells = [(row["key"], _text(row["value"]), row["source"] or "not set") for row in rows]
        cells += [
            (f"header {one['name']}", "(hidden)", f"{one['source']}, for {one['url'] or 'it'}")
            for one in headers
        ]
        out.table(("setting", "value", "from"), cells)
        if not data["is_private"]:
            out.talk(f"Others on this computer can read it: chmod 600 '{file.path}'")

    return Outcome(data, show=show)


def _row(file: ConfigFile, key: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return a setting, and where it comes from; empty where it is not set."""
    variable = VARIABLES.get(key, "")
    if environ.get(variable):
        return {"key": key, "value": environ[variable], "source": f"${variable}"}
    value = file.get(key)
    source = "" if value is None else file.path.name
    return {"key": key, "value": value, "source": source}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
