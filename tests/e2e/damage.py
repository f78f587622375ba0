#!/usr/bin/env python3
"""Broken things: each gets a clear message and the documented exit status, loses nothing, and ends by no signal.

usage: damage.py BIN_INDEX BIN_QUERY [FLIPS]

Makes a small archive of its own. A message is one that names the thing; a signal (negative status) always fails.
The full disk needs a tmpfs of its own and so root; without it that part is counted as skipped.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from programs import Programs, seed

passed = failed = skipped = 0


def expect(what, done, statuses, words=()):
    """One situation: status among `statuses`, every word in the messages, at least one line when it failed."""
    global passed, failed
    text = done.stderr.decode(errors="replace")
    ok = done.returncode in statuses and all(w in text for w in words)
    if done.returncode not in (0, 1) and not text.strip():
        ok = False
    if ok:
        passed += 1
    else:
        failed += 1
        print(f"{what}: ended with {done.returncode}, wanted {statuses} and {words}; said: {text[-600:]!r}")


def articles(n, day="2024-01-02", start=0):
    return "".join(json.dumps({"id": f"a{i}", "date": day, "title": f"Item {i}", "body": f"common word{i} " * 20})
                   + "\n" for i in range(start, start + n))


def put(path, data):
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def run(p, program, *args, **more):
    return subprocess.run([program, "--index", p.index, *args], capture_output=True, timeout=60, **more)


def inputs(p, tmp):
    put(tmp + "/good.jsonl", articles(50))
    expect("a first run", run(p, p.indexer, "update", tmp + "/good.jsonl"), {0}, ["indexed 50"])
    expect("a missing path", run(p, p.indexer, "update", tmp + "/nowhere", tmp + "/good.jsonl"), {4},
           ["nowhere", "unchanged 50"])
    bad = put(tmp + "/bad.jsonl", articles(2, start=100) + '{"id":"x","date":"2024-02-31","body":"t"}\n'
              + '{"id":"y", broken\n' + articles(2, start=102))
    expect("bad records", run(p, p.indexer, "update", bad), {5}, ["#3", "2024-02-31", "#4", "indexed 4", "rejected 2"])
    done = run(p, p.indexer, "status", "--rejected")
    expect("their reasons are kept", done, {0})
    if done.stdout.count(b"bad.jsonl\t#") != 2:
        expect(f"two reasons, not {done.stdout!r}", done, {99})
    expect("not tried again", run(p, p.indexer, "update", bad), {0}, ["unchanged 4", "rejected 0"])
    expect("bad front matter", run(p, p.indexer, "update", put(tmp + "/x.md", "---\ntitle: [a\n---\nbody\n")), {5}, ["x.md"])
    expect("an unknown file", run(p, p.indexer, "update", put(tmp + "/x.bin", bytes(range(256)) * 8)), {0}, ["skipped 1"])
    expect("broken gzip", run(p, p.indexer, "update", put(tmp + "/x.jsonl.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03abcdef")),
           {5}, ["x.jsonl.gz"])
    expect("a folder that is a file", run(p, p.indexer, "update", tmp + "/good.jsonl/deeper"), {4}, ["deeper"])


def queries(p):
    for text, words in [("(a b", ["missing )"]), ('"abc', ['"']), ("a AND", ["AND"]), ("OR b", ["OR"]),
                        ("title:", ["title"]), ("updat:fire", ["updat"]), ("date:garbage", ["garbage"]),
                        ("date:2024-02-31", ["2024-02-31"]), ("date:03/04/2024", ["03/04/2024"]),
                        ("since:2025 until:2024", []), ('""', ["nothing to search"])]:
        expect(f"the query {text}", run(p, p.query_program, text), {2}, words)
    expect("invalid UTF-8", run(p, p.query_program, b"caf\xe9 \xff", env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}), {2})
    expect("an impossible --since", run(p, p.query_program, "common", "--since", "2024-13"), {2}, ["2024-13"])
    expect("an unknown option", run(p, p.query_program, "--sicne", "2024", "common"), {2}, ["--since"])
    expect("an unknown command", run(p, p.indexer, "updat"), {2}, ["update"])
    expect("no hit", run(p, p.query_program, "zzzunknown"), {1}, ["zzzunknown"])
    with open("/dev/full", "w") as full:
        done = subprocess.run([p.query_program, "--index", p.index, "--all", "common"], stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    expect("/dev/full", done, {4})


def answers(p):
    done = run(p, p.query_program, "--json", "--no-snippet", "-n", "100", "common")
    return done, done.stdout


def index_damage(p, tmp, flips, rnd):
    data = open(p.index + "/data.mdb", "rb").read()
    good = answers(p)[1]
    broken = Programs(p.indexer, p.query_program, tmp + "/broken")

    def fresh():
        shutil.rmtree(broken.index, ignore_errors=True)
        shutil.copytree(p.index, broken.index)

    def look(what):
        global passed, failed
        done, out = answers(broken)
        if done.returncode == 0 and out == good:
            passed += 1
        else:
            expect(what, done, {3})
        expect(what + ", check", run(broken, p.indexer, "check"), {0, 3})

    expect("no index", run(Programs("", "", tmp + "/none"), p.query_program, "x"), {3}, ["none"])
    fresh()
    os.unlink(broken.index + "/data.mdb")
    expect("data.mdb deleted, query", run(broken, p.query_program, "common"), {3})
    expect("data.mdb deleted, update", run(broken, p.indexer, "update", tmp + "/good.jsonl"), {3})
    fresh()
    put(broken.index + "/data.mdb", b"")
    expect("data.mdb empty", run(broken, p.query_program, "common"), {3})
    fresh()
    put(broken.index + "/data.mdb", b"not an index at all" * 1000)
    expect("data.mdb foreign", run(broken, p.query_program, "common"), {3})
    sizes = sorted({0, 1, 4095, 4096, 8191, 8192, 8193, len(data) - 4096, len(data) // 2}
                   | {rnd.randrange(len(data)) for _ in range(20)})
    for size in sizes:
        fresh()
        put(broken.index + "/data.mdb", data[:size])
        look(f"truncated to {size}")
        expect(f"truncated to {size}, update", run(broken, p.indexer, "update", tmp + "/good.jsonl"), {0, 3})
    for _ in range(flips):
        at, mask = rnd.randrange(len(data)), rnd.choice([0x01, 0x80, 0xff])
        fresh()
        put(broken.index + "/data.mdb", data[:at] + bytes([data[at] ^ mask]) + data[at + 1:])
        look(f"byte {at} ^ {mask:#x}")


def full_disk(p, tmp):
    global skipped
    small = tmp + "/small"
    os.mkdir(small)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", small],
                                           capture_output=True).returncode != 0:
        skipped += 1
        return
    try:
        full = Programs(p.indexer, p.query_program, small + "/index")
        many = put(tmp + "/many.jsonl", "".join(
            json.dumps({"id": f"m{i}", "date": "2024-01-05", "body": " ".join(
                "%x" % random.Random(i * 1000 + k).randrange(1 << 40) for k in range(400))}) + "\n" for i in range(1500)))
        for jobs in ("1", "2", "2", "2", "2"):  # with threads at work while the run fails
            expect(f"a full disk, {jobs} at work", run(full, p.indexer, "update", "--jobs", jobs, many), {4}, ["disk full"])
        done = run(full, p.query_program, "common")
        expect("the disk stays readable", done, {1, 3})
    finally:
        subprocess.run(["umount", small], check=False)


def main():
    indexer, query = sys.argv[1:3]
    flips = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    rnd = random.Random(seed())
    with tempfile.TemporaryDirectory(prefix="dateline-damage-") as tmp:
        p = Programs(indexer, query, tmp + "/index")
        inputs(p, tmp)
        queries(p)
        index_damage(p, tmp, flips, rnd)
        full_disk(p, tmp)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
