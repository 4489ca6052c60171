# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Manager behind TLS and an authenticating proxy, both real, and what each obstacle is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from farm_addon.core.errors import (
    ManagerError,
    ManagerRefusedError,
    ManagerUnreachableError,
    UsageError,
)
from farm_addon.core.ports import ManagerAddress
from farm_addon.flamenco import gatekeepers
from farm_addon.flamenco.client import FlamencoClient
from tests.fakes.guarded_server import SECRET, TLS, GuardedServer
from tests.fakes.local_service import TOKEN, LocalService
from tests.fakes.wire_server import Reply, WireServer

CA_FILE = TLS / "ca.pem"

Guard = Callable[..., GuardedServer]


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def guard(closing: ExitStack, tmp_path: Path) -> Guard:
    """Return a function that puts a proxy in front of a Manager."""

    def make(certificate: str = "server.pem") -> GuardedServer:
        local = LocalService(tmp_path, 0).start()
        closing.callback(local.stop)
        server = GuardedServer(local.serve(), {"X-Farm-Token": TOKEN}, certificate)
        closing.callback(server.close)
        return server

    return make


@pytest.fixture
def ask(closing: ExitStack) -> Callable[..., FlamencoClient]:
    def make(url: str, secret: str = SECRET, ca_file: Path | None = CA_FILE) -> FlamencoClient:
        headers = {"Authorization": secret} if secret else {}
        client = FlamencoClient(ManagerAddress(url=url), url, headers=headers, ca_file=ca_file)
        return closing.enter_context(client)

    return make


Ask = Callable[..., FlamencoClient]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_manager_is_reached_with_the_studios_own_authority_and_a_header(
    guard: Guard, ask: Ask, host: str
) -> None:
    server = guard()
    client = ask(f"https://{host}:{server.port}")
    assert client.version() == (3, 9)
    assert client.jobs() == []
    assert set(server.seen) == {SECRET}


# --- certificates ---------------------------------------------------------------------------------


def test_without_its_ca_file_a_certificate_is_not_trusted_and_nothing_is_told(
    guard: Guard, ask: Ask
) -> None:
    server = guard()
    with pytest.raises(ManagerUnreachableError, match="certificate that is not trusted") as told:
        ask(server.url, ca_file=None).version()
    assert "farm config set ca_file" in told.value.hint
    assert server.seen == []


def test_another_authority_does_not_vouch_for_it(guard: Guard, ask: Ask) -> None:
    server = guard()
    with pytest.raises(ManagerUnreachableError, match=r"other_ca\.pem' does not vouch for"):
        ask(server.url, ca_file=TLS / "other_ca.pem").version()
    assert server.seen == []


@pytest.mark.parametrize(
    ("certificate", "told"),
    [("expired.pem", "has expired"), ("elsewhere.pem", "for another host name")],
)
def test_a_certificate_that_is_wrong_says_how(
    guard: Guard, ask: Ask, certificate: str, told: str
) -> None:
    server = guard(certificate)
    with pytest.raises(ManagerUnreachableError, match=told) as caught:
        ask(server.url).version()
    assert caught.value.hint
    assert server.seen == []


def test_https_at_a_port_without_it_is_called_so(guard: Guard, ask: Ask) -> None:
    server = guard("")
    with pytest.raises(ManagerUnreachableError, match="does not speak https there") as told:
        ask(f"https://127.0.0.1:{server.port}").version()
    assert "http://" in told.value.hint


def test_a_ca_file_that_is_not_there_or_holds_none_is_refused_at_once(
    ask: Ask, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="does not exist") as told:
        ask("https://farm.example.com", ca_file=tmp_path / "missing.pem")
    assert "farm config" in told.value.hint
    for content in (b"", b"no certificate", (TLS / "server.key").read_bytes()):
        (tmp_path / "odd.pem").write_bytes(content)
        with pytest.raises(UsageError, match=r"odd\.pem' holds no certificates"):
            ask("https://farm.example.com", ca_file=tmp_path / "odd.pem")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("certificate verify failed: certificate is not yet valid", "is not valid yet"),
        ("certificate verify failed: IP address mismatch", "for another host name"),
        ("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred", "makes no secure connection"),
    ],
)
def test_what_openssl_says_becomes_a_sentence(reason: str, told: str) -> None:
    assert told in gatekeepers.why_not_secure(Exception(reason), "")[0]


# --- whoever lets us in, or does not --------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "Bearer of somebody else"])
@pytest.mark.parametrize(
    ("status", "told", "hint"),
    [
        (401, "must show who they are", "farm config set-header"),
        (403, "is not let in", "farm config set-header"),
        (407, "a proxy must be shown who asks", "HTTPS_PROXY"),
    ],
)
def test_a_proxy_that_lets_nobody_in_says_what_it_wants(
    guard: Guard, ask: Ask, secret: str, status: int, told: str, hint: str
) -> None:
    server = guard()
    server.refusal = Reply(status, b"<html>go away</html>", {"Content-Type": "text/html"})
    with pytest.raises(ManagerRefusedError, match=told) as caught:
        ask(server.url, secret).version()
    assert f"HTTP status {status}" in caught.value.message
    assert hint in caught.value.hint
    assert "somebody" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "target",
    ["https://sso.studio.example/start?next=/", "/oauth2/sign_in", "https://studio.example/login"],
)
def test_a_redirect_to_a_login_is_called_so(guard: Guard, ask: Ask, target: str) -> None:
    server = guard()
    server.refusal = Reply(302, b"", {"Location": target})
    with pytest.raises(ManagerError, match="it points to") as caught:
        ask(server.url, "").version()
    assert "a proxy wants a login" in caught.value.hint
    assert "farm config set-header" in caught.value.hint


def test_a_login_page_in_place_of_an_answer_is_called_so(guard: Guard, ask: Ask) -> None:
    server = guard()
    server.refusal = Reply(200, b"<!DOCTYPE html><title>Log in</title>")
    with pytest.raises(ManagerError, match="it answered with a web page") as caught:
        ask(server.url, "").version()
    assert "farm config set-header" in caught.value.hint


def test_a_manager_that_moved_to_https_is_called_so(closing: ExitStack, ask: Ask) -> None:
    server = WireServer()
    closing.callback(server.close)
    server.reply("GET", "/api/v3/version", Reply(301, b"", {"Location": "https://127.0.0.1/api"}))
    with pytest.raises(ManagerError) as caught:
        ask(server.url).version()
    assert caught.value.hint == "use https://127.0.0.1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_other_host_ever_gets_the_headers(
    closing: ExitStack, guard: Guard, ask: Ask, status: int
) -> None:
    other = WireServer()
    closing.callback(other.close)
    server = guard()
    server.refusal = Reply(status, b"", {"Location": f"{other.url}/api/v3/version"})
    client = ask(server.url, "Bearer of somebody else")
    for call in (client.version, client.jobs, client.workers, client.status):
        with pytest.raises(ManagerError, match="it points to"):
            call()
    assert other.requests == []
    assert other.connections == 0
