#!/usr/bin/env python3
"""A part of the data through plain files, gzip, zstd, tar.zst, zip, a zip in a tar and WARC: the same articles, the same ids as
far as the container's own name does not stand in them, the same scores, and a second run finds nothing to do.

usage: containers_equal.py BIN_INDEX BIN_QUERY REUTERS_FOLDER ARCHIVE.jsonl.zst [QUERIES [whole]]

whole: all files of Reuters and every line of the archive, by hand.
"""
import gzip
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from programs import Programs, finish, seed
from sgml_equals_jsonl import random_queries


def plain_files(folder, reuters, archive, whole):
    """news/: two raw Reuters files, 1,500 lines of an archive, 20 dated texts (known by their path); or all of both."""
    news = os.path.join(folder, "news")
    os.makedirs(news + "/texts")
    for name in sorted(n for n in os.listdir(reuters) if n.endswith(".sgm")) if whole else ("reut2-000.sgm", "reut2-021.sgm"):
        shutil.copy(os.path.join(reuters, name), news)
    lines = subprocess.run(["zstd", "-dcq", archive], capture_output=True, check=True).stdout.split(b"\n")
    with open(news + "/part.jsonl", "wb") as f:
        f.write(b"\n".join(lines if whole else lines[:1500]) + b"\n")
    for i in range(20):
        with open(f"{news}/texts/{i:02}.txt", "w", encoding="utf-8") as f:
            f.write(f"date 2024-05-{i + 1:02}\nText {i}\n\nCorn and oil, shares and gold, number {i}.\n")
    return [os.path.relpath(os.path.join(d, n), folder) for d, _, names in os.walk(news) for n in sorted(names)]


def pack(folder, names):
    """{form: (path to give to update, how its ids begin)}; the path stands in `folder`."""
    forms = {"plain": ("news", "")}
    for form, program in (("gz", None), ("zst", "zstd")):
        for name in names:
            to = os.path.join(folder, form, name) + "." + form
            os.makedirs(os.path.dirname(to), exist_ok=True)
            if program:
                subprocess.run([program, "-q", os.path.join(folder, name), "-o", to], check=True)
            else:
                with open(os.path.join(folder, name), "rb") as f, gzip.open(to, "wb") as g:
                    shutil.copyfileobj(f, g)
        forms[form] = (form, form + "/")
    with tarfile.open(folder + "/news.tar", "w") as t:
        t.add(folder + "/news", "news")
    subprocess.run(["zstd", "-q", "--rm", folder + "/news.tar"], check=True)
    forms["tar.zst"] = ("news.tar.zst", "news.tar.zst#")
    with zipfile.ZipFile(folder + "/news.zip", "w", zipfile.ZIP_DEFLATED) as z:
        for name in names:
            z.write(os.path.join(folder, name), name)
    forms["zip"] = ("news.zip", "news.zip#")
    with tarfile.open(folder + "/outer.tar.gz", "w:gz") as t:
        t.add(folder + "/news.zip", "in/news.zip")
    forms["zip in tar.gz"] = ("outer.tar.gz", "outer.tar.gz#in/news.zip#")
    with gzip.open(folder + "/news.warc.gz", "wb") as g:
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                block = f.read()
            g.write(f"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: {name}\r\n"
                    f"Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")
    forms["warc"] = ("news.warc.gz", "news.warc.gz#")
    return forms


def bare_id(article_id, begins):
    """The id without what the container adds: its name in front, the packing's ending behind."""
    if begins and article_id.startswith(begins):
        article_id = article_id[len(begins):]
    for ending in (".gz", ".zst"):
        article_id = article_id.removesuffix(ending).replace(ending + "#", "#")
    return article_id


def main():
    indexer, query, reuters, archive = sys.argv[1:5]
    n = int(sys.argv[5]) if len(sys.argv) > 5 else 100
    queries = random_queries(os.path.join(reuters, "reuters.jsonl"), n, random.Random(seed()))
    queries += ["corn oil", "number", "text OR government", "since:2024-05-01 until:2024-05-31"]
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="dateline-containers-") as tmp:
        names = plain_files(tmp, reuters, archive, sys.argv[6:] == ["whole"])
        expected = None
        for form, (path, begins) in pack(tmp, names).items():
            programs = Programs(indexer, query, os.path.join(tmp, "index-" + form.replace(" ", "-")))
            last = programs.run("update", path, cwd=tmp).stderr.decode().splitlines()[-1]
            again = programs.run("update", path, cwd=tmp).stderr.decode().splitlines()[-1]
            hits, totals = programs.batch(queries, "-n", "5000", folder=tmp)
            # hits of equal score and day stand in the order of ids, which the container is part of
            answer = {q: sorted((-h["score"], h["date"], bare_id(h["id"], begins)) for h in h_list)
                      for q, h_list in hits.items()}
            count = last.split(",")[0].split()[1]
            if expected is None:
                expected = (last, answer, totals)
            wrong = [q for q in totals if answer.get(q) != expected[1].get(q) or totals[q] != expected[2][q]]
            for q in wrong[:5]:
                print(f"{form}: {queries[int(q)]!r}: {totals[q]} hits, plain has {expected[2][q]}")
            if last != expected[0] or not again.startswith(f"indexed 0, changed 0, unchanged {count},"):
                print(f"{form}: first '{last}', then '{again}'; plain had '{expected[0]}'")
                wrong.append(form)
            failed += len(wrong)
            passed += len(totals) + 1 - len(wrong)
            print(f"{form}: {last}")
    finish(passed, failed)


if __name__ == "__main__":
    main()
