#!/usr/bin/env python3
"""The archive of the golden indexes, and an index of it.

usage: make.py archive > articles.jsonl
       make.py index BIN_INDEX FORMAT.mdb.gz [BIN_QUERY expected.tsv]

Run by hand when a format is made: `index` with the last program that writes it, in this folder. What stands here is never
made again: the programs of the future must read, or migrate, the bytes that the programs of their day wrote.
"""
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile

SYLLABLES = "ba cor da fen gi hal in jo ke lum mar nor or pel qui ras sto tun ul ven wex yar zin thor".split()
NAMED = "harbour minister strike cocoa treaty river court election storm museum".split()
QUERIES = ["harbour", "cocoa treaty", '"harbour minister"', "minis*", "strike NEAR/6 court", "title:storm", "election AND NOT river",
           "since:1999-03 river", "date:1914", "harbor~1", "author:doe", "section:world treaty", "Straße", "Zürich OR naïve", "lang:de",
           "corba*", "common"]


def words():
    return sorted({a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES})[::2]


def article(i, rare, rnd):
    body = [rnd.choice(NAMED) for _ in range(8)] + [next(rare) for _ in range(28)] + ["common"]
    rnd.shuffle(body)
    a = {"id": f"g{i}", "title": " ".join(rnd.choice(NAMED).capitalize() for _ in range(3)), "body": " ".join(body) + ".",
         "author": "Jane Doe" if i % 3 else "Émile", "section": "world" if i % 2 else "sport",
         "source": "Wire" if i % 5 else "Gazette"}
    if i % 10:
        a["date"] = ["1914-08-04", "1999-03-12", "1999-04", "2024"][i % 4] if i % 7 else f"2024-03-{1 + i % 28:02d}"
    if i % 9 == 0:
        a["body"] = "Die Straße in Zürich war leer, und der Minister kam nicht. " + a["body"]
        a["lang"] = "de"
    return a


def archive():
    rnd = random.Random(1914)
    rare = iter(words())
    for i in range(160):
        sys.stdout.write(json.dumps(article(i, rare, rnd), ensure_ascii=False) + "\n")


def index(indexer, out, query=None, expected=None):
    lines = open("articles.jsonl", encoding="utf-8").readlines()
    with tempfile.TemporaryDirectory() as tmp:
        place = tmp + "/index"

        def run(*args):
            subprocess.run([indexer, "--index", place, *args], check=True)

        first = [json.loads(line) for line in lines[:100]]  # two runs: changed, removed and new articles
        first[3]["body"] += " It was otherwise."
        first.append({"id": "gone", "date": "1999-01-01", "title": "Gone", "body": "common harbour"})
        first = [json.dumps(a, ensure_ascii=False) + "\n" for a in first]
        copy = tmp + "/work"
        os.mkdir(copy)
        os.chdir(copy)
        for part in (first, lines):
            with open("articles.jsonl", "w", encoding="utf-8") as f:
                f.writelines(part)
            run("update", "articles.jsonl")
        run("check")
        data = open(place + "/data.mdb", "rb").read()
        if query:
            found = subprocess.run([query, "--index", place, "--tsv", "-n", "30", "--queries", "-"], check=True, capture_output=True,
                                   input="".join(f"{i}\t{q}\n" for i, q in enumerate(QUERIES)).encode()).stdout
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    with gzip.GzipFile(out, "wb", 9, mtime=0) as f:
        f.write(data)
    if query:
        with open(expected, "wb") as f:
            f.write(found)


if __name__ == "__main__":
    archive() if sys.argv[1] == "archive" else index(*sys.argv[2:])
