# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of names reach no further than the values that they are given."""

from __future__ import annotations

import string
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.naming.templates import WIDTH_MAX, Template, TemplateError

VALUES = {"job": "sh010", "frame": 7, "ext": "png", "angle": "030", "रंग": "लाल", "caf\xe9": "crème"}
LITERAL = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
NAMES = st.text(string.ascii_letters + "_éß日", min_size=1, max_size=6)
SPECS = st.from_regex(r"\A([*.]?[<>^])?0?[0-5]?[0-9]?\Z")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{job}.{ext}", "sh010.png"),
        ("{job}_{frame:06d}.{ext}", "sh010_000007.png"),
        ("{{{frame}}}", "{7}"),
        ("{frame:x}-{frame:>3}-{frame:s}", "7-  7-7"),
        ("{job:.2}|{job:_>8}", "sh|___sh010"),
        ("{angle:d}", "30"),
        ("{angle:05d}", "00030"),
        ("", ""),
        ("плата {job}", "плата sh010"),
        ("{रंग}-{cafe\u0301}", "लाल-crème"),
    ],
)
def test_fields_are_filled_in_as_python_does(template: str, text: str) -> None:
    assert Template.parse(template).format(VALUES) == text


REFUSED = [
    ("{job.__class__}", 4, "no attributes"),
    ("{job[0]}", 4, "no indexes"),
    ("{job!r}", 4, "conversions"),
    ("{job!r:>10}", 4, "conversions"),
    ("a{frame:{width}}", 8, "inside a field"),
    ("{}", 0, "plain name"),
    ("{0}", 0, "plain name"),
    ("{:d}", 0, "plain name"),
    ("{.x}", 0, "plain name"),
    ("{job name}", 4, "letters, digits"),
    ("{1st}", 0, "plain name"),
    ("{job", 0, "never closed"),
    ("x}y", 1, "closes nothing"),
    ("{frame:06q}", 7, "no format spec"),
    ("{frame:,s}", 7, "no format spec"),
    ("{frame:n}", 7, "no format spec"),
    ("{frame:c}", 7, "no format spec"),
    ("{frame:.2f}", 7, "no format spec"),
    ("{frame:٣d}", 7, "no format spec"),
    ("{frame:99999999d}", 7, "width"),
    (f"{{frame:{WIDTH_MAX + 1}d}}", 7, "width"),
    ("{job:.99999999999999999999}", 5, "width"),
    ("{job:%Y}", 5, "no format spec"),
    ("x" * 501, 500, "more than 500"),
]


@pytest.mark.parametrize(("template", "position", "problem"), REFUSED)
def test_anything_else_is_refused_at_its_place(template: str, position: int, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem) as caught:
        Template.parse(template)
    assert caught.value.position == position
    assert caught.value.exit_status == 2
    if position < len(template):
        assert f"at character {position + 1}, ‘{template[position]}" in caught.value.message


def test_an_error_shows_the_place_in_a_long_template_without_all_of_it() -> None:
    with pytest.raises(TemplateError) as caught:
        Template.parse("x" * 300 + "{job.name}" + "y" * 150)
    assert "at character 305, ‘.name}yyyyyyyyyyyyyy…’" in caught.value.message
    assert len(caught.value.message) < 250


def test_a_width_at_the_limit_is_allowed() -> None:
    assert len(Template.parse(f"{{frame:{WIDTH_MAX}d}}").format(VALUES)) == WIDTH_MAX


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(TemplateError, match="no field ‘jb’") as caught:
        Template.parse("{job}_{jb}").check_fields(VALUES)
    assert caught.value.position == 6
    assert "{job}, {frame}, {ext}, {angle}, " in caught.value.hint


def test_a_field_without_a_value_is_refused_at_its_place() -> None:
    with pytest.raises(TemplateError, match="no ‘camera’ here") as caught:
        Template.parse("{job}{camera}").format(VALUES)
    assert caught.value.position == 5


def test_a_text_that_is_no_number_does_not_suit_a_spec_for_numbers() -> None:
    with pytest.raises(TemplateError, match="‘sh010’ is no whole number"):
        Template.parse("{job:06d}").format(VALUES)
    with pytest.raises(TemplateError, match="is no whole number"):
        Template.parse("{job:d}").format({"job": "9" * 10_000})


class Spy:
    """Notices every look at it."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"somebody looked at {name}")


@given(st.text(st.sampled_from("{}jobframe.[]!:0123456789_ \\\n'\"()d<>^=+-#%,é"), max_size=40))
def test_no_template_reaches_into_what_it_is_given(text: str) -> None:
    """Whatever can be parsed has plain fields, and formatting them yields what Python yields."""
    try:
        template = Template.parse(text)
    except TemplateError as ex:
        refused_at = ex.position
    else:
        refused_at = None
    if refused_at is not None:
        assert 0 <= refused_at <= len(text)
        return
    assert all(name.isidentifier() for name in template.fields)
    values = dict.fromkeys(template.fields, 3)
    result = template.format(values)
    assert len(result) <= len(text) + WIDTH_MAX * len(template.parts)
    namespace: dict[str, Any] = {**values, "other": Spy()}
    plain = [part for part in template.parts if not isinstance(part, str) and not part.takes_number]
    if not plain:
        assert result == text.format(**namespace)


@given(st.lists(LITERAL | st.tuples(NAMES, SPECS), max_size=6))
def test_what_is_written_is_read_back(parts: list[str | tuple[str, str]]) -> None:
    text = "".join(
        part.replace("{", "{{").replace("}", "}}")
        if isinstance(part, str)
        else f"{{{part[0]}:{part[1]}}}"
        for part in parts
    )
    template = Template.parse(text)
    assert template.text == unicodedata.normalize("NFC", text)
    assert template.fields == {part[0] for part in parts if not isinstance(part, str)}
    values = {name: f"<{name}>" for name in template.fields}
    expected = "".join(
        part if isinstance(part, str) else format(values[part[0]], part[1]) for part in parts
    )
    assert unicodedata.normalize("NFC", template.format(values)) == unicodedata.normalize(
        "NFC", expected
    )


def test_a_hostile_template_costs_no_time() -> None:
    began_s = time.process_time()
    for text in ("{" * 499, "{a:" + "0" * 490 + "}", "}" * 499, "{" + "a" * 490 + "b"):
        with pytest.raises(TemplateError):
            Template.parse(text)
    assert time.process_time() - began_s < 0.5
