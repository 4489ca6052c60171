# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read from the source which texts the interface shows, and which are put together untranslatably.

::

    python3 -m tests.panel.translatable        lists what a catalogue lacks, and what is composed
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

ROOM = Path(__file__).parents[2] / "farm_addon" / "blender"

SAY_NOTHING = {
    "capture",
    "child",
    "cli_command",
    "command_lines",
    "messages",
    "open_file",
    "registration",
    "run",
    "snapshot",
    "translations",
    "view_lifetime",
}
"""Modules that show nothing; what goes wrong in them is told in English, as the command line is."""

TRANSLATORS = {"iface": (0,), "translate": (0,), "counted": (1, 2)}
"""Functions that translate, with the positions of their templates."""

SHOWN_WORDS = {"text", "title", "message", "confirm_text", "placeholder", "heading"}
"""Keyword arguments that Blender shows, and translates where they are whole."""

SHOWN_ARGUMENTS = {
    **TRANSLATORS,
    "label": (1,),
    "operator": (2,),
    "draw_text": (2,),
    "poll_message_set": (0,),
    "report": (1,),
}
"""Positions of texts in calls of methods and of the panels' own helpers."""

TELLING = {"why_not", "title", "describe"}
"""Methods whose plain return values are shown."""


def modules() -> list[Path]:
    """Return the modules that may show texts."""
    found = (path for path in ROOM.rglob("*.py") if "inside" not in path.relative_to(ROOM).parts)
    return sorted(
        path for path in found if path.stem not in SAY_NOTHING and "translations" not in path.stem
    )


def composed(source: str) -> list[tuple[int, str]]:
    """Return line and code of each text that is put together from words without a translator."""
    tree = ast.parse(source)
    return sorted(
        (node.lineno, ast.unparse(node)) for node in _open_ground(tree) if _is_composed(node)
    )


def shown(source: str) -> set[str]:
    """Return the texts and templates that Blender, or a translator, is asked to translate."""
    tree = ast.parse(source)
    return {text for node in ast.walk(tree) for text in _texts_of(node) if _is_text(text)} | {
        text for text in _texts_of_tables(tree) if _is_text(text)
    }


def fields(template: str) -> set[str]:
    """Return the names of what is filled into a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _open_ground(node: ast.AST) -> Iterator[ast.AST]:
    """Walk everything but errors and logs, which are English everywhere."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise | ast.Assert):
            continue
        if isinstance(child, ast.Call):
            name = ast.unparse(child.func)
            if name.startswith("log.") or name.endswith("Error"):
                continue
        yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _open_ground(child)


def _is_composed(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return _has_words("\0".join(_constants(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = (node.left, node.right)
        words = [side.value for side in sides if _is_string(side)]
        return len(words) == 1 and _has_words(words[0])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        template = node.func.value
        return node.func.attr == "format" and _is_string(template) and _has_words(template.value)
    return False


def _constants(node: ast.AST) -> list[str]:
    return [part.value for part in ast.walk(node) if _is_string(part)]


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _has_words(text: str) -> bool:
    return " " in text and re.search(r"[^\W\d_]{2}", text) is not None


def _is_text(text: str) -> bool:
    """Tell a text from an identifier, an icon's name and punctuation."""
    return re.search(r"[^\W\d_]{2}", re.sub(r"\{.*?\}", "", text)) is not None


def _texts_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _texts_of_call(node)
    elif isinstance(node, ast.ClassDef):
        yield from _texts_of_class(node)
    elif isinstance(node, ast.FunctionDef) and node.name in TELLING:
        for part in ast.walk(node):
            if isinstance(part, ast.Return) and part.value is not None:
                yield from _whole(part.value)


def _texts_of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func).rpartition(".")[2]
    is_property = name.endswith("Property")
    for keyword in call.keywords:
        if keyword.arg in SHOWN_WORDS or (is_property and keyword.arg in ("name", "description")):
            yield from _whole(keyword.value)
        elif is_property and keyword.arg == "items":
            yield from _texts_of_items(keyword.value)
    for position in SHOWN_ARGUMENTS.get(name, ()):
        if position < len(call.args):
            yield from _whole(call.args[position])


def _texts_of_class(node: ast.ClassDef) -> Iterator[str]:
    told = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for name in ("bl_label", "bl_description"):
        if name in told:
            yield from _whole(told[name])
    if "_OT_" in node.name and "bl_description" not in told:
        yield ast.get_docstring(node) or ""


def _texts_of_tables(tree: ast.Module) -> Iterator[str]:
    """Find the items of enumerations and the words of dicts at the top of a module."""
    for statement in tree.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Tuple | ast.List):
            yield from _texts_of_items(value)
        elif isinstance(value, ast.Dict):
            for part in value.values:
                yield from (
                    text for text in _whole(part) if re.fullmatch(r"[^_.]*[a-z][^_.]*", text)
                )


def _texts_of_items(node: ast.AST) -> Iterator[str]:
    for item in getattr(node, "elts", ()):
        parts = getattr(item, "elts", ())
        if len(parts) >= 3 and all(map(_is_string, parts[:3])) and parts[0].value.isupper():
            yield parts[1].value
            yield parts[2].value


def _whole(node: ast.AST) -> Iterator[str]:
    """Find whole strings: the text itself, or those of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _whole(node.body)
        yield from _whole(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _whole(part)


def catalogue() -> dict[str, str]:
    """Return the German catalogue, read as data: its modules belong to Blender's side."""
    messages: dict[str, str] = {}
    for path in sorted(ROOM.glob("translations_de*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = next(one for one in tree.body if isinstance(one, ast.AnnAssign))
        assert found.value is not None
        messages |= ast.literal_eval(found.value)
    return messages


def missing() -> list[str]:
    """Return the texts that the German catalogue lacks."""
    texts = set().union(*(shown(path.read_text(encoding="utf-8")) for path in modules()))
    return sorted(texts - catalogue().keys())


def unused() -> list[str]:
    """Return the texts of the catalogue that the source shows nowhere."""
    texts = set().union(*(shown(path.read_text(encoding="utf-8")) for path in modules()))
    return sorted(catalogue().keys() - texts)


def report() -> Iterator[str]:
    """Tell what is composed, and what the catalogue lacks or has in vain."""
    for path in modules():
        for line, code in composed(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOM)}:{line}: composed: {code}"
    yield from (f"missing: {text!r}" for text in missing())
    yield from (f"unused: {text!r}" for text in unused())


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report())
