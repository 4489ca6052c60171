# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the farm, and which button helps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farm_addon.blender.command_lines import Settings
from farm_addon.blender.view.farm_facts import FarmFacts
from farm_addon.blender.view.farm_problems import Problem, find_problem, offered_storage
from farm_addon.flamenco.refusal import hint_for
from tests.panel.test_farm_facts import told

URL = Settings("/mnt/farm", "ep01", "http://farm:8080", "/opt/blender", True)
GB = 1_000_000_000


def found(facts: FarmFacts, settings: Settings = URL, needs_bytes: int = 0) -> Problem:
    problem = find_problem(facts, settings, needs_bytes=needs_bytes)
    assert problem is not None
    assert problem.text
    assert "{" not in problem.text
    return problem


def test_nothing_is_wrong_with_a_farm_that_is_well() -> None:
    assert find_problem(told(), URL) is None


def test_nothing_is_wrong_while_nothing_is_known() -> None:
    assert find_problem(FarmFacts(), URL) is None


def test_without_a_volume_a_folder_is_to_be_chosen() -> None:
    problem = found(FarmFacts(), Settings("", "", "", "b", True))
    assert (problem.key, problem.operator) == ("no-volume", "farm.choose_volume")


def test_without_a_volume_the_managers_storage_is_offered() -> None:
    problem = found(told(), replace(URL, volume=""))
    assert (problem.key, problem.operator) == ("no-volume", "farm.use_storage")
    assert problem.values["storage"] == "/mnt/farm"


def test_a_folder_that_is_no_volume_can_be_set_up() -> None:
    problem = found(told(volume={"is_volume": False, "name": ""}))
    assert (problem.key, problem.operator) == ("not-a-volume", "farm.init_volume")
    assert "/mnt/farm" in problem.text


def test_a_folder_that_is_not_there_is_looked_for_again_and_never_set_up() -> None:
    problem = found(told(volume={"exists": False, "is_volume": False, "is_writable": False}))
    assert (problem.key, problem.operator) == ("no-folder", "farm.reconnect")
    assert problem.hint


def test_a_volume_that_is_gone_is_not_set_up_anew() -> None:
    message = "'/mnt/farm' is no farm volume any more"
    problem = found(told(volume={"is_volume": False, "message": message}))
    assert (problem.key, problem.operator) == ("no-folder", "farm.reconnect")
    assert problem.text == message


def test_a_volume_that_cannot_be_written_says_so() -> None:
    problem = found(told(volume={"is_writable": False, "message": "you may only read it"}))
    assert (problem.key, problem.operator) == ("read-only", "farm.reconnect")
    assert problem.text == "You may only read it"


def test_facts_about_another_volume_are_not_believed() -> None:
    facts = told(volume={"is_volume": False})
    assert find_problem(facts, replace(URL, volume="/mnt/farm/below")) is None


@pytest.mark.parametrize("url", ["", "ftp://farm", "http://", "http://fa rm:8080", "http://a:b"])
def test_what_is_no_url_is_changed_in_the_preferences(url: str) -> None:
    problem = find_problem(told(), replace(URL, manager=url))
    if not url:
        assert problem is None
        return
    assert problem is not None
    assert (problem.key, problem.operator) == ("url", "farm.show_preferences")
    assert problem.hint


def test_a_manager_below_a_path_is_refused_with_a_way_out() -> None:
    problem = found(told(), replace(URL, manager="https://studio.example/flamenco"))
    assert (problem.key, problem.operator) == ("url-path", "farm.show_preferences")
    assert "root of its host name" in problem.text
    assert "https://studio.example" in problem.hint


def test_going_online_is_asked_for_first() -> None:
    facts = told(manager={"answers": False, "message": "it may not be contacted"})
    problem = found(facts, replace(URL, is_online=False))
    assert (problem.key, problem.operator) == ("offline", "farm.allow_online")
    assert "http://farm:8080" in problem.text


@pytest.mark.parametrize("manager", ["", "local", "http://localhost:8080", "127.0.0.1:8080"])
def test_this_computer_needs_no_online_access(manager: str) -> None:
    assert find_problem(told(), replace(URL, manager=manager, is_online=False)) is None


