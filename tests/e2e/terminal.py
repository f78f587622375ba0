"""A program on a pseudo terminal, and the screen it paints: enough of xterm to test a full-screen program.

Terminal(argv, rows, columns) starts it; keys() types; wait(test) reads until test(self) holds or time is up; text() is
the screen as lines. What this emulator does not know raises, so that a test never compares against a wrong picture.
"""
import codecs
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
import unicodedata

CSI = re.compile(r"\x1b\[([?>=]?)([0-9;]*)([@-~])")
OTHER = re.compile(r"\x1b(?:[()][A-Z0-9]|[=>78MDEc]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


def width(c):
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


class Screen:
    def __init__(self, rows, columns):
        self.resize(rows, columns)
        self.alternate = False
        self.pending = ""

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.first = ([[" "] * columns for _ in range(rows)], 0, 0)  # the screen beside the alternate one
        self.y = self.x = 0
        self.top, self.bottom = 0, rows - 1
        self.last = " "

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def scroll(self, top, bottom, by):
        for _ in range(abs(by)):
            if by > 0:
                del self.cells[top]
                self.cells.insert(bottom, [" "] * self.columns)
            else:
                del self.cells[bottom]
                self.cells.insert(top, [" "] * self.columns)

    def put(self, c):
        wide = width(c)
        if wide == 0:
            if self.x > 0:
                self.cells[self.y][self.x - 1] += c
            return
        if self.x + wide > self.columns:
            self.x = 0
            self.line_feed()
        self.cells[self.y][self.x] = c
        if wide == 2:
            self.cells[self.y][self.x + 1] = ""
        self.x += wide
        self.last = c

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(self.top, self.bottom, 1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def control(self, c):
        if c == "\r":
            self.x = 0
        elif c == "\n":
            self.line_feed()
        elif c == "\b":
            self.x = max(0, self.x - 1)
        elif c == "\t":
            self.x = min(self.columns - 1, self.x // 8 * 8 + 8)
        elif c not in "\x07\x0e\x0f\x00":
            raise AssertionError("a control character on the screen: %r" % c)

    def sequence(self, private, numbers, final):
        n = [int(v) if v else 0 for v in numbers.split(";")]
        one = max(n[0], 1)
        row = self.cells[self.y]
        if private:
            if final in "hl" and 1049 in n:
                self.alternate = final == "h"
                if self.alternate:
                    self.first = (self.cells, self.y, self.x)
                    self.cells = [[" "] * self.columns for _ in range(self.rows)]
                else:
                    self.cells, self.y, self.x = self.first
        elif final == "H":
            self.y = min(one, self.rows) - 1
            self.x = min(max(n[1] if len(n) > 1 else 1, 1), self.columns) - 1
        elif final == "A":
            self.y = max(0, self.y - one)
        elif final == "B":
            self.y = min(self.rows - 1, self.y + one)
        elif final == "C":
            self.x = min(self.columns - 1, self.x + one)
        elif final == "D":
            self.x = max(0, self.x - one)
        elif final == "G":
            self.x = min(one, self.columns) - 1
        elif final == "d":
            self.y = min(one, self.rows) - 1
        elif final == "J":
            self.erase(0 if n[0] else self.y * self.columns + self.x,
                       self.y * self.columns + self.x + 1 if n[0] == 1 else self.rows * self.columns)
        elif final == "K":
            start, end = (self.x, self.columns) if n[0] == 0 else (0, self.x + 1 if n[0] == 1 else self.columns)
            row[start:end] = [" "] * (end - start)
        elif final == "X":
            end = min(self.columns, self.x + one)
            row[self.x:end] = [" "] * (end - self.x)
        elif final == "P":
            row[self.x:] = row[self.x + one:] + [" "] * min(one, self.columns - self.x)
        elif final == "@":
            row[self.x:] = ([" "] * one + row[self.x:])[:self.columns - self.x]
        elif final == "b":
            for _ in range(one):
                self.put(self.last)
        elif final == "L":
            self.scroll(self.y, self.bottom, -one)
        elif final == "M":
            self.scroll(self.y, self.bottom, one)
        elif final == "S":
            self.scroll(self.top, self.bottom, one)
        elif final == "T":
            self.scroll(self.top, self.bottom, -one)
        elif final == "r":
            self.top, self.bottom = one - 1, (n[1] if len(n) > 1 and n[1] else self.rows) - 1
            self.y = self.x = 0
        elif final not in "mhltcn":
            raise AssertionError("a sequence this emulator does not know: %r" % final)

    def erase(self, start, end):
        for i in range(start, end):
            self.cells[i // self.columns][i % self.columns] = " "

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        at = 0
        while at < len(text):
            c = text[at]
            if c == "\x1b":
                match = CSI.match(text, at) or OTHER.match(text, at)
                if not match:
                    self.pending = text[at:]
                    if len(self.pending) > 64:
                        raise AssertionError("not a sequence: %r" % self.pending[:64])
                    return
                if match.re is CSI:
                    self.sequence(*match.groups())
                elif match.group() == "\x1bM":
                    self.y = max(0, self.y - 1)
                at = match.end()
                continue
            if c < " " or c == "\x7f" or "\x80" <= c < "\xa0":
                self.control(c)
            else:
                self.put(c)
            at += 1


class Terminal:
    def __init__(self, argv, rows=24, columns=80, env=None):
        self.screen = Screen(rows, columns)
        self.decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.status = None
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C", **(env or {})}
        for name in ("LINES", "COLUMNS", "NO_COLOR"):
            environment.pop(name, None)
        master, slave = pty.openpty()
        self.fd, self.slave = master, slave  # the slave stays open: its settings are looked at after the program
        self.size(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 64)
            os.execve(argv[0], argv, environment)

    def size(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.pump(0.05)
        self.screen.resize(rows, columns)
        self.size(rows, columns)

    def keys(self, text):
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def read(self, seconds):
        """What there is after at most `seconds`, not yet painted."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            return b""

    def pump(self, seconds):
        """Read and paint what there is after at most `seconds`; True when something came."""
        data = self.read(seconds)
        self.screen.feed(self.decoder.decode(data))
        return bool(data)

    def settle(self, quiet=0.15):
        while self.pump(quiet):
            pass

    def text(self):
        return "\n".join(self.screen.lines())

    def wait(self, test, seconds=20):
        """Read until test(text) holds and nothing more is drawn for a moment; the screen as it then is."""
        end = time.monotonic() + seconds
        while self.pump(0.03) or not test(self.text()):
            if time.monotonic() > end:
                raise AssertionError("waited in vain; the screen:\n" + self.text())
        return self.text()

    def ended(self, seconds=20):
        """The program's wait status, once it ended."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, how = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = how
            elif time.monotonic() > end:
                os.kill(self.pid, 9)
                raise AssertionError("it does not end; the screen:\n" + self.text())
            self.pump(0.01)
        self.settle(0.05)
        return self.status

    def restored(self):
        """Is the terminal as it was: line settings, and the first screen?"""
        return termios.tcgetattr(self.slave) == self.before and not self.screen.alternate

    def close(self):
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
        os.close(self.slave)
