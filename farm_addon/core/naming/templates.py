# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of names: Python's format fields with plain names and bounded format specs.

Templates come from command lines, records and archives, so nothing in one may reach further than
the values that it is given: no attributes, no indexes, no conversions, no specs inside specs, and
no width that fills the memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import UsageError

TEMPLATE_CHARACTERS_MAX = 500
WIDTH_MAX = 64
"""Greatest width and greatest precision of a format spec."""

Value = str | int

_SPEC = re.compile(
    r"(?:[^{}]?[<>=^])?[-+ ]?#?0?([0-9]*)[,_]?(?:\.([0-9]+))?[sdxXob]?",
)
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_REST_SHOWN = 20


class TemplateError(UsageError):
    """A template cannot be read, or cannot be filled in.

    :param template: its text.
    :param position: index of the character that the problem is about.
    """

    def __init__(self, template: str, position: int, problem: str, *, hint: str = "") -> None:
        rest = template[position : position + _REST_SHOWN]
        more = "…" if len(template) > position + _REST_SHOWN else ""
        where = f"at character {position + 1}, ‘{rest}{more}’" if rest else "at its end"
        super().__init__(f"template ‘{_short(template)}’, {where}: {problem}", hint=hint)
        self.template = template
        self.position = position


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template.

    :param position: index of its brace.
    :param takes_text: its spec suits a text; ``takes_number``: a whole number.
    """

    name: str
    spec: str
    position: int
    takes_text: bool
    takes_number: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A template that could be read.

    :param parts: literal texts and fields, in their order.
    """

    text: str
    parts: tuple[str | Field, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template, in its one Unicode form (NFC); doubled braces stand for themselves.

        :raises TemplateError: pointing at what is wrong.
        """
        return _parse(unicodedata.normalize("NFC", text))

    @property
    def fields(self) -> frozenset[str]:
        """Names of its fields."""
        return frozenset(part.name for part in self.parts if isinstance(part, Field))

    def check_fields(self, known: Collection[str]) -> None:
        """Refuse a field that nobody will ever fill in.

        :raises TemplateError: at the first one, with the known ones.
        """
        for part in self.parts:
            if isinstance(part, Field) and part.name not in known:
                raise TemplateError(
                    self.text,
                    part.position,
                    f"there is no field ‘{part.name}’",
                    hint="the fields are: " + ", ".join(f"{{{name}}}" for name in known),
                )

    def format(self, values: Mapping[str, Value]) -> str:
        """Fill it in.

        A text that is a whole number is taken for one where its spec wants one.

        :raises TemplateError: at the first field without a value, or whose value does not suit its
            spec.
        """
        return "".join(
            part if isinstance(part, str) else self._format_field(part, values)
            for part in self.parts
        )

    def _format_field(self, field: Field, values: Mapping[str, Value]) -> str:
        value = values.get(field.name)
        if value is None:
            raise TemplateError(self.text, field.position, f"there is no ‘{field.name}’ here")
        if isinstance(value, int):
            if field.takes_number:
                return format(int(value), field.spec)
            return format(str(int(value)), field.spec)
        if field.takes_text:
            return format(str(value), field.spec)
        if not _NUMBER.fullmatch(value):
            raise TemplateError(self.text, field.position, f"‘{_short(value)}’ is no whole number")
        return format(int(value), field.spec)


@lru_cache(maxsize=256)
def _parse(text: str) -> Template:
    if len(text) > TEMPLATE_CHARACTERS_MAX:
        problem = f"it has more than {TEMPLATE_CHARACTERS_MAX} characters"
        raise TemplateError(text, TEMPLATE_CHARACTERS_MAX, problem)
    parts: list[str | Field] = []
    literal = ""
    position = 0
    while position < len(text):
        one = text[position]
        if one in "{}" and text[position + 1 : position + 2] == one:
            literal += one
            position += 2
        elif one == "{":
            if literal:
                parts.append(literal)
                literal = ""
            field = _read_field(text, position)
            parts.append(field)
            position = text.index("}", position) + 1
        elif one == "}":
            raise TemplateError(text, position, "this brace closes nothing; ‘}}’ stands for one")
        else:
            literal += one
            position += 1
    if literal:
        parts.append(literal)
    return Template(text, tuple(parts))


def _read_field(text: str, start: int) -> Field:
    """Read the field whose brace is at ``start``."""
    end = text.find("}", start)
    if end < 0:
        raise TemplateError(text, start, "this brace is never closed; ‘{{’ stands for one")
    inner = text.find("{", start + 1, end)
    if inner >= 0:
        raise TemplateError(text, inner, "a field inside a field is not allowed")
    name, colon, spec = text[start + 1 : end].partition(":")
    legal = _identifier_length(name)
    if legal == 0:
        raise TemplateError(
            text, start, "a field has a plain name, and this one has none", hint="as in {frame:06d}"
        )
    if legal < len(name):
        place = start + 1 + legal
        raise TemplateError(text, place, _WRONG_AFTER_NAME.get(text[place], _NO_NAME))
    takes_text, takes_number = _judge_spec(text, start + 1 + len(name) + len(colon), spec)
    return Field(name, spec, start, takes_text, takes_number)


_WRONG_AFTER_NAME = {
    ".": "a field has a plain name, no attributes",
    "[": "a field has a plain name, no indexes",
    "!": "conversions are not allowed",
}
_NO_NAME = "a field's name consists of letters, digits and underscores"


def _identifier_length(name: str) -> int:
    """Return how many of the first characters are a plain name, in any script."""
    ends = (end for end in range(len(name)) if not name[: end + 1].isidentifier())
    return next(ends, len(name))


def _judge_spec(text: str, position: int, spec: str) -> tuple[bool, bool]:
    """Return whether a spec suits a text, and whether it suits a whole number."""
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise TemplateError(text, position, f"‘{spec}’ is no format spec", hint="as in {frame:06d}")
    for digits in match.groups():
        if digits and (len(digits) > len(str(WIDTH_MAX)) or int(digits) > WIDTH_MAX):
            raise TemplateError(text, position, f"a width of more than {WIDTH_MAX} is not allowed")
    takes_text, takes_number = _suits("", spec), _suits(0, spec)
    if not takes_text and not takes_number:
        raise TemplateError(text, position, f"‘{spec}’ is no format spec", hint="as in {frame:06d}")
    return takes_text, takes_number


def _suits(value: Value, spec: str) -> bool:
    """Ask Python itself; the spec is known to be short and bounded."""
    try:
        format(value, spec)
    except ValueError:
        return False
    return True


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
