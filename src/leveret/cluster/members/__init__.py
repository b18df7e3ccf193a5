"""Who is in the cluster, as one node knows it: values, and the file that they are kept in.

roll.py       the members, and how their number changes; pure
standing.py   where this node stands: alone, joining, in, leaving, forgotten; pure
discovery.py  what a node that is alone does about the nodes that its configuration names; pure
file.py       cluster.json in the node's data directory
"""
