"""The words of a text by docs/FORMAT.md ("Analysis"), written down once more from that page, in any script but those
that need a dictionary (Thai, Lao, Khmer, Burmese): what linear scans compare the index with.

words(text) gives the printed forms in order of position; None stands where a position is taken by what no phrase
and no exact word sees (the last character of a run of Han or kana). folded(), cased() and accented() are the three
ways in which two forms can be compared.
"""
import re
import unicodedata

APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\uff07"), "'")
BETWEEN_LETTERS = set(".'\u2018\u2019\u02bc\u2024\ufe52\uff07\uff0e\u00b7\u0387\u055f\u05f4\u2027\ufe13")
BETWEEN_DIGITS = set(".'\u2018\u2019\u02bc\u2024\ufe52\uff07\uff0e,;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50"
                     "\ufe54\uff0c\uff1b")
NOT_APART = dict(zip("æðøþđħıĸłŋœŧƀƈƒƙƚƥƭƴƶǥȷɓɖɗɠɨɫʉ",
                     "ae d o th d h i k l n oe t b c f k l p t y z g j b d d g i l u".split()))
NOT_APART.update({"\u00b7": "", "\u0640": "", "\u05f0": "\u05d5\u05d5", "\u05f1": "\u05d5\u05d9", "\u05f2": "\u05d9\u05d9",
                  "\u05f3": "'", "\u05f4": '"'})
KEPT_WHOLE = {"\u0433\u0301", "\u0438\u0306", "\u043a\u0301", "\u0443\u0306", "\u0456\u0308", "\u0648\u0654", "\u064a\u0654"}
KEPT_WHOLE |= {"\u0413\u0301", "\u0418\u0306", "\u041a\u0301", "\u0423\u0306", "\u0406\u0308"}
BARE_SCRIPTS = {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "SYRIAC", "COPTIC", "GEORGIAN", "ARMENIAN", ""}
RUNS = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}
LATIN_BY_ANOTHER_NAME = {"\u00aa", "\u00ba"}


def script(c):
    """The script of a letter by its name in the standard; "" for what belongs to none."""
    if not unicodedata.category(c).startswith("L") and unicodedata.category(c) != "Nl":
        return ""
    if c in LATIN_BY_ANOTHER_NAME:
        return "LATIN"
    if c == "\u00b5":
        return "GREEK"
    name = unicodedata.name(c, "").split(" ")
    while name[0] in ("FULLWIDTH", "HALFWIDTH", "MODIFIER", "SMALL", "LETTER"):
        name = name[1:] or [""]
    return name[0]


def in_run(c):
    return script(c) in RUNS or c in "\u3005\u3007\u30fc\uff70\u3031\u3032\u3033\u3034\u3035"


def attached(c):
    """Marks, joiners and invisible characters: part of what stands before them."""
    return unicodedata.category(c) in ("Mn", "Mc", "Me", "Cf")


def kind(c):
    """L letter, N digit, _ joins, R of a run of Han or kana, H Hangul, else the character itself."""
    category = unicodedata.category(c)
    if in_run(c):
        return "R"
    if c in "\u02bc":
        return c
    if category[0] == "L" or category == "Nl":
        return "H" if script(c) == "HANGUL" else "L"
    if category == "Nd":
        return "N"
    return "_" if category == "Pc" else c


def pieces(text):
    """Stretches without a word boundary inside, each a list of (kind, character with what is attached to it)."""
    units = []
    for c in text:
        if attached(c) and units and units[-1][0] not in "\r\n":
            units[-1][1] += c
        elif attached(c):
            units.append([" ", c])
        else:
            units.append([kind(c), c])
    out, now = [], []
    for i, (k, _) in enumerate(units):
        before = now[-1][0] if now else ""
        after = units[i + 1][0] if i + 1 < len(units) else ""
        joins = before in ("L", "N", "_") and k in ("L", "N", "_")
        held = i > 0 and before and before == units[i - 1][0] and before == after
        hebrew = k == '"' and i > 0 and after == "L" and script(units[i - 1][1][0]) == script(units[i + 1][1][0]) == "HEBREW"
        sign = held and ((before == "L" and (k in BETWEEN_LETTERS or hebrew)) or (before == "N" and k in BETWEEN_DIGITS))
        over_sign = len(now) > 1 and k in ("L", "N") and now[-2][0] == k and before not in "LN_RH"
        run = k == before and k in "RH"
        if now and not (joins or sign or over_sign or run):
            out.append(now)
            now = []
        now.append(units[i])
    return out + [now] if now else out


def by_script(piece):
    """A piece cut where the script changes."""
    now, of = [], ""
    for k, text in piece:
        s = script(text[0])
        if s and of and s != of:
            yield now
            now, of = [], ""
        now.append((k, text))
        of = s or of
    yield now


def printed(text):
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
    return unicodedata.normalize("NFC", visible)


def words(text):
    out = []
    for piece in pieces(text):
        if piece[0][0] == "R":
            run = [printed(t) for _, t in piece]
            out += [a + b for a, b in zip(run, run[1:])]
            out.append(None if len(run) > 1 else run[0])
            continue
        for part in by_script(piece):
            at = [i for i, (k, _) in enumerate(part) if k in "LNH"]
            if at:
                out.append(printed("".join(t for _, t in part[at[0]:at[-1] + 1])))
    return out


def without_marks(text):
    out = []
    for character in re.findall(r".[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]*",
                                unicodedata.normalize("NFD", text), re.S):
        base, marks = character[0], character[1:]
        if script(base) in BARE_SCRIPTS:
            whole = next((m for m in marks if base + m in KEPT_WHOLE), "")
            lower = NOT_APART.get(base)
            if lower is None and base.lower() in NOT_APART and base != base.lower():
                lower = NOT_APART[base.lower()].upper()
            out.append((base if lower is None else lower) + whole)
        else:
            out.append(character)
    return unicodedata.normalize("NFC", "".join(out))


def plain(form):
    """Apostrophes are one letter to everybody."""
    return form.translate(APOSTROPHES)


def accented(form):
    """Letter case folded, accents as printed; joiners and variation selectors are not seen (NFKC casefold)."""
    seen = re.sub("[\u034f\u200c\u200d\ufe00-\ufe0f]", "", form)
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return unicodedata.normalize("NFC", once.translate(APOSTROPHES))


def cased(form):
    """Accents folded, letter case as printed."""
    return without_marks(plain(form))


def folded(form):
    return without_marks(accented(form))
