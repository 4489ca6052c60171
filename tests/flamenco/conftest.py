# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server to talk to, and clients that are closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from farm_addon.core.ports import ManagerAddress
from farm_addon.flamenco.client import FlamencoClient
from tests.fakes.wire_server import Reply, WireServer

Connect = Callable[..., FlamencoClient]


@pytest.fixture
def server() -> Iterator[WireServer]:
    server = WireServer()
    yield server
    server.close()


@pytest.fixture
def connect(server: WireServer) -> Iterator[Connect]:
    """Return a function that makes a client of the server; ``version`` is what it tells."""
    with ExitStack() as closing:

        def make(version: str = "3.9", **options: Any) -> FlamencoClient:
            body = {"version": version, "shortversion": version, "name": "test"}
            server.reply("GET", "/api/v3/version", Reply(200, body))
            options = {"platform_name": "linux", **options}
            client = FlamencoClient(ManagerAddress(url=server.url), server.url, **options)
            return closing.enter_context(client)

        yield make
