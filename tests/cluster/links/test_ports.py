"""What every kind of link agrees on."""

from leveret.cluster.links.ports import PeerRefused


def test_a_refusal_says_its_code_and_its_text():
    refused = PeerRefused(404, "no queue 'q' in vhost '/'")
    assert (refused.code, refused.text) == (404, "no queue 'q' in vhost '/'")
    assert str(refused) == "404: no queue 'q' in vhost '/'"
