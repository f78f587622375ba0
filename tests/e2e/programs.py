"""The two programs as a script calls them: every test of this folder drives the real thing."""
import fcntl
import json
import os
import random
import struct
import subprocess
import sys
import termios
import time


class Programs:
    """BIN_INDEX and BIN_QUERY with one index folder."""

    def __init__(self, indexer, query, index):
        self.indexer, self.query_program, self.index = indexer, query, index

    def run(self, *args, status=0, **more):
        done = subprocess.run([self.indexer, "--index", self.index, *args], capture_output=True, **more)
        check_status(done, status)
        return done

    def query(self, *args, status=(0, 1), **more):
        done = subprocess.run([self.query_program, "--index", self.index, *args], capture_output=True, **more)
        check_status(done, status)
        return done

    def batch(self, queries, *options, folder):
        """{qid: [hit, ...]} of JSON hits, and {qid: total}, for a list of query texts."""
        path = os.path.join(folder, "queries.tsv")
        with open(path, "w", encoding="utf-8") as f:
            for i, text in enumerate(queries):
                f.write(f"{i}\t{text}\n")
        hits, totals = {}, {}
        for line in self.query("--json", "--no-snippet", *options, "--queries", path).stdout.splitlines():
            record = json.loads(line)
            if record["type"] == "hit":
                hits.setdefault(record["qid"], []).append(record)
            else:
                totals[record["qid"]] = record["total"]
        return hits, totals


def check_status(done, status):
    allowed = status if isinstance(status, tuple) else (status,)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(map(str, done.args))}\nended with {done.returncode}, not {allowed}:\n"
                 f"{done.stderr.decode(errors='replace')[-2000:]}")


def wait_until_full(process):
    """Until the program has filled the pipe of its standard output, and so waits for its reader."""
    held, end = -1, time.monotonic() + 60
    while time.monotonic() < end:
        now = struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, b"\0" * 4))[0]
        if now == held and now > 32768:
            return
        held = now
        time.sleep(0.05)
    sys.exit("the pipe is not filled: %d bytes" % held)


def seed():
    value = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"SEED={value}", flush=True)
    return value


class Checks:
    """check(what, good, more): counts, and prints the first forty that failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, good, more=""):
        self.passed += bool(good)
        self.failed += not good
        if not good and self.failed <= 40:
            print(f"{what}: {more}", flush=True)

    def finish(self):
        finish(self.passed, self.failed)


def finish(passed, failed):
    """The line a test ends with, and its status."""
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
