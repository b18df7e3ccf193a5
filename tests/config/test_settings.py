"""The table itself, and the page that documents it."""

from pathlib import Path

from leveret.config.settings import ROWS, Settings
from leveret.config.values import Listener

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def documented(row):
    """The row of docs/configuration.md for a setting."""
    key = f"{row.key}.*" if row.name == "listeners" else row.key
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
