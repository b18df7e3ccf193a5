"""A trie of topic patterns: finds all that match a routing key without trying each.

A pattern is words between dots; `*` stands for one word, `#` for zero or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding

ONE_WORD = "*"
ANY_WORDS = "#"


def words_of(key: str) -> list[str]:
    """The words of a key; the empty key has none."""
    return key.split(".") if key else []


class Node:
    """What follows one word of a pattern, and the bindings whose pattern ends here.

    repeats: the node behind a `#`, which stays matched however many words follow.
    """

    __slots__ = ("bindings", "children", "repeats")

    def __init__(self, *, repeats: bool = False) -> None:
        self.repeats = repeats
        self.children: dict[str, Node] = {}
        self.bindings: dict[Binding, None] = {}

    def child(self, word: str) -> Node:
        """The node behind `word`, made if need be."""
        found = self.children.get(word)
        if found is None:
            found = self.children[word] = Node(repeats=word == ANY_WORDS)
        return found

    @property
    def is_bare(self) -> bool:
        return not self.children and not self.bindings


class Trie:
    def __init__(self) -> None:
        self._root = Node()

    def add(self, binding: Binding) -> None:
        node = self._root
        for word in words_of(binding.routing_key):
            node = node.child(word)
        node.bindings[binding] = None

    def remove(self, binding: Binding) -> None:
        """Take a binding out, and the branch that held nothing else."""
        path: list[tuple[Node, str]] = []
        node = self._root
        for word in words_of(binding.routing_key):
            path.append((node, word))
            node = node.children[word]
        del node.bindings[binding]
        for parent, word in reversed(path):
            if not parent.children[word].is_bare:
                return
            del parent.children[word]

    def match(self, routing_key: str) -> dict[Binding, None]:
        """Every binding whose pattern matches, each once.

        Walks all branches that may match at once, a word at a time. The live nodes are a set: at
        most the trie's size, whatever the key, where trying `#` word by word is exponential.
        """
        alive = _with_no_words_more({self._root: None})
        for word in words_of(routing_key):
            following: dict[Node, None] = {}
            for node in alive:
                _step(node, word, following)
            alive = _with_no_words_more(following)
        found: dict[Binding, None] = {}
        for node in alive:
            found.update(node.bindings)
        return found


def _step(node: Node, word: str, following: dict[Node, None]) -> None:
    """The nodes that are alive once `node` has met `word`."""
    if node.repeats:
        following[node] = None
    for branch in (word, ONE_WORD):
        child = node.children.get(branch)
        if child is not None:
            following[child] = None


def _with_no_words_more(nodes: dict[Node, None]) -> dict[Node, None]:
    """The nodes, and those behind a `#` that stands for no word at all."""
    reached = dict(nodes)
    waiting = list(nodes)
    while waiting:
        child = waiting.pop().children.get(ANY_WORDS)
        if child is not None and child not in reached:
            reached[child] = None
            waiting.append(child)
    return reached
