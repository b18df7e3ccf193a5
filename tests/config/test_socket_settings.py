"""Values of tcp_listen_options.*."""

import pytest

from leveret.config import socket_settings


def test_a_socket_that_exits_on_close_is_refused():
    assert socket_settings.no_exit_on_close("false") is False
    with pytest.raises(ValueError, match="always sent to the end; write false"):
        socket_settings.no_exit_on_close("true")


def test_without_options_the_system_decides():
    options = socket_settings.SocketSettings()
    assert (options.lingers, options.send_buffer_bytes) == (None, None)
    assert (options.backlog, options.has_no_delay, options.keeps_alive) == (128, True, False)
