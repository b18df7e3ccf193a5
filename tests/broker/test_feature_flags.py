"""Every flag is on and says what it is."""

from leveret.broker.feature_flags import FLAGS


def test_names_are_in_order_and_each_is_described():
    names = [each.name for each in FLAGS]
    assert names == sorted(set(names))
    assert all(each.desc and each.state == "enabled" for each in FLAGS)
