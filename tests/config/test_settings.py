"""The table itself, and the page that documents it."""

from pathlib import Path

from leveret.config.settings import ROWS, Settings, settings_of
from leveret.config.values import Listener

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def documented(row):
    """The row of docs/configuration.md for a setting."""
    key = f"{row.key}.*" if row.fold and not row.environment else row.key
    places = [*([key] if key else []), *([row.flag] if row.flag else []), *row.environment]
    where = "<br>".join(f"`{place}`" for place in places)
    return f"| {where} | {row.shown_default} | {row.about} |"


def test_the_page_documents_every_setting_and_no_other():
    lines = PAGE.read_text().splitlines()
    start = lines.index("| Written as | Default | What it is |")
    table = [line for line in lines[start + 2 :] if line.startswith("|")]
    assert table == [documented(row) for row in ROWS]


def test_no_place_is_taken_twice():
    places = [place for row in ROWS for place in (row.key, row.flag, *row.environment) if place]
    assert len(places) == len(set(places))


def test_every_setting_has_a_leveret_variable_or_a_family_of_keys():
    assert all(row.fold or row.environment[0].startswith("LEVERET_") for row in ROWS)


def test_settings_are_made_from_the_names_of_their_rows():
    settings = settings_of({"limits_heartbeat_s": 7, "tls_depth": 2, "sockets_backlog": 9})
    assert (settings.limits.heartbeat_s, settings.tls.depth, settings.sockets.backlog) == (7, 2, 9)
    assert settings.tls.versions == ("tlsv1.2", "tlsv1.3")


def test_a_tls_port_alone_listens_beside_the_usual_port():
    assert Settings(tls_port=5671).addresses == (Listener(), Listener("", 5671, is_tls=True))


def test_an_address_given_counts_for_both_kinds_of_listeners():
    settings = Settings(bind="127.0.0.1", tls_listeners=(Listener("", 5671, is_tls=True),))
    assert settings.addresses == (
        Listener("127.0.0.1", 5672),
        Listener("127.0.0.1", 5671, is_tls=True),
    )


def test_a_port_given_replaces_only_listeners_of_its_kind():
    settings = Settings(port=1, tls_listeners=(Listener("::1", 5671, is_tls=True),))
    assert settings.addresses == (Listener("", 1), Listener("::1", 5671, is_tls=True))


def test_a_node_may_have_tls_listeners_only():
    assert Settings(listeners=(), tls_port=0).addresses == (Listener("", 0, is_tls=True),)


def test_settings_made_in_a_program_listen_where_they_are_told():
    assert Settings(bind="127.0.0.1", port=0).addresses == (Listener("127.0.0.1", 0),)


def test_settings_made_in_a_program_keep_no_files():
    assert Settings().data_dir is None


def test_definitions_are_loaded_in_rabbitmqs_order():
    settings = Settings(
        management_load_definitions=Path("c"),
        definitions_path=Path("b"),
        load_definitions=Path("a"),
    )
    assert settings.definitions == (Path("a"), Path("b"), Path("c"))
    assert Settings().definitions == ()
