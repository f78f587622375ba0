#!/usr/bin/env python3
"""The article the project began from, untouched: found by what it says and on its day, and not otherwise.

usage: seed_article.py BIN_INDEX BIN_QUERY SEED_FOLDER
"""
import sys
import tempfile

from programs import Programs, finish

FOUND = [["netanyahu", "rafah"], ["warning"], ['"humanitarian concerns"'], ["rafah", "--on", "2024-03-22"],
         ["rafah", "date:2024-03"], ["rafah", "since:2024-03-22"], ["rafah", "until:2024-03-22"],
         ["Prime Minister -election"], ["=warnings"], ["diploma*"], ["date:2024-Q1"],
         ["(tokyo", "OR", "blinken)", "stance"]]
ABSENT = [['"humanitarian concern"'], ["rafah", "--since", "2024-03-23"], ["rafah", "before:2024-03-22"],
          ["rafah -blinken"], ["=concern"], ["rafah", "date:2024-02"], ["title:rafah"]]


def main():
    indexer, query, folder = sys.argv[1:4]
    wrong = []
    with tempfile.TemporaryDirectory(prefix="dateline-seed-") as tmp:
        p = Programs(indexer, query, tmp + "/index")
        last = p.run("update", folder).stderr.decode().splitlines()[-1]
        if last != "indexed 1, changed 0, unchanged 0, removed 0, rejected 0":
            wrong.append(("update", last))
        for args in FOUND:
            done = p.query("-c", *args)
            if (done.returncode, done.stdout) != (0, b"1\n"):
                wrong.append((args, done.returncode, done.stdout, done.stderr))
        for args in ABSENT:
            done = p.query("-c", *args)
            if (done.returncode, done.stdout) != (1, b"0\n"):
                wrong.append((args, done.returncode, done.stdout, done.stderr))
    for w in wrong:
        print("wrong:", w)
    finish(1 + len(FOUND) + len(ABSENT) - len(wrong), len(wrong))


if __name__ == "__main__":
    main()
