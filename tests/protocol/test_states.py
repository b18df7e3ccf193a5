"""The order of connection methods, read off the table."""

from leveret.protocol.states import NEXT, UNEXPLAINED, State
from leveret.wire import methods


def test_the_handshake_has_one_way_through():
    way = [
        methods.ConnectionStartOk,
        methods.ConnectionTuneOk,
        methods.ConnectionOpen,
        methods.ConnectionClose,
    ]
    states = [State.STARTING]
    for said in way:
        states.append(NEXT[(states[-1], said)])
    assert states[1:] == [State.TUNING, State.OPENING, State.OPEN, State.CLOSED]


def test_an_open_connection_stays_open_for_a_new_secret():
    assert NEXT[(State.OPEN, methods.ConnectionUpdateSecret)] is State.OPEN


def test_nothing_leads_out_of_closing_or_closed():
    assert not [state for state, _said in NEXT if state in (State.CLOSING, State.CLOSED)]


def test_strangers_get_no_explanation():
    assert State.OPENING not in UNEXPLAINED
    assert {State.GREETING, State.STARTING, State.TUNING} == UNEXPLAINED
