# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that a user can meet.

::

    FarmError
     ├─ UsageError            wrong arguments, bad names, unknown things: exit 2
     ├─ VolumeError           the volume or a file on it: missing, unreadable, full
     │   ├─ RecordError       a release record that cannot be read
     │   │   └─ NewerSchemaError   written by a newer farm_addon: never rewritten
     │   └─ LockedError       somebody else is working on the same release
     ├─ BlockedError          findings forbid the step; carries them: exit 1
     ├─ ManagerError          the Manager refused, answered oddly, or did not answer
     │   ├─ ManagerUnreachableError   no connection, or no answer in time: may be tried again
     │   └─ ManagerRefusedError       it answered no; carries the HTTP status
     ├─ BlenderError          a Blender is missing, crashed, or said no
     └─ MissingLibraryError   a Python library is not installed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding


class FarmError(Exception):
    """Something that a person must be told in one sentence.

    :param message: what failed and on what, as a sentence without a full stop at its end.
    :param hint: what to do about it, or empty.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(FarmError):
    """The request itself is wrong: arguments, names, things that do not exist."""

    exit_status = 2


class VolumeError(FarmError):
    """The volume, or a file on it, cannot be used."""


class RecordError(VolumeError):
    """A release record cannot be read."""


class NewerSchemaError(RecordError):
    """A record was written by a newer farm_addon; it is left exactly as it is."""


class LockedError(VolumeError):
    """Somebody else works on the same thing."""


class BlockedError(FarmError):
    """Findings forbid a step.

    :param findings: all findings of the step, blocking or not.
    """

    def __init__(self, message: str, findings: Sequence[Finding], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)


class ManagerError(FarmError):
    """The Manager refused, answered oddly, or did not answer."""


class ManagerUnreachableError(ManagerError):
    """No connection to the Manager, or no answer in time; the request may have been carried out."""


class ManagerRefusedError(ManagerError):
    """The Manager answered no.

    :param status: the HTTP status of the answer.
    """

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class BlenderError(FarmError):
    """No Blender can be found, or one crashed or refused."""


class MissingLibraryError(FarmError):
    """A Python library that this step needs is not installed."""

    def __init__(self, library: str, purpose: str) -> None:
        super().__init__(
            f"the Python library '{library}' is missing; it is needed {purpose}",
            hint=f"install it with: pip install {library}",
        )
        self.library = library
