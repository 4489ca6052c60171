# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations with a child that behaves, dies, hangs and talks rubbish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from farm_addon.background.crashes import BlenderCrashedError, BlenderStoppedError
from farm_addon.background.messages import Item, Progress
from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.background.session import SERVE_MODULE, BlenderSession
from farm_addon.core.errors import BlenderError
from tests.fakes.odd_blender import OddBlender
from tests.packaging.installation import is_alive, wait_until

RUNTIME = BlenderRuntime(RuntimeKind.EXECUTABLE, Path("/somewhere/blender"))
SOON_S = 20.0

OpenSession = Callable[..., BlenderSession]


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[OpenSession]:
    """Return a function that starts a session; all are closed at the end."""
    with ExitStack() as closing:

        def make(manner: str = "good", **options: Any) -> BlenderSession:
            options = {"log": tmp_path / "logs" / "blender.log"} | options
            session = BlenderSession(RUNTIME, start_child=OddBlender(manner), **options)
            closing.callback(session.close)
            session.start()
            return session

        yield make


def test_hello_tells_the_build(open_session: OpenSession) -> None:
    session = open_session()
    assert session.build.version == (4, 5, 0)
    assert not session.has_openimageio
    assert session.is_alive


def test_request_yields_what_comes_and_returns_the_result(open_session: OpenSession) -> None:
    messages = open_session().request("echo", doing="echoing", word="snow man ☃ \udc80")
    assert isinstance(next(messages), Progress)
    item = next(messages)
    assert isinstance(item, Item)
    assert item.data == {"part": 1}
    with pytest.raises(StopIteration) as end:
        next(messages)
    assert end.value.value["word"] == "snow man ☃ \udc80"


def test_requests_follow_each_other(open_session: OpenSession) -> None:
    session = open_session()
    for number in range(1, 4):
        assert list(session.request("items", doing="x", items=[{"n": number}]))
    assert session.ask("items", doing="x", items=[], result={"n": 4}) == {"n": 4}


def test_everything_else_that_is_printed_is_log(open_session: OpenSession, tmp_path: Path) -> None:
    session = open_session()
    list(session.request("echo", doing="echoing"))
    session.close()
    log = (tmp_path / "logs" / "blender.log").read_text(encoding="utf-8").splitlines()
    assert {"starting up", "some add-on prints this"} <= set(log)
    assert not [line for line in log if "half way" in line]


def test_log_may_be_a_function(open_session: OpenSession) -> None:
    lines: list[str] = []
    session = open_session(log=lines.append)
    list(session.request("echo", doing="echoing"))
    session.close()
    assert "some add-on prints this" in lines


def test_log_is_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("from before\n")
    with BlenderSession(RUNTIME, log=log, start_child=OddBlender()):
        pass
    before, *after = log.read_text().splitlines()
    assert before == "from before"
    assert "starting up" in after


def test_error_answer_is_raised_and_the_session_goes_on(open_session: OpenSession) -> None:
    session = open_session()
    with pytest.raises(BlenderError) as caught:
        session.ask("refuse", doing="trying")
    assert not isinstance(caught.value, BlenderCrashedError)
    assert (caught.value.message, caught.value.hint) == ("it cannot", "try that")
    assert session.ask("items", doing="x", items=[]) == {}


@pytest.mark.parametrize(
    ("status", "words"), [(3, "exit status 3"), (139, "signal SIGSEGV"), (0, "exit status 0")]
)
def test_death_names_the_work_the_status_and_the_last_words(
    open_session: OpenSession, status: int, words: str
) -> None:
    session = open_session()
    with pytest.raises(BlenderCrashedError) as caught:
        list(session.request("exit", doing="rendering 'a.blend'", status=status))
    message = caught.value.message
    assert "rendering 'a.blend'" in message
    assert "frame 7" in message
    assert words in message
    assert "out of memory" in caught.value.hint
    assert caught.value.log_tail[-1] == "out of memory"
    assert caught.value.child_exit_status == status
    assert caught.value.exit_status == 1
    assert not session.is_alive


def test_death_by_signal_is_named(open_session: OpenSession) -> None:
    with pytest.raises(BlenderCrashedError, match="signal SIGABRT"):
        open_session().ask("crash", doing="reading")


def test_request_to_a_dead_child_is_a_crash_too(open_session: OpenSession) -> None:
    session = open_session()
    with pytest.raises(BlenderCrashedError):
        session.ask("exit", doing="dying", status=4)
    with pytest.raises(BlenderCrashedError):
        session.ask("items", doing="asking the dead", items=[])


def test_silence_ends_the_child(open_session: OpenSession) -> None:
    session = open_session()
    began_s = time.monotonic()
    with pytest.raises(BlenderCrashedError, match=r"no sign of life for 0\.4 s"):
        session.ask("hang", doing="hanging", quiet_timeout_s=0.4)
    assert time.monotonic() - began_s < SOON_S
    wait_until(lambda: not is_alive(session.pid), SOON_S, "it lives on")


def test_slow_child_that_speaks_is_no_silent_one(open_session: OpenSession) -> None:
    session = open_session(quiet_timeout_s=2.0)
    assert session.ask("slow", doing="working", steps=30, seconds=0.1) == {}


def test_closed_stdout_ends_the_child(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm_addon.background.blender_process._EXIT_WAIT_S", 0.2)
    session = open_session()
    with pytest.raises(BlenderCrashedError, match="closed its output"):
        session.ask("close_stdout", doing="falling silent")
    wait_until(lambda: not is_alive(session.pid), SOON_S, "it lives on")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"kind": "result", "id": 1, "result": []}',
        '{"kind": "result", "id": "one", "result": {}}',
        '{"kind": "result", "id": 99, "result": {}}',
        '{"kind": "item", "id": 1}',
        '{"kind": "explode", "id": 1}',
        '{"kind": ["result"], "id": 1}',
        '{"kind": "hello", "build": {}, "has_openimageio": true}',
        "[" * 100_000,
    ],
)
def test_rubbish_with_the_right_token_ends_the_conversation(
    open_session: OpenSession, text: str
) -> None:
    session = open_session()
    with pytest.raises(BlenderCrashedError, match="cannot be understood"):
        session.ask("rubbish", doing="listening", text=text)
    assert not session.is_alive


