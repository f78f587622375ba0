/*
 * Any bytes as a source file, from the choice of a reader to articles: containers, compressions,
 * every format, the options of a run. What comes out can be indexed, what does not says why.
 * The first byte chooses the format (0: by content) and the second the options.
 */
#include "common/base/utf8.h"
#include "indexer/article/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARTICLES_MAX 20000 /* of one input: a container may hold many small ones */

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void valid(struct dtl_bytes text)
{
    require(dtl_utf8_valid_prefix(text) == text.n);
}

/* Standard input is a file in memory: no name, nothing on a disk. */
static void become_input(struct dtl_bytes bytes)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("fuzz", 0);
        require(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    }
    require(ftruncate(fd, 0) == 0);
    require(pwrite(fd, bytes.p, bytes.n, 0) == (ssize_t)bytes.n);
    require(lseek(fd, 0, SEEK_SET) == 0);
}

static void check_article(const struct dtl_article *a)
{
    struct dtl_buffer record = {0};
    valid(a->title);
    valid(a->body);
    valid(a->extra);
    if (dtl_bytes_compare(a->id, a->path) != 0) /* names of files and members are bytes */
        valid(a->id);
    require(a->id.n > 0 && a->file_bytes <= a->path.n);
    if (dtl_interval_dated(a->date))
        require(a->date.earliest >= DTL_DAY_MIN && a->date.latest <= DTL_DAY_MAX &&
                a->date.earliest <= a->date.latest);
    require(dtl_article_encode(a, &record));
    dtl_buffer_release(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {NULL, "utf-8", "windows-1252", "UTF-16LE"};
    static const struct dtl_field_pair pair[] = {
        {"title", "t"},
        {"date",  "d"}
    };
    if (size < 2)
        return 0;
    const char *const *formats = dtl_intake_formats();
    size_t n = 0;
    while (formats[n])
        n++;
    size_t which = data[0] % (n + 1);
    struct dtl_intake_options o = {.format = which ? formats[which - 1] : NULL,
                                   .encoding = encodings[data[1] & 3],
                                   .default_lang = dtl_lang_code_of(DTL_LITERAL("en")),
                                   .reject_undated = data[1] & 4};
    if (data[1] & 8) {
        o.map = pair;
        o.maps = 2;
    }
    if (data[1] & 16)
        o.date_from = "mtime,text,url,meta";
    become_input(dtl_bytes(data + 2, size - 2));
    struct dtl_file file = dtl_file_stdin();
    struct dtl_intake *in = NULL;
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    enum dtl_status opened = dtl_intake_open(&in, &file, &o, &err);
    require(opened != DTL_ENOMEM); /* it would end a run */
    if (opened != DTL_OK)
        return 0;
    for (int i = 0; i < ARTICLES_MAX; i++) {
        struct dtl_article a = {0};
        err = (struct dtl_error){0};
        dtl_arena_reset(&arena);
        enum dtl_status st = dtl_intake_next(in, &arena, &a, &err);
        if (st == DTL_OK)
            check_article(&a);
        else if (st == DTL_EINPUT)
            require(err.text[0]);
        else {
            require(st != DTL_ENOMEM);
            break;
        }
    }
    dtl_intake_close(in);
    dtl_arena_release(&arena);
    return 0;
}
