"""Secrets made unreadable in text that goes to somebody else: passwords, hashes, cookies, tokens.

Rule: better too much than too little. What says its name is covered whatever it holds; what stands
in an address too. Names, ports and numbers stay: they are what help is given by.
"""

import re

MASK = "***"

# amqp://user:password@host, of any scheme.
_IN_ADDRESS = re.compile(r"(?P<before>\b[\w+.-]+://[^\s:/@\"']*):[^\s@/\"']+@")
# default_pass = guest, "password_hash": "...", {default_pass,<<"guest">>}, password<tab>guest
_BY_NAME = re.compile(
    r"(?P<before>[\w.]*(?:pass|password|password_hash|passphrase|secret|token|cookie)[\"']?"
    r"[ ]*(?:[:=,\t]|[ ]is[ ])[ ]*)"
    r"(?P<value><<\"[^\"]*\">>|\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,}\]]+)",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    text = _IN_ADDRESS.sub(rf"\g<before>:{MASK}@", text)
    return _BY_NAME.sub(rf"\g<before>{MASK}", text)