def test_items_where_none_belong_are_rubbish(open_session: OpenSession) -> None:
    with pytest.raises(BlenderCrashedError, match="has no items"):
        open_session().ask("items", doing="asking", items=[{}])


def test_messages_with_another_token_are_log(open_session: OpenSession) -> None:
    lines: list[str] = []
    session = open_session(log=lines.append)
    assert session.ask("other_token", doing="asking") == {"from": "me"}
    assert any("somebody else" in line for line in lines)


def test_token_differs_between_sessions() -> None:
    starters = OddBlender(), OddBlender()
    for starter in starters:
        with BlenderSession(RUNTIME, log=lambda line: None, start_child=starter):
            pass
    tokens = {starter.arguments[0][1][1] for starter in starters}
    assert len(tokens) == 2


def test_large_message_arrives_whole_while_others_print(open_session: OpenSession) -> None:
    size = 3_000_000
    assert open_session().ask("flood", doing="flooding", size=size)["text"] == "y" * size


def test_message_longer_than_allowed_is_rubbish(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm_addon.background.blender_process.MAX_MESSAGE_BYTES", 1000)
    with pytest.raises(BlenderCrashedError, match="cannot be understood"):
        open_session().ask("flood", doing="flooding", size=5000)


def test_child_that_dies_at_start_tells_why(open_session: OpenSession) -> None:
    with pytest.raises(BlenderCrashedError) as caught:
        open_session("dies")
    assert "starting '/somewhere/blender'" in caught.value.message
    assert "no module named bpy" in caught.value.hint


def test_child_that_says_no_hello_in_time_is_ended(open_session: OpenSession) -> None:
    with pytest.raises(BlenderCrashedError, match="no sign of life"):
        open_session("silent", start_timeout_s=0.5)


def test_first_message_must_be_the_greeting(open_session: OpenSession) -> None:
    with pytest.raises(BlenderCrashedError, match="no greeting"):
        open_session("rude")


def test_blender_that_is_too_old_is_refused(open_session: OpenSession) -> None:
    with pytest.raises(BlenderError, match=r"is Blender 4\.1\.1; 4\.2 or newer"):
        open_session("old")


def test_program_that_cannot_be_started_is_one_sentence(tmp_path: Path) -> None:
    runtime = BlenderRuntime(RuntimeKind.EXECUTABLE, tmp_path / "nothing")
    with pytest.raises(BlenderError, match="cannot be started"):
        BlenderSession(runtime, log=tmp_path / "log").start()


def test_flags_reach_the_child() -> None:
    starter = OddBlender()
    with BlenderSession(
        RUNTIME,
        log=lambda line: None,
        user_preferences=True,
        allow_scripts=True,
        start_child=starter,
    ):
        pass
    module, args, flags = starter.arguments[0]
    assert module == SERVE_MODULE
    assert args[-1] == "--allow-scripts"
    assert flags == {"user_preferences": True, "autoexec": True}


def test_scripts_stay_off_unless_told() -> None:
    starter = OddBlender()
    with BlenderSession(RUNTIME, log=lambda line: None, start_child=starter):
        pass
    _, args, flags = starter.arguments[0]
    assert "--allow-scripts" not in args
    assert flags == {"user_preferences": False, "autoexec": False}


def test_close_lets_the_child_leave_by_itself(open_session: OpenSession) -> None:
    session = open_session()
    pid = session.pid
    session.close()
    assert not is_alive(pid)
    session.close()


def test_close_kills_a_child_that_stays(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm_addon.background.blender_process._CLOSE_GRACE_S", 0.3)
    session = open_session("deaf")
    session.close()
    assert not is_alive(session.pid)


def test_kill_from_another_thread_wakes_who_waits(open_session: OpenSession) -> None:
    session = open_session()
    timer = threading.Timer(0.3, session.kill)
    timer.start()
    with pytest.raises(BlenderStoppedError, match="was stopped while it was hanging"):
        session.ask("hang", doing="hanging", quiet_timeout_s=SOON_S)
    timer.join()


def test_kill_before_start_stops_it_at_once() -> None:
    session = BlenderSession(RUNTIME, log=lambda line: None, start_child=OddBlender("silent"))
    session.kill()
    with pytest.raises(BlenderStoppedError):
        session.start()


def test_request_that_is_not_read_to_its_end_kills_the_child(open_session: OpenSession) -> None:
    session = open_session()
    messages = session.request("slow", doing="working", steps=1000, seconds=0.05)
    next(messages)
    messages.close()
    wait_until(lambda: not is_alive(session.pid), SOON_S, "it works on")
    assert not session.is_alive


def test_two_requests_at_once_are_a_mistake(open_session: OpenSession) -> None:
    session = open_session()
    first = session.request("slow", doing="working", steps=1000, seconds=0.05)
    next(first)
    with pytest.raises(ValueError, match="not read to its end"):
        session.ask("items", doing="pushing in", items=[])
    first.close()


def test_request_before_start_is_a_mistake() -> None:
    session = BlenderSession(RUNTIME, log=lambda line: None, start_child=OddBlender())
    with pytest.raises(ValueError, match="not started"):
        session.ask("items", doing="x", items=[])
    with pytest.raises(ValueError, match="not started"):
        _ = session.build
