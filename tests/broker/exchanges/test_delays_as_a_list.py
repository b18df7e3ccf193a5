"""Delays and the simplest thing that does the same: a sorted list, which at a restart forgets what
was transient."""

from contextlib import contextmanager

from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.exchanges import delays
from leveret.wire.properties import Properties
from tests.broker.domain import HandAgenda, exchange_home, message, paging
from tests.broker.fake_storage import FakeEngine

NUMBER = 7
# Small enough that a handful of messages crosses each border.
BORDERS = {"WINDOW": 2, "SLICE": 3, "READ_COUNT": 4, "BACKGROUND_COUNT": 4}


@contextmanager
def narrow():
    before = {name: getattr(delays, name) for name in BORDERS}
    try:
        for name, value in BORDERS.items():
            setattr(delays, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(delays, name, value)


class Both:
    """The delays of an exchange and the list, given the same."""

    def __init__(self, octets_max):
        self.agenda = HandAgenda()
        self.octets_max = octets_max
        self.sent = []
        self.list = []
        self.due = []
        self.count = 0
        self.begin(FakeEngine(self.agenda))

    def begin(self, engine):
        self.engine = engine
        self.paging = paging(engine, self.octets_max)
        home = exchange_home(self.agenda, self.paging, lambda *_where: None, self.send)
        self.delays = delays.Delays("later", NUMBER, home)

    def send(self, sent, _route, leaving=None):
        self.sent.append((round(self.agenda.hand.now * 1000), sent.body.decode()))
        if leaving is not None:
            leaving.done()

    def publish(self, delay, is_persistent):
        body = str(self.count)
        self.count += 1
        properties = Properties(headers={"x-delay": delay})
        held = message(body, properties=properties, is_persistent=is_persistent)
        if is_persistent:
            self.engine.messages.append(held, (NUMBER,))
            held.is_stored = True
        self.delays.publish(held)
        self.list.append((round(self.agenda.hand.now * 1000) + delay, body, is_persistent))
        self.list.sort(key=lambda entry: entry[0])

    def pass_time(self, ms):
        self.agenda.pass_time(ms / 1000)
        now = round(self.agenda.hand.now * 1000)
        self.due += [entry[:2] for entry in self.list if entry[0] <= now]
        self.list = [entry for entry in self.list if entry[0] > now]

    def restart(self, ms):
        """Down for a while; what fell due meanwhile comes when it is back."""
        self.agenda.hand.now = round(self.agenda.hand.now + ms / 1000, 6)
        back = round(self.agenda.hand.now * 1000)
        kept = [entry for entry in self.list if entry[2]]
        self.list = [(max(deadline, back), body, True) for deadline, body, _ in kept]
        # The agenda goes with the broker it belonged to.
        before, self.agenda = self.agenda, HandAgenda()
        self.agenda.hand.now = before.hand.now
        self.begin(self.engine.restarted(self.agenda))
        self.delays.recover(self.engine.messages.recovered(NUMBER))

    def compare(self):
        assert self.delays.count == len(self.list)
        # Those that wait for a restart's reading come in parts: their order is not said.
        assert sorted(self.sent) == sorted(self.due)
        assert [at for at, _body in self.sent] == [at for at, _body in self.due]
        waiting = self.engine.messages.positions(NUMBER)
        assert len(waiting) == sum(1 for entry in self.list if entry[2])


PUBLISH = st.tuples(st.just("publish"), st.integers(1, 50), st.booleans())
STEPS = st.one_of(
    PUBLISH,
    PUBLISH,
    PUBLISH,
    st.tuples(st.just("pass_time"), st.integers(0, 60)),
    st.tuples(st.just("restart"), st.integers(0, 60)),
)


@given(st.lists(STEPS, max_size=40), st.sampled_from([-1, 300, float("inf")]))
def test_delays_do_what_the_list_does(steps, octets_max):
    with narrow():
        both = Both(octets_max)
        for verb, *values in steps:
            getattr(both, verb)(*values)
            if verb == "pass_time":
                both.compare()
        both.pass_time(1000)
        both.compare()
        assert both.paging.octets == 0
        assert both.engine.spill.kept == {}
        assert len(both.sent) == len({body for _, body in both.sent})
