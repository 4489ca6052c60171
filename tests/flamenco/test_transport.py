# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong on the way, each as one sentence and each within its time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from farm_addon.core.errors import (
    ManagerError,
    ManagerRefusedError,
    ManagerUnreachableError,
    UsageError,
)
from farm_addon.flamenco import transport
from farm_addon.flamenco.transport import Transport
from tests.fakes.wire_server import Reply, WireServer

Open = Callable[..., Transport]


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def open_transport(server: WireServer, waits: list[float]) -> Iterator[Open]:
    with ExitStack() as closing:

        def make(url: str = server.url, **options: Any) -> Transport:
            made = Transport(url, name="the Manager", wait=waits.append, **options)
            closing.callback(made.close)
            return made

        yield make


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_one_connection_serves_many_requests(server: WireServer, open_transport: Open) -> None:
    server.reply("GET", "/a", Reply(200, {"x": 1}), Reply(404, {"message": "no"}), Reply(204))
    http = open_transport()
    assert http.read_json(http.get("/a", "read"), "read") == {"x": 1}
    with pytest.raises(ManagerRefusedError):
        http.get("/a", "read")
    assert http.get("/a", "read").content == b""
    assert server.connections == 1


def test_extra_headers_are_sent(server: WireServer, open_transport: Open) -> None:
    server.reply("GET", "/a", Reply(200, {}))
    open_transport(headers={"Authorization": "Bearer t", "X-Farm-Token": "k"}).get("/a", "read")
    sent = server.requests[0].headers
    assert (sent["Authorization"], sent["X-Farm-Token"]) == ("Bearer t", "k")


