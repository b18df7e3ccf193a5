"""cluster.json holds what was written, whole, or stops the start."""

import json

import pytest

from leveret.cluster.members.file import NAME, StandingFile
from leveret.cluster.members.roll import Place, found
from leveret.cluster.members.standing import Phase, Standing
from leveret.errors import StartRefused

HARE = "hare@a"
ROLL = found("c", HARE, Place("127.0.2.1", 25672, 25673)).with_member(
    "doe@b", Place("127.0.2.2", 25672, 25673)
)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(HARE),
        Standing(HARE, Phase.JOINING, through="doe@b"),
        Standing(HARE, Phase.MEMBER, ROLL, is_boot_forced=True),
        Standing(HARE, Phase.FORGOTTEN, ROLL.without("doe@b")),
    ],
)
def test_what_is_written_is_read(tmp_path, standing):
    StandingFile(tmp_path).write(standing)

    assert StandingFile(tmp_path).read(HARE) == standing
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_without_a_file_a_node_is_alone(tmp_path):
    assert StandingFile(tmp_path).read(HARE) == Standing(HARE)


def test_a_file_of_another_node_stops_the_start(tmp_path):
    StandingFile(tmp_path).write(Standing(HARE))

    with pytest.raises(StartRefused, match="is of node hare@a: start it under that name"):
        StandingFile(tmp_path).read("doe@b")


def test_a_changed_file_stops_the_start(tmp_path):
    StandingFile(tmp_path).write(Standing(HARE, Phase.MEMBER, ROLL))
    path = tmp_path / NAME
    path.write_text(path.read_text().replace('"revision": 2', '"revision": 3'))

    with pytest.raises(StartRefused, match="check sum"):
        StandingFile(tmp_path).read(HARE)


@pytest.mark.parametrize("octets", [b"", b"{}", b"[]", b"null", b'{"format": 1}', b"\xff"])
def test_what_was_never_written_stops_the_start(tmp_path, octets):
    (tmp_path / NAME).write_bytes(octets)

    with pytest.raises(StartRefused, match="damaged"):
        StandingFile(tmp_path).read(HARE)


def test_a_later_format_is_not_guessed_at(tmp_path):
    StandingFile(tmp_path).write(Standing(HARE))
    path = tmp_path / NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))

    with pytest.raises(StartRefused, match="its format is 2, not 1"):
        StandingFile(tmp_path).read(HARE)


def test_a_half_written_draft_is_not_looked_at(tmp_path):
    StandingFile(tmp_path).write(Standing(HARE, Phase.MEMBER, ROLL))
    (tmp_path / "cluster.json.new").write_text('{"form')

    assert StandingFile(tmp_path).read(HARE).phase is Phase.MEMBER
