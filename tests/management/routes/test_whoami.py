"""Who asks."""


def test_a_user_is_told_its_name_and_tags(api):
    assert api.get("/api/whoami").json == {"name": "guest", "tags": ["administrator"]}
