"""The documents say what the programs do.

documents.py INDEXER QUERY SOURCE: the examples of docs/man are run over corpus/ and must end as they should and print
what the page shows; every option that --help lists is in its page and every option of a page is taken by its program;
the pages are clean for mandoc; `help` prints their tables; completions name what exists.
"""
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile

INDEXER, QUERY, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
PAGES = ["dateline-index.1", "dateline-query.1", "dateline-formats.5", "dateline.toml.5", "dateline-dates.7",
         "dateline-query-language.7"]
ESCAPES = {r"\(aq": "'", r"\(dq": '"', r"\(ti": "~", r"\(ha": "^", r"\('e": "é", r"\e": "\\", r"\&": "", r"\-": "-"}
problems = []


def problem(text, *args):
    problems.append(text % args)


def plain(line):
    return re.sub(r"\\(?:\(..|.)", lambda m: ESCAPES[m.group()], line)


def page(name):
    with open(os.path.join(SOURCE, "docs/man", name), encoding="utf-8") as f:
        return f.read().splitlines()


def words(*names):
    """The text of pages, without their comments."""
    return plain("\n".join(line for name in names for line in page(name) if not line.startswith('.\\"')))


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


def alike(line, shown):
    """A star in what a page shows is whatever the program prints."""
    return fnmatch.fnmatchcase(line, shown.replace("[", "[[]"))


def examples(name):
    """(line, command, status, lines it prints or None) of the EXAMPLES of a page."""
    found, inside, literal, status = [], False, False, 0
    for number, line in enumerate(page(name), 1):
        if line.startswith(".Sh"):
            inside = line == ".Sh EXAMPLES"
        elif line.startswith('.\\" status '):
            status = int(line.split()[2])
        elif inside and line.startswith(".Bd -literal"):
            literal = True
        elif line == ".Ed":
            literal = False
        elif inside and literal:
            text = plain(line)
            if text.startswith("$ "):
                found.append([number, text[2:], status, None])
                status = 0
            elif found and text.startswith("    ") and found[-1][1].endswith(("|", "\\")):
                found[-1][1] += "\n" + text
            elif found and not text.startswith((" ", "dateline-", "10 ")):
                found[-1][3] = (found[-1][3] or []) + [text]
    return found


def steps():
    """The commands of docs/FIRST_STEPS.md."""
    with open(os.path.join(SOURCE, "docs/FIRST_STEPS.md"), encoding="utf-8") as f:
        return [(n, line[6:].strip(), 0, None) for n, line in enumerate(f, 1) if line.startswith("    $ ")]


def test_configuration(folder, env):
    """The example of dateline.toml(5) is taken, and every key the program knows is on the page."""
    text = page("dateline.toml.5")
    at = text.index(".Sh EXAMPLES")
    example = "\n".join(plain(line) for line in text[at + 2:text.index(".Ed", at)]) + "\n"
    path = os.path.join(folder, "page.toml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(example)
    os.chmod(path, 0o600)
    got = run([INDEXER, "config", "--config", path], env=env)
    if got.returncode or got.stdout.count("[[root]]") != 4:
        problem("dateline.toml.5: the example: %s", got)
    with open(os.path.join(SOURCE, "indexer/config/config.c"), encoding="utf-8") as f:
        keys = re.findall(r'^    \{"([a-z-]+)", ', f.read(), re.M)
    words = "\n".join(plain(line) for line in text)
    for key in keys:
        if not re.search(r"\b%s\b" % key, words):
            problem("dateline.toml.5 says nothing of %s", key)
    if len(keys) < 20:
        problem("the keys of the configuration could not be read: %s", keys)


def test_examples(folder):
    count = 0
    os.symlink(os.path.join(SOURCE, "corpus"), os.path.join(folder, "corpus"))
    os.makedirs(os.path.join(folder, "bin"))
    for program in (INDEXER, QUERY):
        os.symlink(program, os.path.join(folder, "bin", os.path.basename(program)))
    env = {**os.environ, "HOME": folder, "TZ": "UTC", "LC_ALL": "C", "TERM": "dumb",
           "PATH": os.path.join(folder, "bin") + ":" + os.environ["PATH"]}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "DATELINE_INDEX"):
        env.pop(name, None)
    made = run([INDEXER, "update", "corpus"], cwd=folder, env=env)
    assert made.returncode == 0, made
    test_configuration(folder, env)
    for name in PAGES + ["FIRST_STEPS.md"]:
        if name == "dateline.toml.5":
            continue
        found = examples(name) if name in PAGES else steps()
        if not found:
            problem("%s: no examples", name)
        for number, command, status, shown in found:
            if "jq" in command and not shutil.which("jq"):
                continue
            got = run(["bash", "-c", "set -o pipefail\n" + command], cwd=folder, env=env)
            count += 1
            lines = got.stdout.splitlines()
            if got.returncode != status:
                problem("%s:%d: %s: exit status %d: %s", name, number, command, got.returncode, got.stderr)
            elif shown is not None and not (len(shown) == len(lines) and all(map(alike, lines, shown))):
                problem("%s:%d: %s: printed\n%s", name, number, command, got.stdout or got.stderr)
            elif shown is None and not lines and "update" not in command and "backup" not in command \
                    and "check" not in command and ">" not in command:
                problem("%s:%d: %s: prints nothing", name, number, command)
    return count


