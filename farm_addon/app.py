# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The composition root: finds the volume, the Manager and a Blender, and hands core its ports.

Everything is made when it is first asked for: a verb that needs no Blender starts none.
"""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import user_folders
from .background.decoder import choose_decoder
from .background.freezer import BackgroundFreezer
from .background.runtime import BlenderRuntime, find_runtime
from .core.addresses import is_loopback, parse_base_url
from .core.errors import BlenderError, FarmError, ManagerError, MissingLibraryError
from .core.planning.scene_rules import Farm
from .core.ports import FrameDecoder, Manager, ManagerAddress, Reporter
from .core.release.hash_memory import HashMemory
from .core.release.record import Release
from .core.release.watch import Watch
from .core.storage.files import Files
from .core.volume import FarmConfig, Volume, find_volume
from .core.workspace import Workspace
from .decoding.contact_sheet import Picture, make_contact_sheet
from .decoding.screen_copy import write_screen_copy
from .decoding.verdict_cache import CachingDecoder
from .flamenco.client import FlamencoClient
from .flamenco.watcher import Watcher
from .local_manager import start as local_manager
from .user_config.values import UserConfig

LOCAL = "local"

AUTOMATIC_SLOTS = 1
"""Renders at once where nobody chose: one Blender uses the whole computer already."""

WATCH_PATIENCE_S = 2.0
"""For so long a look at a release waits for one of its Managers before it goes on without."""


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


class App:
    """One command's world. A context manager: leaving it ends what it started."""

    def __init__(self, choices: Choices, reporter: Reporter, environ: Mapping[str, str]) -> None:
        self._choices = choices
        self.environ = environ
        self._closing = ExitStack()
        self._managers: dict[ManagerAddress, Manager] = {}
        self._clients: dict[ManagerAddress, FlamencoClient] = {}
        self.reporter = reporter

    def __enter__(self) -> App:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for client in self._clients.values():
            client.close()
        self._closing.close()

    # --- where ----------------------------------------------------------------------------------

    @cached_property
    def workspace(self) -> Workspace:
        """The volume and who works on it.

        :raises UsageError: if no volume can be found.
        """
        chosen = self._choices.volume or self.environ.get("FARM_VOLUME", "")
        volume = Volume(Path(os.path.abspath(chosen))) if chosen else find_volume(Path.cwd())
        config = FarmConfig.read(volume)
        hashes = HashMemory(lambda: user_folders.volume_state(config.volume_id) / "hashes.json")
        self._closing.callback(hashes.save)
        return Workspace(
            volume, config, Files(), self.reporter, self.user, self.host, hashes=hashes
        )

    @property
    def clock(self) -> Callable[[], float]:
        """Monotonic seconds."""
        return time.monotonic

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
        """The user's own configuration; the environment goes before the file."""
        return UserConfig.read(user_folders.config_file(), self.environ)

    # --- Blender --------------------------------------------------------------------------------

    @cached_property
    def runtime(self) -> BlenderRuntime:
        """The Blender that reads, freezes and renders here.

        :raises BlenderError: if there is none.
        """
        return find_runtime(self._choices.blender, self.environ)

    @cached_property
    def renderer(self) -> BlenderRuntime:
        """The Blender that renders where this computer does: the user's choice, else the one that
        freezes.

        :raises BlenderError: if there is none.
        """
        chosen = self.config.blender
        return find_runtime(chosen, self.environ) if chosen else self.runtime

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

    @staticmethod
    def write_screen_copy(
        source: Path, target: Path, max_width_px: int, max_height_px: int
    ) -> bool:
        """Write a small JPEG of a picture for a screen, on this computer.

        :return: False where the picture cannot be read.
        :raises MissingLibraryError: where this Python cannot make one.
        :raises OSError: if it cannot be written.
        """
        return write_screen_copy(
            source, target, max_width_px=max_width_px, max_height_px=max_height_px
        )

    # --- Managers -------------------------------------------------------------------------------

    @property
    def here(self) -> ManagerAddress:
        """The local manager of this user on this computer."""
        return ManagerAddress(user=self.user, host=self.host)

    def chosen_address(
        self, release: Release | None = None, *, has_volume: bool = True
    ) -> ManagerAddress:
        """Return where new submissions go: flag, else the Manager that the release is on, else
        ``$FARM_MANAGER``, ``farm.toml``, the user's configuration, else the local manager.

        :param has_volume: there is a ``farm.toml`` to ask.
        :raises UsageError: for a Manager that is no URL of one.
        """
        earlier = release.managers() if release else []
        if not self._choices.manager and earlier:
            return earlier[-1]
        named = (
            self._choices.manager
            or self.environ.get("FARM_MANAGER", "")
            or (self.workspace.config.manager if has_volume else "")
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
        try:
            if not address.is_local:
                client.version()
        except ManagerError:
            client.close()
            raise
        self._managers[address] = client
        self._clients[address] = client
        return client

    def manager_anew(self, address: ManagerAddress) -> Manager:
        """Return a Manager after it failed: over a new connection; a local one that has died is
        started anew, at another address.

        :raises ManagerError: as :meth:`manager`.
        """
        self._managers.pop(address, None)
        failed = self._clients.pop(address, None)
        if failed is not None:
            failed.close()
        return self.manager(address)

    def watch(
        self, interval_s: float | None = None, *, patience_s: float = WATCH_PATIENCE_S
    ) -> Watch:
        """Return who watches Managers; those that are connected are not connected again at first.

        :param interval_s: between two looks while a job is unfinished; None for the usual.
        :param patience_s: how long one look waits for a Manager; infinite for one that is alone.
        """
        fresh = dict(self._managers)

        def connect(address: ManagerAddress) -> Manager:
            return fresh.pop(address, None) or self.manager_anew(address)

        return Watcher(
            connect,
            clock=self.clock,
            interval_s=interval_s,
            local_mark=self._local_mark,
            patience_s=patience_s,
        )

    @property
    def chosen_volume(self) -> str:
        """The folder that was chosen as the volume, whether it is one or not; empty for none."""
        chosen = self._choices.volume or self.environ.get("FARM_VOLUME", "")
        return os.path.abspath(chosen) if chosen else ""

    def _local_mark(self) -> object | None:
        try:
            return local_manager.state_mark(self.workspace.config.volume_id)
        except FarmError:
            return None  # without a volume there is none

    def managers(self, addresses: Iterable[ManagerAddress]) -> dict[ManagerAddress, Manager]:
        """Return those of some Managers that can be asked from here; says which cannot."""
        found: dict[ManagerAddress, Manager] = {}
        for address in addresses:
            try:
                found[address] = self.manager(address)
            except ManagerError as ex:
                self.reporter.status(ex.message)
        return found

    def _local(self, address: ManagerAddress) -> FlamencoClient:
        if address != self.here:
            raise ManagerError(
                f"this release is on {address.text()}; only there can it be followed or changed",
                hint=f"ask {address.user}, or work as {address.user} on {address.host}",
            )
        endpoint = local_manager.ensure_running(
            self.workspace.volume.root,
            self.workspace.config.volume_id,
            slots=self.config.slots or AUTOMATIC_SLOTS,
            blender=self.config.blender,
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
        headers = self.config.headers_for(address.url, is_chosen=self._is_chosen(address.url))
        return FlamencoClient(address, address.url, headers=headers, ca_file=ca_file)

    def _is_chosen(self, url: str) -> bool:
        named = self._choices.manager or self.environ.get("FARM_MANAGER", "")
        return named not in ("", LOCAL) and parse_base_url(named) == url

    # --- what core wants to know ----------------------------------------------------------------

    def farm(self, address: ManagerAddress) -> Farm:
        """Return what is known about who renders for this Manager."""
        series = self.workspace.config.blender_series
        if address.is_local and self.config.blender:
            series = self.renderer.series
        return Farm(
            series=series,
            is_local=address.is_local,
            runs_scripts=self.config.run_scripts if address.is_local else True,
            is_wheel=address.is_local and self.renderer.is_wheel,
            can_decode=self.decoder.can_decode,
        )

    def extra_settings(self, address: ManagerAddress) -> dict[str, Any]:
        """Return the settings that only the local manager understands: which Blender renders."""
        return {"farm_blender": self.renderer.text()} if address.is_local else {}
