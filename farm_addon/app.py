# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The composition root: finds the volume, the Manager and a Blender, and hands core its ports.

Everything is made when it is first asked for: a verb that needs no Blender starts none.
"""

from __future__ import annotations

import getpass
import os
import socket
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from . import user_folders
from .background.decoder import choose_decoder
from .background.freezer import BackgroundFreezer
from .background.runtime import BlenderRuntime, find_runtime
from .core.errors import BlenderError, ManagerError, MissingLibraryError, UsageError
from .core.planning.scene_rules import Farm
from .core.ports import FrameDecoder, Manager, ManagerAddress, Reporter
from .core.release.record import Release
from .core.storage.files import Files
from .core.volume import FarmConfig, Volume, find_volume
from .core.workspace import Workspace
from .decoding.contact_sheet import Picture, make_contact_sheet
from .decoding.verdict_cache import CachingDecoder
from .flamenco.address import is_loopback, parse_base_url
from .flamenco.client import FlamencoClient
from .local_manager import start as local_manager

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller chose; empty where they left it open.

    :param volume: path of the volume, or of anything in it.
    :param manager: a URL, or ``local``.
    :param blender: an executable, or a Python that has the bpy wheel.
    :param is_online: other computers may be contacted.
    """

    volume: str = ""
    manager: str = ""
    blender: str = ""
    is_online: bool = True


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The user's ``config.toml``; all of it may be absent.

    :param manager: default Manager.
    :param ca_file: PEM file with the authorities to trust, for https Managers.
    :param headers: sent with every request to a Manager at a URL, by base URL.
    :param run_scripts: the local manager runs scripts inside .blend files.
    """

    manager: str = ""
    ca_file: str = ""
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    run_scripts: bool = False

    @classmethod
    def read(cls, path: Path) -> UserConfig:
        """Read it.

        :raises UsageError: if it is there and cannot be understood.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as ex:
            raise UsageError(f"'{path}' cannot be read: {ex}") from ex
        try:
            headers = {
                parse_base_url(url): {str(k): str(v) for k, v in one.items()}
                for url, one in data.get("headers", {}).items()
            }
            return cls(
                str(data.get("manager", "")),
                str(data.get("ca_file", "")),
                headers,
                bool(data.get("local", {}).get("run_scripts", False)),
            )
        except AttributeError as ex:
            raise UsageError(
                f"'{path}' is not as expected: [headers.\"URL\"] and [local] are tables"
            ) from ex


