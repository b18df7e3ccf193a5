"""The engine: one nats-server per node, our child, that keeps the replicated logs with the others.

`engine.py` starts it, watches it and stops it; `conf.py` says how it is set up, `system.py` what
can be asked of it. What is written into it is the business of cluster/nats.

Rule: nobody talks to it but this node, by a password, and the other nodes' engines, by another;
both are made from the cookie. It has no port for anybody else, and it ends when its node does.
"""
