# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: what is wrong or odd before submission or harvest."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


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
    """

    severity: Severity
    code: str
    subject: str
    message: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the finding as a JSON object; all members are strings."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "subject": self.subject,
            "message": self.message,
            "fix": self.fix,
        }

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Finding:
        """Read what :meth:`to_json` wrote.

        :raises KeyError, ValueError: if ``data`` has another shape.
        """
        return cls(
            Severity(data["severity"]),
            str(data["code"]),
            str(data["subject"]),
            str(data["message"]),
            str(data.get("fix", "")),
        )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that block, in their order."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
