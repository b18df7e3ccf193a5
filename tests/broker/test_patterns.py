"""PCRE's meaning of a pattern, and PCRE's words for one that is none.

The answers are those of RabbitMQ 3.10.8 (`re:run` and `re:compile`, asked in its shell).
"""

import pytest

from leveret.broker.patterns import InvalidPattern, check, matches

FOUND = [
    ("", "anything"),
    ("jobs", "my-jobs-2"),
    ("^..$", "é"),
    ("^\\w$", "\udce9"),
    ("a\\Z", "a\n"),
    ("a$", "a\n"),
    ("^a{,3}$", "a{,3}"),
    ("{client_id}", "{client_id}"),
    ("a{client}", "a{client}"),
    ("\\Qa.b\\E", "a.b"),
    ("\\Qa.b", "a.b"),
    ("^\\h$", " "),
    ("^\\e$", "\x1b"),
    ("\\N", "a"),
    ("\\E", "a"),
    ("^[[:alpha:]]+[[:digit:]]$", "ab1"),
    ("^[^[:alpha:]_]$", "1"),
    ("^[[:punct:]]+$", "!/:@[`{~"),
    ("^(?<n>a)(?P=n)$", "aa"),
    ("(?P<n>a)(?P=n)", "aa"),
    ("(?<=a)b(?<!x)", "ab"),
    ("(?#c)a", "a"),
    ("a++b", "aab"),
    ("(?>a+)b", "aab"),
    ("(?i)A", "a"),
    ("(?i:A)b", "ab"),
    ("(?s).", "\n"),
    ("(?m)^b", "a\nb"),
    ("(?x) a # c", "a"),
    ("[]a]", "]"),
    ("[a-z&&b]", "&"),
    ("[[a]", "["),
    ("[\\b]", "\x08"),
    ("\\07", "\x07"),
    ("\\bfoo\\b", "a foo"),
    ("^(\\.[a-z]+)*$", ".a.b"),
]
NOT_FOUND = [
    ("^.$", "é"),
    ("a\\z", "a\n"),
    ("^a{,3}$", "aa"),
    ("\\Qa.b\\E", "axb"),
    ("[[:alpha:]]+$", "a1"),
    ("[^]a]", "]"),
    (".", "\n"),
    ("$a", "a"),
    ("\\d", "٣"),
    ("A", "a"),
]
# The place is counted as PCRE counts.
INVALID = [
    ("(", "missing )", 1),
    ("[", "missing terminating ] for character class", 1),
    ("[a", "missing terminating ] for character class", 2),
    ("[[:alpha:", "missing terminating ] for character class", 9),
    ("*", "nothing to repeat", 0),
    ("a|*", "nothing to repeat", 2),
    ("^*", "nothing to repeat", 1),
    ("a**", "nothing to repeat", 2),
    (")", "unmatched parentheses", 0),
    ("a\\", "\\ at end of pattern", 2),
    ("(?a)x", "unrecognized character after (? or (?-", 2),
    ("\\u0061", "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u", 1),
]
# What PCRE takes and Leveret can't: refused, never understood otherwise.
ONLY_PCRE = [
    "^[[:^alpha:]]$",
    "a(?i)B",
    "(?-i)a",
    "^\\R$",
    "(?|(a)|(b))\\1",
    "^\\x{61}$",
    "\\p{L}",
    "(a(?1)?b)",
    "\\8",
    "\\cA",
    "^(?<n>a)\\k<n>$",
    "(a+)+$",
    "(?:[a-z]*)*",
    "(\\w+){2,}",
    "(.*)*",
    "a{99999999999}",
]


@pytest.mark.parametrize(("pattern", "name"), FOUND)
def test_what_rabbitmq_finds_is_found(pattern, name):
    assert matches(pattern, name)


@pytest.mark.parametrize(("pattern", "name"), NOT_FOUND)
def test_what_rabbitmq_does_not_find_is_not_found(pattern, name):
    assert not matches(pattern, name)


@pytest.mark.parametrize(("pattern", "problem", "position"), INVALID)
def test_what_is_no_pattern_is_refused_in_rabbitmqs_words(pattern, problem, position):
    with pytest.raises(InvalidPattern) as refused:
        check(pattern)
    error = refused.value
    assert (error.pattern, error.problem, error.position) == (pattern, problem, position)
    expected = f"regular expression '{pattern}' is invalid: {problem} at {position}"
    assert str(error) == expected


@pytest.mark.parametrize("pattern", ONLY_PCRE)
def test_what_python_cannot_do_is_refused(pattern):
    with pytest.raises(InvalidPattern):
        check(pattern)


def test_a_pattern_may_be_any_octets():
    assert matches("^\udcff$", "\udcff")
    assert not matches("^\udcff$", "ÿ")


def test_a_deep_pattern_is_refused_and_no_accident():
    with pytest.raises(InvalidPattern, match="too large"):
        check("(" * 5000 + ")" * 5000)
