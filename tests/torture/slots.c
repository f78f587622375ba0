/*
 * slots.c - holds reader slots of an index: slots DIR N begins N read transactions, writes "ready"
 * and a line end, and keeps them until standard input ends.
 */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "slots: %s: %s\n", what, mdb_strerror(rc));
    exit(1);
}

int main(int argc, char **argv)
{
    MDB_env *env = NULL;
    long wanted = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    char byte;
    if (wanted <= 0) {
        fprintf(stderr, "usage: slots DIR N\n");
        return 2;
    }
    must(mdb_env_create(&env), "making an environment");
    must(mdb_env_set_maxreaders(env, (unsigned)wanted), "asking for slots");
    must(mdb_env_open(env, argv[1], MDB_RDONLY | MDB_NOTLS, 0600), "opening it");
    for (long i = 0; i < wanted; i++) {
        MDB_txn *txn = NULL; /* held until the process ends */
        must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "beginning to read");
    }
    printf("ready\n");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
