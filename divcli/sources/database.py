"""A database engine in this process that reads large files: its limits, its queries, its errors."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import Resources
from divcli.sources.faults import first_sentence, told
from divcli.sources.sql import quoted
from divcli.sources.temporary import gone_at_the_end
from divcli.sources.waiting import Turn, finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

# Megabytes that the engine may hold before it writes to disk, unless the user says otherwise; the
# rest of the process comes on top. A million symbols on both sides still stay in memory.
_MOST_MEMORY = 600
_MEMORY, _OF_A_COLUMN = 130, 100
_AT_A_TIME = 10_000  # rows
_FEW_THREADS = 6  # that have room in it: more need more, for each has its own buffers and groups


class Kept(str):
    """The name of a table, which is given up when nobody holds its name any more."""


class Database:
    """One connection, opened when it is first asked, with a folder for what does not fit."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self._numbers = itertools.count(1)
        self._turn = Turn()
        self._opening = threading.Lock()
        self._open: duckdb.DuckDBPyConnection | None = None
        self._unwanted: list[Callable[[], object]] = []  # what gives up tables, when one is made
        self._room = 0  # megabytes
        self._error: type[Exception] = DataError  # the database's own, once it is loaded

    @functools.cached_property
    def _folder(self) -> str:
        import tempfile

        folder = tempfile.mkdtemp(prefix="divcli-")
        gone_at_the_end(functools.partial(self._close, folder))
        return folder

    def pipe(self) -> str:
        """The path of a new named pipe, gone with all else that is temporary."""
        path = os.path.join(self._folder, f"pipe_{next(self._numbers)}")
        os.mkfifo(path)
        return path

    def begin(self) -> None:
        """Open it in a thread, beside what else is to be done before it is asked."""
        assert self._folder  # not made by a thread that the end of the process leaves behind
        threading.Thread(target=self._begun, daemon=True).start()

    def _begun(self) -> None:
        with contextlib.suppress(Exception):  # whoever asks is told
            assert self._connection

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._opening:
            if self._open is None:
                self._open = self._opened()
            return self._open

    def _opened(self) -> duckdb.DuckDBPyConnection:
        engine = _engine()
        self._error = engine.Error
        config: dict[str, Any] = {
            "memory_limit": self.resources.memory_limit or f"{_MOST_MEMORY}MB",
            "temp_directory": self._folder,
            "autoinstall_known_extensions": False,
        }
        if self.resources.threads is not None:
            config["threads"] = self.resources.threads
        try:
            connection: duckdb.DuckDBPyConnection = engine.connect(config=config)
            # A file of Parquet is asked several times what it holds.
            connection.execute("LOAD parquet; SET parquet_metadata_cache = true")
            if self.resources.progress:
                connection.execute("SET enable_progress_bar = true")
                connection.execute("SET enable_progress_bar_print = false")
        except engine.Error as error:
            raise CommandLineError(
                f"--memory-limit or --threads: {first_sentence(error)}"
            ) from error
        return connection

    @functools.cached_property
    def _threads(self) -> int:
        most = self.resources.threads or os.cpu_count() or 1
        if most <= _FEW_THREADS:
            return most
        # A container may have fewer than the machine, which the database knows.
        [(threads,)] = self._connection.execute("SELECT current_setting('threads')").fetchall()
        return int(threads)

    def make_room(self, columns: int) -> None:
        """Hold no more than so many columns of a table need at once, where the user left it open.

        What it may hold it does hold after a while, if only as a cache of what was read.
        """
        megabytes = min(_MEMORY + columns * _OF_A_COLUMN, _MOST_MEMORY)
        megabytes = megabytes * max(self._threads, _FEW_THREADS) // _FEW_THREADS
        if self.resources.memory_limit is None and megabytes > self._room:
            self._room = megabytes
            with contextlib.suppress(self._error):  # where it holds more by now
                self._set(f"memory_limit = '{megabytes}MB'")

    def _set(self, setting: str) -> None:
        with self._turn:
            self._connection.execute(f"SET {setting}")

    def interrupt(self) -> None:
        """End the query that runs, if one does."""
        if self._open is not None:
            self._open.interrupt()

    def _close(self, folder: str) -> None:
        """Leave nothing behind on disk."""
        with contextlib.suppress(OSError):
            os.rmdir(folder)
            return  # nothing was in it: the memory goes with the process, and at once
        import shutil

        # Work that waits for a pipe cannot be interrupted, and keeps its connection.
        connection, self._open = self._open, None
        with contextlib.suppress(self._error):
            if connection is not None:
                connection.close()
        shutil.rmtree(folder, ignore_errors=True)

    def rows(self, sql: str, name: str, watch: Callable[[], str] | None = None) -> list[Any]:
        """All rows of a query, as tuples; errors as DataError about the source of this name."""
        rows: list[Any] = self._run(lambda: self._connection.execute(sql).fetchall(), name, watch)
        return rows

    def each(self, sql: str, name: str, use: Callable[[list[Any]], object]) -> None:
        """Hand on all rows of a query, some thousands at a time."""

        def hand_on() -> None:
            found = self._connection.execute(sql)
            while rows := found.fetchmany(_AT_A_TIME):
                use(rows)

        self._run(hand_on, name, None)

    def arrays(self, sql: str, name: str) -> dict[str, Any]:
        """All rows of a query, as numpy arrays by column; masked where a value is NULL."""
        found: dict[str, Any] = self._run(
            lambda: self._connection.execute(sql).fetchnumpy(), name, None
        )
        return found

    def keep(
        self,
        sql: str,
        name: str,
        watch: Callable[[], str] | None = None,
        *,
        ordered: bool = False,
    ) -> Kept:
        """Keep the result of a query as a temporary table, for as long as its name is held.

        ordered: whether the query goes by the order of rows.
        """
        execute = self._connection.execute
        run = execute if ordered else self._without_order

        def keep() -> Kept:
            table = self._new("kept")
            run(f"CREATE TEMP TABLE {table} AS {sql}")
            self._give_up(table, functools.partial(execute, f"DROP TABLE {table}"))
            return table

        kept: Kept = self._run(keep, name, watch)
        return kept

    def _new(self, kind: str) -> Kept:
        """A name for a table; those that nobody wants any more go first."""
        while self._unwanted:
            self._unwanted.pop()()
        return Kept(f"{kind}_{next(self._numbers)}")

    def _give_up(self, table: Kept, how: Callable[[], object]) -> None:
        """What is to be done once nobody holds the name."""
        weakref.finalize(table, self._unwanted.append, how).atexit = False

    def _without_order(self, command: str) -> None:
        """Run a command whose result is a set: rows that need no order take less memory."""
        self._connection.execute("SET preserve_insertion_order = false")
        try:
            self._connection.execute(command)
        finally:
            self._connection.execute("SET preserve_insertion_order = true")

    @contextlib.contextmanager
    def joining_as_written(self) -> Iterator[None]:
        """Hold the second table of a join, and let the rows of the first pass by.

        How many rows a file has is guessed: of a million of text, 42.
        """
        self._set("disabled_optimizers = 'join_order,build_side_probe_side'")
        try:
            yield
        finally:
            self._set("disabled_optimizers = ''")

    def attach(self, path: str, alias: str) -> None:
        """Make a database file readable under an alias."""
        command = f"ATTACH IF NOT EXISTS {quoted(path)} AS {alias} (READ_ONLY)"
        self._run(lambda: self._connection.execute(command), path, None)

    def register(self, table: object) -> Kept:
        """Make an Arrow table readable under a name, for as long as that is held."""
        import duckdb  # noqa: F401  # the package sets up what reads Python's objects

        with self._turn:
            name = self._new("object")
            self._connection.register(str(name), table)
        self._give_up(name, functools.partial(self._connection.unregister, str(name)))
        return name

    def _run(self, work: Callable[[], Any], name: str, watch: Callable[[], str] | None) -> Any:
        connection, engine = self._connection, _engine()
        if not self.resources.progress:
            watch = None
        elif watch is None:
            watch = functools.partial(_share, connection, name)
        try:
            with self._turn:
                return finished(work, connection.interrupt, watch)
        except (engine.BinderException, engine.ParserException, engine.CatalogException) as error:
            # divcli's own queries are well formed: what is wrong is the user's part of one.
            raise CommandLineError(f"--where: {first_sentence(error)}", where=name) from error
        except engine.Error as error:
            raise told(error, name) from error


@functools.lru_cache(maxsize=4)
def database(resources: Resources) -> Database:
    """The database with these limits; one for a process, as both sides share its memory."""
    return Database(resources)


def _engine() -> Any:
    """The compiled module of duckdb: the package around it takes four times as long to load."""
    try:
        import _duckdb
    except ImportError:  # a release in which it has another name
        import duckdb

        return duckdb
    return _duckdb


def _share(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    share = connection.query_progress()
    return f"{name}: {share:.0f} %" if 0 <= share <= 100 else name
