#!/usr/bin/env python3
"""The data through plain files, gzip, zstd, tar.zst, zip, a zip in a tar and WARC: the same articles field by field, the same
ids as far as the container's own name does not stand in them, the same scores, and a second run finds nothing to do.

usage: containers_equal.py BIN_INDEX BIN_QUERY REUTERS_FOLDER ARCHIVE.jsonl.zst... [--queries N] [--whole]

Without --whole: two files of Reuters and 1,500 lines of each archive. --whole, by hand: every file and every line. Each form is
packed, indexed once, asked and removed before the next, so that the disk holds the plain files and one form. All of archive/ and
Reuters, 400 MB, take some five minutes of one core; nice -n 19 is meant for it.
"""
import argparse
import gzip
import hashlib
import json
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile

from programs import Programs, finish, seed
from sgml_equals_jsonl import random_queries

HITS = 1000  # of a query that are compared, in order
LINES = 1500  # of an archive, unless it is taken whole


def plain_files(folder, reuters, archives, whole):
    """news/: raw Reuters files, archives of lines, 20 dated texts that are known by their path alone."""
    news = os.path.join(folder, "news")
    os.makedirs(news + "/texts")
    for name in sorted(n for n in os.listdir(reuters) if n.endswith(".sgm")) if whole else ("reut2-000.sgm", "reut2-021.sgm"):
        shutil.copy(os.path.join(reuters, name), news)
    for archive in archives:
        with open(os.path.join(news, os.path.basename(archive).removesuffix(".zst")), "wb") as f:
            if whole:
                subprocess.run(["zstd", "-dcq", archive], stdout=f, check=True)
            else:
                with subprocess.Popen(["zstd", "-dcq", archive], stdout=subprocess.PIPE) as unpacked:
                    f.writelines(line for line, _ in zip(unpacked.stdout, range(LINES)))
                    unpacked.stdout.close()
    for i in range(20):
        with open(f"{news}/texts/{i:02}.txt", "w", encoding="utf-8") as f:
            f.write(f"date 2024-05-{i + 1:02}\nText {i}\n\nCorn and oil, shares and gold, number {i}.\n")
    return [os.path.relpath(os.path.join(d, n), folder) for d, _, names in os.walk(news) for n in sorted(names)]


def packed_one_by_one(folder, names, ending):
    for name in names:
        to = os.path.join(folder, ending, name) + "." + ending
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            subprocess.run([{"gz": "gzip", "zst": "zstd"}[ending], "-1cq", os.path.join(folder, name)], stdout=f, check=True)
    return ending


def tar(folder, _):
    with tarfile.open(folder + "/news.tar", "w") as t:
        t.add(folder + "/news", "news")
    subprocess.run(["zstd", "-q", "--rm", folder + "/news.tar"], check=True)
    return "news.tar.zst"


