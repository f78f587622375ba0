"""Row 4: every byte of a small index flipped with two masks, and every truncation: the right answer or exit 3, never a signal.

usage: flips.py BIN_INDEX BIN_QUERY [--short] [--jobs N] [--step N] [--masks 0x01,0xff] [--articles N] [--together N]

For each damage a batch of queries of every kind is run, and `check`. A batch must give the right lines and end as the
sound index does, or end with 3 after no other line than right ones. `check` must find damage to every live byte:
which are live is worked out by a reader of its own (lmdb_pages.py). Live bytes are flipped one by one; the others, which nobody should
notice, 32 at once, and one by one where anybody did. A fault in LMDB's map that the program turns into
status 3 is counted. SEED chooses the sample of the short form.
"""
import argparse
import collections
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile

import lmdb_pages
import small_index
from served import FAULT, Served
from shared import finish


class Damaged:
    """A copy of the index that is broken and mended, and the two programs that look at it."""

    def __init__(self, programs, sound, folder):
        self.folder, self.index = folder, folder + "/index"
        os.makedirs(folder)
        shutil.copytree(sound, self.index)
        self.data = open(self.index + "/data.mdb", "rb").read()
        self.file = os.open(self.index + "/data.mdb", os.O_RDWR)
        self.queries = small_index.write_queries(folder + "/queries")
        self.indexer, self.searcher = Served(programs[0]), Served(programs[1])
        self.right = self.ask()
        self.right_lines = set(self.right.stdout.splitlines(True))
        self.count = collections.Counter()
        self.wrong = []
        if self.right.returncode != 0 or self.check().returncode != 0:
            sys.exit(f"the index to be damaged is not sound: {self.right.stderr} {self.check()}")

    def ask(self):
        return self.searcher.run("--index", self.index, "--json", "-n", "100", "--queries", self.queries)

    def check(self):
        return self.indexer.run("--index", self.index, "check")

    def fail(self, what, done):
        self.count["wrong"] += 1
        if len(self.wrong) < 20:
            self.wrong.append(f"{what}: ended with {done.returncode}: {done.stdout[-200:]} {done.stderr[-300:]}")

    def answer_is_right(self, what):
        """Counts what became of the batch; True when it was answered."""
        done = self.ask()
        answered = done.returncode == 0 and done.stdout == self.right.stdout
        refused = done.returncode == 3 and done.stderr and set(done.stdout.splitlines(True)) <= self.right_lines
        if not answered and not refused:
            self.fail(what + ", query", done)
        self.count["answered" if answered else "refused"] += 1
        self.count["faults"] += FAULT in done.stderr
        return answered

    def check_finds(self, what, must):
        done = self.check()
        self.count["faults"] += FAULT in done.stderr
        self.count["found"] += done.returncode == 3
        if done.returncode not in (0, 3) or (must and done.returncode == 0):
            self.fail(what + ", check", done)
        return done.returncode == 3

    def flip(self, places, mask, live):
        what = f"byte {', '.join(map(str, places))} ^ {mask:#04x}"
        for at in places:
            os.pwrite(self.file, bytes([self.data[at] ^ mask]), at)
        answered = self.answer_is_right(what)
        found = self.check_finds(what, live or not answered)
        self.count["live"] += live
        self.count["found beside"] += found and not live and len(places) == 1
        self.count["batches"] += 1
        for at in places:
            os.pwrite(self.file, self.data[at:at + 1], at)
        if len(places) == 1 or (answered and not found):
            self.count["flips"] += len(places)
        else:
            for at in places:
                self.flip([at], mask, live)

    def cut(self, size):
        os.ftruncate(self.file, size)
        answered = self.answer_is_right(f"cut to {size}")
        if size % 512 in (0, 1, 511):  # check refuses as the query does, before it reads
            self.check_finds(f"cut to {size}", not answered)
        self.count["cuts"] += 1

    def mend(self):
        os.ftruncate(self.file, len(self.data))
        os.pwrite(self.file, self.data, 0)


