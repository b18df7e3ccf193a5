"""What is shown to whom."""

from playwright.sync_api import expect

PLACES = {"Overview", "Connections", "Channels", "Exchanges", "Queues", "Topology", "Route"}
EVERYBODYS = PLACES | {"Virtual hosts", "Policies", "Limits"}


def places(person):
    person.sees("Message rates")
    return set(person.page.get_by_role("navigation").get_by_role("link").all_inner_texts())


def test_an_administrator_sees_everything(guest):
    assert places(guest) == EVERYBODYS | {"Events", "Users", "Cluster"}
    guest.sees("Listeners")


def test_who_monitors_sees_the_nodes_and_administers_nothing(browse):
    person = browse()
    person.log_in("monitoring", "x")
    assert places(person) == EVERYBODYS | {"Events"}
    person.sees("Listeners")
    person.go("users")
    expect(person.page.get_by_role("alert").filter(has_text="You may not")).to_be_visible()


def test_a_user_of_one_virtual_host_sees_that_alone(browse, node):
    node.admin.add_vhost("secret")
    person = browse()
    person.log_in("management", "x")
    assert places(person) == EVERYBODYS
    choice = person.page.get_by_role("banner").get_by_label("Virtual host")
    expect(choice.get_by_role("option")).to_have_text(["All virtual hosts", "/"])
    assert person.page.get_by_text("Listeners").count() == 0
    person.go("policies")
    person.sees("There is no policy.")
    assert person.page.get_by_role("button", name="Add").count() == 0


def test_an_action_that_is_refused_says_why(browse, node):
    node.admin.add_user("reader", "x", frozenset({"management"}))
    from leveret.broker.permissions import Permission

    node.admin.set_permission("reader", Permission(configure="^$", write="^$", read=".*"))
    person = browse()
    person.log_in("reader", "x")
    places(person)
    person.go("queues")
    person.press("Declare")
    person.fill(name="theirs")
    person.send("Declare")
    person.told("You may not do that")
