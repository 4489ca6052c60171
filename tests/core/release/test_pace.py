# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the rest takes, as seen from steps that get done."""

from __future__ import annotations

import pytest

from farm_addon.core.release.pace import Pace


def test_nothing_is_told_before_two_moments_are_known() -> None:
    pace = Pace()
    pace.see(0, 3)
    assert pace.eta_s(0, 10) is None
    pace.see(10, 4)
    assert pace.eta_s(10, 9) is None
    pace.see(20, 5)
    assert pace.eta_s(20, 8) == 80


def test_the_start_of_a_job_that_was_seen_waiting_is_a_moment() -> None:
    pace = Pace()
    pace.see(0, 0, is_running=False)
    pace.see(100, 0)
    pace.see(130, 1)
    assert pace.eta_s(130, 9) == 270


def test_one_slow_step_moves_the_figure_little() -> None:
    pace = Pace()
    for second in range(0, 100, 10):
        pace.see(second, second // 10)
    pace.see(120, 10)  # 30 s instead of 10 s
    assert pace.eta_s(120, 10) == pytest.approx(120, abs=5)


def test_the_figure_follows_when_workers_come() -> None:
    pace = Pace()
    for second in range(0, 600, 60):
        pace.see(second, second // 60)
    assert pace.eta_s(540, 60) == 3600
    for second in range(600, 1300, 6):
        pace.see(second, 10 + (second - 600) // 6)
    assert pace.eta_s(1299, 60) == pytest.approx(360, rel=0.1)


def test_while_a_step_takes_longer_the_time_grows_instead_of_running_out() -> None:
    pace = Pace()
    for second in (0, 10, 20):
        pace.see(second, second // 10)
    figures = [pace.eta_s(20 + waited, 2) for waited in (0, 5, 10, 30, 60, 600)]
    assert figures[:3] == [20, 20, 10]
    assert all(a <= b for a, b in zip(figures[2:], figures[3:], strict=False))  # type: ignore[operator]
    assert figures[-1] == pytest.approx(305)


def test_a_figure_near_the_last_one_is_no_news() -> None:
    pace = Pace()
    for second in range(0, 1000, 10):
        pace.see(second, second // 10)
    assert pace.eta_s(990, 100) == 1000
    assert pace.eta_s(994, 100) == 1000
    assert pace.eta_s(990, 91) == 1000
    assert pace.eta_s(990, 80) == 800


def test_fewer_steps_than_before_are_a_new_beginning() -> None:
    pace = Pace()
    for second in (0, 10, 20):
        pace.see(second, second // 10)
    pace.see(30, 0)
    assert pace.eta_s(30, 10) is None


def test_many_steps_at_once_count_each() -> None:
    pace = Pace()
    pace.see(0, 0)
    pace.see(5, 10)
    pace.see(10, 20)
    assert pace.eta_s(10, 100) == 50


def test_what_does_not_run_has_no_figure() -> None:
    pace = Pace()
    for second in (0, 10, 20):
        pace.see(second, second // 10)
    pace.see(30, 2, is_running=False)
    assert pace.eta_s(30, 5) is None


def test_nothing_remains_of_what_is_done() -> None:
    pace = Pace()
    for second in (0, 10, 20):
        pace.see(second, second // 10)
    assert pace.eta_s(20, 0) is None
