"""A small index with something in every table, changed and removed articles, and the questions asked of it."""
import json
import os
import random
import subprocess

WORDS = ("harbour minister strike cocoa treaty river court price election storm museum engine council vaccine border "
         "orchestra wheat satellite glacier loan").split()
QUERIES = ["harbour", "cocoa treaty", '"harbour minister"', "min*", "strike NEAR/6 court", "title:storm", "election AND NOT wheat",
           "since:2024-03-04 river", "(date:2024-02) OR glacier", "harbor~1", "author:doe", "section:world price", "Straße"]


def article(i, version=0):
    rnd = random.Random(i * 100 + version)
    text = " ".join(rnd.choice(WORDS) + ("s" if rnd.random() < 0.3 else "") for _ in range(25))
    a = {"id": f"n{i}", "title": " ".join(rnd.choice(WORDS).capitalize() for _ in range(3)),
         "body": text + (". The Straße is naïve." if i % 7 == 0 else "."), "author": "Jane Doe" if i % 3 else "Émile",
         "section": "world" if i % 2 else "sport", "source": "Wire" if i % 5 else "Gazette"}
    if i % 11:
        a["date"] = f"2024-{1 + i % 4:02d}-{1 + i % 28:02d}" if i % 6 else f"2024-{1 + i % 4:02d}"
    return a


def write(path, articles):
    """A new file, whatever other names an old one there has."""
    if os.path.exists(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)
    os.utime(path, (1700000000, 1700000000 + os.path.getsize(path)))


def update(indexer, index, folder, *options):
    subprocess.run([indexer, "--index", index, "update", *options, folder], check=True, capture_output=True)


def build(indexer, folder, count=60, removing=True):
    """folder/index of three runs over folder/news, and an article removed by hand; returns the index's path."""
    news, index = os.path.join(folder, "news"), os.path.join(folder, "index")
    os.makedirs(news)
    write(news + "/a.jsonl", [article(i) for i in range(count)])
    write(news + "/b.jsonl", [article(i) for i in range(count, count + 20)])
    update(indexer, index, news)
    write(news + "/a.jsonl", [article(i, 1 if i == 5 else 0) for i in range(count) if i != 9])
    write(news + "/c.jsonl", [article(i) for i in range(count + 20, count + 30)])
    update(indexer, index, news)
    write(news + "/bad.jsonl", [{"id": "bad", "date": "2024-02-31", "body": "x"}, article(count + 40)])
    subprocess.run([indexer, "--index", index, "update", news], check=False, capture_output=True)
    if removing:
        subprocess.run([indexer, "--index", index, "remove", "--id", "n12"], check=True, capture_output=True)
    return index


def write_queries(path):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(f"q{i}\t{q}\n" for i, q in enumerate(QUERIES))
    return path


def tighten(indexer, index, news):
    """The free pages of its runs given back, but for those of one run more: fewer bytes that do not count."""
    subprocess.run([indexer, "--index", index, "compact"], check=True, capture_output=True)
    write(news + "/last.jsonl", [article(900), article(901)])
    update(indexer, index, news)
