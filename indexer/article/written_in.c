/* written_in.c - the language an article is taken to be written in. */
#include "indexer/article/written_in.h"

#include "common/base/utf8.h"
#include "indexer/article/detect/detect.h"

#define SHOWN     4096u /* bytes shown to the detector; it looks at fewer */
#define DOUBT_MIN 500u  /* bytes of a text that may speak against a statement */

/* Of the beginning, title first. */
static dtl_lang_code by_beginning(struct dtl_bytes title, struct dtl_bytes body)
{
    char text[SHOWN];
    size_t n = title.n < SHOWN / 2 ? title.n : SHOWN / 2;
    if (n)
        memcpy(text, title.p, n);
    text[n++] = '\n';
    size_t more = body.n < SHOWN - n ? body.n : SHOWN - n;
    if (more)
        memcpy(text + n, body.p, more);
    n += more;
    /* cut between characters */
    for (int i = 0; i < 3 && more < body.n && n && ((uint8_t)text[n - 1] & 0xc0) == 0x80; i++)
        n--;
    if (more < body.n && n && ((uint8_t)text[n - 1] & 0xc0) == 0xc0)
        n--;
    return dtl_detect_language(dtl_bytes(text, n));
}

/* Behind so many quarters of the text. */
static dtl_lang_code by_place(struct dtl_bytes body, unsigned quarters)
{
    size_t from = body.n / 4 * quarters, at = from;
    while (at < body.n && body.p[at] != ' ' && body.p[at] != '\n' && at < from + 64)
        at++;
    while (at < body.n && (body.p[at] & 0xc0) == 0x80)
        at++;
    return dtl_detect_language(dtl_bytes(body.p + at, body.n - at));
}

/* Do detectors take one for the other? */
static bool is_close(dtl_lang_code a, dtl_lang_code b)
{
    static const char *const kin[] = {"da nb nn no", "bs hr me sh sr", "id ms", "cs sk",
                                      "es gl pt",    "be ru uk",       "bg mk", "af nl"};
    char x[4], y[4];
    const char *p = dtl_lang_code_text(a, x), *q = dtl_lang_code_text(b, y);
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
        if (strstr(kin[i], p) && strstr(kin[i], q))
            return true;
    return false;
}

/* Does the text speak for `shown` and against `stated`, and where it is unsure for neither? */
static bool refutes(dtl_lang_code shown, dtl_lang_code stated, struct dtl_bytes body)
{
    unsigned places = 0;
    if (!shown || shown == stated || is_close(shown, stated))
        return false;
    for (unsigned quarters = 1; quarters < 4; quarters++) {
        dtl_lang_code here = by_place(body, quarters);
        if (here == stated)
            return false;
        places += here == shown;
    }
    return places > 0;
}

dtl_lang_code dtl_written_in(const struct dtl_language_word *word, struct dtl_bytes title,
                             struct dtl_bytes body)
{
    dtl_lang_code known = word->stated ? word->stated : word->of_run, shown;
    if (known && (!word->stated || !word->doubted || body.n < DOUBT_MIN))
        return known;
    shown = by_beginning(title, body);
    if (known)
        return refutes(shown, known, body) ? shown : known;
    if (!shown)
        shown = by_place(body, 2);
    return shown ? shown : word->otherwise;
}
