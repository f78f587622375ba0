"""Row 3: power failures at any moment of real runs: nothing acknowledged is lost, nothing is ever corrupt.

usage: power.py BIN_INDEX BIN_QUERY [--short] [--states N] [--articles N]

The runs of an index's life (creation, additions, changes, removal, prune, compact, backup) are made with a library that
writes down every call that changes a file (record.c). A state after a power failure is then any that POSIX allows: what was
synced is there; of what was written since, any sectors (512 bytes or 4 KiB) are there and the others are not; of the changes
to a folder since it was synced, any, or the first so many. In each state the index must open, pass `check` and give the
answers of the last acknowledged run or of the one at work; before the first run ended there may be no index yet. In a part
of them the runs that were cut off are made again and must end as they did.
"""
import argparse
import collections
import functools
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import small_index
from served import Served
from shared import finish

Record = collections.namedtuple("Record", "kind a b data")


def read_log(path):
    """Every record of a log, in order."""
    data, at, records = open(path, "rb").read(), 0, []
    while at < len(data):
        kind, a, b, n = struct.unpack_from("<cQQI", data, at)
        at += 21
        records.append(Record(kind.decode(), a, b, data[at:at + n]))
        at += n
    return records


class Disk:
    """What is safe, and what is still on its way, after some records. A node is a folder (negative) or a file (positive)."""

    def __init__(self):
        self.now = {-1: {}}      # folder: {name: node}, as programs see it
        self.names = {-1: {}}    # the same, as far as it is synced
        self.moves = []          # changes of names not yet synced
        self.safe = {}           # file: its synced bytes
        self.pending = collections.defaultdict(list)
        self.current, self.nodes = {}, 1  # inode numbers are used again: file by inode

    def place(self, path):
        """The folder a path ends in, and the last name."""
        folder, (*above, last) = -1, path.split("/")
        for name in above:
            folder = self.now[folder][name]
        return folder, last

    def folder(self, path):
        return functools.reduce(lambda folder, name: self.now[folder][name], path.split("/") if path else [], -1)

    def apply(self, r):
        paths = [n.decode() for n in r.data.split(b"\0")] if r.kind in "crlumd" else []
        if r.kind in "cm":
            self.nodes += 1
            node = self.nodes if r.kind == "c" else -self.nodes
            if r.kind == "c":
                self.current[r.a], self.safe[node] = node, b""
            else:
                self.now[node], self.names[node] = {}, {}
            self.move("put", *self.place(paths[0]), node)
        elif r.kind == "u":
            self.move("drop", *self.place(paths[0]), None)
        elif r.kind in "rl":
            from_folder, name = self.place(paths[0])
            node = self.now[from_folder][name]
            self.move("put", *self.place(paths[1]), node, (from_folder, name) if r.kind == "r" else None)
        elif r.kind in "wt":
            self.pending[self.current[r.a]].append((r.kind, r.b, r.data))
        elif r.kind == "y":
            file = self.current[r.a]
            settled = self.pending[file][-1:] if r.b else self.pending[file]
            self.safe[file] = settle(self.safe[file], settled)
            self.pending[file] = self.pending[file][:-1] if r.b else []
        elif r.kind == "d":
            folder = self.folder(paths[0])
            for move in [m for m in self.moves if m[1] == folder]:
                rename(self.names, move)
            self.moves = [m for m in self.moves if m[1] != folder]

    def move(self, *move):
        self.moves.append((*move, None)[:5])
        rename(self.now, self.moves[-1])

    def states(self, rnd):
        """One state that a power failure may leave: {path: bytes, or None for a folder}."""
        names = {folder: dict(entries) for folder, entries in self.names.items()}
        how = rnd.choice(["all", "none", "first", "any", "any"])
        first = rnd.randrange(len(self.moves) + 1)
        for i, move in enumerate(self.moves):
            if how == "all" or (how == "first" and i < first) or (how == "any" and rnd.random() < 0.5):
                rename(names, move)
        state, torn, folders = {"": None}, {}, [("", -1)]
        while folders:
            path, folder = folders.pop()
            for name, node in names[folder].items():
                below = path + "/" + name if path else name
                if node < 0:
                    folders.append((below, node))
                elif node not in torn:
                    torn[node] = tear(self.safe[node], self.pending[node], rnd)
                state[below] = None if node < 0 else torn[node]
        return state


