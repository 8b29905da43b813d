"""Work shared out among processes is done once, or not at all."""

import os
from collections.abc import Iterator

import pytest

from divcli.counting.processes import Crew, StoppedError


@pytest.mark.parametrize(("pieces", "processes"), [(0, 2), (1, 4), (50, 1), (50, 3), (25_001, 2)])
def test_every_piece_is_done_once(pieces: int, processes: int) -> None:
    results = Crew(list, pieces, processes).results()
    assert sorted(piece for own in results for piece in own) == list(range(pieces))


def test_results_may_be_longer_than_a_pipe() -> None:
    results = Crew(lambda pieces: ["x" * 10**6 for _ in pieces], 8, 3).results()
    assert sum(len(own) for own in results) == 8


def test_what_fails_here_fails_and_leaves_no_process() -> None:
    def work(pieces: Iterator[int]) -> int:
        raise ValueError(next(pieces, None))

    with pytest.raises(ValueError):
        Crew(work, 10, 3).results()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_fails_in_another_process_is_told() -> None:
    here = os.getpid()

    def work(pieces: Iterator[int]) -> int:
        if os.getpid() != here:
            os._exit(1)
        return sum(pieces)

    with pytest.raises(StoppedError):
        Crew(work, 10, 2).results()


def test_a_piece_that_is_missing_is_told() -> None:
    def work(pieces: Iterator[int]) -> int:
        return next(pieces)  # and no more

    with pytest.raises(StoppedError):
        Crew(work, 10, 1).results()


def test_stopped_work_is_not_taken_for_done() -> None:
    def work(pieces: Iterator[int]) -> int:
        next(pieces)
        crew.stop()
        return sum(pieces)

    crew: Crew[int] = Crew(work, 10, 2)
    with pytest.raises(StoppedError):
        crew.results()
