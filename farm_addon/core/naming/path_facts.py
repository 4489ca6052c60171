# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that a file's path tells: ``{material}/{object}.blend``."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .delivery_names import FRAME_FIELDS, JOB_FIELDS
from .templates import Field, Template, TemplateError

_Parts = tuple[str | Field, ...]


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A pattern for the last parts of a path.

    :param components: one for each part of the path, first to last.
    """

    text: str
    components: tuple[_Parts, ...]

    @classmethod
    def parse(cls, text: str) -> PathPattern:
        """Read a pattern: a template without format specs, its parts divided by ``/`` or, as
        Windows writes it, a backslash.

        :raises TemplateError: also for a field that is there twice, stands beside another one with
            nothing between them, or has a name that every job has already.
        """
        template = Template.parse(text.replace("\\", "/"))
        _refuse_odd_fields(template)
        return cls(text, tuple(_components(template.parts)))

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of its fields, in their order."""
        return tuple(
            part.name for parts in self.components for part in parts if isinstance(part, Field)
        )

    def match(self, path: str) -> dict[str, str] | None:
        """Compare it with the end of a path; None where they differ.

        A field takes at least one character, within one part of the path, and no more than it must.

        :param path: as any system writes it.
        """
        parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
        if len(parts) < len(self.components):
            return None
        facts: dict[str, str] = {}
        ending = parts[len(parts) - len(self.components) :]
        for pattern, text in zip(self.components, ending, strict=True):
            found = _match_part(pattern, text)
            if found is None:
                return None
            facts |= found
        return facts


def _refuse_odd_fields(template: Template) -> None:
    seen: set[str] = set()
    before: str | Field = ""
    for part in template.parts:
        if isinstance(part, Field):
            problem = _problem(part, before, seen)
            if problem:
                raise TemplateError(template.text, part.position, problem)
            seen.add(part.name)
        before = part
    if not seen:
        raise TemplateError(template.text, 0, "it has no field, as {object} is one")


def _problem(field: Field, before: str | Field, seen: set[str]) -> str:
    if field.name in (*JOB_FIELDS, *FRAME_FIELDS):
        return f"every job has a ‘{field.name}’ already; choose another name"
    if field.name in seen:
        return f"‘{field.name}’ is in it twice"
    if field.spec:
        return "a field of a path has no format"
    if isinstance(before, Field):
        return "two fields need something between them"
    return ""


def _components(parts: Sequence[str | Field]) -> list[_Parts]:
    """Divide parts at slashes."""
    components: list[list[str | Field]] = [[]]
    for part in parts:
        if isinstance(part, Field):
            components[-1].append(part)
            continue
        first, *others = part.split("/")
        components[-1].append(first)
        components += [[other] for other in others]
    return [tuple(one for one in component if one != "") for component in components]


def _match_part(pattern: _Parts, text: str) -> dict[str, str] | None:
    """Match one part of a path. Taking the first place of each literal is enough: whatever comes
    later matches a longer rest as well."""
    facts: dict[str, str] = {}
    place = 0
    waiting: Field | None = None
    for index, part in enumerate(pattern):
        if isinstance(part, Field):
            waiting = part
            continue
        if waiting is None:
            found = place if text.startswith(part, place) else -1
        elif index == len(pattern) - 1:
            found = len(text) - len(part) if text.endswith(part) else -1
        else:
            found = text.find(part, place + 1)
        if waiting is not None:
            if found <= place:
                return None
            facts[waiting.name] = text[place:found]
            waiting = None
        elif found < 0:
            return None
        place = found + len(part)
    if waiting is not None:
        facts[waiting.name] = text[place:]
        return facts if place < len(text) else None
    return facts if place == len(text) else None
