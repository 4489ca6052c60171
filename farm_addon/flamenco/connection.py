# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Manager at the other end: who it is, which version, and how its answers are read.

:class:`.client.FlamencoClient` asks for jobs, tasks and Workers on top of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ..core.errors import ManagerError, ManagerRefusedError
from ..core.ports import ManagerAddress, RemoteJob
from . import version as versions
from . import wire
from .transport import CHECK_URL, Transport
from .variables import begins_with_variable, restore_all, this_platform

API = "/api/v3"
_RUN_AGAIN = "run the same command again: the local manager is started where it does not run"
_Value = TypeVar("_Value")


class ManagerConnection:
    """One kept-alive connection to a Manager; for one thread at a time.

    :param address: who it is, as the journal keeps it.
    :param base_url: where it is spoken to, as :func:`.addresses.parse_base_url` returns it.
    :param headers: sent with every request, such as a token.
    :param ca_file: PEM file with the certificates to trust instead of the usual ones, or None.
    :param platform_name: this computer in Flamenco's words: ``linux``, ``windows``, ``darwin``.
    """

    def __init__(
        self,
        address: ManagerAddress,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        platform_name: str = "",
    ) -> None:
        name = address.text() if address.is_local else f"the Manager at {base_url}"
        self._address = address
        self._platform = platform_name or this_platform()
        self._http = Transport(
            base_url,
            name=name,
            unreachable_hint=_RUN_AGAIN if address.is_local else CHECK_URL,
            headers=headers,
            ca_file=ca_file,
        )
        self._version: versions.Version | None = None
        self._variables: dict[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        self._http.close()

    @property
    def address(self) -> ManagerAddress:
        """Who this is, as the journal keeps it."""
        return self._address

    def version(self) -> versions.Version:
        """Return major and minor version; asked once.

        :raises ManagerError: if something else answers, or a Manager older than 3.2.
        """
        if self._version is None:
            doing = "tell its version"
            data = self._get_json("/version", doing)
            if not isinstance(data, dict) or not isinstance(data.get("version"), str):
                raise self._http.odd(doing, "what answers is no Flamenco Manager")
            text = str(data.get("shortversion") or data["version"])
            found = versions.parse_version(text)
            if found < versions.OLDEST:
                raise ManagerError(
                    f"{self._http.name} is Flamenco {found[0]}.{found[1]}, which is too old",
                    hint="farm_addon works with Flamenco 3.2 to 3.9; update the Manager",
                )
            self._version = found
        return self._version

    def variables(self) -> dict[str, str]:
        """Return the two-way variables with their values on this platform; asked once."""
        if self._variables is None:
            doing = "tell its variables"
            data = self._get_json(f"/configuration/variables/users/{self._platform}", doing)
            self._variables = self._read(wire.two_way_variables, data, doing)
        return self._variables

    # --- the parts -------------------------------------------------------------------------------

    def _get_json(self, path: str, doing: str) -> Any:
        return self._http.read_json(self._http.get(API + path, doing), doing)

    def _read(self, parse: Callable[[object], _Value], data: object, doing: str) -> _Value:
        try:
            return parse(data)
        except wire.WireError as ex:
            raise self._http.odd(doing, str(ex)) from ex

    def _read_or_none(
        self, path: str, parse: Callable[[object], _Value], doing: str
    ) -> _Value | None:
        """Read something that may be there no more; None then."""
        try:
            data = self._get_json(path, doing)
        except ManagerRefusedError as ex:
            if ex.status == 404:
                return None
            raise
        return self._read(parse, data, doing)

    def _restored(self, job: RemoteJob) -> RemoteJob:
        """Return the job with ``{variable}`` prefixes turned back into this platform's paths."""
        texts = [*job.settings.values(), *job.metadata.values()]
        if not any(map(begins_with_variable, texts)):
            return job
        known = self.variables()
        return replace(
            job,
            settings=restore_all(job.settings, known, self._platform),
            metadata=restore_all(job.metadata, known, self._platform),
        )

    def _demand(self, since: versions.Version, ability: str) -> None:
        """Refuse for the Manager what its version cannot do; nothing was sent then."""
        found = self.version()
        if found < since:
            raise ManagerRefusedError(
                f"{self._http.name} is Flamenco {found[0]}.{found[1]} and cannot {ability}",
                status=501,
                hint=f"that needs Flamenco {since[0]}.{since[1]} or newer",
            )


def checked_id(text: str) -> str:
    """Return an id that may stand in a URL.

    :raises ManagerError: for one that no Manager gave out.
    """
    if not wire.is_id(text):
        raise ManagerError(f"'{text[:60]}' is no id of a job or task")
    return text
