"""Row 2: every file or memory call of a run fails once, or stops short; a documented status, one clear line, no harm.

usage: failing.py BIN_INDEX BIN_QUERY [--short] [--points N] [--only SCENARIO] [--errors EIO,...]

Each call that opens, reads, writes, syncs, renames, maps or cuts a file, of a fresh, an incremental, a pruning, a
compacting, a removing and a backing-up run, of check, export, status and of dateline-query, fails once with EIO, ENOSPC,
EINTR, ENOMEM and EMFILE, or moves half its bytes. After each: the status is a documented one, never a signal; with
status 0 the output and the index are those of an undisturbed run, else one line on standard error says what went wrong;
`check` finds the index sound, its content is that before or after, or lacks what could not be read of one source file,
which was said; the next run ends as an undisturbed one does.
brk is not among the calls: the kernel has no error to give for it.
A call before main() is the loader's, which has words and statuses of its own: then the index must be as it was.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import time

from calls import NOT_REACHED, NOT_SHORTENED, Calls
from kill import again, fingerprint, unnumbered
from scenarios import Scenario, World, Wrong
from shared import finish

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
ERRORS = ["EIO", "ENOSPC", "EINTR", "ENOMEM", "EMFILE", "short"]
MOVES = ["read", "pread64", "readv", "preadv", "write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range"]
CALLS = MOVES + ["open", "openat", "openat2", "close", "fsync", "fdatasync", "msync", "rename", "renameat", "renameat2",
                 "mmap", "mremap", "munmap", "mprotect", "madvise", "ftruncate", "fallocate", "flock", "fcntl", "lseek",
                 "fstat", "newfstatat", "statx", "fstatfs", "statfs", "getdents64", "unlinkat", "unlink", "mkdirat", "mkdir",
                 "linkat", "fchmodat", "fchmod", "fchown", "clone", "clone3", "getrandom"]


def readers(world):
    """Commands that change nothing: (name, command line)."""
    _, index = world.archive("read")
    for name, args in (("check", ["check"]), ("export", ["export"]), ("status", ["status", "--json"])):
        yield Scenario(name, index, args, world.content(index), None)
    for name, args in (("search", ["harbour"]), ("search in JSON", ["--json", "--all", "market OR tel*"]),
                       ("batch", ["--tsv", "--queries", world.queries]), ("show", ["--show", "a2"]),
                       ("timeline", ["--timeline=year", "market"])):
        scenario = Scenario(name, index, args, world.content(index), None)
        scenario.searches = True
        yield scenario


def command_of(world, scenario, index):
    return world.search(index, *scenario.command) if getattr(scenario, "searches", False) else world.of(scenario, index)


def place(world, scenario):
    """The index to work on: a reader's own, which nobody changes, or a fresh copy."""
    if not is_reader(scenario):
        return world.fresh(scenario)
    shutil.rmtree(world.work, ignore_errors=True)
    return scenario.base


def is_reader(scenario):
    return scenario.name not in ("fresh", "incremental", "pruning", "compacting", "removing", "backing up")


def steady(output):
    """Without what `status` tells of the moment: the room on the disk; and of the last run, whose note may be lacking."""
    output = re.sub(rb'"last_run":(\{[^}]*\}|null),"last_run_problem":("[^"]*"|null),"last_success":("[^"]*"|null)', b"", output)
    return re.sub(rb'("age_seconds"|"disk_free_bytes"|"disk_bytes"):(\d+|null)', rb"\1:#", output)


def one_clear_line(done, program, more=False):
    """What a person or cron is told: one line of the program's beside the summary, in words; GLib may speak before it ends a process."""
    beside = ("indexed ", program + ": character sets by ", "***MEMORY-ERROR***: ", "GLib (gthread-posix.c): ")
    said = [line for line in done.stderr.decode(errors="replace").splitlines() if line and not line.startswith(beside)]
    if more and len(said) > 1:
        said = said[-1:]
    if len(said) != 1 or not said[0].startswith(program + ": ") or "Success" in said[0] or len(said[0]) < len(program) + 12:
        raise Wrong(f"status {done.returncode} with {said}")


