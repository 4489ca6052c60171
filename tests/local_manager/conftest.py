# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service with doubles for its renderers, and HTTP in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fakes.local_service import LocalService

OpenService = Callable[..., LocalService]


@pytest.fixture
def open_service(tmp_path: Path) -> Iterator[OpenService]:
    """Return a function that starts a service on one folder; all are stopped at the end."""
    with ExitStack() as closing:

        def make(slots: int = 1) -> LocalService:
            service = LocalService(tmp_path, slots)
            closing.callback(service.stop)
            return service

        yield make
