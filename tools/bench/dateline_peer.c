/*
 * dateline_peer.c - our driver beside the peers': starts the program that does what is asked.
 *
 * `cli DIR OP WORD...` is one cold query, ten hits with snippets: dateline-query as people run it,
 * but for the second stage of its score, which the peers do not have.
 * It is started from here by exec, so that what is measured is that program and its own libraries
 * (and this small one: half a millisecond). Everything else is dateline_peer_work's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUERY_ROOM 4096

/* The words as a query of our language. */
static void compose(char *query, const char *op, char **words)
{
    const char *between = strcmp(op, "or") == 0 ? " OR " : strcmp(op, "phrase") == 0 ? "-" : " ";
    size_t n = 0;
    *query = 0;
    for (size_t i = 0; words[i] && n < QUERY_ROOM; i++)
        n += (size_t)snprintf(query + n, QUERY_ROOM - n, "%s%s", i ? between : "", words[i]);
}

int main(int argc, char **argv)
{
    char program[4096];
    if (argc > 4 && strcmp(argv[1], "cli") == 0) {
        char query[QUERY_ROOM];
        compose(query, argv[3], argv + 4);
        execl(DTL_QUERY_PROGRAM, DTL_QUERY_PROGRAM, "--index", argv[2], "--plain", "--no-proximity",
              query, (char *)NULL);
        perror(DTL_QUERY_PROGRAM);
        return 127;
    }
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 8);
    if (n < 0) {
        perror("/proc/self/exe");
        return 127;
    }
    strcpy(program + n, "_work");
    execv(program, argv);
    perror(program);
    return 127;
}
