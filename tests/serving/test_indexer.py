from __future__ import annotations

import asyncio
from collections.abc import Callable

from agent.errors import Unavailable
from serving.indexer import Indexer


class Journals:
    """Persons with so many texts to embed; fails as often as it is told to first."""

    def __init__(self, faults: int = 0, **left: int) -> None:
        self.left, self.faults, self.calls = left, faults, [0]
        self.opened: list[str] = []

    def persons(self) -> list[str]:
        return list(self.left)

    def open_all(self, person: str) -> int:
        self.opened.append(person)
        return self.left[person]

    def index(self, person: str, *, most: int) -> int:
        if self.faults:
            self.faults -= 1
            raise Unavailable("the encoder is down")
        done = min(most, self.left[person])
        self.left[person] -= done
        self.calls.append(done)
        return done


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


async def test_it_opens_everybody_and_embeds_what_is_left_in_pieces() -> None:
    journals = Journals(ada=10, bob=3)
    indexer = Indexer(journals, settle=0, most=4)
    indexer.begin()
    indexer.begin()
    await until(lambda: not any(journals.left.values()))
    assert journals.opened == ["ada", "bob"] and max(journals.calls) == 4
    journals.left["ada"] += 1
    indexer.touch("ada")
    await until(lambda: journals.left["ada"] == 0)


async def test_an_encoder_that_is_down_is_asked_again_later() -> None:
    journals = Journals(faults=3, ada=2)
    indexer = Indexer(journals, settle=0, retry=0.01)
    indexer.begin()
    await until(lambda: journals.left["ada"] == 0)
    assert journals.faults == 0
