#!/usr/bin/env python3
"""The 22 raw Reuters files give the same hits and scores as the JSON Lines made from them.

usage: sgml_equals_jsonl.py BIN_INDEX BIN_QUERY REUTERS_FOLDER [QUERIES]
"""
import glob
import json
import os
import random
import re
import sys
import tempfile

from programs import Programs, finish, seed


def random_queries(path, n, rnd):
    """Words, pairs, ORs, phrases, date ranges and titles from the articles themselves."""
    with open(path, encoding="utf-8") as f:
        articles = [json.loads(line) for line in f]
    queries = []
    while len(queries) < n:
        a = rnd.choice(articles)
        words = re.findall(r"[A-Za-z]{2,}", a.get("body") or "")
        if len(words) < 12:
            continue
        at = rnd.randrange(len(words) - 4)
        w = [x.lower() for x in words[at:at + 4]]
        queries.append(rnd.choice([w[0], f"{w[0]} {w[1]}", f"{w[0]} OR {w[2]}", f'"{w[0]} {w[1]}"',
                                   f"{w[1]} since:1987-03-15 until:1987-06-30", f"title:{w[0]}",
                                   f"{w[0]} -{w[2]}", f"{w[0][:4]}*", f"={w[3]} {a['date'][:7]}"]))
    return queries


def main():
    indexer, query, folder = sys.argv[1:4]
    n = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    jsonl = os.path.join(folder, "reuters.jsonl")
    queries = random_queries(jsonl, n, random.Random(seed()))
    with tempfile.TemporaryDirectory(prefix="dateline-sgml-") as tmp:
        raw = Programs(indexer, query, tmp + "/raw")
        made = Programs(indexer, query, tmp + "/made")
        last = raw.run("update", *sorted(glob.glob(folder + "/*.sgm"))).stderr.decode().splitlines()[-1]
        if not last.startswith("indexed 21578, changed 0, unchanged 0, removed 0, rejected 0"):
            sys.exit("the raw files: " + last)
        made.run("update", jsonl)
        a, totals_a = raw.batch(queries, "-n", "1000", folder=tmp)
        b, totals_b = made.batch(queries, "-n", "1000", folder=tmp)
    failed = 0
    for i, text in enumerate(queries):
        key = str(i)
        of = lambda hits: [(h["id"], h["score"], h["date"]) for h in hits.get(key, [])]
        if of(a) != of(b) or totals_a.get(key) != totals_b.get(key):
            failed += 1
            print(f"{text}: raw {totals_a.get(key)}, made {totals_b.get(key)}")
    finish(len(queries) - failed, failed)


if __name__ == "__main__":
    main()
