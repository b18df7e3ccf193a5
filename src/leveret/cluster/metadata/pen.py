"""The pen: which node may change what all of them know.

    AWAY ──somebody here wants it──> COMING ──taken over, all read──> HELD
      ^                                 |                              |
      |<──────another was quicker───────┘                    another node asks for it
      |                                                                |
      |<──────all that was written is in the log────── GOING <─────────┘
      |
      └──────deposed: somebody took the log over without waiting for us

Whoever wants to change something asks `when_held`; the action runs when this node has the pen, on a
copy that is up to date. A node asks the holder to let go before it takes the log over, so that
nothing under way is lost; one that does not answer is not waited for long, since the log itself
refuses what a former holder writes.

Rule: nothing is said by a node that does not hold the pen. Who waits for the pen on its holder goes
before who asks for it from elsewhere, and who had it longest ago gets it first.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from leveret.broker.awaiting import PATIENCE_S
from leveret.cluster.ports import NoMajority

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    from leveret.cluster.metadata.changes import SharedChange
    from leveret.cluster.metadata.reading import Reading
    from leveret.cluster.metadata.writing import Writing

    Action: TypeAlias = Callable[[], None]
    # Told where to ask next; None: it was let go of for you. Who names itself knows nothing.
    Whereabouts: TypeAlias = Callable[[str | None], None]

# How often somebody is asked for the pen, and how often nobody knows better, before it is simply
# taken: what is said under it just then is undone.
HOPS_MAX: Final = 100
LOOKS_MAX: Final = 10
RETRY_S: Final = 0.2
# So often it is looked whether somebody who has taken the log over begins.
BEGINNING_TURNS: Final = 100
# Until it is known who was quicker.
BEATEN_S: Final = 0.01
# So often it is looked whether the pen has come.
UNDISPUTED_TURNS: Final = 200
# Who only wants to know whether he has heard the latest does not wait for a majority longer.
LOOK_S: Final = 1.0
# Beyond any sequence.
END: Final = (1 << 63) - 1


class Unanswered(Exception):
    """The node that was asked for the pen is not there, or is slow."""


class Post(Protocol):
    """The way to the pens of other nodes."""

    async def ask(self, node: str) -> str | None:
        """None, once that node has let go of the pen for us; or which node to ask, itself when it
        knows of none. Raises Unanswered after a while."""


class Tasks(Protocol):
    """What may wait, and the clock."""

    def start(self, task: Coroutine[None, None, None]) -> None: ...

    def later(self, delay_s: float, action: Action) -> None: ...

    def pause(self, delay_s: float) -> Awaitable[None]: ...


class State(Enum):
    """Of one node's hold on the pen."""

    AWAY = auto()
    COMING = auto()
    HELD = auto()
    GOING = auto()


@dataclass(frozen=True, slots=True)
class Name:
    """node: its name, without a space. token: what no other life of this node has."""

    node: str
    token: str


@dataclass(eq=False, slots=True)
class Wish:
    """Somebody waits for the pen. give_up: called in the action's place when it takes too long."""

    action: Action
    give_up: Action


