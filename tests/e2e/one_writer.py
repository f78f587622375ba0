#!/usr/bin/env python3
"""One writer, many readers: who holds the lock is said, waiting, a stopped holder, a run asked to end.

usage: one_writer.py BIN_INDEX BIN_QUERY
"""
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from programs import Programs, finish

ARTICLES = 1200  # more than a reader looks at before it chooses a format
LIMIT = 120  # seconds that anything here may take on a slow machine


def article(i):
    return json.dumps({"id": f"p{i}", "date": "2024-03-22", "title": f"Title {i}", "body": f"harvest number {i}"}).encode() + b"\n"


class Holder:
    """A run that reads a pipe and so lasts as long as the pipe does."""

    def __init__(self, p, articles=0):
        self.p = p
        self.process = subprocess.Popen([p.indexer, "--index", p.index, "update", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for i in range(articles):
            self.process.stdin.write(article(i))
        self.process.stdin.flush()
        self.wait_for(lambda: self.text().startswith(f"{self.process.pid} "), "to take the lock")

    def text(self):
        try:
            with open(os.path.join(self.p.index, "writer.lock"), encoding="ascii") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def wait_for(self, condition, what):
        until = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > until:
                sys.exit(f"the holder did not come {what}")
            time.sleep(0.01)

    def state(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0]

    def asleep(self):
        """Everything given to it is read, and it waits for more."""
        self.wait_for(lambda: not pending(self.process.stdin) and self.state() == "S", "to wait for more")

    def end(self):
        self.process.stdin.close()
        return self.finished()

    def finished(self):
        said = self.process.stderr.read().decode()
        return self.process.wait(LIMIT), said.splitlines()


def pending(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0"))[0]


def main():
    indexer, query = sys.argv[1:3]
    failures = []

    def hold(truth, what, seen=""):
        if not truth:
            failures.append(f"{what}: {seen}")

    with tempfile.TemporaryDirectory(prefix="dateline-one-writer-") as tmp:
        p = Programs(indexer, query, os.path.join(tmp, "index"))
        path = os.path.join(tmp, "x.jsonl")
        with open(path, "wb") as f:
            f.write(article(5000))
        p.run("update", path)

        holder = Holder(p)
        busy = p.run("update", path, status=75).stderr.decode()
        hold(re.search(rf"another run \(pid {holder.process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\) is at work$", busy.strip()), "holder named", busy)
        for command in (["remove", "--id", "p1"], ["compact"], ["update", "--cron", path]):
            p.run(*command, status=75)
        began = time.monotonic()
        p.run("update", "--wait=1", path, status=75)
        hold(time.monotonic() - began >= 1, "waited a second")
        hold(p.query("-c", "harvest").stdout == b"1\n", "a reader beside a run")
        waiting = subprocess.Popen([indexer, "--index", p.index, "update", "--wait", path], stderr=subprocess.PIPE)
        status, _ = holder.end()
        hold(status == 0, "the holder ended", status)
        said = waiting.communicate(timeout=LIMIT)[1]
        hold(waiting.returncode == 0 and said.startswith(b"indexed 0"), "who waited, worked", said)

        holder = Holder(p)
        holder.process.send_signal(signal.SIGSTOP)
        holder.wait_for(lambda: holder.state() == "T", "to a stop")
        busy = p.run("update", path, status=75).stderr.decode()
        hold(f"kill -CONT {holder.process.pid}" in busy, "a stopped holder is told from one at work", busy)
        hold(p.query("-c", "harvest").stdout == b"1\n", "a reader beside a stopped run")
        holder.process.send_signal(signal.SIGKILL)
        holder.process.wait(LIMIT)
        p.run("update", path)
        p.run("check")

        for number, name, status in ((signal.SIGTERM, "TERM", 0), (signal.SIGHUP, "HUP", 0), (signal.SIGINT, "INT", 130)):
            p = Programs(indexer, query, os.path.join(tmp, "index-" + name))
            p.run("update", path)
            holder = Holder(p, ARTICLES)
            holder.asleep()
            holder.process.send_signal(number)
            ended, said = holder.finished()
            holder.process.stdin.close()
            hold(ended == status, f"{name}: status", (ended, said))
            hold(said[-1].startswith(f"indexed {ARTICLES},"), f"{name}: what was read is published", said)
            hold(p.query("-c", "harvest").stdout == b"%d\n" % (ARTICLES + 1), f"{name}: and found")
            p.run("check")
            with open(os.path.join(p.index, "writer.lock"), "rb") as f:
                hold(f.read() == b"", f"{name}: the lock names nobody any more")
    for f in failures:
        print(f)
    finish(20 - len(failures), len(failures))


if __name__ == "__main__":
    main()
