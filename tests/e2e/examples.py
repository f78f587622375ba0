"""What examples/ holds is taken by the programs it is for.

examples.py INDEXER QUERY SOURCE: the configuration is read, the lines of the crontab do what they say in an environment
like cron's, the units are whole and, where systemd is installed, sound and shut in: every call the program makes is
allowed by their filter.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

INDEXER, QUERY, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
EXAMPLES = os.path.join(SOURCE, "examples")
EXPOSURE = 1.0  # of ten; docs/OPERATING.md states what it is
problems = []


def check(holds, text, *args):
    if not holds:
        problems.append(text % args)


def read(*name):
    with open(os.path.join(EXAMPLES, *name), encoding="utf-8") as f:
        return f.read()


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


def test_configuration(folder):
    path = shutil.copy(os.path.join(EXAMPLES, "dateline.toml"), folder)
    os.chmod(path, 0o644)
    got = run([INDEXER, "config", "--config", path])
    check(got.returncode == 0 and got.stdout.count("[[root]]") == 2, "dateline.toml: %s", got)


def test_crontab(folder):
    """Each line as cron runs it, with the paths of this machine: twice, since the second run is the usual one."""
    archive, index, backup = (os.path.join(folder, n) for n in ("archive", "index/news", "backup"))
    for path in (archive + "/news", archive + "/wire", index, backup):
        os.makedirs(path)
    for name, text in (("news/a.txt", "date 2020-01-01 first"), ("wire/b.txt", "date 2020-01-02 second")):
        with open(os.path.join(archive, name), "w", encoding="utf-8") as f:
            f.write(text)
        os.utime(os.path.join(archive, name), (1577836800, 1577836800))
    with open(os.path.join(index, "dateline.toml"), "w", encoding="utf-8") as f:
        f.write(read("dateline.toml").replace("/srv/archive", archive))
    os.makedirs(os.path.join(folder, "bin"))
    for program in (INDEXER, QUERY):
        os.symlink(program, os.path.join(folder, "bin", os.path.basename(program)))
    env = {"PATH": os.path.join(folder, "bin") + ":/usr/bin:/bin", "SHELL": "/bin/sh"}
    lines = re.findall(r"^[0-9*]+ [0-9*]+ [0-9*]+ [0-9*]+ [0-9*]+ +(.*)", read("crontab"), re.M)
    check(len(lines) == 3, "crontab: %d lines", len(lines))
    for night in (1, 2):
        for line in lines:
            check("%" not in line, "crontab: cron takes %% for a line end: %s", line)
            command = line.replace("/srv/dateline/news", index).replace("/backup/dateline", backup)
            got = run(["/bin/sh", "-c", command], env=env, cwd="/")
            check(got.returncode == 0 and not got.stdout and not got.stderr, "crontab, night %d: %s: %s", night, line, got)
    for path in (index, backup + "/news", backup + "/news.old"):
        got = run([INDEXER, "-i", path, "status"])
        check(re.search(r"^articles +2$", got.stdout, re.M), "crontab: %s: %s", path, got)
    check(run([QUERY, "-i", index, "-c", "source:wire tag:wire lang:en"]).stdout == "1\n", "the wire's settings")


def filter_groups():
    groups, name = {}, None
    for line in run(["systemd-analyze", "syscall-filter", "--no-pager"]).stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            name = word
            groups[name] = []
        elif name and word and not word.startswith("#"):
            groups[name].append(word)
    return groups


def calls_of(groups, words):
    calls = set()
    for word in words:
        calls |= calls_of(groups, groups.get(word, [])) if word.startswith("@") else {word}
    return calls


def allowed(unit):
    groups = filter_groups()
    calls = calls_of(groups, ["@default"])
    for line in re.findall(r"^SystemCallFilter=(.*)", unit, re.M):
        words = calls_of(groups, line.lstrip("~").split())
        calls = calls - words if line.startswith("~") else calls | words
    return calls


def made(folder, arguments):
    trace = os.path.join(folder, "trace")
    run(["strace", "-f", "-qq", "-o", trace, INDEXER, *arguments])
    with open(trace, encoding="utf-8", errors="replace") as f:
        return set(re.findall(r"^\d+ +([a-z_0-9]+)\(", f.read(), re.M))


def test_units(folder):
    names = sorted(os.listdir(os.path.join(EXAMPLES, "systemd")))
    check(names == ["dateline-check.service", "dateline-check.timer", "dateline-index.service", "dateline-index.timer"],
          "units: %s", names)
    index = os.path.join(folder, "index/news")
    for name in names:
        unit = read("systemd", name)
        for command in re.findall(r"^ExecStart=\S*/(dateline-\S+) (.*)", unit, re.M):
            words = command[1].split()
            known = run([INDEXER, words[2], "--help"])
            check(command[0] == "dateline-index" and known.returncode == 0, "%s: %s", name, command)
            for option in re.findall(r"--[a-z-]+", command[1]):
                check(option in known.stdout, "%s: %s takes no %s", name, words[2], option)
    if not shutil.which("systemd-analyze"):
        print("systemd is not installed: the units are not verified")
        return
    units = os.path.join(folder, "units")
    os.makedirs(units)
    for name in names:
        with open(os.path.join(units, name), "w", encoding="utf-8") as f:
            f.write(re.sub(r"^Documentation=.*\n", "", read("systemd", name), flags=re.M)
                    .replace("/usr/bin/dateline-index", INDEXER))
    got = run(["systemd-analyze", "verify", *(os.path.join(units, n) for n in names)])
    check(got.returncode == 0 and not got.stderr.strip(), "systemd-analyze verify: %s", got)
    for name in names:
        if name.endswith(".timer"):
            continue
        got = run(["systemd-analyze", "security", "--offline=true", "--no-pager", os.path.join(units, name)])
        score = re.search(r"exposure level for \S+: ([0-9.]+)", got.stdout)
        check(score and float(score.group(1)) <= EXPOSURE, "%s: %s", name, score and score.group())
        print("%s: exposure %s" % (name, score and score.group(1)))
        if shutil.which("strace") and "DTL_SANITIZED" not in os.environ:
            arguments = ["-i", index, "update", "--cron"] if "index" in name else ["-i", index, "check", "--sample", "2"]
            calls = made(folder, arguments)
            check(len(calls) > 20 and calls <= allowed(read("systemd", name)), "%s: its filter refuses %s", name,
                  sorted(calls - allowed(read("systemd", name))) or calls)


with tempfile.TemporaryDirectory() as work:
    os.umask(0o022)
    test_configuration(work)
    test_crontab(work)
    test_units(work)
for text in problems:
    print(text)
sys.exit(1 if problems else 0)
