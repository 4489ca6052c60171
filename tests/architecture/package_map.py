# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads who imports what from the package's sources, without importing any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "farm_addon"


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a module imports.

    :param target: ``core.plan`` for a module of the package, its path inside the package;
        ``requests.adapters`` for any other.
    :param is_inner: it belongs to the package.
    :param is_relative: it is written with leading dots.
    :param is_at_top: it is carried out when the module is imported; neither inside a function nor
        for the type checker alone.
    """

    target: str
    is_inner: bool
    is_relative: bool
    is_at_top: bool
    line: int


def modules() -> dict[str, Path]:
    """Return every module's path by its name inside the package; the package itself is ``""``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = path
    return found


def imports_of(name: str, path: Path) -> list[Import]:
    """Return what a module imports, anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        made
        for node, is_at_top in _walk(tree, is_at_top=True)
        for made in _imports(node, name, is_package=path.name == "__init__.py", at_top=is_at_top)
    ]


def resolve(target: str, known: dict[str, Path]) -> str:
    """Return the module that ``from … import`` of a name means: ``core.plan``, not
    ``core.plan.Plan``."""
    while target not in known:
        target = target.rpartition(".")[0]
    return target


def _walk(node: ast.AST, *, is_at_top: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        inner = is_at_top and not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        )
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inner = False
        yield child, inner
        yield from _walk(child, is_at_top=inner)


def _imports(node: ast.AST, name: str, *, is_package: bool, at_top: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            head, _, rest = alias.name.partition(".")
            is_inner = head == "farm_addon"
            target = rest if is_inner else alias.name
            yield Import(target, is_inner, False, at_top, node.lineno)
    elif isinstance(node, ast.ImportFrom):
        if node.level == 0:
            head, _, rest = (node.module or "").partition(".")
            is_inner = head == "farm_addon"
            base = rest if is_inner else node.module or ""
        else:
            is_inner = True
            parts = name.split(".") if name else []
            parents = parts[: len(parts) - node.level + (1 if is_package else 0)]
            base = ".".join([*parents, *([node.module] if node.module else [])])
        for alias in node.names:
            target = f"{base}.{alias.name}".lstrip(".") if is_inner else base
            yield Import(target, is_inner, node.level > 0, at_top, node.lineno)