def rename(names, move):
    """A change of names: a node gets one, perhaps losing another, or a name goes."""
    kind, folder, name, node, before = move
    if kind == "put":
        names[folder][name] = node
        if before:
            names[before[0]].pop(before[1], None)
    else:
        names[folder].pop(name, None)


def settle(data, changes):
    for kind, at, piece in changes:
        if kind == "t":
            data = data[:at].ljust(at, b"\0")
        else:
            data = data[:at].ljust(at, b"\0") + piece + data[at + len(piece):]
    return data


def tear(data, changes, rnd):
    """Some sectors of what was written and not synced, in any combination."""
    if not changes:
        return data
    sector, chance = rnd.choice([512, 512, 4096]), rnd.choice([0, 0.1, 0.5, 0.9, 1])
    kept = []
    for kind, at, piece in changes:
        if kind == "t":
            if rnd.random() < 0.5:
                kept.append((kind, at, piece))
            continue
        begin = at
        while begin < at + len(piece):
            end = min((begin // sector + 1) * sector, at + len(piece))
            if rnd.random() < chance:
                kept.append(("w", begin, piece[begin - at:end - at]))
            begin = end
    return settle(data, kept)


class Life:
    """The runs of an index, recorded; after each what it answers."""

    def __init__(self, programs, folder, articles):
        self.programs, self.folder, self.log = programs, folder, folder + "/log"
        self.place, self.news = folder + "/place", folder + "/news"
        self.index = self.place + "/index"
        os.makedirs(self.place)
        os.makedirs(self.news)
        self.queries = small_index.write_queries(folder + "/queries")
        self.indexer, self.searcher = Served(programs[0]), Served(programs[1])
        self.acknowledged = []  # (records so far, answers, name, arguments, folder of its sources)
        self.run_all(articles)
        self.records = read_log(self.log)

    def run(self, name, *args, index="index"):
        library = os.path.join(os.path.dirname(os.path.dirname(self.programs[0])), "tests", "torture", "torture_record.so")
        options = os.environ.get("ASAN_OPTIONS", "")
        done = subprocess.run([self.programs[0], "--index", self.place + "/" + index, *args], capture_output=True, check=False,
                              env={**os.environ, "LD_PRELOAD": library, "RECORD_FOLDER": self.place, "RECORD_LOG": self.log,
                                   "ASAN_OPTIONS": (options + ":" if options else "") + "verify_asan_link_order=0"})
        if done.returncode:
            sys.exit(f"{name} ended with {done.returncode}: {done.stderr.decode()}")
        sources = f"{self.folder}/sources{len(self.acknowledged)}"  # links: what a later run sees are the very same files
        shutil.copytree(self.news, sources, copy_function=os.link)
        self.acknowledged.append((len(read_log(self.log)), self.answers(self.index), name, args, sources))

    def run_all(self, n):
        a, b, c = (self.news + f"/{x}.jsonl" for x in "abc")
        small_index.write(a, [small_index.article(i) for i in range(n)])
        self.run("creation", "update", "--jobs", "1", self.news)
        small_index.write(b, [small_index.article(i) for i in range(n, n + 12)])
        self.run("addition", "update", "--jobs", "1", self.news)
        small_index.write(a, [small_index.article(i, i == 5) for i in range(n) if i != 9])
        small_index.write(c, [small_index.article(i) for i in range(n + 12, n + 20)])
        self.run("changes", "update", "--jobs", "2", self.news)
        self.run("removal", "remove", "--id", f"n{n + 3}")
        for i in range(3):
            small_index.write(self.news + f"/d{i}.jsonl", [small_index.article(n + 30 + 4 * i + k) for k in range(4)])
            self.run("addition, with merges", "update", "--jobs", "1", self.news)
        self.run("backup", "backup", self.place + "/copy")
        os.unlink(c)
        self.run("prune", "update", "--jobs", "1", "--prune=force", self.news)
        self.run("compact", "compact")
        self.run("an update without news", "update", self.news)

    def answers(self, index):
        done = self.searcher.run("--index", index, "--json", "-n", "100", "--queries", self.queries)
        return done.returncode, done.stdout

    def close(self):
        self.indexer.close()
        self.searcher.close()


def put(state, place):
    shutil.rmtree(place, ignore_errors=True)
    for path in sorted(state):
        target = os.path.join(place, path) if path else place
        if state[path] is None:
            os.mkdir(target, 0o700)
        else:
            with open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
                f.write(state[path])


class Judge:
    def __init__(self, life, folder):
        self.life, self.place, self.count, self.told = life, folder + "/after", collections.Counter(), 0
        self.index = self.place + "/index"

    def fail(self, what, done=None):
        self.count["wrong"] += 1
        self.told += 1
        if self.told <= 20:
            print(what, done and (done[0], done[1][-300:], done[2][-400:] if len(done) > 2 else b""))

    def judge(self, records, state, again):
        """The state after so many records: an index must be there when its run was acknowledged, and be right."""
        put(state, self.place)
        past = [a for a in self.life.acknowledged if a[0] <= records]
        coming = [a for a in self.life.acknowledged if a[0] > records]
        may = [a[1] for a in past[-1:] + coming[:1]]
        where = f"after record {records}, {coming[0][2] if coming else 'the end'}"
        got = self.life.searcher.run("--index", self.index, "--json", "-n", "100", "--queries", self.life.queries)
        self.count["states"] += 1
        if not past and got.returncode == 3 and b"no index here" in got.stderr:
            self.count["no index yet"] += 1
        elif not past and got.returncode in (0, 1) and b'"generation":0' in got.stdout:
            self.count["an empty index"] += 1
        elif got[:2] not in may:
            return self.fail(where + ": other answers", got)
        else:
            self.count["as before" if past and got[:2] == past[-1][1] else "as after"] += 1
        if os.path.exists(self.index + "/data.mdb"):
            done = self.life.indexer.run("--index", self.index, "check")
            if done.returncode != 0:
                return self.fail(where + ": check", done)
        if [a for a in past if a[2] == "backup"]:
            done = self.life.indexer.run("--index", self.place + "/copy", "check", "--fast")
            if done.returncode != 0:
                return self.fail(where + ": the acknowledged backup", done)
        if again and coming:
            self.make_again(where, coming[0])
        return None

    def make_again(self, where, run):
        """What the failure cut off, begun anew by the next run."""
        _, answers, name, args, sources = run
        shutil.rmtree(self.life.news)
        shutil.copytree(sources, self.life.news, copy_function=os.link)
        if name == "backup":
            args = (args[0], self.place + "/another")
        done = self.life.indexer.run("--index", self.index, *args)
        self.count["made again"] += 1
        text = self.life.answers(self.index)
        strip = lambda a: [line.split(b',"generation"')[0] for line in a[1].splitlines()]  # it may be one more than without a failure
        if done.returncode != 0 or strip(text) != strip(answers):
            self.fail(where + ": made again it ends otherwise", done)


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("indexer")
    p.add_argument("query")
    p.add_argument("--short", action="store_true")
    p.add_argument("--states", type=int, default=22000)
    p.add_argument("--articles", type=int, default=40)
    o = p.parse_args()
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    rnd = random.Random(seed)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="dateline-power-", dir=memory) as tmp:
        life = Life((os.path.abspath(o.indexer), os.path.abspath(o.query)), tmp, o.articles)
        n = len(life.records)
        states = 200 if o.short else o.states
        print(f"{n} records of {len(life.acknowledged)} runs: " + ", ".join(
            f"{sum(r.kind == k for r in life.records)} {name}" for k, name in
            (("w", "writes"), ("y", "syncs"), ("d", "syncs of folders"), ("r", "renames"), ("t", "truncations"))), flush=True)
        at = collections.Counter(rnd.randrange(n + 1) for _ in range(states))
        disk, judge = Disk(), Judge(life, tmp)
        for k in range(n + 1):
            for _ in range(at[k]):
                judge.judge(k, disk.states(rnd), again=rnd.random() < 0.1)
            if k < n:
                disk.apply(life.records[k])
        life.close()
    c = judge.count
    print(", ".join(f"{c[k]} {k}" for k in ("states", "as before", "as after", "no index yet", "an empty index", "made again")))
    finish(c["states"] - c["wrong"], c["wrong"])


if __name__ == "__main__":
    main()
