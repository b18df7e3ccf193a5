"""What all nodes of a cluster know alike: vhosts, users, exchanges, queues, bindings, policies.

    codec.py       changes as octets, and back
    ledger.py      what a row of changes comes to: the state as changes, differences of two states
    copying.py     one node's copy: it reads the log in order and gives on what others did
    follower.py    gives it to a live broker
    pen.py         who may write: asking for the pen, handing it over, losing it
    catalogue.py   the broker's ports over it: what is committed, and when it is safe

Rule: whoever changes something holds the pen, so that it acts on what all have agreed to; what
is answered is in the log, and what is not in the log is undone before anything else is done.
"""
