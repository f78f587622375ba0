"""Row 1: SIGKILL at every system call of a run, and at random moments; nothing acknowledged is lost.

usage: kill.py BIN_INDEX BIN_QUERY [--short] [--points N] [--random N] [--only SCENARIO]

A fresh, an incremental, a pruning, a compacting, a removing and a backing-up run are each ended before their n-th system
call, n = 1, 2, ... until one ends by itself. After each: `check` finds the index sound; its articles, and the answers
with their scores, are those before the run or those after it, and those after it when the run had said so; the same
command run again ends as an undisturbed run does and leaves no file behind. The random kills do the same to larger
runs, after a random part of the time such a run takes. `--points N`: so
many calls of each run, at random, instead of all.
"""
import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import time

from calls import ENVIRONMENT, KILLED, NOT_REACHED, Calls
from scenarios import World, Wrong, left_behind
from shared import finish

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))


def look(world, scenario, index, said):
    """After the kill, before anything else has touched the index."""
    if scenario.old is None and not os.path.exists(index):
        if scenario.acknowledged in said:
            raise Wrong("an acknowledged index is not there")
        return "nothing"
    if scenario.old is None and not os.path.exists(index + "/data.mdb"):
        return "nothing"
    world.sound(index)
    found = world.content(index)
    new = scenario.new or scenario.old
    if found == new:
        return "new"
    if scenario.acknowledged in said:
        raise Wrong("acknowledged, and lost")
    empty = scenario.old is None and not found.articles
    if found != scenario.old and not empty:
        raise Wrong(f"neither before nor after: {len(found.articles)} articles of "
                    f"{len(scenario.old.articles) if scenario.old else 0} and {len(new.articles)}")
    return "empty" if empty else "old"


def again(world, scenario, index):
    """The next run: as if nothing had happened."""
    copy = world.work + "/copy"
    if os.path.exists(copy):  # the backup had been finished
        world.sound(copy)
        shutil.rmtree(copy)
    world.must(world.of(scenario, index))
    world.sound(index)
    if world.content(index) != (scenario.new or scenario.old):
        raise Wrong("the next run does not end as an undisturbed one")
    if os.path.exists(copy):
        world.sound(copy)
        if world.content(copy) != scenario.old:
            raise Wrong("the backup is not what was backed up")
    left = left_behind(world.work, index)
    if left:
        raise Wrong(f"left behind: {left}")


def unnumbered(said):
    """A message without the process's number."""
    return re.sub(rb"\.\d+", b".#", said)


def fingerprint(folder, said):
    """All there is to look at: every name and byte, the locks' too, and what was said."""
    sums = [repr(said)]
    for path, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            with open(os.path.join(path, name), "rb") as f:
                sums.append(f"{path}/{name} {hashlib.sha256(f.read()).hexdigest()}")
        sums.append(path)
    return hash(tuple(sums))


class Tally:
    """What was seen. A state that equals one already looked at, to the last byte, is not looked at twice."""

    def __init__(self):
        self.passed = self.failed = self.repeated = 0
        self.seen = {}

    def one(self, what, world, scenario, index, said):
        state = (scenario.name, fingerprint(world.work, said))
        if self.seen.get(state, "wrong") != "wrong":
            self.passed += 1
            self.repeated += 1
        else:
            self.seen[state] = self.inspect(what, world, scenario, index, said)
        return self.seen[state]

    def inspect(self, what, world, scenario, index, said):
        try:
            state = look(world, scenario, index, said)
            again(world, scenario, index)
            self.passed += 1
            return state
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            self.failed += 1
            print(f"{scenario.name}, {what}: {wrong}", flush=True)
            keep = os.environ.get("KEEP")
            if keep:
                shutil.copytree(world.work, f"{keep}/{scenario.name}-{what.replace(' ', '-')}", dirs_exist_ok=True)
            return "wrong"


def every_call(world, calls, tally, scenario, points):
    """`points` None: all; else that many, spread."""
    total = len(calls.list(world.of(scenario, world.fresh(scenario)), world.folder + "/calls"))
    chosen = range(1, total + 1000) if points is None else sorted(random.sample(range(1, total + 1), min(points, total)))
    states, began, killed = {}, time.monotonic(), 0
    for n in chosen:
        index = world.fresh(scenario)
        done = calls.kill(n, world.of(scenario, index))
        if done.returncode not in (KILLED, NOT_REACHED):
            tally.failed += 1
            print(f"{scenario.name}, call {n}: ended with {done.returncode}: {done.stderr[-300:]!r}")
        state = tally.one(f"call {n}", world, scenario, index, done.stderr)
        if done.returncode == NOT_REACHED:
            if points is None:
                break
            continue
        killed += 1
        states[state] = states.get(state, 0) + 1
    print(f"{scenario.name}: killed at {killed} of {total} calls; then {describe(states)}; "
          f"{time.monotonic() - began:.0f} s", flush=True)


def random_moments(world, tally, scenario, kills):
    takes = []
    for _ in range(3):
        index = world.fresh(scenario)
        began = time.monotonic()
        World.run(world.of(scenario, index), check=True)
        takes.append(time.monotonic() - began)
    states, began, late = {}, time.monotonic(), 0
    for k in range(kills):
        index = world.fresh(scenario)
        wait = random.random() * min(takes) * 1.1
        with subprocess.Popen(world.of(scenario, index), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            said = process.stderr.read()
            late += process.wait() != -signal.SIGKILL
        state = tally.one(f"random kill {k}, after {wait * 1000:.1f} ms", world, scenario, index, said)
        states[state] = states.get(state, 0) + 1
    print(f"{scenario.name}: {kills} random kills in runs of {min(takes) * 1000:.0f} ms ({late} came after the end); "
          f"then {describe(states)}; {time.monotonic() - began:.0f} s", flush=True)


def describe(states):
    return ", ".join(f"{name} {n}" for name, n in sorted(states.items())) or "nothing"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("indexer")
    parser.add_argument("query")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--random", type=int, default=None)
    parser.add_argument("--points", type=int, default=None)
    parser.add_argument("--only")
    o = parser.parse_args()
    print(f"SEED={SEED}")
    random.seed(SEED)
    calls, tally = Calls(o.indexer), Tally()
    points = o.points if o.points is not None else 3 if o.short else None
    kills = o.random if o.random is not None else 6 if o.short else 5000
    for size, what in ((2, "calls"), (40, "random")):
        world = World(o.indexer, o.query, size)
        try:
            chosen = [s for s in world.scenarios() if o.only in (None, s.name)]
            for i, scenario in enumerate(chosen):
                if what == "calls" and points != 0:
                    every_call(world, calls, tally, scenario, points)
                if what == "random":
                    random_moments(world, tally, scenario, kills // len(chosen) + (i < kills % len(chosen)))
        finally:
            world.close()
    print(f"{tally.repeated} of {tally.passed} left the very bytes another had left, which were looked at once")
    finish(tally.passed, tally.failed)


if __name__ == "__main__":
    main()
