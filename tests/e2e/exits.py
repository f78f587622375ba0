"""The exit and I/O matrix: how dateline-query ends and what it says, in each situation of a table.

exits.py INDEXER QUERY: every row is a situation, the status it must end with, and what standard error must hold; that
is at most one line where something failed, and nothing where all went well. Signals are -N as subprocess tells them
(a shell shows 128+N).
"""
import fcntl
import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from programs import Checks, wait_until_full

INDEXER, QUERY = (os.path.abspath(p) for p in sys.argv[1:3])
ARTICLES = 3000
check = Checks()
FOLDER = tempfile.mkdtemp(prefix="dateline-exits-")
INDEX = os.path.join(FOLDER, "index")
ENV = {"PATH": os.environ["PATH"], "HOME": FOLDER, "LC_ALL": "C", "TERM": "dumb", "TZ": "UTC", "DATELINE_INDEX": INDEX}


def situation(name, args, status, says=None, out=None, env=None, **more):
    """Run; `says`: bytes of the one line on standard error, None: it is empty, Ellipsis: whatever it holds."""
    more.setdefault("stdin", subprocess.DEVNULL)
    if "input" in more:
        del more["stdin"]
    more.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([QUERY, *args], stderr=subprocess.PIPE, env={**ENV, **(env or {})}, timeout=60, **more)
    check(f"{name}: status", done.returncode == status, f"{done.returncode}, not {status}: {done.stderr[-300:]}")
    if says is None:
        check(f"{name}: silent", done.stderr == b"", done.stderr)
    elif says is not ...:
        check(f"{name}: says", says in done.stderr and done.stderr.startswith(b"dateline-query: "), done.stderr)
        if status == 4:
            check(f"{name}: one message", done.stderr.count(b"\n") == 1, done.stderr)
    if out is not None:
        check(f"{name}: prints", done.stdout == out, done.stdout[:200])
    return done


def file_of(name, data):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def make_archive():
    lines = "".join(f'{{"id":"a{i}","date":"20{i % 20:02d}-01-02","title":"Ferry {i}","body":"The ferry and the harbour. '
                    f'{"x" * 200}","source":"Wire"}}\n' for i in range(ARTICLES))
    path = file_of("archive.jsonl", lines.encode())
    subprocess.run([INDEXER, "update", path], env=ENV, check=True, capture_output=True)


def answers():
    situation("found", ["ferry"], 0)
    situation("nothing found", ["zeppelin"], 1, ...)
    situation("nothing found, quietly", ["-q", "zeppelin"], 1, out=b"")
    situation("found, quietly", ["-q", "ferry"], 0, out=b"")
    situation("count", ["-c", "ferry"], 0, out=b"3000\n")
    situation("count of nothing", ["-c", "zeppelin"], 1, ..., out=b"0\n")
    situation("words without quotes", ["ferry", "harbour", "-n", "1"], 0)
    situation("after --", ["--", "ferry", "-zeppelin"], 0)
    situation("shown", ["--show", "a7"], 0)
    situation("nothing to show", ["--show", "nobody"], 1, b"no article has the id")
    situation("timeline", ["--timeline=year", "ferry"], 0)
    situation("timeline of nothing", ["--timeline", "zeppelin"], 1, ..., out=b"")
    situation("facets", ["--facet", "source", "ferry"], 0, out=b"source\tWire\t3000\n")
    situation("facets of nothing", ["--facet", "source", "zeppelin"], 1, ..., out=b"")
    situation("explained", ["--explain", "ferry"], 0)
    situation("limit of none", ["-n", "0", "ferry"], 0, out=b"")
    situation("beyond the last", ["--offset", "5000", "ferry"], 0, out=b"")
    situation("help", ["--help"], 0)
    situation("short help", ["-h"], 0)
    situation("version", ["--version"], 0)


