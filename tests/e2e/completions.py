"""Completions for bash, zsh and fish offer what the programs take, and nothing else.

completions.py INDEXER QUERY SOURCE: each shell that is installed completes the same beginnings; the fields, words for
dates and values that stand in the files are held to the programs.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from terminal import Terminal

INDEXER, QUERY, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
FILES = os.path.join(SOURCE, "completions")
problems = []


def output(*command):
    got = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return got.stdout + got.stderr


def program_fields():
    listed = re.search(r"fields: ([^;]*)", output(QUERY, "nosuchfield:x")).group(1)
    return {name.replace("/N", "/50") + ":" for name in listed.split()} | {"byline:"}


OPTIONS = set(re.findall(r"^ +(?:-., )?(--[a-z-]+)", output(QUERY, "--help"), re.M))
UPDATE = set(re.findall(r"--[a-z][a-z-]*", "\n".join(re.findall(r"^  ((?:-., )?(?:--[a-z-]+(?:, )?)+)",
                                                              output(INDEXER, "help", "update"), re.M))))
COMMANDS = set(re.findall(r"^  ([a-z]+) +[a-z]", output(INDEXER, "--help").replace("  dateline-index", ""), re.M)) | {"help"}
FIELDS = program_fields()


def starting(words, beginning):
    return {w for w in words if w.startswith(beginning)}


# What is typed, and all that may be offered; None: look at the values alone.
CASES = [
    ("dateline-query --", OPTIONS),
    ("dateline-query --s", starting(OPTIONS, "--s")),
    ("dateline-query --sort ", {"relevance", "newest", "oldest"}),
    ("dateline-query --color=a", {"auto", "always"}),
    ("dateline-query --date-match ", {"overlap", "within"}),
    ("dateline-query storm s", starting(FIELDS, "s")),
    ("dateline-query storm since:last_w", {"last_week"}),
    ("dateline-query date:no", {"none", "november"}),
    ("dateline-query query:qua", {"quakes"}),
    ("dateline-query --new qua", {"quakes"}),
    ("dateline-query help ", {"query", "dates"}),
    ("dateline-index st", {"status"}),
    ("dateline-index help ", COMMANDS - {"help"}),
    ("dateline-index ", COMMANDS),
    ("dateline-index update --", UPDATE),
    ("dateline-index -i x update --pr", starting(UPDATE, "--pr")),
]


def short(word):
    """A shell may offer the whole word or what follows the colon or equals sign of the one typed."""
    return word if word.endswith(":") else re.sub(r"^(--[a-z-]+=|[a-z]+:)", "", word)


def check(shell, line, offered, wanted):
    offered = {short(w) for w in offered}
    wanted = {short(w) for w in wanted}
    if offered != wanted:
        problems.append("%s: %s: offers also %s, lacks %s" %
                        (shell, line, sorted(offered - wanted), sorted(wanted - offered)))


def bash(line, env):
    script = """
