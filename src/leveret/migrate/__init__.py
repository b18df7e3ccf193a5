"""From one broker to another, of RabbitMQ's kind or ours: what it is, and the messages in it.

    survey.py    which queues have messages to move, and which are left alone, and why
    passage.py   a way into one queue of the target that changes nothing about a message
    mover.py     one queue: deliveries here, publishes there, and acks once they are confirmed
    contents.py  frames to deliveries, and the little that is changed about one
    journey.py   all of it in order, and what is told of it

Rule: a message is acknowledged at the source once the target has confirmed it, and not before.
Whatever ends a journey, each message is at one of the two; taking it up again goes on from there.
"""