def test_a_silent_manager_can_be_asked_again() -> None:
    facts = told(manager={"answers": False, "message": "the Manager cannot be reached"})
    problem = found(facts)
    assert (problem.key, problem.operator) == ("silent", "farm.reconnect")
    assert problem.text == "The Manager cannot be reached"
    assert found(told(manager={"answers": False})).text.endswith("does not answer")


@pytest.mark.parametrize("status", [401, 403])
def test_a_proxy_that_lets_nobody_in_needs_headers(status: int) -> None:
    message = f"the Manager at https://farm refused to tell its version: HTTP status {status}"
    facts = told(manager={"answers": False, "message": message, "hint": hint_for(status)})
    problem = found(facts)
    assert (problem.key, problem.operator) == ("not-let-in", "farm.show_preferences")
    assert "headers" in problem.hint


def test_a_manager_that_is_too_old_says_so() -> None:
    message = "the Manager at http://farm:8080 is Flamenco 3.1, which is too old"
    problem = found(told(manager={"answers": False, "message": message}))
    assert (problem.key, problem.operator) == ("too-old", "farm.show_preferences")


def test_this_computer_that_was_never_started_is_no_problem() -> None:
    facts = told(manager={"is_local": True, "answers": False})
    assert find_problem(facts, replace(URL, manager="local")) is None


def test_this_computer_that_did_not_start_can_be_started() -> None:
    facts = told(manager={"is_local": True, "answers": False, "message": "it has crashed"})
    problem = found(facts, replace(URL, manager="local"))
    assert (problem.key, problem.operator) == ("local", "farm.start_local")


def test_a_plan_that_does_not_fit_names_both_sizes() -> None:
    problem = found(told(), needs_bytes=2_000 * GB)
    assert (problem.key, problem.is_warning) == ("room", True)
    assert problem.text == "The plan needs about 2.0 TB, and 1.2 TB are free"
    assert find_problem(told(), URL, needs_bytes=1_200 * GB) is None


def test_unknown_room_is_no_shortage() -> None:
    facts = told(volume={"free_bytes": 0, "total_bytes": 0})
    assert find_problem(facts, URL, needs_bytes=GB) is None


@pytest.mark.parametrize(("total", "words"), [(4, "None of the 4 Workers"), (0, "no Worker")])
def test_a_farm_where_nobody_is_awake_says_so(total: int, words: str) -> None:
    problem = found(told(manager={"workers_awake": 0, "workers_total": total}))
    assert (problem.key, problem.operator) == ("workers", "farm.open_manager")
    assert words in problem.text


def test_storage_elsewhere_than_the_volume_is_a_warning() -> None:
    problem = found(told(manager={"storage": "/mnt/other"}))
    assert (problem.key, problem.operator) == ("storage", "farm.use_storage")
    assert problem.is_warning


@pytest.mark.parametrize("storage", ["/mnt", "/mnt/farm", "/mnt/farm/", ""])
def test_a_volume_inside_the_storage_is_fine(storage: str) -> None:
    facts = told(manager={"storage": storage})
    assert find_problem(facts, URL) is None
    assert offered_storage(facts, "/mnt/farm") == ""


def test_a_folder_whose_name_only_begins_the_same_is_not_inside() -> None:
    facts = told(manager={"storage": "/mnt/far"})
    assert offered_storage(facts, "/mnt/farm") == "/mnt/far"


def test_a_dismissed_warning_makes_room_for_the_next() -> None:
    facts = told(manager={"workers_awake": 0, "storage": "/mnt/other"})
    assert found(facts).key == "workers"
    facts.dismissed.add("workers")
    assert found(facts).key == "storage"
    facts.dismissed.add("storage")
    assert find_problem(facts, URL) is None


def test_what_hinders_most_is_said_first() -> None:
    facts = told(
        volume={"is_volume": False, "name": ""},
        manager={"answers": False, "message": "gone", "storage": "/x"},
    )
    assert found(facts).key == "not-a-volume"
