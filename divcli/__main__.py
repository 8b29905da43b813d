"""Runs the command line; the one place where exceptions become exit statuses."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading

from divcli.errors import DivcliError, Status
from divcli.inert import inert

# One thread is enough for sums, and spares numpy the start of its pools.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def main(arguments: list[str] | None = None) -> int:
    """Run divcli and return its exit status."""
    _end_in_order()
    arguments = sys.argv[1:] if arguments is None else arguments
    verbose = "-v" in arguments or "--verbose" in arguments
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return _complain("interrupted", status=Status.INTERRUPTED)
    except DivcliError as error:
        return _complain(f"error: {error}", error.hint, error.status)
    except OSError as error:
        # What a command did not catch itself: help or notes that could not be written.
        return _complain(f"error: {error.strerror or error}", status=Status.DATA)
    except MemoryError:
        return _complain("error: out of memory", status=Status.DATA)
    except Exception as error:
        if verbose:
            import traceback

            traceback.print_exc()
        return _complain(
            f"fault: {type(error).__name__}: {error}",
            "please report this with the command, and the output with -v",
            Status.FAULT,
        )


def _end_in_order() -> None:
    """Let whoever ends the process have temporary files removed first."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, lambda number, _: sys.exit(128 + number))


def _run(arguments: list[str]) -> int:
    import click

    from divcli.cli.app import app

    if "_DIVCLI_COMPLETE" in os.environ:
        app.main(prog_name="divcli")  # answers the shell's request for completions, and exits
    try:
        # What click's own main() adds are other statuses for interrupts and closed pipes.
        with app.make_context("divcli", list(arguments)) as context:
            _keep_what_is_freed()
            return int(app.invoke(context) or Status.OK)
    except click.exceptions.Exit as end:
        return int(end.exit_code)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "divcli"
        hint = f"{path} --help"
        if isinstance(error, click.NoSuchOption) and error.option_name[1:2].isdigit():
            hint = "weights are not negative; what begins with '-' and is no option stands after --"
        return _complain(f"error: {error.format_message()}", hint, Status.USAGE)
    except BrokenPipeError:
        # Help cut short by its reader; results see to this themselves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return int(Status.OK)


def _keep_what_is_freed() -> None:
    """Let the C library hold on to the memory of arrays that come and go.

    Handed back each time, as glibc does above 128 kB, it is paged in anew: of a large numeric
    column's time after counting that is a half, of ten thousand rows' a twentieth.
    """
    import ctypes

    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # other C libraries have no such option
            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
            library.mallopt(_M_TRIM_THRESHOLD, 128 << 20)


def _complain(message: str, hint: str | None = None, status: Status = Status.OK) -> int:
    lines = [f"divcli: {inert(message)}", *([f"hint: {inert(hint)}"] if hint else [])]
    with contextlib.suppress(OSError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)
    return int(status)


def entry() -> int:
    """The console script: one question, one answer, so nothing to collect on the way."""
    gc.disable()
    if sys.stderr is None:  # closed by whoever started this
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # for as long as the process lives
    if sys.stdout is None:
        return _complain("error: standard output is closed", status=Status.DATA)
    try:
        status = main()
    except SystemExit as end:
        status = int(end.code or 0)
    # A profiler writes what it found after this; and nothing may still wait for a pipe then.
    unfinished = any(one.daemon for one in threading.enumerate())
    if "_lsprof" not in sys.modules or unfinished:
        _leave(status, unfinished=unfinished)
    return status


def _leave(status: int, *, unfinished: bool) -> None:
    """End without taking the heap apart object by object: a tenth of the time of a short answer.

    Nor is a thread waited for that waits itself for what nobody wants any more, as duckdb would
    do at the end, from 2.0.1 on.
    """
    import atexit

    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except (OSError, ValueError) as error:
        status = _complain(f"error: {error}", status=Status.DATA)
    if not unfinished:
        atexit._run_exitfuncs()
    elif temporary := sys.modules.get("divcli.sources.temporary"):
        temporary.remove_all()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(entry())