def documented(name):
    """Long options a page describes; --no-x describes --x."""
    return set(re.findall(r"Fl Fl (?:no-)?([a-z][a-z-]*[a-z])\b(?!- Ns)", "\n".join(page(name)))) - {"no"}


def offered():
    return set(re.findall(r"^ +(?:-., )?--([a-z-]+)", run([QUERY, "--help"]).stdout, re.M)) - {"no-"}


def command_options():
    """Of dateline-index, by command."""
    names = re.findall(r"^  ([a-z]+) ", run([INDEXER, "--help"]).stdout.split("\n\n")[2], re.M)
    return {n: set(re.findall(r"--(?:no-)?([a-z-]+)", "\n".join(
        line for line in run([INDEXER, "help", n]).stdout.split("\n\nExample")[0].splitlines()
        if line.startswith("  -")))) for n in names}


def test_options():
    pages, real = documented("dateline-query.1"), offered()
    for name in sorted(real - pages):
        problem("dateline-query.1 says nothing of --%s", name)
    for name in sorted(pages - real - {"interactive"}):
        got = run([QUERY, "--" + name, "--help"])
        got = got if got.returncode != 2 else run([QUERY, "--%s=1" % name, "--help"])
        if "unknown option" in got.stderr or "not available" in got.stderr:
            problem("dateline-query.1: --%s: %s", name, got.stderr)
    commands = command_options()
    pages = documented("dateline-index.1")
    text = "\n".join(page("dateline-index.1"))
    if len(commands) < 9:
        problem("the list of commands could not be read: %s", commands)
    for command, options in commands.items():
        if not re.search(r"^\.It Cm %s\b" % command, text, re.M):
            problem("dateline-index.1 says nothing of %s", command)
        for name in sorted(options - pages):
            problem("dateline-index.1 says nothing of %s --%s", command, name)
    for name in sorted(pages - set().union(*commands.values()) - {"index", "help", "version"}):
        problem("dateline-index.1: there is no --%s", name)
    for command in commands:
        direct = run([INDEXER, command, "--help"])
        if run([INDEXER, "help", command]).stdout != direct.stdout or direct.returncode:
            problem("help %s differs from %s --help", command, command)


def fields():
    """Names of fields, as the program lists them when it does not know one."""
    return set(re.search(r"fields: ([^;]*)", run([QUERY, "nosuchfield:x"]).stderr).group(1).replace("/N", "").split())


def test_language():
    text = words("dateline-query-language.7", "dateline-dates.7")
    for name in sorted(fields()):
        if not re.search(r"\b%s(/\w+|/ Ns Ar n Ns Li )?:" % name, text):
            problem("no page says what %s: is", name)
    for what, name in (("query", "dateline-query-language.7"), ("dates", "dateline-dates.7")):
        got = run([QUERY, "help", what])
        rows = [plain(line) for line in page(name) if line.startswith(".It Li ")]
        table = "\n".join(page(name)).split('.\\" begin help')[1].split('.\\" end help')[0]
        keys = [plain(k) for k in re.findall(r"^\.It Li (.*?) Ta ", table, re.M)]
        if got.returncode or len(keys) < 20 or not rows:
            problem("help %s: %s", what, got)
        for key in keys:
            if "\n  " + key + " " not in "\n" + got.stdout:
                problem("help %s does not have the row %s", what, key)
        if any(len(line) > 80 for line in got.stdout.splitlines()):
            problem("help %s is wider than 80 columns", what)
        # Every form the table shows is one the program takes.
        for key in keys:
            forms = [key] if what == "query" else re.split(r", (?!1, 2024|2024$)", key.replace("march 1, 2024", "march_1,_2024"))
            for form in forms:
                form = form.replace("_", " ")
                if what == "dates" and re.search(r"\b[ABE]\b|:", form):  # a filter, or made of forms
                    continue
                arguments = ["--date", form, "*"] if what == "dates" else [form]
                got = run([QUERY, "--index", "/nonexistent", "--now", "2024-04-10", "--tz", "UTC", *arguments])
                if got.returncode != 3 and not (form.startswith("query:") and "saved" in got.stderr):
                    problem("help %s: the form %s is refused: %s", what, form, got.stderr)


def test_lint():
    if not shutil.which("mandoc"):
        print("mandoc is not installed: the pages are not linted")
        return
    for name in PAGES:
        got = run(["mandoc", "-Tlint", "-Wstyle", os.path.join(SOURCE, "docs/man", name)])
        for line in got.stdout.splitlines() + got.stderr.splitlines():
            if "referenced manual not found" not in line and "mandoc.db" not in line:
                problem("%s", line)
        if ".Sh EXIT STATUS" not in page(name) and name[-1] == "1":
            problem("%s has no EXIT STATUS", name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        count = test_examples(folder)
    test_options()
    test_language()
    test_lint()
    print("%d examples, %d options of dateline-query" % (count, len(offered())))
    for text in problems:
        print(text)
    return 1 if problems else 0


sys.exit(main())
