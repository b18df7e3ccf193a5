"""What has to go: octets, age, and the step in which it goes."""

from leveret.broker.streams.retention import SEGMENT_OCTETS, Limits, due, limits_of
from tests.broker.streams.test_index import filled

# Five blocks of 20 octets, published at 1 to 10 seconds, and a tail.
INDEX = filled([1, 2], [3, 4], [5, 6], [7, 8], [9, 10], tail=[11])


def count(segment, now_s=11.0, **limits):
    return due(INDEX, Limits(**limits, segment_octets=segment), now_s)


def test_without_a_limit_everything_stays():
    assert count(20) == 0


def test_octets_go_by_whole_segments_until_the_rest_fits():
    assert [count(20, octets_max=most) for most in (110, 109, 90, 89, 50)] == [0, 1, 1, 2, 3]
    assert [count(40, octets_max=most) for most in (110, 109, 70, 69)] == [0, 2, 2, 4]


def test_what_is_no_whole_segment_stays():
    assert count(20, octets_max=0) == 5
    assert count(40, octets_max=0) == 4
    assert count(1000, octets_max=0) == 0


def test_age_counts_from_a_segments_last_message():
    assert [count(20, age_s_max=age) for age in (9, 8, 5, 0)] == [0, 1, 2, 5]
    assert [count(40, age_s_max=age) for age in (7, 6, 3)] == [0, 2, 2]


def test_limits_come_from_arguments():
    arguments = {
        "x-max-length-bytes": 5,
        "x-max-age": "1h",
        "x-stream-max-segment-size-bytes": 7,
    }
    assert limits_of(arguments, {}) == Limits(5, 3600, 7)
    assert limits_of({}, {}) == Limits(None, None, SEGMENT_OCTETS)


def test_a_policy_goes_before_them():
    arguments = {"x-max-length-bytes": 5, "x-max-age": "1h"}
    policy = {"max-length-bytes": 50, "max-age": "1D", "stream-max-segment-size-bytes": 9}
    assert limits_of(arguments, policy) == Limits(50, 86_400, 9)
    assert limits_of(arguments, {"max-age": "5m"}) == Limits(5, 300, SEGMENT_OCTETS)
