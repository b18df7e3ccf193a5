"""What the cookie makes."""

from leveret.cluster.engine.passwords import Passwords


def test_nodes_with_one_cookie_have_the_same_passwords():
    assert Passwords.of(b"carrot") == Passwords.of(b"carrot")


def test_another_cookie_makes_others():
    mine, other = Passwords.of(b"carrot"), Passwords.of(b"clover")
    assert {mine.client, mine.system, mine.route}.isdisjoint(
        {other.client, other.system, other.route}
    )


def test_each_purpose_has_another_and_none_contains_the_cookie():
    made = Passwords.of(b"carrot")
    assert len({made.client, made.system, made.route}) == 3
    assert "carrot" not in made.client + made.system + made.route


def test_what_is_written_down_stays_what_it_is():
    # Nodes of two versions must agree.
    assert Passwords.of(b"carrot").route == (
        "4341ff1ed59cdb5ed6e258be3c00c65abd4b6e19d1ddbb18807cc86b17c416db"
    )


def test_they_are_not_shown():
    made = Passwords.of(b"carrot")
    assert made.route not in repr(made)
