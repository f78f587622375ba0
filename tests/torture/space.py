"""Row 5: disks of 400 sizes, files that may not grow, and the n-th allocation failing for every n.

usage: space.py BIN_INDEX BIN_QUERY [--short] [--sizes N] [--only disks|filling|limits|allocations] [--points N]
                [--numbers FIRST:STEP:LAST] of the fresh run's allocations

disks: a fresh and an incremental run on a file system in memory of its own, of 400 sizes from one page to a little over
the reserve a run leaves (root mounts it; without, this part is skipped and said to be). filling: the disk fills up, to
the last page or a few before, in front of each call by which a run writes: what the reserve cannot foresee. limits:
`ulimit -f` of 200 sizes. allocations: the n-th malloc fails, once or with all that follow: in a fresh run n = 1, 2, ... to
the last, in an incremental one, in check, export, status and five kinds of search as many at random as --points says.
Each time: status 0 with all there, or 4 with one line that names the reason; never a signal; the index sound, its
content that before or after; with room again the next run ends as an undisturbed one does.
"""
import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import time

from calls import ENVIRONMENT, NOT_REACHED, SKIPPED, Calls
from failing import command_of, is_reader, judge, place, readers
from kill import fingerprint, unnumbered
from scenarios import World, Wrong

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
PAGE = 4096
RESERVE = 64 << 20
FULL = ["disk full", "No space left on device"]
WRITES = ["write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate", "mkdirat", "openat", "fdatasync", "fsync", "renameat2"]


class Row:
    def __init__(self, world):
        self.world = world
        self.passed = self.failed = self.skipped = 0
        self.seen = set()

    def one(self, what, scenario, index, done, expected, untouched, words, room=None, more=False):
        """`room`: makes room again before the index is worked on."""
        state = (scenario.name, what.split(",")[0], done.returncode, done.stdout, unnumbered(done.stderr),
                 fingerprint(self.world.work, b""))
        if state in self.seen:
            self.passed += 1
            return
        try:
            if done.returncode and not any(w in done.stderr.decode(errors="replace") for w in words):
                raise Wrong(f"status {done.returncode}: {done.stderr[-300:]!r}")
            if room:
                room()
            judge(self.world, scenario, index, done, expected, False, untouched, more)
            self.seen.add(state)
            self.passed += 1
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            self.failed += 1
            print(f"{scenario.name}, {what}: {wrong}", flush=True)


# ---- disks ----

class Disk:
    """A file system in memory of its own, mounted where the world works."""

    def __init__(self, world):
        self.folder = world.folder + "/disk"
        os.mkdir(self.folder)
        self.mounted = os.geteuid() == 0 and self.mount("mount", "size=1m")

    def mount(self, program, options):
        return subprocess.run([program, "-t", "tmpfs", "-o", options, "tmpfs", self.folder], capture_output=True).returncode == 0

    def size(self, n):
        if not self.mount("mount", f"remount,size={n}"):
            raise Wrong(f"no disk of {n} bytes")

    def used(self):
        fs = os.statvfs(self.folder)
        return (fs.f_blocks - fs.f_bfree) * fs.f_frsize

    def close(self):
        if self.mounted:
            subprocess.run(["umount", self.folder], check=False)


