#!/usr/bin/env python3
"""What suppliers send when something is wrong: over a thousand malformed inputs, a hundred or more a family of forms.

malformed.py BIN_INDEX BIN_QUERY [--short | --large] [FAMILY ...]

Each input lies in a folder between two sound files and is indexed with a small --memory. Every time: no signal, no hang, memory
within the budget, both neighbours and the sound records of the input found, nothing of it lost without a word, what is
rejected named with file, place and reason. A file outside the folder, at which links and entities point, is in no answer, and
under strace nothing but the folder, the index and the system's libraries is opened and no network call made.
--short takes a sample of each family at once, --large the inputs of over 1 MiB alone. SECONDS (2) and MEMORY_MIB (64, as --memory) are the limits; 0 MiB, for
builds whose memory is not the programs' own, is none. Beside --memory a run may hold a large token as often as its reader needs: `memory` of the input.
Memory is what was resident at most; what a run of the two sound files alone takes, libraries and pages of the index, which --memory does not count, is allowed.
"""
import json
import multiprocessing
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import malformed_markup
import malformed_packed
import malformed_text
from malformed_kinds import CANARY
from programs import finish

FAMILIES = {
    "text": malformed_text.texts, "json": malformed_text.json_kinds, "tables": malformed_text.tables, "wires": malformed_text.wires, "mail": malformed_text.mails,
    "pages": malformed_markup.pages, "feeds": malformed_markup.feeds, "news": malformed_markup.news, "sgml": malformed_markup.sgml,
    "web-archives": malformed_packed.web_archives, "tar": malformed_packed.tars, "zip": malformed_packed.zips, "compressions": malformed_packed.compressions}
SHORT = 12  # inputs of a family in the short form, and only small ones
SMALL = 1 << 20
SUMMARY = re.compile(rb"indexed (\d+), changed (\d+), unchanged (\d+), removed (\d+), rejected (\d+)(?:, skipped (\d+))?(?:, waiting (\d+))?")
SYSTEM = ("/lib", "/usr/", "/etc/ld.so", "/etc/localtime", "/dev/null", "/dev/tty", "/dev/urandom", "/proc/", "/sys/fs/cgroup", "/sys/devices/system/cpu")
NEIGHBOURS = {"a-neighbour.txt": "keepfirst", "z-neighbour.txt": "keeplast"}


