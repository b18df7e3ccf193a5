"""What stands out of a queue's publishes, and in which order it is said."""

from itertools import count

from leveret.cluster.remote.publishes import COUNT_MAX, OCTETS_MAX, Publishes
from tests.broker.domain import message


class Scene:
    """Publishes, and what a home was told: tickets count on over all homes."""

    def __init__(self):
        self.publishes = Publishes(count(1).__next__)
        self.heard = []
        # The first tickets of what was said last.
        self.firsts = ()

    def publish(self, body):
        self.publishes.add(message(body))
        self.publishes.when_taken(lambda is_taken: self.heard.append((body, is_taken)))

    def say(self):
        said = []

        def say(_tickets, messages, firsts):
            said.extend(messages)
            self.firsts = firsts

        self.publishes.say(say)
        return [each.body.decode() for each in said]


def test_each_is_said_once_and_in_order():
    scene = Scene()
    scene.publish("a")
    scene.publish("b")
    assert scene.say() == ["a", "b"]
    scene.publish("c")
    assert scene.say() == ["c"]


def test_who_published_hears_what_became_of_it_once():
    scene = Scene()
    scene.publish("a")
    scene.publish("b")
    scene.say()
    scene.publishes.answered([2], is_taken=False)
    scene.publishes.answered([1], is_taken=True)
    scene.publishes.answered([1], is_taken=True)
    assert scene.heard == [("b", False), ("a", True)]
    assert not scene.publishes.is_awaited


def test_what_was_not_answered_is_said_again_before_what_came_later():
    scene = Scene()
    for body in "abc":
        scene.publish(body)
    scene.say()
    scene.publishes.answered([2], is_taken=True)
    scene.publish("d")
    scene.publishes.unsay()
    assert scene.say() == ["a", "c", "d"]
    assert scene.heard == [("b", True)]


def test_what_is_said_again_has_its_first_ticket_with_it():
    scene = Scene()
    scene.publish("a")
    scene.publish("b")
    scene.say()
    assert scene.firsts == ()
    for _ in range(2):
        scene.publishes.unsay()
        scene.say()
        assert scene.firsts == (1, 2)
    scene.publish("c")
    scene.publishes.unsay()
    scene.say()
    assert scene.firsts == (1, 2, 9)


def test_the_word_of_an_earlier_home_counts_no_more():
    scene = Scene()
    scene.publish("a")
    scene.say()
    scene.publishes.unsay()
    scene.publishes.answered([1], is_taken=True)
    assert scene.heard == []
    scene.say()
    scene.publishes.answered([2], is_taken=True)
    assert scene.heard == [("a", True)]


def test_a_home_may_answer_while_it_is_told():
    scene = Scene()
    scene.publish("a")
    scene.publishes.say(lambda tickets, *_: scene.publishes.answered(tickets, is_taken=False))
    assert scene.heard == [("a", False)]
    assert not scene.publishes.is_awaited


def test_all_are_refused_when_nobody_will_have_them():
    scene = Scene()
    scene.publish("a")
    scene.say()
    scene.publish("b")
    scene.publishes.refuse()
    assert scene.heard == [("a", False), ("b", False)]
    assert len(scene.publishes) == 0


def test_too_much_stands_out_by_count_or_by_octets():
    scene = Scene()
    for _ in range(COUNT_MAX + 1):
        scene.publish("")
    assert scene.publishes.is_much
    scene.say()
    scene.publishes.answered([1], is_taken=True)
    assert not scene.publishes.is_much
    scene.publish("x" * OCTETS_MAX)
    assert scene.publishes.is_much
    scene.publishes.refuse()
    assert not scene.publishes.is_much
