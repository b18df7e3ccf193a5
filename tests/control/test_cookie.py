"""The cookie is a secret of one owner, made once, or there is none."""

import os

import pytest

from leveret.control.cookie import CookieRefused, find_cookie, make_or_find_cookie, read_cookie


def test_a_node_makes_it_once_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "cookie"
    made = make_or_find_cookie({}, str(file))
    assert len(made) == 64
    assert file.stat().st_mode & 0o777 == 0o400
    assert make_or_find_cookie({}, str(file)) == made
    assert find_cookie({}, str(file)) == made
    assert os.listdir(tmp_path) == ["cookie"]


def test_two_nodes_make_different_ones(tmp_path):
    cookies = {make_or_find_cookie({}, str(tmp_path / name)) for name in "ab"}
    assert len(cookies) == 2


def test_the_environment_may_hold_it(tmp_path):
    environ = {"LEVERET_COOKIE": "given", "HOME": str(tmp_path)}
    assert find_cookie(environ) == make_or_find_cookie(environ) == b"given"


def test_a_file_that_is_named_is_stronger_than_the_environment(tmp_path):
    file = tmp_path / "cookie"
    file.write_text("in the file\n")
    file.chmod(0o400)
    assert find_cookie({"LEVERET_COOKIE": "in the environment"}, str(file)) == b"in the file"


def test_the_usual_file_is_in_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert make_or_find_cookie({}) == (tmp_path / ".leveret.cookie").read_bytes()


def test_a_file_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "cookie"
    file.write_text("secret")
    file.chmod(0o440)
    with pytest.raises(CookieRefused, match="can be read by others: chmod 400"):
        read_cookie(str(file))


def test_an_empty_or_missing_one_is_refused(tmp_path):
    file = tmp_path / "cookie"
    with pytest.raises(CookieRefused, match=r"cannot read the cookie .*No such file"):
        read_cookie(str(file))
    file.write_text("\n")
    file.chmod(0o400)
    with pytest.raises(CookieRefused, match="is empty"):
        read_cookie(str(file))


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    with pytest.raises(CookieRefused, match="cannot write the cookie"):
        make_or_find_cookie({}, str(tmp_path / "nowhere" / "cookie"))
