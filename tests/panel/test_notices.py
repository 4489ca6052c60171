# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened while the artist worked on is told once, and taken back when it is over."""

from __future__ import annotations

from farm_addon.blender.view.job_table import JobTable
from farm_addon.blender.view.notices import News, Notice, add


def table(**states: str) -> JobTable:
    jobs = JobTable()
    jobs.begin("ep01")
    put(jobs, **states)
    jobs.settle()
    return jobs


def put(jobs: JobTable, **states: str) -> None:
    for name, state in states.items():
        jobs.take_row("jobs", name, {"state": state, "attempt": 1})


def sentences(notices: list[Notice]) -> list[str]:
    return [notice.sentence() for notice in notices]


def test_what_was_so_from_the_beginning_is_no_news() -> None:
    notices: list[Notice] = []
    assert not News().look(table(a="failed", b="completed"), notices)
    assert notices == []


def test_nothing_is_told_before_all_rows_were() -> None:
    jobs, news, notices = JobTable(), News(), list[Notice]()
    jobs.begin("ep01")
    put(jobs, a="completed")
    assert not news.look(jobs, notices)
    put(jobs, b="failed")
    jobs.settle()
    assert not news.look(jobs, notices)


def test_a_release_that_has_ended_is_told_once() -> None:
    jobs, news, notices = table(a="active", b="completed"), News(), list[Notice]()
    news.look(jobs, notices)
    put(jobs, a="completed")
    assert news.look(jobs, notices)
    assert sentences(notices) == ["‘ep01’ has ended: 2 rendered"]
    assert notices[0].icon == "CHECKMARK"
    notices.clear()
    assert not news.look(jobs, notices)
    assert notices == []


def test_more_work_takes_the_notice_back() -> None:
    jobs, news, notices = table(a="active"), News(), list[Notice]()
    news.look(jobs, notices)
    put(jobs, a="completed")
    news.look(jobs, notices)
    put(jobs, a="queued")
    assert news.look(jobs, notices)
    assert notices == []


def test_failed_jobs_are_counted_in_one_notice() -> None:
    jobs, news, notices = table(a="active", b="active", c="active"), News(), list[Notice]()
    news.look(jobs, notices)
    put(jobs, a="failed")
    news.look(jobs, notices)
    assert sentences(notices) == ["A job of ‘ep01’ failed"]
    put(jobs, b="failed")
    news.look(jobs, notices)
    assert sentences(notices) == ["2 jobs of ‘ep01’ failed"]
    put(jobs, a="queued", b="queued")
    news.look(jobs, notices)
    assert notices == []


def test_a_notice_that_was_put_away_comes_back_only_for_another_job() -> None:
    jobs, news, notices = table(a="active", b="active"), News(), list[Notice]()
    news.look(jobs, notices)
    put(jobs, a="stalled")
    news.look(jobs, notices)
    assert sentences(notices) == ["A job of ‘ep01’ stands still"]
    notices.clear()
    assert not news.look(jobs, notices)
    put(jobs, b="stalled")
    news.look(jobs, notices)
    assert sentences(notices) == ["2 jobs of ‘ep01’ stand still"]


def test_another_release_begins_without_news() -> None:
    news, notices = News(), list[Notice]()
    news.look(table(a="active"), notices)
    other = JobTable()
    other.begin("ep02")
    put(other, a="completed", b="failed")
    other.settle()
    assert not news.look(other, notices)


def test_a_new_notice_takes_the_place_of_its_like() -> None:
    notices = [Notice("old", "INFO", "k"), Notice("other", "INFO")]
    add(notices, Notice("new", "INFO", "k"))
    add(notices, Notice("loose", "INFO"))
    assert sentences(notices) == ["loose", "new", "other"]


def test_a_template_is_translated_before_it_is_filled_in() -> None:
    notice = Notice("{count} jobs", "INFO", values={"count": 3})
    assert notice.sentence(lambda text: text.replace("jobs", "Jobs")) == "3 Jobs"
    assert Notice("{odd}", "INFO").sentence() == "{odd}"
