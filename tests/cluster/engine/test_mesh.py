"""Who has a route to whom, and who leads, from what servers say."""

from leveret.cluster.engine.mesh import Mesh, Meta

THREE = ("hare#1", "mouse#1", "vole#1")


def routes(*names):
    return {"routes": [{"remote_name": name} for name in names]}


def group(leader, size=3, *followers):
    replicas = [{"name": name, "current": True} for name in followers]
    return {"meta_cluster": {"leader": leader, "cluster_size": size, "replicas": replicas}}


def test_a_triangle_is_full():
    mesh = Mesh.of(THREE, {"hare#1": routes("mouse#1", "vole#1"), "mouse#1": routes("vole#1")})
    assert mesh.is_full
    assert mesh.missing_text == ""
    assert mesh.reached == ("hare#1", "mouse#1")


def test_a_star_is_not():
    answers = {"hare#1": routes("mouse#1", "vole#1"), "mouse#1": routes("hare#1"), "vole#1": {}}
    mesh = Mesh.of(THREE, answers)
    assert not mesh.is_full
    assert mesh.missing_text == "no route between mouse#1 and vole#1"


def test_a_server_of_another_incarnation_does_not_count():
    answers = {"hare#1": routes("mouse#2", "vole#1"), "vole#1": routes("mouse#2")}
    assert Mesh.of(THREE, answers).missing == (("hare#1", "mouse#1"), ("mouse#1", "vole#1"))


def test_the_leader_is_who_says_so_itself():
    told = {name: group("mouse#1") for name in THREE}
    assert Meta.of("hare#1", told).leader == "mouse#1"


def test_a_leader_that_is_not_reached_is_none():
    told = {name: group("mouse#1") for name in ("hare#1", "vole#1")}
    assert Meta.of("hare#1", told).leader is None
    assert Meta.of("hare#1", told).missing_text(THREE) == "nobody leads"


def test_two_of_three_are_a_majority_and_one_is_not():
    told = {"hare#1": group("hare#1"), "vole#1": group("hare#1")}
    assert Meta.of("vole#1", told).has_majority
    del told["vole#1"]
    assert not Meta.of("hare#1", told).has_majority


def test_how_many_there_are_the_leader_knows_best():
    told = {"hare#1": group("hare#1", 2), "vole#1": group("hare#1", 3)}
    assert Meta.of("hare#1", told).size == 2
    assert Meta.of("vole#1", {"vole#1": group("hare#1", 3)}).size == 3


def test_who_does_not_follow_yet_is_named():
    told = {"hare#1": group("hare#1", 3, "mouse#1")}
    assert Meta.of("hare#1", told).missing_text(THREE) == "vole#1: not up to date"
    told = {"hare#1": group("hare#1", 3, "mouse#1", "vole#1")}
    assert Meta.of("hare#1", told).missing_text(THREE) == ""


def test_a_server_that_just_started_says_little():
    meta = Meta.of("hare#1", {"hare#1": {}})
    assert (meta.leader, meta.size, meta.followers) == (None, 1, ())
