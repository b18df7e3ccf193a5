"""Three nodes, a load, and whatever may happen to them: do the four promises hold?

    schedule.py   what happens to which node when, all of it from one seed
    places.py     where nodes live: addresses of loopback, or namespaces with a network to break
    load.py       clients as careful users write them; they tell what they see
    history.py    what they saw, as values
    checker.py    what is wrong with a history; it knows nothing of brokers, faults or clusters
    driving.py    one schedule played to one cluster under load
    leveret.py    Leveret, with a mirrored or a quorum queue
    streams.py    a stream instead: who reads it, and what is wrong with what was read
    rabbitmq.py   RabbitMQ 3.10.8, mirrored: what the checker is proven on
    shared_log.py writers of a log on three nats-servers (writing.py; hasty.py is one that lies)
    disks.py      a disk of a node's own, that can be full

`make chaos` plays schedules; FINDINGS.md has what came of it. The promises:

1. No confirmed message is lost.
2. None that was acknowledged, and confirmed as settled, comes back.
3. What one channel published comes in its order, up to redelivery.
4. No two nodes ever serve one queue.
"""
