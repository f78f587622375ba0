/* shell.c - three ways of writing a word, the plainest that will do. */
#include "query/interactive/shell.h"

#include "common/base/utf8.h"

static bool is_plain(struct dtl_bytes word)
{
    static const char also[] = "_@%+:,./-"; /* no '=': zsh expands =word, and first words assign */
    for (size_t i = 0; i < word.n; i++) {
        uint8_t c = word.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr(also, c)))
            return false;
    }
    return word.n > 0;
}

static bool is_printable(struct dtl_bytes word)
{
    struct dtl_buffer clean = {0};
    bool same =
        dtl_utf8_sanitise(&clean, word, false) && dtl_bytes_equal(dtl_buffer_view(&clean), word);
    dtl_buffer_release(&clean);
    return same;
}

static bool escaped(struct dtl_bytes word, struct dtl_buffer *out)
{
    dtl_buffer_text(out, "$'");
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < ' ' || word.p[i] >= 0x7f || word.p[i] == '\'' || word.p[i] == '\\')
            dtl_buffer_format(out, "\\x%02x", word.p[i]);
        else
            dtl_buffer_byte(out, word.p[i]);
    return dtl_buffer_byte(out, '\'');
}

bool dtl_shell_word(struct dtl_bytes word, struct dtl_buffer *out)
{
    if (is_plain(word))
        return dtl_buffer_append(out, word.p, word.n);
    if (!is_printable(word))
        return escaped(word, out);
    dtl_buffer_byte(out, '\'');
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] == '\'')
            dtl_buffer_text(out, "'\\''");
        else
            dtl_buffer_byte(out, word.p[i]);
    return dtl_buffer_byte(out, '\'');
}
