"""Who is in the cluster, as one node knows it: values, and the file that they are kept in.

roll.py     the members, and how their number changes; pure
standing.py where this node stands: alone, joining, in, leaving, forgotten; pure
file.py     cluster.json in the node's data directory
"""