source %s/dateline.bash
COMP_LINE=%s COMP_POINT=%d
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
case ${COMP_WORDS[0]} in dateline-query) _dateline_query ;; *) _dateline_index ;; esac
printf '%%s\\n' "${COMPREPLY[@]}"
""" % (shlex.quote(FILES), shlex.quote(line), len(line))
    got = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, env=env)
    if got.stderr:
        problems.append("bash: %s: %s" % (line, got.stderr))
    return set(got.stdout.split())


def fish(line, env):
    script = "source %s/%s.fish; complete -C %s" % (shlex.quote(FILES), line.split()[0], shlex.quote(line))
    got = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, env=env)
    if got.stderr:
        problems.append("fish: %s: %s" % (line, got.stderr))
    return {row.split("\t")[0].rstrip("=") for row in got.stdout.splitlines()}


class Zsh:
    """zsh completes only at a prompt: one on a pseudo terminal, that prints what compadd was given."""

    def __init__(self, env, folder):
        rc = os.path.join(folder, ".zshrc")
        with open(rc, "w", encoding="utf-8") as f:
            f.write("PS1='at> '\nfpath=(%s $fpath)\nautoload -U compinit\ncompinit -u -D\nunsetopt beep\n"
                    "compdef _dateline dateline-query dateline-index\n"
                    "LISTMAX=1000\nzstyle ':completion:*' list-prompt ''\nsetopt auto_list list_rows_first\n"
                    % shlex.quote(FILES))
        self.t = Terminal([shutil.which("zsh"), "-i"], rows=120, columns=200, env={**env, "ZDOTDIR": folder})
        self.t.wait(lambda text: "at>" in text)

    def prompt(self):
        """An empty line on an empty screen, whatever stood there."""
        self.t.keys("\x03")
        self.t.wait(lambda text: text.rstrip().endswith("at>"))
        self.t.keys("\x0c")
        self.t.wait(lambda text: text.rstrip() == "at>")

    def offers(self, line, enough):
        """What a TAB lists, and a second one when the first completed a common beginning, as soon as it is enough."""
        self.prompt()
        self.t.keys(line)
        self.t.wait(lambda text: text.rstrip().endswith(line.rstrip()))
        self.t.keys("\t")
        self.until(enough, 1)
        if not enough(*self.listed()):
            self.t.keys("\t")
            self.until(enough, 30)
        return self.listed()

    def until(self, enough, seconds):
        end = time.monotonic() + seconds
        while (self.t.pump(0.05) or not enough(*self.listed())) and time.monotonic() < end:
            pass

    def listed(self):
        lines = self.t.screen.lines()
        cells = {cell for row in lines[1:] for cell in re.split(r"  +", re.sub(r" +-- .*", "", row)) if cell}
        return lines[0][4:], {w for cell in cells for w in re.findall(r"--[a-z-]+|[a-z][a-z/0-9]*:?", cell)}


def test_zsh(env, folder):
    z = Zsh(env, folder)
    for line, wanted in CASES:
        def missing(listed):
            return {short(w) for w in wanted} - {short(w) for w in listed}

        def in_place(typed):  # all of a word that has no rival
            return len(wanted) == 1 and typed.rstrip().endswith(short(next(iter(wanted))))

        typed, listed = z.offers(line, lambda typed, listed: in_place(typed) or not missing(listed))
        if not in_place(typed) and missing(listed):
            problems.append("zsh: %s: became %s, lacks %s of %s" % (line, typed, sorted(missing(listed)), sorted(listed)))
    z.prompt()
    z.t.keys("exit\n")
    z.t.close()


def test_words():
    """What stands in the files is taken by the program, and is the same in each."""
    for name in ("dateline.bash", "_dateline", "dateline-query.fish"):
        with open(os.path.join(FILES, name), encoding="utf-8") as f:
            text = f.read()
        fields = set(re.findall(r"\b(?:[a-z]+|first/50):(?=[\s\"')])", text.split("title:", 1)[1].split("query:", 1)[0])) \
            | {"title:", "query:"}
        if fields != FIELDS:
            problems.append("%s: fields: also %s, lacks %s" % (name, sorted(fields - FIELDS), sorted(FIELDS - fields)))
        dates = re.search(r"today yesterday[a-z0-9_\s\\]*december", text).group().replace("\\", " ").split()
        for date in dates:
            got = output(QUERY, "--index", "/nonexistent", "--date", date, "x")
            if "no index" not in got and "/nonexistent" not in got:
                problems.append("%s: the date %s: %s" % (name, date, got))
        values = re.findall(r"^\s+--([a-z-]+)\).*-W \"([a-z0-9% ]+)\"|"
                            r"^\s+([a-z-]+)\) action='\(([a-z0-9% ]+)\)'|"
                            r"case ([a-z-]+)\n\s+complete \$spec.* -a '([a-z0-9% ]+)'", text, re.M)
        values = [tuple(filter(None, v)) for v in values]
        if len(values) < 5:
            problems.append("%s: the values of options could not be read: %s" % (name, values))
        for option, words in values:
            for value in words.split():
                got = output(QUERY, "--index", "/nonexistent", "--%s=%s" % (option, value), "x")
                if "/nonexistent" not in got and option != "undated":
                    problems.append("%s: --%s=%s: %s" % (name, option, value, got))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "bin"))
        os.makedirs(os.path.join(folder, "config/dateline"))
        with open(os.path.join(folder, "config/dateline/queries"), "w", encoding="utf-8") as f:
            f.write("quakes = quake OR tremor\nfloods = flood\n")
        for program in (INDEXER, QUERY):
            os.symlink(program, os.path.join(folder, "bin", os.path.basename(program)))
        env = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder + "/config", "LC_ALL": "C",
               "PATH": os.path.join(folder, "bin") + ":" + os.environ["PATH"]}
        os.chdir(folder)
        test_words()
        shells = []
        for shell, offers in (("bash", bash), ("fish", fish)):
            if shutil.which(shell):
                shells.append(shell)
                for line, wanted in CASES:
                    check(shell, line, offers(line, env), wanted)
        if shutil.which("zsh"):
            shells.append("zsh")
            test_zsh(env, folder)
    print("%d cases in %s" % (len(CASES), ", ".join(shells)))
    for text in problems:
        print(text)
    return 1 if problems else 0


sys.exit(main())
