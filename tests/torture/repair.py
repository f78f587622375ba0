"""Row 4: damage repaired: after `check --repair` the index is sound, and an update brings back what it had lost.

usage: repair.py BIN_INDEX BIN_QUERY [--short] [--rounds N] [--articles N]

Damage of many kinds (bytes, sectors, pages, the file cut short) is done to live places of a small index. `check` must
find it, `check --repair` must leave a sound index or refuse and change nothing, what it still holds must be right, and an
update of the archive must end with the very answers the index gave before.
"""
import argparse
import collections
import os
import random
import shutil
import tempfile

import lmdb_pages
import small_index
from served import Served
from shared import finish


def damage(data, live, pages, size, rnd):
    """A kind, and the damaged bytes."""
    data = bytearray(data)
    kind = rnd.choice(["byte", "byte", "byte", "bytes", "sector", "page", "page", "cut", "moved"])
    at = rnd.choice(live)
    page = rnd.choice(pages) * size
    if kind in ("byte", "bytes"):
        for _ in range(1 if kind == "byte" else 5):
            data[at] ^= rnd.choice([0x01, 0x80, 0xff])
            at = rnd.choice(live)
    elif kind == "sector":
        data[at // 512 * 512:at // 512 * 512 + 512] = bytes(512)
    elif kind == "page":
        data[page:page + size] = rnd.choice([bytes(size), rnd.randbytes(size)])
    elif kind == "cut":
        del data[rnd.randrange(2 * size, len(data)):]
    else:
        other = rnd.choice(pages) * size
        data[page:page + size], data[other:other + size] = data[other:other + size], data[page:page + size]
    return kind, bytes(data)


def answers(searcher, index, queries):
    done = searcher.run("--index", index, "--json", "-n", "200", "--queries", queries)
    return done.returncode, b"".join(line if b'"type":"hit"' in line else line.split(b',"generation"')[0] + b"\n"
                                     for line in done.stdout.splitlines(True))


def hits(text):
    """What the hits say of articles: all but rank and score, which depend on the others."""
    return {line.split(b'"id":', 1)[1].split(b',"snippet"')[0] for line in text.splitlines() if b'"type":"hit"' in line}


def one_round(indexer, searcher, sound, work, queries, broken, right, count, say):
    """Damage has been done to work/index: repair it and look."""
    index = work + "/index"
    found = indexer.run("--index", index, "check")
    if found.returncode == 0:
        count["not found, nothing changed"] += answers(searcher, index, queries) == right
        return answers(searcher, index, queries) == right or say("check found nothing", found)
    repaired = indexer.run("--index", index, "check", "--repair")
    if repaired.returncode == 3:
        count["refused"] += 1
        with open(index + "/data.mdb", "rb") as f:
            return f.read() == broken or say("a refused repair changed the file", repaired)
    again = indexer.run("--index", index, "check", "--full")
    if repaired.returncode != 0 or again.returncode != 0:
        return say(f"not sound after repair: {again.stderr[:1500]}", repaired)
    count["repaired"] += 1
    held = answers(searcher, index, queries)
    if held[0] != 0 and b" 0 articles" not in repaired.stdout:
        return say(f"no answers after repair: {held}", repaired)
    left_over = hits(held[1]) - hits(right[1])
    if left_over and b"which articles had been removed is lost" not in repaired.stdout:
        return say(f"articles that were not there: {left_over}", repaired)
    count["without loss"] += held == right
    updated = indexer.run("--index", index, "update", work + "/news")
    if updated.returncode not in (0, 5) or answers(searcher, index, queries) != right:
        return say(f"after an update the answers differ: {updated.stderr[:1500]}", repaired)
    if [f for f in os.listdir(index) if f.startswith("temporary.")]:
        return say(f"left behind: {os.listdir(index)}", repaired)
    return True


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("indexer")
    p.add_argument("query")
    p.add_argument("--short", action="store_true")
    p.add_argument("--rounds", type=int, default=2000)
    p.add_argument("--articles", type=int, default=60)
    o = p.parse_args()
    seed = int(os.environ.get("SEED", 20261124 if o.short else random.SystemRandom().randrange(1 << 32)))
    print(f"SEED={seed}", flush=True)
    rnd, count, failed = random.Random(seed), collections.Counter(), 0
    programs = os.path.abspath(o.indexer), os.path.abspath(o.query)
    indexer, searcher = Served(programs[0]), Served(programs[1])
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="dateline-repair-", dir=memory) as work:
        index = work + "/index"
        small_index.build(programs[0], work, o.articles, removing=False)
        queries = small_index.write_queries(work + "/queries")
        shutil.copytree(index, work + "/sound")
        data = open(index + "/data.mdb", "rb").read()
        map_of = lmdb_pages.Live(data)
        live = [i for i, byte in enumerate(map_of.live) if byte]
        right = answers(searcher, index, queries)
        rounds = 12 if o.short else o.rounds
        for number in range(rounds):
            shutil.rmtree(index)
            shutil.copytree(work + "/sound", index)
            kind, broken = damage(data, live, sorted(map_of.pages), map_of.size, rnd)
            with open(index + "/data.mdb", "wb") as f:
                f.write(broken)

            def say(what, done):
                print(f"round {number} ({kind}): {what}; said {done.returncode}: {done.stdout.decode()} "
                      f"{done.stderr[-600:].decode()}")
                return False

            count[kind] += 1
            failed += not one_round(indexer, searcher, work + "/sound", work, queries, broken, right, count, say)
    print(", ".join(f"{n} {what}" for what, n in sorted(count.items())))
    finish(rounds - failed, failed)


if __name__ == "__main__":
    main()