def judge(world, scenario, index, done, expected, loading, untouched, more=False):
    """`more`: several things went wrong, each with its line."""
    program = "dateline-query" if getattr(scenario, "searches", False) else "dateline-index"
    status = done.returncode
    if loading and status:
        if is_reader(scenario) or fingerprint(index, b"") == untouched:
            return
        raise Wrong("the loader failed, and the index is another")
    if not loading:
        if status not in (0, 4, 5):
            raise Wrong(f"status {status}: {done.stderr.decode(errors='replace').strip()[-300:]}")
        if status:
            one_clear_line(done, program, more)
        elif is_reader(scenario) and steady(done.stdout) != steady(expected.stdout):
            raise Wrong(f"status 0 and another output: {done.stdout[-200:]!r} {done.stderr[-200:]!r}")
    if is_reader(scenario):
        return
    if os.path.exists(index + "/data.mdb"):
        world.sound(index)
        found, new = world.content(index), scenario.new or scenario.old
        said = done.stderr.decode(errors="replace")
        if found == new and status == 0:
            return
        old = scenario.old.articles if scenario.old else ()
        of_a_source = status == 5 or "waiting 1" in said or f"{world.folder}/" in said.replace(world.work, "")
        if of_a_source and not set(found.articles) <= set(old) | set(new.articles):
            raise Wrong("an article neither of before nor of after")
        if not of_a_source and status == 0:
            raise Wrong("status 0, and the run's work is not there")
        if not of_a_source and found != new and (found != scenario.old if scenario.old else found.articles):
            raise Wrong("neither before nor after")
    elif scenario.old or status == 0:
        raise Wrong("there is no index")
    again(world, scenario, index)


class Row:
    def __init__(self, calls, world):
        self.calls, self.world = calls, world
        self.passed = self.failed = 0
        self.seen = {}
        self.complaints = {}

    def one(self, scenario, n, name, error, expected, loading):
        """False when the command ended before its n-th call."""
        world = self.world
        index = place(world, scenario)
        untouched = fingerprint(index, b"")
        done = self.calls.fail(n, error, command_of(world, scenario, index), CALLS)
        if done.returncode == NOT_SHORTENED:
            return True
        reached = done.returncode != NOT_REACHED
        if not reached:
            done.returncode = 0
        state = (scenario.name, loading, done.returncode, unnumbered(done.stderr), done.stdout,
                 fingerprint(world.work, b""))
        if state in self.seen:
            self.passed += 1
            return reached
        try:
            judge(world, scenario, index, done, expected, loading, untouched)
            self.seen[state] = True
            self.passed += 1
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            self.failed += 1
            print(f"{scenario.name}, call {n} ({name}), {error}: {wrong}", flush=True)
        return reached

    def scenario(self, scenario, points, errors):
        world, began, before = self.world, time.monotonic(), self.passed + self.failed
        expected = World.run(command_of(world, scenario, place(world, scenario)))
        names = self.calls.list(command_of(world, scenario, place(world, scenario)), world.folder + "/calls", CALLS)
        main = next(i for i, (name, what) in enumerate(names) if name == "fcntl" and what == "0")
        loads = scenario.name in ("fresh", "search")  # the same for every command of a program
        planned = [(n, error) for n in range(1 if loads else main + 1, len(names) + 1) for error in errors
                   if error != "short" or names[n - 1][0] in MOVES]
        if points:
            late = [p for p in planned if p[0] > main]
            planned = random.sample(late, min(points, len(late)))
        for n, error in planned:
            self.one(scenario, n, " ".join(names[n - 1]), error, expected, n <= main)
        print(f"{scenario.name}: {len(names)} calls, {main} of them before main(), {self.passed + self.failed - before} "
              f"failures tried; {time.monotonic() - began:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("indexer")
    parser.add_argument("query")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--points", type=int)
    parser.add_argument("--only")
    parser.add_argument("--errors", default=",".join(ERRORS))
    o = parser.parse_args()
    print(f"SEED={SEED}")
    random.seed(SEED)
    calls, world = Calls(o.indexer), World(o.indexer, o.query, 1, files=3)
    row = Row(calls, world)
    try:
        for source in (world.scenarios(), readers(world)):
            for scenario in source:
                if o.only in (None, scenario.name):
                    row.scenario(scenario, 3 if o.short else o.points, o.errors.split(","))
    finally:
        world.close()
    print(f"{len(row.seen)} of {row.passed} were different in the bytes left or the words said")
    finish(row.passed, row.failed)


if __name__ == "__main__":
    main()
