/*
 * link.c - only what exists is linked, and every byte of a path beyond letters, digits and -._~/ is
 * written %XX, so that no file name ends the sequence early.
 */
#include "query/result/link.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *name, *format;
} aliases[] = {
    {"default",  "file://{host}{path}"          },
    {"file",     "file://{host}{path}"          },
    {"kitty",    "file://{host}{path}"          },
    {"vscode",   "vscode://file{path}"          },
    {"vscodium", "vscodium://file{path}"        },
    {"cursor",   "cursor://file{path}"          },
    {"textmate", "txmt://open?url=file://{path}"},
    {"macvim",   "mvim://open?url=file://{path}"},
    {"grep+",    "grep+://{path}"               },
};
#define ALIASES (sizeof aliases / sizeof *aliases)

static bool is_word(const char *how)
{
    return strcmp(how, "auto") == 0 || strcmp(how, "always") == 0 || strcmp(how, "never") == 0;
}

/* What a format may hold beside its variables: printable ASCII. */
static bool is_format(const char *how)
{
    for (const char *p = how; *p; p++)
        if (*p <= ' ' || *p >= 0x7f)
            return false;
    return strstr(how, "{path}") != NULL;
}

static const char *alias(const char *how)
{
    for (size_t i = 0; i < ALIASES; i++)
        if (strcmp(aliases[i].name, how) == 0)
            return aliases[i].format;
    return NULL;
}

bool dtl_link_known(const char *how)
{
    return is_word(how) || alias(how) || is_format(how);
}

const char *dtl_link_format(const char *how, bool terminal)
{
    if (!how || strcmp(how, "never") == 0 || (!terminal && strcmp(how, "always") != 0))
        return NULL;
    if (is_word(how))
        return aliases[0].format;
    return alias(how) ? alias(how) : how;
}

static void escaped(const char *text, struct dtl_buffer *out)
{
    for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("-._~/", *p);
        if (plain)
            dtl_buffer_byte(out, *p);
        else
            dtl_buffer_format(out, "%%%02X", *p);
    }
}

bool dtl_link_begin(const char *format, struct dtl_bytes path, struct dtl_buffer *out)
{
    char name[PATH_MAX], whole[PATH_MAX], host[256] = "";
    if (path.n == 0 || path.n >= sizeof name || memchr(path.p, 0, path.n))
        return false;
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    if (!realpath(name, whole))
        return false;
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = 0;
    dtl_buffer_text(out, "\x1b]8;;");
    while (*format) {
        if (strncmp(format, "{path}", 6) == 0) {
            escaped(whole, out);
            format += 6;
        } else if (strncmp(format, "{host}", 6) == 0) {
            escaped(host, out);
            format += 6;
        } else {
            dtl_buffer_byte(out, (uint8_t)*format++);
        }
    }
    return dtl_buffer_text(out, "\x1b\\");
}

void dtl_link_end(struct dtl_buffer *out)
{
    dtl_buffer_text(out, "\x1b]8;;\x1b\\");
}
