"""What is said in one turn goes as one piece."""

from leveret.cluster.remote import frames
from leveret.cluster.remote.parcel import Parcel


class Scene:
    def __init__(self):
        self.due, self.sent = [], []
        self.parcel = Parcel(
            self.due.append, lambda octets: self.sent.append(frames.read_asked(octets))
        )

    def say(self, *consumers):
        for each in consumers:
            self.parcel.add(frames.Unsubscribe(each))

    def turn(self):
        due, self.due[:] = self.due[:], []
        for action in due:
            action()
        sent, self.sent[:] = self.sent[:], []
        return [[frame.consumer for frame in piece] for piece in sent]


def test_frames_of_a_turn_go_together_and_in_order():
    scene = Scene()
    scene.say(1, 2, 3)
    assert scene.sent == []
    assert scene.turn() == [[1, 2, 3]]
    scene.say(4)
    assert scene.turn() == [[4]]
    assert scene.turn() == []


def test_what_was_not_sent_when_the_link_was_lost_never_is():
    scene = Scene()
    scene.say(1)
    scene.parcel.drop()
    scene.say(2)
    assert scene.turn() == [[2]]