class App:
    """One command's world. A context manager: leaving it ends what it started."""

    def __init__(self, choices: Choices, reporter: Reporter, environ: Mapping[str, str]) -> None:
        self._choices = choices
        self._environ = environ
        self._closing = ExitStack()
        self._managers: dict[ManagerAddress, Manager] = {}
        self.reporter = reporter

    def __enter__(self) -> App:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._closing.close()

    # --- where ----------------------------------------------------------------------------------

    @cached_property
    def workspace(self) -> Workspace:
        """The volume and who works on it.

        :raises UsageError: if no volume can be found.
        """
        chosen = self._choices.volume or self._environ.get("FARM_VOLUME", "")
        volume = Volume(Path(os.path.abspath(chosen))) if chosen else find_volume(Path.cwd())
        return Workspace(
            volume, FarmConfig.read(volume), Files(), self.reporter, self.user, self.host
        )

    @cached_property
    def user(self) -> str:
        """Login name of who runs this."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return str(os.getuid()) if hasattr(os, "getuid") else "unknown"

    @cached_property
    def host(self) -> str:
        """This computer's name."""
        return socket.gethostname()

    @cached_property
    def config(self) -> UserConfig:
        """The user's own configuration."""
        return UserConfig.read(user_folders.config_file())

    # --- Blender --------------------------------------------------------------------------------

    @cached_property
    def runtime(self) -> BlenderRuntime:
        """The Blender that reads, freezes and renders here.

        :raises BlenderError: if there is none.
        """
        return find_runtime(self._choices.blender, self._environ)

    @cached_property
    def freezer(self) -> BackgroundFreezer:
        """A background Blender; started at its first question, ended with this app."""
        log = user_folders.volume_state(self.workspace.config.volume_id) / "freeze.log"
        return self._closing.enter_context(BackgroundFreezer(self.runtime, log))

    @cached_property
    def decoder(self) -> FrameDecoder:
        """Decodes frames here, or in a background Blender where this Python cannot; remembers."""
        decoder = self._closing.enter_context(choose_decoder(self._runtime_or_none))
        state = user_folders.volume_state(self.workspace.config.volume_id)
        return self._closing.enter_context(CachingDecoder(decoder, state / "verdicts.bin"))

    def _runtime_or_none(self) -> BlenderRuntime | None:
        try:
            return self.runtime
        except BlenderError:
            return None

    def make_contact_sheet(self, paths: Sequence[tuple[Path, str]]) -> bytes | None:
        """Return a PNG that shows pictures side by side; None where this Python cannot make one.

        :param paths: pictures and the job that each belongs to.
        """
        try:
            return make_contact_sheet([Picture(path, path.stem, group) for path, group in paths])
        except MissingLibraryError as ex:
            self.reporter.status(f"no contact sheet: {ex.message}")
            return None

    # --- Managers -------------------------------------------------------------------------------

    @property
    def here(self) -> ManagerAddress:
        """The local manager of this user on this computer."""
        return ManagerAddress(user=self.user, host=self.host)

    def chosen_address(self, release: Release | None = None) -> ManagerAddress:
        """Return where new submissions go: flag, else the Manager that the release is on, else
        ``$FARM_MANAGER``, ``farm.toml``, the user's configuration, else the local manager."""
        earlier = release.managers() if release else []
        if not self._choices.manager and earlier:
            return earlier[-1]
        named = (
            self._choices.manager
            or self._environ.get("FARM_MANAGER", "")
            or self.workspace.config.manager
            or self.config.manager
            or LOCAL
        )
        return self.here if named == LOCAL else ManagerAddress(url=parse_base_url(named))

    def manager(self, address: ManagerAddress) -> Manager:
        """Return a Manager that answers; the local one is started where it does not run.

        :raises ManagerError: if it is another user's local manager, may not be contacted, or does
            not answer. It is never silently replaced by another one.
        """
        known = self._managers.get(address)
        if known is not None:
            return known
        client = self._local(address) if address.is_local else self._remote(address)
        self._closing.callback(client.close)
        if not address.is_local:
            client.version()
        self._managers[address] = client
        return client

    def managers(self, addresses: Iterable[ManagerAddress]) -> dict[ManagerAddress, Manager]:
        """Return those of some Managers that can be asked from here; says which cannot."""
        found: dict[ManagerAddress, Manager] = {}
        for address in addresses:
            try:
                found[address] = self.manager(address)
            except ManagerError as ex:
                self.reporter.status(ex.message)
        return found

    def ask_again(self, addresses: Iterable[ManagerAddress]) -> dict[ManagerAddress, Manager]:
        """Return some Managers once more; a local one that has died meanwhile is started anew."""
        self._managers.pop(self.here, None)
        return self.managers(addresses)

    def _local(self, address: ManagerAddress) -> FlamencoClient:
        if address != self.here:
            raise ManagerError(
                f"this release is on {address.text()}; only there can it be followed or changed",
                hint=f"ask {address.user}, or work as {address.user} on {address.host}",
            )
        endpoint = local_manager.ensure_running(
            self.workspace.volume.root,
            self.workspace.config.volume_id,
            allow_autoexec=self.config.run_scripts,
        )
        headers = {local_manager.TOKEN_HEADER: endpoint.token}
        return FlamencoClient(address, endpoint.url, headers=headers)

    def _remote(self, address: ManagerAddress) -> FlamencoClient:
        if not self._choices.is_online and not is_loopback(address.url):
            raise ManagerError(
                f"Blender may not go online, so {address.url} cannot be asked",
                hint="allow online access in Blender's preferences (System > Network),"
                " or start Blender with --online-mode",
            )
        ca_file = Path(self.config.ca_file).expanduser() if self.config.ca_file else None
        headers = self.config.headers.get(address.url, {})
        return FlamencoClient(address, address.url, headers=headers, ca_file=ca_file)

    # --- what core wants to know ----------------------------------------------------------------

    def farm(self, address: ManagerAddress) -> Farm:
        """Return what is known about who renders for this Manager."""
        series = self.workspace.config.blender_series
        runtime = self.runtime
        return Farm(
            series=series,
            is_local=address.is_local,
            runs_scripts=self.config.run_scripts if address.is_local else True,
            is_wheel=address.is_local and runtime.is_wheel,
            can_decode=self.decoder.can_decode,
        )

    def extra_settings(self, address: ManagerAddress) -> dict[str, Any]:
        """Return the settings that only the local manager understands: which Blender renders."""
        return {"farm_blender": self.runtime.text()} if address.is_local else {}
