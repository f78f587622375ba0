/* cmd_analyze.c - what becomes of a text: each token through every stage of the analysis, one a
 * line. */
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "indexer/command.h"

#include <getopt.h>
#include <unistd.h>

enum { LANG = 256 };
static const struct option table[] = {
    {"lang", required_argument, NULL, LANG},
    DTL_COMMON_OPTIONS
};

static enum dtl_status print_token(void *ctx, const struct dtl_token *t)
{
    struct dtl_buffer *out = ctx;
    static const struct {
        unsigned flag;
        const char *word;
    } names[] = {
        {DTL_TOKEN_PARAGRAPH, "paragraph"},
        {DTL_TOKEN_SENTENCE,  "sentence" },
        {DTL_TOKEN_UNIGRAM,   "unigram"  },
        {DTL_TOKEN_JOINED,    "joined"   }
    };
    dtl_buffer_format(out, "%u\t%u-%u\t", t->position, t->begin, t->end);
    dtl_utf8_sanitise(out, t->form, false);
    dtl_buffer_byte(out, '\t');
    dtl_utf8_sanitise(out, t->folded, false);
    dtl_buffer_byte(out, '\t');
    dtl_utf8_sanitise(out, t->term, false);
    dtl_buffer_format(out, "\t%s\t", dtl_lang_text(t->lang));
    const char *mark = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (t->flags & names[i].flag) {
            dtl_buffer_format(out, "%s%s", mark, names[i].word);
            mark = ",";
        }
    dtl_buffer_byte(out, '\n');
    return out->failed ? DTL_ENOMEM : DTL_OK;
}

static bool read_standard_input(struct dtl_buffer *text)
{
    char block[65536];
    ssize_t got;
    while ((got = read(0, block, sizeof block)) > 0)
        if (!dtl_buffer_append(text, block, (size_t)got))
            return false;
    return got == 0;
}

int dtl_cmd_analyze(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    (void)index;
    int c;
    dtl_lang_code code = dtl_lang_code_of(DTL_LITERAL("en"));
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == LANG && !(code = dtl_lang_code_of(dtl_bytes_of(optarg))))
            return dtl_usage(self, "--lang wants a language such as 'en', not '%s'", optarg);
    }
    if (optind == argc)
        return dtl_usage(self, "give the text to analyse, or - for standard input");

    struct dtl_buffer text = {.limit = (size_t)64 << 20}, out = {0};
    struct dtl_analyzer *an = NULL;
    struct dtl_error err = {0};
    int status = 0;
    if (argc - optind == 1 && strcmp(argv[optind], "-") == 0) {
        if (!read_standard_input(&text)) {
            dtl_say("analyze: cannot read standard input, or it is over 64 MiB");
            status = 4;
        }
    } else {
        for (int i = optind; i < argc; i++) {
            if (i > optind)
                dtl_buffer_byte(&text, ' ');
            dtl_buffer_text(&text, argv[i]);
        }
    }
    dtl_buffer_text(&out, "position\tbytes\tform\tfolded\tterm\tlang\tmarks\n");
    enum dtl_status st = status ? DTL_OK : dtl_analyzer_open(&an, &err);
    if (!status && st >= 0)
        st = dtl_analyze(an, dtl_buffer_view(&text), dtl_lang_of(code), 0, print_token, &out, NULL,
                         &err);
    if (st < 0)
        status = dtl_say_error(&err);
    dtl_analyzer_close(an);
    if (!status) {
        dtl_put_buffer(&out);
        status = dtl_finish_output();
    }
    dtl_buffer_release(&out);
    dtl_buffer_release(&text);
    return status;
}
