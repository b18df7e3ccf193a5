"""The trie of topic patterns against trying each pattern word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.exchanges.trie import Trie
from tests.broker.domain import binding, exchange, queue

SOURCE = exchange(kind="topic")
QUEUE = queue()

words = st.sampled_from(["a", "b", "", "*", "#"])
keys = st.lists(words, max_size=6).map(".".join)


def trie_of(*patterns):
    trie = Trie()
    bound = {pattern: binding(SOURCE, QUEUE, pattern) for pattern in patterns}
    for each in bound.values():
        trie.add(each)
    return trie, bound


def matching(trie, key):
    return {each.routing_key for each in trie.match(key)}


def matches_by_words(pattern, key):
    """The book's rule (3.1.3.3), word by word: slow, obvious."""
    if not pattern:
        return not key
    if pattern[0] == "#":
        return any(matches_by_words(pattern[1:], key[skipped:]) for skipped in range(len(key) + 1))
    return bool(key) and pattern[0] in ("*", key[0]) and matches_by_words(pattern[1:], key[1:])


def split(key):
    return key.split(".") if key else []


@pytest.mark.parametrize(
    ("pattern", "accepted", "declined"),
    [
        ("a.b", ["a.b"], ["a", "a.b.c", "b.a", "a.B", ""]),
        ("a.*", ["a.b", "a.", "a.*", "a.#"], ["a", "a.b.c", ""]),
        ("*", ["a", "*", "#"], ["", "a.b"]),
        ("#", ["", "a", "a.b", "...", "#"], []),
        ("", [""], ["a", "."]),
        ("a.#", ["a", "a.b", "a.b.c", "a."], ["b", "b.a", ""]),
        ("#.a", ["a", "b.a", "a.a", ".a"], ["", "a.b"]),
        ("a.#.b", ["a.b", "a.x.b", "a.b.b", "a.b.x.b"], ["a", "b", "a.b.x"]),
        ("#.*", ["a", "a.b", "a.b.c"], [""]),
        ("*.#", ["a", "a.b", "a.b.c"], [""]),
        ("#.#", ["", "a", "a.b"], []),
        ("a.*.#", ["a.b", "a.b.c"], ["a"]),
        ("*.*.*", ["a.b.c"], ["a.b", "a.b.c.d"]),
        ("a..b", ["a..b"], ["a.b", "a.x.b"]),
        ("a*.b", ["a*.b"], ["ax.b"]),
    ],
)
def test_a_pattern_accepts_and_declines(pattern, accepted, declined):
    trie, _bound = trie_of(pattern)
    assert [key for key in accepted + declined if matching(trie, key)] == accepted


@given(st.lists(keys, max_size=8, unique=True), keys)
def test_the_trie_finds_what_trying_each_pattern_finds(patterns, key):
    trie, _bound = trie_of(*patterns)
    expected = {each for each in patterns if matches_by_words(split(each), split(key))}
    assert matching(trie, key) == expected


@given(st.lists(keys, min_size=1, max_size=8, unique=True), st.data())
def test_a_removed_pattern_is_found_no_more_and_the_others_are(patterns, data):
    trie, bound = trie_of(*patterns)
    removed = data.draw(st.sampled_from(patterns))
    trie.remove(bound[removed])
    fresh, _bound = trie_of(*[each for each in patterns if each != removed])
    key = data.draw(keys)
    assert matching(trie, key) == matching(fresh, key)


def test_several_bindings_may_share_a_pattern():
    trie = Trie()
    one, other = binding(SOURCE, QUEUE, "a.#"), binding(SOURCE, queue("other"), "a.#")
    trie.add(one)
    trie.add(other)
    assert set(trie.match("a.b")) == {one, other}
    trie.remove(one)
    assert set(trie.match("a.b")) == {other}


def test_an_emptied_trie_holds_no_branches():
    trie, bound = trie_of("a.b.c", "a.b", "a.#", "", "*.b")
    for each in bound.values():
        trie.remove(each)
    assert trie._root.is_bare


def test_removing_a_pattern_keeps_the_branch_that_others_share():
    trie, bound = trie_of("a.b.c", "a.b")
    trie.remove(bound["a.b.c"])
    assert matching(trie, "a.b") == {"a.b"}
    assert matching(trie, "a.b.c") == set()


def test_a_key_of_many_words_costs_no_more_than_words_times_patterns():
    """Trying each way through `#.a.#.a...` would take longer than the universe has."""
    trie, _bound = trie_of(".".join(["#", "a"] * 20), "#")
    begun = time.process_time()
    assert matching(trie, ".".join(["a"] * 120 + ["b"])) == {"#"}
    assert time.process_time() - begun < 1


def test_words_are_not_regular_expressions():
    trie, _bound = trie_of("a.[b]", "(")
    assert matching(trie, "a.b") == set()
    assert matching(trie, "(") == {"("}
