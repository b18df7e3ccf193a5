"""The part of a URL behind the question mark."""

import pytest

from leveret.management.answers import HttpRefused
from leveret.management.query import Query


def test_parameters_are_read_by_name():
    query = Query("a=1&b=x+y&c=%2F&a=2&d")
    assert (query.text("a"), query.text("b"), query.text("c"), query.text("d")) == (
        "1", "x y", "/", "",
    )  # fmt: skip
    assert query.text("e") is None
    assert ("d" in query, "e" in query) == (True, False)


@pytest.mark.parametrize(
    ("written", "number"), [("7", 7), ("", None), ("-1", None), ("x", None), ("9" * 10, None)]
)
def test_a_number_is_whole_and_not_negative(written, number):
    assert Query(f"n={written}").number("n") == number


def test_only_true_is_true():
    query = Query("a=true&b=TRUE&c=1&d")
    assert [query.flag(name) for name in "abcd"] == [True, True, False, False]


def test_columns_are_names_between_commas():
    assert Query("columns=name,message_stats.publish").columns() == {
        "name", "message_stats.publish",
    }  # fmt: skip
    assert Query("").columns() is None


def test_without_a_page_the_whole_is_wanted():
    assert Query("page_size=7&name=x").page() is None


def test_a_page_has_a_hundred_things_at_first():
    page = Query("page=2").page()
    assert (page.number, page.size) == (2, 100)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("page=x", "Pagination parameters are invalid"),
        ("page=", "Pagination parameters are invalid"),
        ("page=1&page_size=x", "Pagination parameters are invalid"),
        ("page=1&name=%5B&use_regex=true", "Pagination parameters are invalid"),
        ("page=0", "Invalid pagination parameters: page number 0, page size undefined"),
        ("page=1&page_size=501", "Invalid pagination parameters: page number 1, page size 501"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(written, reason):
    with pytest.raises(HttpRefused) as refused:
        Query(written).page()
    assert (refused.value.status, refused.value.reason) == (400, reason)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("name=JOB", True),
        ("name=^job", False),
        ("name=%5EJob&use_regex=true", True),
        ("name=b$&use_regex=true", False),
        ("name=", True),
    ],
)
def test_a_name_is_found_by_its_parts_or_by_a_pattern(written, wanted):
    assert (
        Query(f"page=1&{written}").page().is_wanted("my.jobs" if "%5E" not in written else "jobs")
        is wanted
    )
