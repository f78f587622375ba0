/* format.c - one table says which letters there are: the check, the help and the printing read it.
 */
#include "query/result/format.h"

#include <stdio.h>

#include "common/base/utf8.h"

enum what {
    RANK,
    DATE,
    SCORE,
    ID,
    TITLE,
    PATH,
    SOURCE,
    AUTHOR,
    SECTION,
    TAG,
    PLACE,
    AGENCY,
    LANG,
    URL,
    MATCH,
    QID,
    CHANGE,
    PERCENT,
};

static const struct directive {
    char letter;
    enum what what;
    const char *help;
} directives[] = {
    {'n', RANK,    "rank, from 1"                                   },
    {'d', DATE,    "date"                                           },
    {'s', SCORE,   "score"                                          },
    {'i', ID,      "id"                                             },
    {'t', TITLE,   "title, or the first words"                      },
    {'p', PATH,    "path"                                           },
    {'S', SOURCE,  "source"                                         },
    {'a', AUTHOR,  "authors, a semicolon and a blank between them"  },
    {'c', SECTION, "sections, likewise"                             },
    {'g', TAG,     "tags, likewise"                                 },
    {'l', PLACE,   "places, likewise"                               },
    {'A', AGENCY,  "agencies, likewise"                             },
    {'L', LANG,    "language"                                       },
    {'u', URL,     "URL"                                            },
    {'m', MATCH,   "the text around what matched (--snippet)"       },
    {'q', QID,     "qid of a batch"                                 },
    {'C', CHANGE,  "new or revised, with --new, --peek and --digest"},
    {'%', PERCENT, "a percent sign"                                 },
};
#define DIRECTIVES (sizeof directives / sizeof *directives)

static const struct directive *find(char letter)
{
    for (size_t i = 0; i < DIRECTIVES; i++)
        if (directives[i].letter == letter)
            return &directives[i];
    return NULL;
}

/* What \x stands for; -1: nothing. */
static int escape(char letter)
{
    static const char letters[] = "tn\\";
    static const char means[] = "\t\n\\";
    for (int i = 0; letters[i]; i++)
        if (letters[i] == letter)
            return means[i];
    return -1;
}

enum dtl_status dtl_format_check(const char *format, struct dtl_error *err)
{
    char known[2 * DIRECTIVES + 1];
    size_t n = 0;
    for (size_t i = 0; i < DIRECTIVES; i++) {
        known[n++] = '%';
        known[n++] = directives[i].letter;
    }
    known[n] = 0;
    for (const char *p = format; *p; p++) {
        bool directive = *p == '%';
        if (!directive && *p != '\\')
            continue;
        p++;
        if (directive && *p && find(*p))
            continue;
        if (!directive && *p && escape(*p) >= 0)
            continue;
        if (!*p)
            return dtl_fail(err, DTL_EUSAGE, 0, "--format ends in a lone '%c'",
                            directive ? '%' : '\\');
        return directive
                   ? dtl_fail(err, DTL_EUSAGE, 0, "--format: no %%%c; there are %s", *p, known)
                   : dtl_fail(err, DTL_EUSAGE, 0, "--format: no \\%c; there are \\t \\n \\\\", *p);
    }
    return DTL_OK;
}

bool dtl_format_snippets(const char *format)
{
    for (const char *p = format; *p; p++) {
        if (*p == '%' && *++p == 'm')
            return true;
        if (!*p)
            break;
    }
    return false;
}

void dtl_format_help(struct dtl_buffer *out)
{
    for (size_t i = 0; i < DIRECTIVES; i++)
        dtl_buffer_format(out, "  %%%c  %s\n", directives[i].letter, directives[i].help);
    dtl_buffer_text(out, "  \\t  a tab;  \\n  a line end;  \\\\  a backslash\n");
}

static void values(const struct dtl_values *v, struct dtl_buffer *out)
{
    for (size_t i = 0; i < v->n; i++) {
        dtl_buffer_text(out, i ? "; " : "");
        dtl_utf8_sanitise(out, v->v[i], false);
    }
}

static void put(const struct dtl_render *r, const struct dtl_row *row, enum what what,
                struct dtl_buffer *out)
{
    static const struct dtl_article none;
    const struct dtl_article *a = row->article ? row->article : &none;
    char text[DTL_DATE_TEXT];
    switch (what) {
    case RANK:
        dtl_buffer_format(out, "%llu", (unsigned long long)row->rank);
        break;
    case DATE:
        dtl_buffer_text(out, dtl_date_print(row->date, text));
        break;
    case SCORE:
        dtl_render_score(row->score, out);
        break;
    case ID:
        dtl_utf8_sanitise(out, row->id, false);
        break;
    case TITLE:
        dtl_utf8_sanitise(out, row->heading, false);
        break;
    case PATH:
        dtl_utf8_sanitise(out, row->path, false);
        break;
    case SOURCE:
        dtl_utf8_sanitise(out, row->source, false);
        break;
    case AUTHOR:
        values(&a->authors, out);
        break;
    case SECTION:
        values(&a->sections, out);
        break;
    case TAG:
        values(&a->tags, out);
        break;
    case PLACE:
        values(&a->places, out);
        break;
    case AGENCY:
        values(&a->agencies, out);
        break;
    case LANG:
        dtl_buffer_text(out, dtl_lang_code_text(a->lang, text));
        break;
    case URL:
        dtl_utf8_sanitise(out, a->url, false);
        break;
    case MATCH:
        dtl_utf8_sanitise(out, row->snippet.body.text, false);
        break;
    case QID:
        dtl_utf8_sanitise(out, r->qid, false);
        break;
    case CHANGE:
        dtl_buffer_text(out, dtl_change_text(row->change));
        break;
    case PERCENT:
        dtl_buffer_byte(out, '%');
        break;
    }
}

void dtl_format_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    bool ended = false;
    for (const char *p = r->format; *p; p++) {
        const char *stop = p + strcspn(p, "%\\");
        if (stop > p) {
            dtl_utf8_sanitise(out, dtl_bytes(p, (size_t)(stop - p)), true);
            ended = stop[-1] == '\n';
            p = stop - 1;
        } else if (*p == '%') {
            put(r, row, find(*++p)->what, out);
            ended = false;
        } else {
            int c = escape(*++p);
            dtl_buffer_byte(out, (uint8_t)c);
            ended = c == '\n';
        }
    }
    if (r->nul)
        dtl_buffer_byte(out, 0);
    else if (!ended)
        dtl_buffer_byte(out, '\n');
}