def work(job):
    programs, sound, folder, flips, cuts = job
    d = Damaged(programs, sound, folder)
    pages = lmdb_pages.Live(d.data)
    for i, (places, mask) in enumerate(flips):
        d.flip(places, mask, pages.counts(places[0], mask))
        if i % 5000 == 4999:
            print(f"{i + 1} batches of {len(flips)}, {d.count['wrong']} wrong", *d.wrong, flush=True)
    for size in sorted(cuts, reverse=True):
        d.cut(size)
    d.mend()
    if d.ask() != d.right:
        d.fail("mended", d.ask())
    for program in (d.indexer, d.searcher):
        program.close()
    return d.count, d.wrong


def together(flips, live, n):
    """Flips as they are done: those of bytes that do not count n at once."""
    yield from (([at], mask) for at, mask in flips if live[at])
    for mask in sorted({mask for _, mask in flips}):
        rest = [at for at, m in flips if m == mask and not live[at]]
        yield from ((rest[i:i + n], mask) for i in range(0, len(rest), n))


def real_programs(programs, sound, folder, flips):
    """The same by programs started anew: what a served one does is what they do."""
    d = Damaged(programs, sound, folder)
    for at, mask in flips:
        os.pwrite(d.file, bytes([d.data[at] ^ mask]), at)
        for served, program, args in ((d.ask, programs[1], ["--json", "-n", "100", "--queries", d.queries]),
                                      (d.check, programs[0], ["check"])):
            expected = served()
            done = subprocess.run([program, "--index", d.index, *args], capture_output=True, check=False)
            d.count["started anew"] += 1
            if (done.returncode, done.stdout) != expected[:2]:
                d.fail(f"byte {at} ^ {mask:#04x}, started anew", done)
        os.pwrite(d.file, d.data[at:at + 1], at)
    return d.count, d.wrong


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("indexer")
    p.add_argument("query")
    p.add_argument("--short", action="store_true")
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--step", type=int, default=1)
    p.add_argument("--articles", type=int, default=16)
    p.add_argument("--together", type=int, default=32)
    p.add_argument("--masks", default="0x01,0xff")
    o = p.parse_args()
    seed = int(os.environ.get("SEED", 20261124 if o.short else random.SystemRandom().randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    rnd, programs = random.Random(seed), (os.path.abspath(o.indexer), os.path.abspath(o.query))
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="dateline-flips-", dir=memory) as tmp:
        sound = small_index.build(programs[0], tmp + "/sound", o.articles)
        small_index.tighten(programs[0], sound, tmp + "/sound/news")
        data = open(sound + "/data.mdb", "rb").read()
        live = lmdb_pages.Live(data).live
        flips = [(at, int(m, 0)) for at in range(0, len(data), o.step) for m in o.masks.split(",")]
        cuts = list(range(0, len(data), o.step))
        again = rnd.sample(flips, min(300, len(flips)))
        if o.short:
            count = [i for i, byte in enumerate(live) if byte]
            flips = [(at, rnd.choice([0x01, 0xff])) for at in rnd.sample(count, 120) + rnd.sample(range(len(data)), 30)]
            cuts, again = rnd.sample(cuts, 15) + [0, 4096, 8192, len(data) - 4096], again[:4]
        done = list(together(flips, live, o.together))
        jobs = [(programs, sound, f"{tmp}/{i}", done[i::o.jobs], cuts[i::o.jobs]) for i in range(o.jobs)]
        print(f"{len(data)} bytes, {sum(live)} of them live; {len(flips)} flips, {len(cuts)} truncations", flush=True)
        with multiprocessing.Pool(o.jobs) as pool:
            results = pool.map(work, jobs, chunksize=1)
        results.append(real_programs(programs, sound, tmp + "/again", again))
    count = sum((c for c, _ in results), collections.Counter())
    for line in [line for _, wrong in results for line in wrong][:40]:
        print(line)
    print(f"{count['flips']} flips in {count['batches']} batches, {count['live']} of live bytes: the batch {count['answered']} times answered rightly, "
          f"{count['refused']} times refused; check found {count['found']} ({count['found beside']} in bytes that do not "
          f"count); {count['cuts']} truncations; {count['faults']} faults in the map ended with 3; "
          f"{count['started anew']} runs started anew gave the same")
    finish(count["batches"] + count["cuts"] + count["started anew"] - count["wrong"], count["wrong"])


if __name__ == "__main__":
    main()