def sizes(n):
    """Of disks, beyond what is on them before: every page at first, then farther apart, then around the reserve."""
    some = n // 4
    return ([PAGE * k for k in range(2 * some)] + [int(2 * some * PAGE * 1.06 ** k) for k in range(some)]
            + [RESERVE + PAGE * k for k in range(-some // 4, n - 3 * some - some // 4)])


def on_disk(world, disk, scenario):
    """work/index on the emptied disk, as the scenario finds it."""
    disk.size("1g")
    for name in os.listdir(disk.folder):
        path = os.path.join(disk.folder, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    world.work = disk.folder + "/work"
    return world.fresh(scenario)


def disks(row, disk, chosen):
    world, outside = row.world, row.world.work
    for scenario in runs(world):
        began, before = time.monotonic(), row.passed + row.failed
        for extra in chosen:
            index = on_disk(world, disk, scenario)
            disk.size(max(PAGE, disk.used() + extra))
            done = World.run(world.of(scenario, index))
            row.one(f"disk with {extra} bytes left", scenario, index, done, None, None, FULL, lambda: disk.size("1g"))
        said(scenario, f"{row.passed + row.failed - before} sizes of disk", began)
    world.work = outside


def filling(row, disk, calls, points):
    """Before the n-th writing call, all but a few pages of the disk are taken by somebody else."""
    world, outside = row.world, row.world.work
    for scenario in runs(world):
        began, before = time.monotonic(), row.passed + row.failed
        index = on_disk(world, disk, scenario)
        names = calls.list(world.of(scenario, index), world.folder + "/calls", WRITES)
        first = next(i for i, (name, what) in enumerate(names) if "work" in what)
        planned = [(n, pages) for n in range(first + 1, len(names) + 1) for pages in (0, 1, 3)]
        for n, pages in random.sample(planned, min(points or len(planned), len(planned))):
            index = on_disk(world, disk, scenario)
            disk.size("100m")
            # dd ends for want of room, then gives back what is to be left
            fill = (f"cd {disk.folder}; dd if=/dev/zero of=fill bs=1M 2>/dev/null; "
                    f"size=$(stat -c %s fill); truncate -s $((size - {pages * PAGE})) fill")
            done = calls.meanwhile(n, fill, world.of(scenario, index), WRITES)
            if done.returncode == NOT_REACHED:
                continue
            os.unlink(disk.folder + "/fill")
            row.one(f"disk filled but for {pages} pages before {names[n - 1]}", scenario, index, done, None, None, FULL)
        said(scenario, f"{row.passed + row.failed - before} times the disk filled up during it", began)
    world.work = outside


# ---- a limit of file sizes ----

def limits(row, many):
    world = row.world
    for scenario in runs(world):
        began, before = time.monotonic(), row.passed + row.failed
        for k in range(many):
            index, limit = world.fresh(scenario), k * 80 * 1024 // many
            done = World.run(world.of(scenario, index),
                             preexec_fn=lambda n=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)))
            row.one(f"files of {limit} bytes", scenario, index, done, None, None, FULL + ["file size limit", "File too large"])
        said(scenario, f"{row.passed + row.failed - before} limits of file size", began)


# ---- allocations ----

def allocations(row, library, points, every, numbers):
    """Of a fresh run `every` one, or those of the range `numbers` and no other run's; of the others so many."""
    world, count = row.world, row.world.folder + "/count"
    for scenario in [next(runs(world))] if numbers else [*runs(world), *readers(world)]:
        began, before = time.monotonic(), row.passed + row.failed
        preloaded = dict(ENVIRONMENT, LD_PRELOAD=library)
        index = place(world, scenario)
        expected = World.run(command_of(world, scenario, index), env=preloaded | {"ALLOCATION_COUNT": count})
        with open(count, encoding="ascii") as f:
            total = int(f.read())
        first, step, last = map(int, numbers.split(":")) if numbers else (1, 1, total)
        planned = [(n, more) for n in range(first, min(last, total) + 1, step) for more in ("", "+")]
        whole = (every and scenario.name == "fresh") or points >= len(planned)
        for n, more in planned if whole else random.sample(planned, points):
            index = place(world, scenario)
            untouched = None if is_reader(scenario) else fingerprint(index, b"")
            try:
                done = World.run(command_of(world, scenario, index), timeout=60, env=preloaded | {"ALLOCATION_FAILS": f"{n}{more}"})
            except subprocess.TimeoutExpired as wrong:
                row.failed += 1
                print(f"{scenario.name}, allocation {n}{more}: {wrong}", flush=True)
                continue
            row.one(f"allocation {n}{more}", scenario, index, done, expected, untouched, ["memory", "thread"], more=more == "+")
        said(scenario, f"{total} allocations, {row.passed + row.failed - before} failures tried", began)


def runs(world):
    return (s for s in world.scenarios() if s.name in ("fresh", "incremental"))


def said(scenario, what, began):
    print(f"{scenario.name}: {what}; {time.monotonic() - began:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("indexer")
    parser.add_argument("query")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--sizes", type=int, default=400)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--numbers")
    parser.add_argument("--only", choices=["disks", "filling", "limits", "allocations"])
    o = parser.parse_args()
    print(f"SEED={SEED}")
    random.seed(SEED)
    calls, world = Calls(o.indexer), World(o.indexer, o.query, 1, files=3)
    disk, row = Disk(world), Row(world)
    library = os.path.join(os.path.dirname(calls.binary), "nth_allocation.so")
    try:
        if not disk.mounted:
            row.skipped += 2
            print("skipped: disks, filling (no right to mount a file system)")
        if disk.mounted and o.only in (None, "disks"):
            disks(row, disk, random.sample(sizes(o.sizes), 4) if o.short else sizes(o.sizes))
        if disk.mounted and o.only in (None, "filling"):
            filling(row, disk, calls, 4 if o.short else None)
        if o.only in (None, "limits"):
            limits(row, 4 if o.short else 200)
        if not os.path.exists(library):
            row.skipped += 1
            print("skipped: allocations (a sanitizer's allocator lets no other be put before it)")
        elif o.only in (None, "allocations"):
            allocations(row, library, 3 if o.short else o.points, not o.short, o.numbers)
    finally:
        disk.close()
        world.close()
    print(f"{row.skipped} skipped")
    print(f"{row.passed} passed, {row.failed} failed")
    sys.exit(1 if row.failed else SKIPPED if not row.passed else 0)


if __name__ == "__main__":
    main()
