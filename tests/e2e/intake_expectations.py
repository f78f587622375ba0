#!/usr/bin/env python3
"""Every file under formats/ as the expectation table says: its form, how many articles and rejected records, how many
undated, the days between which they lie, languages, character sets and who decided them, the title of the newest article.

usage: intake_expectations.py BIN_INDEX BIN_QUERY FORMATS_FOLDER TABLE.tsv [--print]

--print writes the table as the programs would have it, to be compared by eye with the files before it is kept. The last
column, why a row is not what one might expect, is a person's: it is carried over and not compared.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

from programs import finish

HEADER = "# file\tform\tarticles\trejected\tundated\tdays\tlanguages\tcharacter sets\ttitle\twhy"
TITLE_SHOWN = 60  # characters: enough to tell the right line from a wrong one


def charset(article):
    by = article.get("charset_by")
    return article.get("charset", "UTF-8") + (f" {by}" if by else "")


def title(articles):
    line = articles[0].get("title", "") if articles else ""
    return re.sub(r"\s+", " ", line)[:TITLE_SHOWN].strip() or "-"


def row(indexer, folder, name):
    path = os.path.join(folder, name)
    form = subprocess.run([indexer, "formats", path], capture_output=True, check=False).stdout.decode(errors="replace")
    form = form.split("\t")[1] if "\t" in form else "?"
    with tempfile.TemporaryDirectory(prefix="dateline-expect-") as tmp:
        done = subprocess.run([indexer, "--index", tmp + "/i", "update", path], capture_output=True, check=False)
        last = done.stderr.decode(errors="replace").splitlines()[-1] if done.stderr else ""
        lines = subprocess.run([indexer, "--index", tmp + "/i", "export"], capture_output=True, check=False).stdout
    articles = [json.loads(line) for line in lines.splitlines()]
    rejected = re.search(r"rejected (\d+)", last)
    days = sorted(a["date"][:10] for a in articles if a.get("date"))
    span = "-" if not days else days[0] if days[0] == days[-1] else f"{days[0]}..{days[-1]}"
    return "\t".join([name, form, str(len(articles)), rejected.group(1) if rejected else "?",
                      str(sum(not a.get("date") for a in articles)), span,
                      ",".join(sorted({a.get("lang", "") for a in articles})) or "-",
                      ",".join(sorted({charset(a) for a in articles})) or "-", title(articles)])


def main():
    indexer, _, folder, table = sys.argv[1:5]
    names = sorted(os.path.relpath(os.path.join(d, n), folder) for d, _, files in os.walk(folder) for n in files)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        got = dict(zip(names, pool.map(lambda n: row(indexer, folder, n), names)))
    with open(table, encoding="utf-8") as f:
        lines = [line.rstrip("\n").rpartition("\t") for line in f if not line.startswith("#")]
    want = {line.split("\t")[0]: line for line, _, _ in lines}
    if "--print" in sys.argv:
        why = {line.split("\t")[0]: note for line, _, note in lines}
        print(HEADER)
        print("\n".join(got[n] + "\t" + why.get(n, "") for n in names))
        return
    failed = len(set(got) - set(want))
    for name in sorted(set(got) - set(want)):
        print(f"no expectation for {got[name]}")
    for name in sorted(want):
        if want[name] != got.get(name):
            failed += 1
            print(f"wanted {want[name]}\ngot    {got.get(name)}")
    finish(len(want) - failed, failed)


if __name__ == "__main__":
    main()
