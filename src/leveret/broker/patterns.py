"""Regular expressions as RabbitMQ has them: PCRE, searched in the octets of a name.

Python's differ in places. What means something else there is translated, what can't be is
refused when the pattern is set, in PCRE's words where it has any; docs/differences.md lists it.

Rule: octets are compared, as Latin-1 letters: `.` is one octet, and UTF-8 is not known.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Final

from leveret.broker.errors import PreconditionFailed
from leveret.wire.values import octets

_PATTERNS_KEPT: Final = 4096

# What is looked at in a pattern, in the order of trying; everything else stays as it is.
_TOKEN: Final = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)"
    r"|\\(?P<escape>.)"
    r"|(?P<set>\[\^?\]?(?:\[:\^?\w*:\]|\\.|[^\]\\])*\])"
    r"|\(\?(?P<flags>[A-Za-z]*-?[A-Za-z]+)(?=[:)])"
    r"|(?P<named>\(\?<(?=[A-Za-z_]))"
    r"|(?P<brace>\{(?=,))",
    re.DOTALL,
)
_ESCAPES: Final = {
    "Z": r"(?=\n?\Z)",
    "z": r"\Z",
    "h": r"[ \t\xa0]",
    "N": r"[^\n]",
    "e": r"\x1b",
    "E": "",
}
_NO_ESCAPES: Final = frozenset("LlUu")
_POSIX: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "word": r"\w",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "cntrl": r"\x00-\x1f\x7f",
    "print": " -~",
    "graph": "!-~",
    "ascii": r"\x00-\x7f",
}
_PCRE_FLAGS: Final = frozenset("imsx-")
# A repeat of nothing but a repeat, as (a+)* or ([a-z]*)+: on a name that does not match it Python
# would try more ways than there is time for.
_ENDLESS: Final = re.compile(
    r"\((?:\?:|\?P?<\w+>)?(?:\\.|\[\^?\]?[^\]]*\]|[^()\[\]\\|*+?])(?:[*+]|\{\d*,\})[*+?]?\)(?:[*+]|\{\d*,)"
)

# Python's words, PCRE's, and whether PCRE points at the end of the pattern.
_WORDS: Final = {
    "missing ), unterminated subpattern": ("missing )", True),
    "unterminated character set": ("missing terminating ] for character class", True),
    "unbalanced parenthesis": ("unmatched parentheses", False),
    "nothing to repeat": ("nothing to repeat", False),
    "multiple repeat": ("nothing to repeat", False),
    "bad escape (end of pattern)": ("\\ at end of pattern", True),
}


class InvalidPattern(PreconditionFailed):
    """A pattern that is none. position: where, as PCRE counts."""

    def __init__(self, pattern: str, problem: str, position: int) -> None:
        super().__init__(f"regular expression '{pattern}' is invalid: {problem} at {position}")
        self.pattern = pattern
        self.problem = problem
        self.position = position


def check(pattern: str) -> None:
    """Raises InvalidPattern."""
    _compiled(pattern)


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern is found anywhere in the name. Raises InvalidPattern."""
    return _compiled(pattern).search(octets(name).decode("latin-1")) is not None


@lru_cache(maxsize=_PATTERNS_KEPT)
def _compiled(pattern: str) -> re.Pattern[str]:
    said = octets(pattern).decode("latin-1")
    endless = _ENDLESS.search(said)
    if endless is not None:
        raise InvalidPattern(pattern, "a repeat of a repeat may never end", endless.start())
    translated = _TOKEN.sub(lambda token: _translate(token, pattern), said)
    try:
        with warnings.catch_warnings():
            # Of what sets may come to mean one day.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(translated)
    except re.error as error:
        problem, is_at_end = _WORDS.get(error.msg, (error.msg, False))
        position = len(said) if is_at_end else (error.pos or 0)
        raise InvalidPattern(pattern, problem, position) from error
    except (OverflowError, RecursionError) as error:
        raise InvalidPattern(pattern, "regular expression is too large", len(said)) from error


def _translate(token: re.Match[str], pattern: str) -> str:
    """A token of PCRE in Python's words. Raises InvalidPattern."""
    match token.lastgroup:
        case "quoted":
            return re.escape(token["quoted"])
        case "escape":
            return _translate_escape(token, pattern)
        case "set":
            return _translate_set(token, pattern)
        case "flags":
            if not _PCRE_FLAGS.issuperset(token["flags"]):
                problem = "unrecognized character after (? or (?-"
                raise InvalidPattern(pattern, problem, token.start() + 2)
            return token[0]
        case "named":
            return "(?P<"
        case _:
            # PCRE wants a least number; without one the braces are braces.
            return r"\{"


def _translate_escape(token: re.Match[str], pattern: str) -> str:
    letter = token["escape"]
    if letter in _NO_ESCAPES:
        problem = "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u"
        raise InvalidPattern(pattern, problem, token.start() + 1)
    return _ESCAPES.get(letter, token[0])


def _translate_set(token: re.Match[str], pattern: str) -> str:
    def spell(name: re.Match[str]) -> str:
        if name[1] not in _POSIX:
            problem = "unknown or negated POSIX class name"
            raise InvalidPattern(pattern, problem, token.start() + name.start())
        return _POSIX[name[1]]

    return re.sub(r"\[:(\^?\w*):\]", spell, token[0])