class Pen:
    """One node's hold on it. is_stalled: what was written does not become safe."""

    def __init__(
        self, name: Name, reading: Reading, writing: Writing, post: Post, tasks: Tasks
    ) -> None:
        self.state = State.AWAY
        self.is_stalled = False
        self._name = name
        self._reading = reading
        self._copy = reading.copy
        self._writing = writing
        self._post = post
        self._tasks = tasks
        self._reigns = 0
        self._wishes: deque[Wish] = deque()
        self._askers: list[tuple[str, Whereabouts]] = []
        # Who got the pen from here; and in which order others did before.
        self._heir: str | None = None
        self._given: dict[str, int] = {}
        self._is_fetching = False
        # Who wants to have heard the latest.
        self._lookers: list[Action] = []
        self._is_looking = False
        writing.deposed = self._deposed
        writing.on_tidy = self._look_for_askers

    @property
    def is_held(self) -> bool:
        """Whether something may be changed right now."""
        return self.state is State.HELD and self._writing.is_writer and not self.is_stalled

    # Whoever wants to change something ------------------------------------------------------

    def when_held(self, action: Action, give_up: Action) -> None:
        """Do it with the pen in hand: at once, or when it has come."""
        if self.is_held:
            self._act(action)
            return
        wish = Wish(action, give_up)
        self._wishes.append(wish)
        self._tasks.later(PATIENCE_S, lambda: self._give_up(wish))
        self._fetch()

    def _act(self, action: Action) -> None:
        action()
        self._writing.flush()

    def when_caught_up(self, action: Action) -> None:
        """Do it when all is read that is in the log by now, or after a while without a majority."""
        waiting = [action]

        def act() -> None:
            while waiting:
                waiting.pop()()

        self._tasks.later(LOOK_S, act)
        self._lookers.append(act)
        if not self._is_looking:
            self._is_looking = True
            self._tasks.start(self._look_for_all())

    async def _look_for_all(self) -> None:
        """Whoever asks while it is read already is served by the next reading."""
        try:
            while self._lookers:
                lookers, self._lookers = self._lookers, []
                with contextlib.suppress(NoMajority):
                    await self._reading.catch_up(END)
                    for act in lookers:
                        act()
        finally:
            self._is_looking = False

    def _give_up(self, wish: Wish) -> None:
        if wish in self._wishes:
            self._wishes.remove(wish)
            wish.give_up()

    def _grant(self) -> None:
        while self._wishes and self.is_held:
            self._act(self._wishes.popleft().action)

    def stalled(self, is_stalled: bool) -> None:
        """The log says so. What is wanted waits meanwhile."""
        self.is_stalled = is_stalled
        self._grant()

    # Getting it ------------------------------------------------------------------------------

    def _fetch(self) -> None:
        if not self._is_fetching and self.state is State.AWAY:
            self._is_fetching = True
            self._tasks.start(self._bring())

    async def _bring(self) -> None:
        """Until it is here, or nobody wants it any more."""
        try:
            while self._wishes and self.state is not State.HELD:
                try:
                    await self._take(is_given=await self._ask_holder())
                except NoMajority:
                    self._forgo()
                    await self._tasks.pause(RETRY_S)
        finally:
            self._is_fetching = False
        self._grant()
        self._look_for_askers()

    async def _take(self, *, is_given: bool) -> None:
        """is_given: nobody else is about to. Raises NoMajority."""
        self.state = State.COMING
        if await self._reading.take_over():
            assert self._copy.is_whole, "neither all of the log is there nor a snapshot of it"
            self._reigns += 1
            self._writing.begin(f"{self._name.node} {self._name.token}{self._reigns}")
            if is_given or await self._is_undisputed():
                self.state = State.HELD
                return
        self._forgo(self._copy.holder)
        await self._tasks.pause(BEATEN_S)

    async def _is_undisputed(self) -> bool:
        """Several may take the log over at once, and the last of them has it: whoever acted before
        that is known would act in vain. Raises NoMajority."""
        for _ in range(UNDISPUTED_TURNS):
            await self._tasks.pause(BEATEN_S)
            await self._reading.catch_up(END)
            if self._copy.is_own or not self._writing.is_writer:
                return self._copy.is_own and self._writing.is_writer
        raise NoMajority

    async def _ask_holder(self) -> bool:
        """Let whoever has it finish, as far as that is known; whether it did. Raises NoMajority."""
        holder = await self._look()
        looks_left = LOOKS_MAX
        for _ in range(HOPS_MAX):
            if holder is None or holder == self._name.node or not looks_left:
                return False
            try:
                told = await self._post.ask(holder)
            except Unanswered:
                return False
            if told is None:
                return True
            if told in (holder, self._name.node):
                # It knows no better: it is about to be given it, or nobody has it.
                looks_left -= 1
                await self._tasks.pause(BEATEN_S)
                told = await self._look()
            holder = told
        return False

    async def _look(self) -> str | None:
        """Who has it, as far as can be known. Raises NoMajority."""
        for _ in range(BEGINNING_TURNS):
            if self._copy.holder is not None:
                break
            # Somebody has taken the log over and not begun, or will not any more.
            await self._tasks.pause(BEATEN_S)
            await self._reading.catch_up(END)
        holder = self._copy.holder
        # The log may not say yet whom this node gave it to.
        return self._heir or holder if holder == self._name.node else holder

    async def found(self, changes: Iterable[SharedChange]) -> bool:
        """Write down what this node's broker is: all further nodes begin with it. Returns when it
        is in the log; False when the log was begun by another node. What a crash has interrupted
        begins anew, and what was done is not done again. Raises NoMajority."""
        kept = list(changes)
        while self._copy.founder is None:
            while self.state is not State.HELD:
                await self._take(is_given=False)
            if self._copy.founder is None:
                self._writing.write_down(kept)
            while self.state is State.HELD and self._copy.founder is None:
                await self._tasks.pause(BEATEN_S)
                await self._reading.catch_up(END)
        return self._copy.founder == self._name.node

    # Letting go ------------------------------------------------------------------------------

    def asked(self, node: str, answer: Whereabouts) -> None:
        """Another node wants it."""
        if self.state is State.AWAY:
            is_ours = self._copy.is_own or self._copy.holder is None
            where = self._heir if is_ours else self._copy.holder
            answer(self._name.node if where is None or where == node else where)
            return
        self._askers.append((node, answer))
        self._look_for_askers()

    def _look_for_askers(self) -> None:
        if self._askers and self.state is State.HELD and not self._writing.is_tidying:
            self.state = State.GOING
            self._writing.when_all_safe(self._hand_over)

    def _hand_over(self) -> None:
        if self.state is State.GOING:
            # Who had it from here last waits behind the others: two might else pass it to and fro.
            first = min(self._askers, key=lambda asker: self._given.get(asker[0], 0))
            self._askers.remove(first)
            heir, answer = first
            self._given[heir] = max(self._given.values(), default=0) + 1
            answer(None)
            self._forgo(heir)

    def _deposed(self) -> None:
        if self.state in (State.HELD, State.GOING):
            self._forgo()

    def _forgo(self, heir: str | None = None) -> None:
        """It is not here. All who asked are told who has it, if that is known."""
        self.state = State.AWAY
        self._heir = heir
        askers, self._askers = self._askers, []
        for node, answer in askers:
            answer(self._name.node if heir is None or heir == node else heir)
        if self._wishes:
            self._fetch()