def usage():
    for name, args, says in (
            ("no query", [], b"no query"),
            ("unknown option", ["--snce", "2024", "x"], b"did you mean --since?"),
            ("abbreviated option", ["--sor", "newest", "x"], b"--sor"),
            ("option without its value", ["--since"], b"--since"),
            ("value for a switch", ["--json=1", "x"], b"takes no value"),
            ("word that looks like an option", ["-zeppelin"], b"--"),
            ("number that is none", ["-n", "ten", "x"], b"--limit 'ten'"),
            ("open parenthesis", ["(ferry"], b"missing )"),
            ("unknown field", ["updat:ferry"], b"updat"),
            ("impossible date", ["ferry", "--since", "2024-02-31"], b"2024-02-31"),
            ("range the wrong way", ["ferry since:2025 until:2024"], b"2025"),
            ("nothing to search", ['""'], b"nothing to search"),
            ("unknown sort", ["--sort", "best", "x"], b"relevance, newest or oldest"),
            ("unknown directive", ["--format", "%z", "x"], b"no %z"),
            ("half a directive", ["--format", "%d %", "x"], b"lone '%'"),
            ("unknown facet", ["--facet", "mood", "x"], b"mood"),
            ("facet twice", ["--facet", "source,source", "x"], b"twice"),
            ("facets as TREC", ["--facet", "source", "--trec", "x"], b"--facet"),
            ("unknown unit", ["--timeline=hour", "x"], b"hour"),
            ("nothing to compare", ["--timeline", "--compare"], b"--compare"),
            ("unknown version of JSON", ["--json", "--format-version", "2", "x"], b"version 1"),
            ("no cursor", ["--resume", "x", "ferry"], b"not a cursor"),
            ("unknown link", ["--hyperlink=sometimes", "x"], b"sometimes"),
            ("id and query", ["--show", "a1", "ferry"], b"--show"),
            ("cursor of a count", ["--resume", "x", "-c", "ferry"], b"--resume is for hits"),
            ("facets of a batch", ["--facet", "year", "--queries", "/dev/null"], b"--facet is for one query"),
            ("timeline of a batch", ["--timeline", "--queries", "/dev/null"], b"--timeline is for one query"),
            ("facets and timeline", ["--facet", "year", "--timeline", "x"], b"not both"),
            ("two queries", ["-f", "/dev/null", "ferry"], b"-f")):
        situation(name, args, 2, says, out=b"")
    situation("invalid UTF-8 in an argument", [b"\xff\xfe"], 2, b"UTF-8", out=b"")
    situation("invalid UTF-8 in a file", ["-f", file_of("bad", b"ok \xff")], 2, b"3", out=b"")


def files_of_queries():
    situation("query file", ["-f", file_of("query", b"ferry\nharbour\n"), "-c"], 0, out=b"3000\n")
    situation("query from standard input", ["-f", "-", "-c"], 0, out=b"3000\n", input=b"ferry")
    situation("no query file", ["-f", os.path.join(FOLDER, "absent")], 4, b"No such file", out=b"")
    situation("query file that is a folder", ["-f", FOLDER], 4, b"directory", out=b"")
    situation("batch", ["--queries", "-", "-c"], 0, out=b"a\t3000\nb\t0\n", input=b"a\tferry\nb\tzeppelin\n")
    situation("batch of nothing", ["--queries", "-", "-c"], 1, out=b"b\t0\n", input=b"b\tzeppelin\n")
    situation("batch with a bad line", ["--queries", "-", "-c"], 2, b"stdin:2", out=b"a\t3000\n",
              input=b"a\tferry\nb\t(ferry\n")
    situation("no batch", ["--queries", os.path.join(FOLDER, "absent")], 4, b"No such file", out=b"")


