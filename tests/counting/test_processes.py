"""Work shared out among processes is done once, or not at all."""

import os
import time

import pytest

from divcli.counting.processes import Crew, IsOver, Pieces, StoppedError


@pytest.mark.parametrize(("count", "processes"), [(0, 2), (1, 4), (50, 1), (50, 3), (25_001, 2)])
def test_every_piece_is_done_once(count: int, processes: int) -> None:
    pieces = Pieces(count)
    results = Crew(lambda is_over: list(pieces.taken(is_over)), processes).results()
    pieces.close()
    assert sorted(piece for own in results for piece in own) == list(range(count))


def test_results_may_be_longer_than_a_pipe() -> None:
    results = Crew(lambda _: "x" * 10**6, 3).results()
    assert list(map(len, results)) == [10**6] * 3


def test_what_fails_here_fails_and_leaves_no_process() -> None:
    def work(is_over: IsOver) -> int:
        raise ValueError(is_over())

    with pytest.raises(ValueError):
        Crew(work, 3).results()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_fails_in_another_process_is_told() -> None:
    here = os.getpid()

    def work(is_over: IsOver) -> int:
        if os.getpid() != here:
            os._exit(1)
        return 0

    with pytest.raises(StoppedError):
        Crew(work, 2).results()


def test_who_waits_for_another_that_fails_learns_of_it() -> None:
    here = os.getpid()

    def work(is_over: IsOver) -> None:
        if os.getpid() != here:
            os._exit(1)
        while not is_over():
            time.sleep(0.001)

    with pytest.raises(StoppedError):
        Crew(work, 3).results()


def test_copies_that_cannot_be_made_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    assert Crew(lambda _: 1, 3).results() == [1]


def test_stopped_work_is_not_taken_for_done() -> None:
    def work(is_over: IsOver) -> int:
        taken = pieces.taken(is_over)
        next(taken)
        crew.stop()
        return sum(taken)

    pieces, crew = Pieces(10), Crew(lambda is_over: work(is_over), 2)
    with pytest.raises(StoppedError):
        crew.results()
    pieces.close()