def zipped(folder, names):
    with zipfile.ZipFile(folder + "/news.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name in names:
            z.write(os.path.join(folder, name), name)
    return "news.zip"


def zip_in_tar(folder, names):
    name = zipped(folder, names)
    with tarfile.open(folder + "/outer.tar.gz", "w:gz", compresslevel=1) as t:
        t.add(os.path.join(folder, name), "in/news.zip")
    os.remove(os.path.join(folder, name))
    return "outer.tar.gz"


def warc(folder, names):
    with gzip.open(folder + "/news.warc.gz", "wb", compresslevel=1) as g:
        for name in names:
            path = os.path.join(folder, name)
            g.write(f"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: {name}\r\n"
                    f"Content-Length: {os.path.getsize(path)}\r\n\r\n".encode())
            with open(path, "rb") as f:
                shutil.copyfileobj(f, g)
            g.write(b"\r\n\r\n")
    return "news.warc.gz"


# form: (what packs it and gives the path to update, how its ids begin)
FORMS = {"plain": (lambda *_: "news", ""), "gz": (lambda *a: packed_one_by_one(*a, "gz"), "gz/"), "zst": (lambda *a: packed_one_by_one(*a, "zst"), "zst/"),
         "tar.zst": (tar, "news.tar.zst#"), "zip": (zipped, "news.zip#"), "zip in tar.gz": (zip_in_tar, "outer.tar.gz#in/news.zip#"),
         "warc": (warc, "news.warc.gz#")}


def bare(name, begins):
    """An id or a path without what the container adds: its name in front, the packing's ending behind."""
    if begins and name.startswith(begins):
        name = name[len(begins):]
    for ending in (".gz", ".zst"):
        name = name.removesuffix(ending).replace(ending + "#", "#")
    return name


def same_for_all(hits, total, begins):
    """What of an answer has to be the same in each form. Hits of one score and day stand in the order of ids, which the container's
    name is part of: they are put in the order of bare ids, and where the answer ends among such, which of them it names is open."""
    ranked = [(-h["score"], h["date"], bare(h["id"], begins)) for h in hits]
    last = ranked[-1][:2] if total > len(ranked) else None
    return total, sorted(hit if hit[:2] != last else hit[:2] for hit in ranked)


def every_article(programs, begins):
    """A digest of every article with all its fields, in no order."""
    of_all = count = 0
    with subprocess.Popen([programs.indexer, "--index", programs.index, "export"], stdout=subprocess.PIPE) as exported:
        for line in exported.stdout:
            article = json.loads(line)
            for key in ("id", "path"):
                if key in article:
                    article[key] = bare(article[key], begins)
            digest = hashlib.sha256(json.dumps(article, sort_keys=True).encode()).digest()
            of_all += int.from_bytes(digest[:16], "big")
            count += 1
    return count, of_all


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    else:
        os.remove(path)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("programs", nargs=2)
    parser.add_argument("reuters")
    parser.add_argument("archives", nargs="+")
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--whole", action="store_true")
    args = parser.parse_args()
    reuters_json = os.path.join(args.reuters, "reuters.jsonl")
    queries = random_queries(reuters_json, args.queries, random.Random(seed()))
    queries += ["corn oil", "number", "text OR government", "since:2024-05-01 until:2024-05-31", "minister", "agency:reuters OR place:london"]
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="dateline-containers-") as tmp:
        names = plain_files(tmp, args.reuters, args.archives, args.whole)
        expected = None
        for form, (pack, begins) in FORMS.items():
            path = pack(tmp, names)
            programs = Programs(*map(os.path.abspath, args.programs), os.path.join(tmp, "index"))
            start = time.monotonic()
            last = programs.run("update", path, cwd=tmp).stderr.decode().splitlines()[-1]
            taken = time.monotonic() - start
            again = programs.run("update", path, cwd=tmp).stderr.decode().splitlines()[-1]
            hits, totals = programs.batch(queries, "-n", str(HITS), folder=tmp)
            answers = {q: same_for_all(hits.get(q, []), totals[q], begins) for q in totals}
            articles = every_article(programs, begins)
            expected = expected or (last, articles, answers)
            wrong = [q for q in expected[2] if answers.get(q) != expected[2][q]]
            for q in wrong[:5]:
                print(f"{form}: {queries[int(q)]!r}: {totals.get(q)} hits, plain has {expected[2][q][0]}")
            if last != expected[0] or not again.startswith(f"indexed 0, changed 0, unchanged {articles[0]},"):
                print(f"{form}: first '{last}', then '{again}'; plain had '{expected[0]}'")
                wrong.append("summary")
            if articles != expected[1]:
                print(f"{form}: {articles[0]} articles exported, other than the {expected[1][0]} of plain files")
                wrong.append("articles")
            failed += len(wrong)
            passed += len(expected[2]) + 2 - len(wrong)
            print(f"{form}: {last}; {taken:.1f} s", flush=True)
            remove(programs.index)
            if form != "plain":
                remove(os.path.join(tmp, path))
    finish(passed, failed)


if __name__ == "__main__":
    main()