def indexes():
    nowhere = {"DATELINE_INDEX": os.path.join(FOLDER, "nowhere")}
    situation("no index", ["ferry"], 3, b"nowhere", out=b"", env=nowhere)
    check("no index: nothing was made", not os.path.exists(nowhere["DATELINE_INDEX"]))
    situation("bad query before a missing index", ["(ferry"], 2, b"missing )", out=b"", env=nowhere)
    situation("index that is a file", ["ferry"], 3, b"archive.jsonl", out=b"",
              env={"DATELINE_INDEX": os.path.join(FOLDER, "archive.jsonl")})
    os.mkdir(os.path.join(FOLDER, "empty"))
    situation("empty folder", ["ferry"], 3, b"empty", out=b"", env={"DATELINE_INDEX": os.path.join(FOLDER, "empty")})
    damaged = os.path.join(FOLDER, "damaged")
    shutil.copytree(INDEX, damaged)
    with open(os.path.join(damaged, "data.mdb"), "r+b") as f:
        f.write(b"\x5a" * 8192)
    situation("damaged index", ["ferry"], 3, b"damaged", out=b"", env={"DATELINE_INDEX": damaged})
    short = os.path.join(FOLDER, "short")
    shutil.copytree(INDEX, short)
    os.truncate(os.path.join(short, "data.mdb"), 5000)
    situation("cut index", ["ferry"], 3, b"short", out=b"", env={"DATELINE_INDEX": short})
    situation("no home and no index", ["ferry"], 3, b"no index here", out=b"",
              env={"HOME": "/nonexistent", "DATELINE_INDEX": "", "XDG_DATA_HOME": ""})
    with open(os.path.join(INDEX, "writer.lock"), "rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        situation("a writer is at work", ["-c", "ferry"], 0, out=b"3000\n")
        busy = subprocess.run([INDEXER, "update", os.path.join(FOLDER, "archive.jsonl")], env=ENV, capture_output=True)
        check("another run is at work", busy.returncode == 75, busy)


def streams():
    full = open("/dev/full", "wb")
    for name, args in (("hits", ["ferry"]), ("JSON", ["--json", "ferry"]), ("all", ["--all", "--json", "ferry"]),
                       ("count", ["-c", "ferry"]), ("article", ["--show", "a7"]), ("timeline", ["--timeline", "ferry"]),
                       ("facets", ["--facet", "year", "ferry"]), ("explanation", ["--explain", "ferry"]),
                       ("help", ["--help"]), ("version", ["--version"]), ("text", ["--text", "ferry"])):
        situation(f"disk full, {name}", args, 4, b"No space left on device", stdout=full)
    situation("disk full, batch", ["--queries", file_of("batch", b"a\tferry\n")], 4, b"No space left", stdout=full)
    situation("disk full, nothing to say", ["-q", "ferry"], 0, stdout=full)
    with open("/dev/null", "rb") as reading:
        situation("standard output only read", ["ferry"], 4, b"Bad file descriptor", stdout=reading)
    for fds in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(["sh", "-c", f'exec "$0" ferry {fds}', QUERY], env=ENV, capture_output=True, timeout=60)
        check(f"closed descriptors {fds}", done.returncode in (0, 4) and b"ferry" not in done.stderr, done)
        check(f"closed descriptors {fds}: index unharmed", subprocess.run(
            [INDEXER, "check"], env=ENV, capture_output=True).returncode == 0)
    with open(os.path.join(FOLDER, "limited"), "wb") as limited:
        situation("file too large", ["--all", "--json", "ferry"], 4, b"File too large", stdout=limited,
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)))
    for how in (["--all", "ferry"], ["--json", "--all", "ferry"]):
        process = subprocess.Popen([QUERY, *how], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        err = process.stderr.read()
        check("closed pipe", process.wait(60) == -signal.SIGPIPE and err == b"", (process.returncode, err))
    process = subprocess.Popen([QUERY, "--all", "ferry"], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE]))
    process.stdout.close()
    err = process.stderr.read()
    check("closed pipe, signal blocked", process.wait(60) in (141, -signal.SIGPIPE) and err == b"", process.returncode)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = subprocess.Popen([QUERY, "--all", "--json", "ferry"], env=ENV, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        wait_until_full(process)
        began = time.monotonic()
        process.send_signal(number)
        process.wait(60)
        check(f"signal {number}", process.returncode == -number and time.monotonic() - began < 5,
              (process.returncode, time.monotonic() - began))
        process.communicate()


def environments():
    ferry = subprocess.run([QUERY, "--json", "ferry"], env=ENV, capture_output=True).stdout
    for name, env in (("C", {"LC_ALL": "C"}), ("no locale there is", {"LC_ALL": "xx_YY.KOI-9"}), ("German", {"LC_ALL": "de_DE.UTF-8"}),
                      ("no terminal", {"TERM": ""}), ("huge terminal", {"COLUMNS": "99999999999"}),
                      ("colours wanted", {"CLICOLOR_FORCE": "1"}), ("bad colours", {"DATELINE_COLORS": "mt=\x1b[31m"}),
                      ("a pager", {"DATELINE_PAGER": "false"}), ("no zone there is", {"TZ": "Nowhere/City"})):
        situation(f"environment: {name}", ["--json", "ferry"], 0, out=ferry, env=env)
    situation("UTF-8 in the C locale", ["café OR ferry", "-c"], 0, out=b"3000\n")


def on_terminal(args, env):
    """(status, what a terminal got); a pager reads what is longer than its 24 rows."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, __import__("termios").TIOCSWINSZ, b"\x18\0\x50\0\0\0\0\0")
        os.execve(QUERY, [QUERY, *args], {**ENV, "TERM": "xterm", **env})
    got = b""
    while True:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        got += piece
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), got


def pagers():
    mark = {"DATELINE_PAGER": "sed s/^/PAGED:/"}
    status, got = on_terminal(["-n", "20", "ferry"], mark)
    check("paged", status == 0 and b"PAGED:" in got, (status, got[:100]))
    status, got = on_terminal(["-n", "2", "ferry"], mark)
    check("short is not paged", status == 0 and b"PAGED:" not in got and b"Ferry" in got, (status, got[:100]))
    status, got = on_terminal(["--no-pager", "-n", "20", "ferry"], mark)
    check("--no-pager", status == 0 and b"PAGED:" not in got, (status, got[:100]))
    status, got = on_terminal(["-n", "20", "ferry"], {"DATELINE_PAGER": ""})
    check("empty pager", status == 0 and b"Ferry" in got, (status, got[:100]))
    status, got = on_terminal(["--all", "--json", "ferry"], {"DATELINE_PAGER": "head -c 10"})
    check("pager that is left", status == 0 and b"Broken" not in got, (status, got[:100]))
    status, got = on_terminal(["--all", "ferry"], {"DATELINE_PAGER": f"{INDEXER} status --json; cat >/dev/null"})
    check("no transaction while paging", status == 0 and b'"readers":0' in got and b'"oldest_reader_lag":0' in got, got[-300:])
    status, got = on_terminal(["-n", "20", "ferry"], {"DATELINE_PAGER": "exit 3"})
    check("pager that fails", status == 0, (status, got[:100]))
    status, got = on_terminal(["-n", "20", "ferry"], {"PAGER": "sed s/^/PAGED:/"})
    check("$PAGER", status == 0 and b"PAGED:" in got, (status, got[:100]))
    status, got = on_terminal(["-n", "20", "ferry"], {"PAGER": "printf '%s %s' \"$LESS\" \"$LESSCHARSET\"; cat >/dev/null"})
    check("LESS", got == b"FRX utf-8", got[:100])
    status, got = on_terminal(["-n", "20", "ferry"], {"TERM": "dumb", "PAGER": "sed s/^/PAGED:/"})
    check("dumb terminal", status == 0 and b"PAGED:" not in got and b"\x1b" not in got, (status, got[:100]))
    status, got = on_terminal(["zeppelin"], mark)
    check("nothing to page", status == 1 and b"no article matches" in got, (status, got[:100]))


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        make_archive()
        for part in (answers, usage, files_of_queries, indexes, streams, environments, pagers):
            part()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    check.finish()


main()
