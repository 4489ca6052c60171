# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the follower is started, replaced, stopped and started again."""

from __future__ import annotations

from farm_addon.blender.following import DEBOUNCE_S, RETRY_S, STEADY_S, Following, Step, Wish


def wish(release: str = "ep01", *options: str) -> Wish:
    return Wish(("status", release, *options), volume="/farm", release=release)


def running(wanted: Wish, now_s: float = 0.0) -> Following:
    """Return a following whose follower was started."""
    following = Following()
    following.step(wanted, now_s)
    following.started(wanted, now_s + DEBOUNCE_S)
    return following


def test_it_starts_once_the_choice_has_stayed_for_a_moment() -> None:
    following = Following()
    assert following.step(wish(), 100.0) is Step.NOTHING
    assert following.is_waiting(wish())
    assert following.is_changing(100.0 + DEBOUNCE_S / 2)
    assert following.step(wish(), 100.0 + DEBOUNCE_S / 2) is Step.NOTHING
    assert following.step(wish(), 100.0 + DEBOUNCE_S) is Step.START
    assert not following.is_changing(100.0 + DEBOUNCE_S)


def test_what_runs_as_wished_goes_on() -> None:
    following = running(wish())
    assert following.step(wish(), 50.0) is Step.NOTHING
    assert not following.is_waiting(wish())


def test_another_filter_replaces_it_after_the_last_change() -> None:
    following = running(wish())
    assert following.step(wish("ep01", "--filter=a"), 10.0) is Step.NOTHING
    assert following.step(wish("ep01", "--filter=ab"), 10.3) is Step.NOTHING
    assert following.step(wish("ep01", "--filter=ab"), 10.3 + DEBOUNCE_S / 2) is Step.NOTHING
    assert following.step(wish("ep01", "--filter=ab"), 10.3 + DEBOUNCE_S) is Step.START


def test_it_stops_when_nothing_is_to_be_followed() -> None:
    following = running(wish())
    assert following.step(None, 5.0) is Step.STOP
    following.running = None
    assert following.step(None, 6.0) is Step.NOTHING
    assert not following.is_waiting(None)


def test_a_pause_lasts_until_another_release_is_chosen() -> None:
    following = running(wish())
    following.is_paused = True
    assert following.step(wish(), 5.0) is Step.STOP
    following.running = None
    assert following.step(wish("ep01", "--filter=a"), 6.0) is Step.NOTHING
    assert following.step(wish("ep01", "--filter=a"), 9.0) is Step.NOTHING
    following.step(wish("ep02"), 10.0)
    assert following.step(wish("ep02"), 10.0 + DEBOUNCE_S) is Step.START


def test_a_click_starts_at_once_and_allows_the_volume() -> None:
    following = Following()
    following.step(wish(), 100.0)
    following.is_paused = True
    following.click("/farm")
    assert following.step(wish(), 100.01) is Step.START
    assert following.allowed == {"/farm"}


def test_one_that_crashes_is_started_again_ever_later() -> None:
    following, now_s = running(wish()), 1.0
    for pause_s in (*RETRY_S, RETRY_S[-1]):
        following.ended(1, now_s)
        assert following.is_waiting(wish())
        assert following.step(wish(), now_s + pause_s * 0.9) is Step.NOTHING
        now_s += pause_s
        assert following.step(wish(), now_s) is Step.START
        following.started(wish(), now_s)


def test_one_that_lived_long_is_started_again_soon() -> None:
    following = running(wish())
    for _ in range(4):
        following.ended(1, 10.0)
        following.started(wish(), 10.0)
    now_s = 10.0 + STEADY_S
    following.ended(-9, now_s)
    assert following.step(wish(), now_s + RETRY_S[0]) is Step.START


def test_one_that_is_refused_rests_until_the_choice_is_another() -> None:
    following = running(wish("ep01", "--filter=stat:"))
    following.ended(2, 1.0)
    assert not following.is_waiting(wish("ep01", "--filter=stat:"))
    assert following.step(wish("ep01", "--filter=stat:"), 1000.0) is Step.NOTHING
    following.step(wish("ep01", "--filter=status:failed"), 1001.0)
    assert following.step(wish("ep01", "--filter=status:failed"), 1002.0) is Step.START


def test_one_that_is_done_is_not_started_again() -> None:
    following = running(wish())
    following.ended(0, 1.0)
    assert following.step(wish(), 1000.0) is Step.NOTHING
    following.click("/farm")
    assert following.step(wish(), 1001.0) is Step.START


def test_the_end_of_one_that_was_stopped_is_no_matter() -> None:
    following = running(wish())
    following.running = None
    following.ended(0, 1.0)
    assert following.step(wish(), 2.0) is Step.START
