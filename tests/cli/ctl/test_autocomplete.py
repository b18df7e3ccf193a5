"""Names of commands by their beginning."""

from leveret.control import exits


def test_names_that_begin_so(ctl):
    assert ctl("autocomplete", "add_").out == "add_user\nadd_vhost\n"
    assert ctl("autocomplete", "nosuch").out == ""
    assert ctl("autocomplete").code == exits.USAGE