class Place:
    """A folder for inputs, one for indexes, and the file nobody may open, each with its own name."""

    def __init__(self, indexer, query):
        self.indexer, self.query = indexer, query
        self.runner = multiprocessing.get_context("spawn").Pool(1)
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="dateline-malformed-"))
        self.inputs, self.index = os.path.join(self.root, "inputs"), os.path.join(self.root, "index")
        self.canary = os.path.join(self.root, "outside", "canary.txt")
        os.makedirs(os.path.dirname(self.canary))
        with open(self.canary, "w", encoding="ascii") as f:
            f.write(f"date 2024-03-22\n\nThe {CANARY} sings.\n")

    def fill(self, inputs):
        shutil.rmtree(self.inputs, ignore_errors=True)
        shutil.rmtree(self.index, ignore_errors=True)
        os.mkdir(self.inputs)
        for name, word in NEIGHBOURS.items():
            with open(os.path.join(self.inputs, name), "w", encoding="ascii") as f:
                f.write(f"date 2024-03-22\n\nThe {word} harbour opened.\n")
        for one in inputs:
            with open(os.path.join(self.inputs, "m-" + one.name), "wb") as f:
                f.write(one.content().replace(b"@CANARY@", self.canary.encode()))

    def update(self, before=()):
        """(status, standard error, seconds of the processor, bytes of memory at most, seconds by the clock)"""
        return self.runner.apply(run, ([*before, self.indexer, "--index", self.index, "update", "--memory", "64M", self.inputs],))

    def ask(self, program, *args):
        done = subprocess.run([program, "--index", self.index, *args], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout


def run(command):
    """In a process that stays small: the memory a program took at most is never less than what it was started from had."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, preexec_fn=limit_time)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return child.returncode, said.read(), used.ru_utime + used.ru_stime, used.ru_maxrss << 10, time.monotonic() - start


def limit_time():
    """What hangs is ended by a signal, which is a finding."""
    resource.setrlimit(resource.RLIMIT_CPU, (120, 130))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Findings:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, ok, name, detail):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        if not ok and self.failed < 200:
            print(f"{name}: {detail}", flush=True)
        return ok


def common_checks(f, name, place, status, said):
    """What holds of a run whatever its inputs were; the summary's numbers, or None."""
    if not f.check(status in (0, 5), name, f"ended with {status}: {said[-600:]!r}"):
        return None
    line = SUMMARY.search(said)
    if not f.check(line, name, f"no summary: {said[-300:]!r}"):
        return None
    numbers = [int(n or 0) for n in line.groups()]
    f.check((status == 5) == (numbers[4] > 0), name, f"status {status}, rejected {numbers[4]}")
    code, text = place.ask(place.indexer, "export")
    f.check(code == 0, name, f"export ended with {code}")
    for word in NEIGHBOURS.values():
        f.check(word.encode() in text, name, f"the neighbour {word} is lost")
    f.check(CANARY.encode() not in text, name, "a file outside the folder was read")
    code, listed = place.ask(place.indexer, "status", "--rejected")
    lines = [line.split(b"\t") for line in listed.splitlines()]
    f.check(code == 0 and (len(lines) > 0) == (numbers[4] > 0), name, f"{numbers[4]} rejected, listed: {listed[:300]!r}")
    f.check(all(len(line) == 2 and line[0].startswith(place.inputs.encode()) and len(line[1]) > 8 for line in lines), name, f"listed: {listed[:300]!r}")
    return numbers, text, lines


def one_by_one(f, place, family, inputs, limits):
    slowest, largest, beyond = (0, ""), (0, ""), (0, "")
    for one in inputs:
        place.fill([one])
        status, said, seconds, memory, _ = place.update()
        slowest = max(slowest, (seconds, one.name))
        seen = common_checks(f, one.name, place, status, said)
        f.check(seconds <= limits["seconds"], one.name, f"took {seconds:.2f} s")
        if one.memory:
            beyond = max(beyond, (memory, one.name))
        else:
            largest = max(largest, (memory, one.name))
        if limits["memory"]:
            f.check(memory <= limits["memory"] + one.memory, one.name, f"took {memory >> 20} MiB, {limits['memory'] + one.memory >> 20} are allowed")
        if not seen:
            continue
        (added, _, _, _, rejected, skipped, waiting), text, _ = seen
        for word in one.keep:
            f.check(word.encode() in text, one.name, f"the record {word} is lost: {said[-300:]!r}")
        if one.rejects is not None:
            f.check((rejected > 0) == one.rejects, one.name, f"rejected {rejected}: {said[-300:]!r}")
        f.check(added - len(NEIGHBOURS) + rejected + skipped + waiting >= one.begun, one.name,
                f"{one.begun} records begun, of them {added - 2} indexed, {rejected} rejected, {skipped} skipped, {waiting} waiting")
    print(f"{family}: {len(inputs)} inputs, at most {slowest[0]:.2f} s ({slowest[1]}), {largest[0] >> 20} MiB ({largest[1]})"
          + (f", with a large token {beyond[0] >> 20} MiB ({beyond[1]})" if beyond[0] else ""), flush=True)


def all_at_once(f, place, family, inputs, limits):
    place.fill(inputs)
    status, said, seconds, memory, _ = place.update()
    seen = common_checks(f, family, place, status, said)
    f.check(not limits["memory"] or memory <= limits["memory"], family, f"took {memory >> 20} MiB")
    f.check(seconds <= limits["seconds"] * 2, family, f"took {seconds:.2f} s")
    for one in inputs if seen else []:
        reported = any(line[0].endswith(b"/m-" + one.name.encode()) for line in seen[2])
        if one.rejects is not None:
            f.check(reported == one.rejects, one.name, f"reported: {reported}")
        for word in one.keep:
            f.check(word.encode() in seen[1], one.name, f"the record {word} is lost")


def traced(f, place, inputs):
    """A run under strace: what it opens, and that it calls nobody."""
    log = os.path.join(place.root, "trace")
    place.fill(inputs)
    status, said, *_ = place.update(["strace", "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network,execve", "-o", log])
    f.check(status in (0, 5), "strace", f"ended with {status}: {said[-300:]!r}")
    opened = calls = 0
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            call = re.match(r"\d+ +(\w+)\((?:AT_FDCWD, |\d+(?:<[^>]*>)?, )?(?:\"((?:[^\"\\]|\\.)*)\")?", line)
            if not call:
                continue
            name, path = call[1], call[2]
            if name in ("socket", "connect", "bind", "sendto", "listen", "accept", "socketpair"):
                calls += 1
                f.check(False, "strace", line.strip())
            elif path and name.startswith(("open", "creat", "rename", "link", "unlink", "mkdir", "symlink", "truncate", "chmod", "mknod")):
                opened += 1
                fine = path.startswith((place.inputs, place.index, *SYSTEM)) or not path.startswith("/") or path in ("/", "/usr", "/bin", "/proc", place.root) or path in os.path.dirname(place.index)
                f.check(fine, "strace", f"{name} {path}")
    print(f"strace: {len(inputs)} inputs, {opened} calls with a path, {calls} network calls", flush=True)


def small(one):
    return not callable(one.data) and len(one.data) <= SMALL


def main():
    args = [a for a in sys.argv[3:] if not a.startswith("--")]
    short = "--short" in sys.argv
    memory = int(os.environ.get("MEMORY_MIB", "64")) << 20
    limits = {"seconds": float(os.environ.get("SECONDS", "2")), "memory": memory}
    place, f, total = Place(*(os.path.abspath(p) for p in sys.argv[1:3])), Findings(), 0
    sample = []
    place.fill([])
    limits["memory"] += place.update()[3] if memory else 0
    try:
        for family in args or FAMILIES:
            inputs = list(FAMILIES[family]())
            if "--large" in sys.argv:
                inputs = [one for one in inputs if not small(one)]
            total += len(inputs)
            few = [one for one in inputs if small(one)]
            sample += few[::max(1, len(few) // SHORT)]
            if not inputs:
                continue
            if short:
                all_at_once(f, place, family, few[::max(1, len(few) // SHORT)], limits)
            else:
                one_by_one(f, place, family, inputs, limits)
        if shutil.which("strace"):
            traced(f, place, sample)
        else:
            print("strace is missing: which files are opened was not looked at")
    finally:
        place.runner.terminate()
        shutil.rmtree(place.root, ignore_errors=True)
    print(f"{total} malformed inputs{', a sample of them' if short else ''}")
    finish(f.passed, f.failed)


if __name__ == "__main__":
    main()
