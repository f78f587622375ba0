#!/usr/bin/env python3
"""Files that are not where they were: renamed ones move, vanished ones go with --prune, and what looks like an accident is refused.

usage: pruning.py BIN_INDEX BIN_QUERY
"""
import json
import os
import shutil
import sys
import tempfile

from programs import Programs, finish

NOBODY = 65534


class Case:
    """A new archive of folders a, b and c with ten files each, indexed; every second one states its ids."""

    def __init__(self, indexer, query, tmp, name, failures):
        self.name, self.failures = name, failures
        self.root = os.path.join(tmp, name)
        for folder in "abc":
            os.makedirs(os.path.join(self.root, folder))
            for i in range(10):
                self.write(f"{folder}/{i}", i)
        self.p = Programs(indexer, query, os.path.join(tmp, "index-" + name))
        self.p.run("update", self.root)

    def path(self, name):
        path = os.path.join(self.root, name)
        found = [path + end for end in (".txt", ".jsonl") if os.path.exists(path + end)]
        return found[0] if found else path

    def write(self, name, i):
        if i % 2:
            with open(self.path(name) + ".jsonl", "w", encoding="utf-8") as f:
                f.write(json.dumps({"id": name, "date": "2024-03-22", "title": name, "body": f"harvest {name}"}) + "\n")
        else:
            with open(self.path(name) + ".txt", "w", encoding="utf-8") as f:
                f.write(f"date 2024-03-22\n\nharvest {name} {'x' * len(name)}\n")

    def update(self, *options, status=0, roots=None, **more):
        done = self.p.run("update", *options, *(roots or [self.root]), status=(0, 3, 4, 5), **more)
        said = done.stderr.decode()
        if done.returncode != status:
            self.failures.append(f"{self.name}: ended with {done.returncode}, not {status}: {said}")
        return said

    def expect(self, said, *parts):
        for part in parts:
            if part not in said:
                self.failures.append(f"{self.name}: {part!r} is not in {said!r}")

    def alive(self, n):
        found = int(self.p.query("-c", "harvest").stdout)
        if found != n:
            self.failures.append(f"{self.name}: {found} articles, not {n}")
        self.p.run("check")


LINE = "indexed {}, changed {}, unchanged {}, removed {}, rejected 0"


def renames(case):
    one = case("file")
    os.rename(one.path("a/0"), os.path.join(one.root, "b/moved.txt"))
    os.rename(one.path("a/1"), os.path.join(one.root, "b/moved.jsonl"))
    one.expect(one.update("--dry-run", "--prune"), LINE.format(0, 0, 30, 0))
    one.expect(one.update(), LINE.format(0, 0, 30, 0))
    one.alive(30)
    one.expect(one.update("--prune"), LINE.format(0, 0, 30, 0))
    paths = one.p.query("-l", "--all", "harvest").stdout.decode().split()
    if sum("moved" in p for p in paths) != 2 or any("/a/0" in p or "/a/1" in p for p in paths):
        one.failures.append(f"file: {paths}")

    folder = case("folder")
    os.rename(os.path.join(folder.root, "a"), os.path.join(folder.root, "d"))
    folder.expect(folder.update("--prune"), LINE.format(0, 0, 30, 0))
    folder.alive(30)

    changed = case("renamed-and-changed")
    os.rename(changed.path("a/0"), os.path.join(changed.root, "a/other.txt"))
    with open(os.path.join(changed.root, "a/other.txt"), "a", encoding="utf-8") as f:
        f.write("and more\n")
    changed.expect(changed.update(), LINE.format(1, 0, 29, 0))
    changed.alive(31)  # it may be another file: only --prune takes the old one
    changed.expect(changed.update("--prune"), LINE.format(0, 0, 30, 1))
    changed.alive(30)

    linked = case("linked")
    os.link(linked.path("a/0"), os.path.join(linked.root, "a/twin.txt"))
    linked.expect(linked.update("--prune"), LINE.format(1, 0, 30, 0))
    linked.alive(31)


