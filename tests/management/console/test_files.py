"""The console's files, and what a browser may do with them."""

from leveret.management.console import files


def serve(monkeypatch, built):
    monkeypatch.setattr(files, "_built", lambda: built)


def test_the_page_may_load_nothing_but_what_is_this_nodes(api, monkeypatch):
    serve(monkeypatch, {"index.html": b"<!doctype html>"})
    told = api.get("/", user=None)
    assert (told.status, told.content) == (200, b"<!doctype html>")
    policy = told.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in told.headers["content-security-policy"]
    assert told.headers["cache-control"] == "no-cache"


def test_an_asset_is_kept_for_ever_as_its_name_changes_with_it(api, monkeypatch):
    serve(monkeypatch, {"assets/a-1.js": b"1"})
    told = api.get("/assets/a-1.js", user=None)
    assert (told.status, told.content) == (200, b"1")
    assert told.headers["content-type"].startswith("text/javascript")
    assert "immutable" in told.headers["cache-control"]
    assert told.headers["x-content-type-options"] == "nosniff"


def test_nothing_else_is_served(api, monkeypatch):
    serve(monkeypatch, {"index.html": b"x"})
    for name in ("..%2Findex.html", "%2e%2e%2findex.html", "nothing.js"):
        assert api.get(f"/assets/{name}", user=None).status == 404


def test_a_console_that_was_not_built_says_how_it_is(api, monkeypatch):
    serve(monkeypatch, {})
    told = api.get("/", user=None)
    assert told.status == 200
    assert b"make ui" in told.content


def test_what_the_build_left_is_found(tmp_path, monkeypatch):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.js").write_bytes(b"1")
    monkeypatch.setattr(files, "BUILT", tmp_path)
    assert files._built.__wrapped__() == {"assets/a.js": b"1"}
