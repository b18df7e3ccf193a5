"""Users, virtual hosts, policies, limits, the cluster, definitions."""

import json

from playwright.sync_api import expect


def test_a_user_is_added_permitted_changed_and_deleted(guest):
    guest.go("users")
    guest.press("Add")
    guest.fill(name="ada", password="secret", tags="monitoring")
    guest.send("Add")
    guest.told("ada is saved")
    guest.page.get_by_role("link", name="ada", exact=True).click()
    guest.sees("This user may enter no virtual host.")
    guest.page.get_by_role("button", name="Set", exact=True).first.click()
    guest.fill(vhost="/", write="^ada", read="^$")
    guest.send("Set")
    guest.sees("^ada")
    guest.press("Change")
    guest.fill(tags="policymaker")
    guest.send("Change")
    guest.sees("policymaker")
    guest.sure("Clear")
    guest.sees("This user may enter no virtual host.")
    guest.sure("Delete")
    guest.told("ada is deleted")


def test_a_user_that_is_changed_without_a_password_keeps_it(guest, browse, node):
    node.admin.add_user("bob", "secret", frozenset({"management"}))
    guest.go("users", "bob")
    guest.press("Change")
    guest.fill(tags="monitoring")
    guest.send("Change")
    guest.told("bob is saved")
    person = browse()
    person.log_in("bob", "secret")
    person.sees("Message rates")


def test_a_virtual_host_is_added_chosen_and_deleted(guest):
    guest.go("vhosts")
    guest.press("Add")
    guest.fill(name="shop", description="the shop")
    guest.send("Add")
    guest.told("shop is saved")
    guest.page.reload()
    guest.page.get_by_role("banner").get_by_label("Virtual host").select_option("shop")
    guest.go("queues")
    guest.sees("No queue is there yet.")
    expect(guest.page.locator(".example")).to_contain_text('"shop"')
    guest.page.get_by_role("banner").get_by_label("Virtual host").select_option("")
    guest.go("vhosts", "shop")
    guest.sure("Delete")
    guest.told("shop is deleted")


def test_a_policy_is_added_changed_and_deleted(guest):
    guest.go("policies")
    guest.page.get_by_role("button", name="Add", exact=True).first.click()
    guest.fill(name="short", pattern="^s", definition="max-length = 10")
    guest.send("Add")
    expect(guest.row("short")).to_contain_text("max-length = 10")
    guest.press("Change")
    guest.fill(definition="max-length = 20")
    guest.send("Change")
    expect(guest.row("short")).to_contain_text("max-length = 20")
    guest.sure("Delete")
    expect(guest.row("short")).to_have_count(0)


def test_limits_are_set_and_cleared(guest):
    guest.go("limits")
    guest.page.get_by_role("button", name="Set a limit").first.click()
    guest.fill(owner="/", kind="max-queues", value="1000")
    guest.send("Set a limit")
    guest.sees("1000")
    guest.sure("Clear")
    guest.told("max-queues is deleted")


def test_the_cluster_is_renamed_and_rebalanced(guest):
    guest.go("cluster")
    guest.press("Rename")
    guest.fill(name="the-burrow")
    guest.send("Rename")
    guest.heading("the-burrow")
    guest.sure("Rebalance")
    guest.told("spread over the nodes")


def test_definitions_are_taken_out_and_put_in(guest, tmp_path):
    guest.go("overview")
    with guest.page.expect_download() as download:
        guest.press("Export")
    told = json.loads(download.value.path().read_text())
    assert "guest" in {each["name"] for each in told["users"]}
    queue = {"name": "imported", "vhost": "/", "durable": True, "auto_delete": False}
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"queues": [{**queue, "arguments": {}}]}))
    guest.page.locator("input[type=file]").set_input_files(file)
    guest.told("more.json are imported")
    guest.go("queues")
    expect(guest.row("imported")).to_be_visible()