def vanished(case):
    few = case("few")
    for i in (0, 3):
        os.remove(few.path(f"a/{i}"))
    few.expect(few.update(), LINE.format(0, 0, 28, 0))
    few.alive(30)
    few.expect(few.update("--prune"), LINE.format(0, 0, 28, 2))
    few.alive(28)

    many = case("many")
    for i in range(4):
        os.remove(many.path(f"a/{i}"))
    many.write("a/new", 1)
    said = many.update("--prune", status=3)
    many.expect(said, "over a tenth of its articles would go", f"{many.root}/a/0.txt (1 articles)", LINE.format(1, 0, 26, 0))
    many.alive(31)
    many.expect(many.update("--prune=force"), LINE.format(0, 0, 27, 4))
    many.alive(27)

    for name, undo in (("missing-folder", None), ("empty-folder", os.mkdir)):
        gone = case(name)
        shutil.rmtree(os.path.join(gone.root, "b"))
        if undo:
            undo(os.path.join(gone.root, "b"))
        gone.expect(gone.update("--prune", status=3), "a folder known to hold articles is missing or empty", "/b/9.jsonl (1 articles)")
        gone.alive(30)

    root = case("empty-root")
    shutil.rmtree(root.root)
    root.expect(root.update("--prune", status=3), "not pruned: it is missing")
    os.mkdir(root.root)
    root.expect(root.update("--prune", status=3), "not pruned: it is empty")
    root.alive(30)

    two = case("two-roots")
    os.remove(two.path("a/0"))
    shutil.rmtree(os.path.join(two.root, "b"))
    roots = [os.path.join(two.root, folder) for folder in "abc"]
    two.expect(two.update("--prune", status=3, roots=roots), "/b: not pruned: it is missing", "/a: not pruned, since another root is not")
    two.alive(30)
    two.expect(two.update("--prune", roots=roots[:1]), LINE.format(0, 0, 9, 1))
    two.alive(29)
    two.expect(two.update("--prune", roots=roots[2:]), LINE.format(0, 0, 10, 0))  # what is not named is not looked at
    two.alive(29)


def not_gone(case):
    out = case("excluded")
    out.expect(out.update("--prune=force", "--exclude", "*.txt"), LINE.format(0, 0, 15, 0))
    out.alive(30)

    named_folder = case("file-is-a-folder")
    name = named_folder.path("a/0")
    os.remove(name)
    os.mkdir(name)
    named_folder.expect(named_folder.update("--prune"), LINE.format(0, 0, 29, 1))

    device = case("device")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        if os.stat(elsewhere).st_dev != os.stat(device.root).st_dev:
            shutil.copy(device.path("a/0"), elsewhere + "/far.txt")
            shutil.copy(device.path("a/0"), elsewhere + "/farther.txt")
            link = os.path.join(device.root, "d")
            os.symlink(elsewhere, link)
            device.expect(device.update("--follow"), LINE.format(2, 0, 30, 0))
            os.remove(link)
            os.mkdir(link)
            shutil.copy(device.path("a/2"), link + "/near.txt")
            device.expect(device.update("--follow", "--prune", status=3), "another device", "/d/far.txt (1 articles)")
            device.alive(33)


def unreadable(case):
    locked = case("unreadable")
    more = {}
    if os.geteuid() == 0:  # nothing is unreadable to root
        for top in (locked.root, locked.p.index):
            for folder, _, files in os.walk(top):
                for name in [folder] + [os.path.join(folder, f) for f in files]:
                    os.chown(name, NOBODY, NOBODY)
        more = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    for mode in (0o000, 0o111, 0o444):
        os.chmod(os.path.join(locked.root, "a"), mode)
        for how in ("--prune", "--prune=force"):
            locked.expect(locked.update(how, status=4, **more), "removed 0,")
        os.chmod(os.path.join(locked.root, "a"), 0o755)
    os.chmod(locked.path("b/0"), 0)
    os.utime(locked.path("b/0"), (1, 1))
    said = locked.update("--prune", status=5, **more)
    locked.expect(said, "Permission denied", "removed 0, rejected 1")
    os.chmod(locked.path("b/0"), 0o644)
    locked.expect(locked.update("--prune", **more), LINE.format(0, 0, 30, 0))


def retention(case):
    old = case("retention")
    with open(old.path("a/0"), "w", encoding="utf-8") as f:
        f.write("date 2009-12-31\n\nharvest of a year long gone\n")
    old.update()
    done = old.p.run("remove", "--date", "..2010")
    if done.stdout != b"removed 1\n":
        old.failures.append(f"retention: {done.stdout}")
    old.alive(29)
    old.expect(old.update(), "indexed 0,")  # an unchanged file is not read again
    old.alive(29)
    os.utime(old.path("a/0"), (1, 1))
    old.expect(old.update(), "indexed 1,")  # a changed one is: remove after update, in every run
    old.p.run("remove", "--date", "..2010")
    old.alive(29)


def main():
    indexer, query = sys.argv[1:3]
    failures, cases = [], []
    with tempfile.TemporaryDirectory(prefix="dateline-pruning-") as tmp:
        os.chmod(tmp, 0o755)

        def case(name):
            cases.append(name)
            return Case(indexer, query, tmp, name, failures)

        for part in (renames, vanished, not_gone, unreadable, retention):
            part(case)
    for f in failures:
        print(f)
    finish(max(0, len(cases) - len(failures)), len(failures))


if __name__ == "__main__":
    main()