def test_credentials_of_netrc_never_replace_our_headers(
    server: WireServer, open_transport: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mia password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.reply("GET", "/a", Reply(200, {}))
    http = open_transport()
    http._session.trust_env = True
    http.get("/a", "read")
    assert "Authorization" not in server.requests[0].headers


def test_a_proxy_is_never_asked_for_this_computer(
    server: WireServer, open_transport: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    server.reply("GET", "/a", Reply(200, {}))
    assert open_transport().get("/a", "read").status == 200


@pytest.mark.parametrize(
    "header", [("X-A\r\nX-B", "1"), ("X-A", "1\r\nX-B: 2"), ("X-A", "ü"), ("", "x"), ("a:b", "x")]
)
def test_headers_that_cannot_be_sent_are_refused(
    open_transport: Open, header: tuple[str, str]
) -> None:
    with pytest.raises(UsageError, match="extra header"):
        open_transport(headers=dict([header]))


def test_a_missing_ca_file_is_refused(open_transport: Open, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ca\.pem' does not exist"):
        open_transport(ca_file=tmp_path / "ca.pem")


def test_nobody_there_names_the_manager_and_what_to_do(open_transport: Open) -> None:
    with pytest.raises(ManagerUnreachableError) as caught:
        open_transport(f"http://127.0.0.1:{unused_port()}").get("/a", "list its jobs")
    assert caught.value.message == "the Manager cannot be reached: the connection was refused"
    assert "URL" in caught.value.hint


def test_an_unknown_host_is_said_so(open_transport: Open) -> None:
    with pytest.raises(ManagerUnreachableError, match="host name is not known"):
        open_transport("http://no-such-host.invalid:8080").get("/a", "list its jobs")


def test_https_spoken_to_a_plain_server_is_a_sentence(
    server: WireServer, open_transport: Open
) -> None:
    with pytest.raises(ManagerUnreachableError, match="does not speak https there"):
        open_transport(server.url.replace("http:", "https:")).get("/a", "read")


def test_a_silent_manager_ends_at_the_timeout(server: WireServer, open_transport: Open) -> None:
    release = threading.Event()
    server.reply("GET", "/a", Reply(hang=release))
    began = time.monotonic()
    with pytest.raises(ManagerUnreachableError, match=r"did not list its jobs within 0\.2 s"):
        open_transport().get("/a", "list its jobs", read_timeout_s=0.2)
    release.set()
    assert time.monotonic() - began < 5
    assert len(server.requests) == 1


def test_a_post_whose_answer_is_lost_is_never_repeated(
    server: WireServer, open_transport: Open
) -> None:
    server.reply("POST", "/a", Reply(is_silent=True))
    with pytest.raises(ManagerUnreachableError, match="broke the connection"):
        open_transport().request("POST", "/a", "take the job", body={})
    assert len(server.requests) == 1


def test_a_read_over_a_broken_connection_is_repeated(
    server: WireServer, open_transport: Open
) -> None:
    server.reply("GET", "/a", Reply(is_silent=True), Reply(200, {"x": 1}, cut=True), Reply(200, 7))
    http = open_transport()
    assert http.read_json(http.get("/a", "read"), "read") == 7
    assert len(server.requests) == 3


def test_a_connection_that_always_breaks_is_given_up(
    server: WireServer, open_transport: Open
) -> None:
    server.reply("GET", "/a", Reply(200, b"x" * 1000, cut=True))
    with pytest.raises(ManagerUnreachableError, match="broke the connection"):
        open_transport().get("/a", "read")
    assert len(server.requests) == transport.TRIES


def test_a_busy_manager_is_asked_again_after_its_time(
    server: WireServer, open_transport: Open, waits: list[float]
) -> None:
    busy = Reply(503, {"code": 503, "message": "database busy"}, {"Retry-After": "1"})
    server.reply("DELETE", "/a", busy, Reply(204))
    assert open_transport().request("DELETE", "/a", "delete", may_repeat=True).status == 204
    assert waits == [1.0]


def test_a_busy_manager_is_not_posted_to_twice(
    server: WireServer, open_transport: Open, waits: list[float]
) -> None:
    busy = Reply(503, {"code": 503, "message": "database busy"}, {"Retry-After": "1"})
    server.reply("POST", "/a", busy)
    with pytest.raises(ManagerUnreachableError, match="database busy"):
        open_transport().request("POST", "/a", "take the job", body={})
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize("wait", ["1e9", "nan", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_no_server_makes_us_wait_long(
    server: WireServer, open_transport: Open, waits: list[float], wait: str
) -> None:
    server.reply("GET", "/a", Reply(503, {}, {"Retry-After": wait}))
    with pytest.raises(ManagerUnreachableError):
        open_transport().get("/a", "read")
    assert all(0 <= one <= transport.MAX_WAIT_S for one in waits)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "x"}, ManagerRefusedError),
        (404, b"<html>", ManagerRefusedError),
        (500, {"code": 500, "message": "x"}, ManagerRefusedError),
        (500, {"message": "Internal Server Error"}, ManagerUnreachableError),
        (502, b"<html>bad gateway</html>", ManagerUnreachableError),
        (504, b"", ManagerUnreachableError),
    ],
)
def test_a_deliberate_no_is_told_from_a_breakdown(
    server: WireServer, open_transport: Open, status: int, body: Any, kind: type[ManagerError]
) -> None:
    server.reply("POST", "/a", Reply(status, body))
    with pytest.raises(ManagerError) as caught:
        open_transport().request("POST", "/a", "take the job", body={})
    assert type(caught.value) is kind


def test_a_wrong_token_points_at_the_headers(server: WireServer, open_transport: Open) -> None:
    server.reply("GET", "/a", Reply(403, {"code": 403, "message": "the token is wrong"}))
    with pytest.raises(ManagerRefusedError) as caught:
        open_transport().get("/a", "read")
    assert "headers" in caught.value.hint


def test_a_redirect_is_not_followed(server: WireServer, open_transport: Open) -> None:
    server.reply("GET", "/a", Reply(307, b"", {"Location": "http://elsewhere.example/"}))
    with pytest.raises(ManagerError, match=r"it points to http://elsewhere\.example/"):
        open_transport(headers={"X-Farm-Token": "k"}).get("/a", "read")
    assert len(server.requests) == 1


def test_an_endless_answer_is_cut_off(
    server: WireServer, open_transport: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    server.reply("GET", "/a", Reply(200, b"x" * 5000))
    with pytest.raises(ManagerError, match="larger than any"):
        open_transport().get("/a", "read")


def test_an_answer_that_drips_is_given_up(
    server: WireServer, open_transport: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_CHUNK_BYTES", 10)
    ticks = iter(range(0, 10_000, 40))
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    server.reply("GET", "/a", Reply(200, b"x" * 5000))
    with pytest.raises(ManagerUnreachableError, match="too slowly"):
        open_transport().get("/a", "read")


def test_an_answer_that_cannot_be_decoded_is_odd(server: WireServer, open_transport: Open) -> None:
    server.reply("GET", "/a", Reply(200, b"no gzip", {"Content-Encoding": "gzip"}))
    with pytest.raises(ManagerError, match="cannot be decoded"):
        open_transport().get("/a", "read")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b"NaN}"])
def test_what_is_no_json_is_an_error(
    server: WireServer, open_transport: Open, content: bytes
) -> None:
    server.reply("GET", "/a", Reply(200, content))
    http = open_transport()
    with pytest.raises(ManagerError, match="did not answer in JSON"):
        http.read_json(http.get("/a", "read"), "read")
