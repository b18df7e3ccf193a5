"""Several nodes as one broker: what they all know, and queues that live on several of them.

A node that is in no cluster imports nothing from here.
"""
