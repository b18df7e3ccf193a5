"""Where queues are: which nodes are to have a queue's messages, and who leads them.

    wanted.py       what policies and arguments ask for
    succession.py   who leads when a node is gone
    balance.py      leaders evenly over the nodes; who can go without harm

All of that is reckoning. What is reckoned is made so by whoever uses it.
"""
