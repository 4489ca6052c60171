# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: what is wrong or odd before submission or harvest."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


class Severity(enum.Enum):
    """How much a finding weighs."""

    ERROR = "error"  #: blocks the step
    WARNING = "warning"  #: the step goes on; a person should look
    INFO = "info"  #: worth knowing


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd.

    :param severity: whether it blocks.
    :param code: stable identifier in kebab-case, for scripts and tests: ``no-camera``.
    :param subject: what it is about, in the artist's words: ``Scene ‘Shot 010’``.
    :param message: one sentence, without a full stop.
    :param fix: what to do, or empty.
    :param data: exact names of what it is about, for a button that helps: ``scene``, ``image``.
        Which code has which members is in ``docs/design.md``, "Findings that can be fixed".
    """

    severity: Severity
    code: str
    subject: str
    message: str
    fix: str = ""
    data: Mapping[str, str] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object; all members are strings but ``data``, an object of
        strings that is left out where it would be empty."""
        told: dict[str, Any] = {
            "severity": self.severity.value,
            "code": self.code,
            "subject": self.subject,
            "message": self.message,
            "fix": self.fix,
        }
        return {**told, "data": dict(self.data)} if self.data else told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Read what :meth:`to_json` wrote.

        :raises AttributeError, KeyError, ValueError: if ``data`` has another shape.
        """
        return cls(
            Severity(data["severity"]),
            str(data["code"]),
            str(data["subject"]),
            str(data["message"]),
            str(data.get("fix", "")),
            {str(name): str(value) for name, value in data.get("data", {}).items()},
        )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that block, in their order."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def naming(findings: Iterable[Finding], **names: str) -> Iterator[Finding]:
    """Yield findings whose ``data`` tells these names too."""
    for finding in findings:
        yield replace(finding, data={**names, **finding.data})
