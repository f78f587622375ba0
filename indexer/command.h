/* indexer/command.h - the commands of dateline-index: one table for dispatch, help and the man
 * page's test. */
#ifndef DTL_INDEXER_COMMAND_H
#define DTL_INDEXER_COMMAND_H
#include "common/store/store.h"

#define DTL_DATA_LIMIT (UINT64_C(4) << 30) /* bytes of private memory: RLIMIT_DATA */

struct dtl_command {
    const char *name;
    int (*run)(const struct dtl_command *self, const char *index, int argc, char **argv);
    const char *args, *summary;
    const char *help; /* options and examples, one a line */
};

/** Limit this process to DTL_DATA_LIMIT, or twice `memory` where that is more, and the stacks and
 * heaps of `jobs` threads. */
void dtl_limit_memory(uint64_t memory, uint32_t jobs);

int dtl_cmd_update(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_config(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_status(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_check(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_remove(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_compact(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_backup(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_export(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_formats(const struct dtl_command *self, const char *index, int argc, char **argv);
int dtl_cmd_analyze(const struct dtl_command *self, const char *index, int argc, char **argv);

struct option; /* <getopt.h> */

/* In every command's table: --index may also follow the command. */
#define DTL_COMMON_OPTIONS                                                                         \
    {"index", required_argument, NULL, 'i'}, {"help", no_argument, NULL, 'h'},                     \
    {                                                                                              \
        NULL, 0, NULL, 0                                                                           \
    }

/**
 * getopt_long with our messages: an unknown option gets "did you mean", --help prints the command's
 * help and exits 0. Returns what getopt_long does, or '?' after the message: the command then
 * returns 2.
 */
int dtl_option_next(const struct dtl_command *self, int argc, char **argv,
                    const char *short_options, const struct option *options);
/** "PROGRAM: COMMAND: ...; try 'dateline-index COMMAND --help'", returns 2. */
int dtl_usage(const struct dtl_command *self, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void dtl_command_help(const struct dtl_command *self);

/**
 * Open the index named by `index` (NULL: the usual places) to read, with one snapshot. On failure
 * says why and returns the exit status; 0 when open.
 */
struct dtl_opened {
    struct dtl_store *store;
    struct dtl_snapshot *snapshot;
};
int dtl_open_to_read(const char *index, struct dtl_opened *out);
void dtl_opened_close(struct dtl_opened *o);
/**
 * From here on only the index's folder and `inputs` can be opened, no network reached, no program
 * started (common/base/sandbox.h). After the index is open, before threads and hostile bytes.
 * `everything`: all files may be read, since links are followed.
 */
void dtl_close_in(const char *index, const char *const *inputs, size_t n, bool everything);
/** What an index made now by this program is made with. */
void dtl_default_settings(struct dtl_settings *s);
/** Open to write; `create` makes one when there is none. `wait_seconds` as in dtl_store_options. */
int dtl_open_to_write(const char *index, const struct dtl_store_options *o, struct dtl_store **out);
/** The same without a word, for who says it in another way. */
enum dtl_status dtl_store_to_write(const char *index, const struct dtl_store_options *o,
                                   struct dtl_store **out, struct dtl_error *err) DTL_MUST_USE;
#endif
