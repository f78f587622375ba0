/* Directories that hold an index, half of one, none, or something else; whose they are; creation
 * and its crashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

static struct dtl_error said;

static enum dtl_status try_open(struct fixture *f, bool write)
{
    said = (struct dtl_error){0};
    enum dtl_status st = fixture_open(f, write, &said);
    fixture_close(f);
    return st;
}

static void expect(struct fixture *f, bool write, enum dtl_status status, const char *words)
{
    enum dtl_status st = try_open(f, write);
    if (st != status || !strstr(said.text, words))
        fail_msg("got %d '%s', not %d '%s'", st, said.text, status, words);
}

static void make_file(const char *dir, const char *name, const char *text)
{
    char *path = temp_dir_path(dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    free(path);
}

static void chmod_in(const char *dir, const char *name, mode_t mode)
{
    char *path = temp_dir_path(dir, name);
    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static mode_t mode_in(const char *dir, const char *name)
{
    struct stat st;
    char *path = temp_dir_path(dir, name);
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_mode & 07777;
}

static void remove_in(const char *dir, const char *name)
{
    char *path = temp_dir_path(dir, name);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void no_index_is_said_in_words_that_tell_why(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    expect(&f, false, DTL_ENOINDEX, "no such directory");
    assert_int_equal(mkdir(f.dir, 0700), 0);
    expect(&f, false, DTL_ENOINDEX, "the directory is empty");
    make_file(f.dir, "letter.txt", "dear");
    expect(&f, false, DTL_ENOINDEX, "other files");
    expect(&f, true, DTL_ENOINDEX, "other files");
    remove_in(f.dir, "letter.txt");
    assert_int_equal(rmdir(f.dir), 0);
    make_file(f.temp, "index", "a file");
    expect(&f, true, DTL_ENOINDEX, "not a directory");
    remove_in(f.temp, "index");
    fixture_remove(&f);
}

static void an_empty_directory_keeps_its_mode_and_gets_an_index(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    assert_int_equal(mkdir(f.dir, 0755), 0);
    assert_int_equal(chmod(f.dir, 0755), 0);
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    must(fixture_open(&f, false, ERR));
    assert_int_equal(mode_in(f.temp, "index"), 0755);
    assert_int_equal(mode_in(f.dir, DTL_FILE_DATA), 0600);
    fixture_remove(&f);
}

static void parents_are_made_and_modes_are_private_whatever_the_umask(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    char *top = f.dir;
    static const mode_t masks[] = {0, 0777, 0022};
    for (size_t i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "a%zu/b/index//", i);
        f.dir = temp_dir_path(top, name);
        mode_t old = umask(masks[i] & 0077);
        must(fixture_open(&f, true, ERR));
        umask(old);
        assert_int_equal(mode_in(f.dir, ""), 0700);
        assert_int_equal(mode_in(f.dir, DTL_FILE_DATA), 0600);
        assert_int_equal(mode_in(f.dir, DTL_FILE_LOCK), 0600);
        assert_int_equal(mode_in(f.dir, DTL_FILE_WRITER), 0600);
        assert_int_equal(mode_in(f.dir, DTL_FILE_SWAP), 0600);
        fixture_close(&f);
        free(f.dir);
    }
    f.dir = top;
    fixture_remove(&f);
}

static void a_group_may_read_and_not_write(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_store_options o = fixture_options(true);
    o.group = "no-such-group-here";
    assert_int_equal(dtl_store_open(&f.s, f.dir, &o, &said), DTL_EUSAGE);
    if (geteuid() != 0) {
        print_message("skipped: a group of one's own needs root\n");
        skip();
    }
    o.group = "daemon";
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    fixture_close(&f);
    assert_int_equal(mode_in(f.dir, ""), 02750);
    assert_int_equal(mode_in(f.dir, DTL_FILE_DATA), 0640);
    assert_int_equal(mode_in(f.dir, DTL_FILE_LOCK), 0660);
    must(fixture_open(&f, true, ERR));
    fixture_remove(&f);
}

static void broken_data_files_are_told_apart(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    make_file(f.dir, DTL_FILE_DATA, "");
    expect(&f, false, DTL_ECORRUPT, "data.mdb is empty");
    expect(&f, true, DTL_ECORRUPT, "data.mdb is empty");
    make_file(f.dir, DTL_FILE_DATA, "a letter that somebody saved here");
    expect(&f, false, DTL_ECORRUPT, "not an LMDB file");
    remove_in(f.dir, DTL_FILE_DATA);
    expect(&f, false, DTL_ECORRUPT, "deleted");
    expect(&f, true, DTL_ECORRUPT, "deleted"); /* never a fresh index over a lost one */
    remove_in(f.dir, DTL_FILE_LOCK);
    expect(&f, true, DTL_ECORRUPT, "deleted");
    remove_in(f.dir, DTL_FILE_WRITER);
    remove_in(f.dir, DTL_FILE_SWAP);
    must(fixture_open(&f, true, ERR)); /* now it is an empty directory */
    fixture_remove(&f);
}

static void an_lmdb_file_of_others_is_no_index(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi dbi;
    MDB_val k = {1, (char[]){"k"}}, v = {1, (char[]){"v"}};
    assert_int_equal(mkdir(f.dir, 0700), 0);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, f.dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    expect(&f, false, DTL_ENOINDEX, "not a Dateline index");
    expect(&f, true, DTL_ENOINDEX, "not a Dateline index");
    fixture_remove(&f);
}

static void another_format_is_named(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_buffer b = {0};
    MDB_txn *txn = NULL;
    must(fixture_open(&f, true, ERR));
    must(dtl_env_write(f.s, &txn, ERR));
    dtl_format_encode(&b);
    b.p[8] = 9;
    must(dtl_env_put(f.s, txn, DTL_DB_META, DTL_LITERAL("format"), &b, ERR));
    must(dtl_env_commit(f.s, &txn, 0, ERR));
    dtl_buffer_release(&b);
    fixture_close(&f);
    expect(&f, false, DTL_EVERSION, "format 9");
    fixture_remove(&f);
}

static void files_of_others_and_files_others_may_write_are_refused(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    chmod_in(f.dir, DTL_FILE_DATA, 0660);
    expect(&f, false, DTL_EREFUSED, "writable by its group");
    chmod_in(f.dir, DTL_FILE_DATA, 0606);
    expect(&f, false, DTL_EREFUSED, "writable by everyone");
    chmod_in(f.dir, DTL_FILE_DATA, 0600);
    chmod_in(f.dir, DTL_FILE_LOCK, 0666);
    expect(&f, true, DTL_EREFUSED, "lock.mdb is writable by everyone");
    chmod_in(f.dir, DTL_FILE_LOCK, 0660);
    assert_int_equal(try_open(&f, false), DTL_OK);
    assert_int_equal(chmod(f.dir, 0770), 0);
    expect(&f, false, DTL_EREFUSED, "writable by its group");
    assert_int_equal(chmod(f.dir, 0700), 0);

    char *data = temp_dir_path(f.dir, DTL_FILE_DATA), *aside = temp_dir_path(f.temp, "aside");
    assert_int_equal(rename(data, aside), 0);
    assert_int_equal(symlink(aside, data), 0);
    expect(&f, false, DTL_EREFUSED, "symbolic link");
    assert_int_equal(unlink(data), 0);
    assert_int_equal(mkfifo(data, 0600), 0);
    expect(&f, false, DTL_EREFUSED, "not a file");
    assert_int_equal(unlink(data), 0);
    assert_int_equal(rename(aside, data), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(data, 4242, (gid_t)-1), 0);
        expect(&f, false, DTL_EREFUSED, "belongs to user 4242");
    } else {
        print_message("skipped: files of another user need root\n");
    }
    free(data);
    free(aside);
    fixture_remove(&f);
}

/* Run fn in a child that is user `uid`; its exit status. */
static int as_user(uid_t uid, int (*fn)(struct fixture *), struct fixture *f)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(setgroups(0, NULL) == 0 && setgid(1) == 0 && setuid(uid) == 0 ? fn(f) : 99);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int reads(struct fixture *f)
{
    struct dtl_snapshot *snap = NULL;
    enum dtl_status st = fixture_open(f, false, &said);
    if (st == DTL_OK)
        st = dtl_snapshot_open(f->s, &snap, &said);
    if (st == DTL_EIO && strstr(said.text, "group daemon"))
        return 44;
    return st == DTL_OK ? 0 : st == DTL_EIO ? 4 : 98;
}

static void a_stranger_is_told_whom_to_ask_and_a_member_of_the_group_reads(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: other users need root\n");
        skip();
    }
    struct fixture f = fixture_make();
    struct dtl_store_options o = fixture_options(true);
    o.group = "daemon"; /* gid 1 */
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    fixture_close(&f);
    assert_int_equal(chmod(f.temp, 0755), 0);
    assert_int_equal(as_user(4242, reads, &f), 0);
    assert_int_equal(chmod(f.dir, 0755), 0);
    chmod_in(f.dir, DTL_FILE_LOCK, 0600);
    assert_int_equal(as_user(4242, reads, &f), 4);
    char *lock = temp_dir_path(f.dir, DTL_FILE_LOCK);
    assert_int_equal(chown(lock, 0, 2), 0);
    free(lock);
    chmod_in(f.dir, DTL_FILE_LOCK, 0660);
    assert_int_equal(as_user(4242, reads, &f), 4);
    fixture_remove(&f);
}

static int on_read_only_mount(struct fixture *f)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(f->dir, f->dir, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, f->dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0)
        return 77;
    if (try_open(f, true) != DTL_EIO || !strstr(said.text, "read-only"))
        return 1;
    if (fixture_open(f, false, &said) != DTL_OK)
        return 2;
    struct dtl_snapshot *snap = NULL;
    if (dtl_snapshot_open(f->s, &snap, &said) != DTL_OK || snap->docs != 7)
        return 3;
    dtl_snapshot_close(snap);
    fixture_close(f);
    return 0;
}

static void a_read_only_mount_is_read_and_never_beside_a_writer(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 100, &a, ERR));
    for (int alone = 0; alone < 2; alone++) {
        int status = 0;
        if (alone)
            fixture_close(&f);
        pid_t pid = fork();
        if (pid == 0) {
            struct fixture mine = {f.temp, f.dir, NULL};
            _exit(on_read_only_mount(&mine));
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77)
            print_message("skipped: mounting needs root\n");
        else
            assert_int_equal(WEXITSTATUS(status), alone ? 0 : 2);
    }
    fixture_remove(&f);
}

static void a_creation_that_died_leaves_nothing_in_the_way(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) { /* as far as the rename, under the name create.c would use */
        char name[64];
        snprintf(name, sizeof name, "index.new.%ld", (long)getpid());
        char *path = temp_dir_path(f.temp, name);
        _exit(mkdir(path, 0700) == 0 && dtl_create_fill(path, &fixture_settings, NULL) == DTL_OK
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect(&f, false, DTL_ENOINDEX, "no such directory");
    must(fixture_open(&f, true, ERR));
    char name[64];
    snprintf(name, sizeof name, "index.new.%ld", (long)pid);
    char *path = temp_dir_path(f.temp, name);
    assert_int_equal(access(path, F_OK), -1); /* cleaned up by the next creator */
    free(path);
    fixture_remove(&f);
}

static void a_creation_inside_a_directory_that_died_is_begun_anew(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    char *left = temp_dir_path(f.dir, DTL_TEMP_PREFIX "999999999");
    assert_int_equal(mkdir(f.dir, 0700), 0);
    assert_int_equal(mkdir(left, 0700), 0);
    must(dtl_create_fill(left, &fixture_settings, ERR));
    expect(&f, false, DTL_ENOINDEX, "the directory is empty");
    must(fixture_open(&f, true, ERR));
    assert_int_equal(access(left, F_OK), -1);
    free(left);
    fixture_remove(&f);
}

static void of_many_creators_all_end_with_one_index(void **state)
{
    (void)state;
    for (int inside = 0; inside < 2; inside++) {
        struct fixture f = fixture_make();
        pid_t pid[8];
        if (inside)
            assert_int_equal(mkdir(f.dir, 0700), 0);
        for (int i = 0; i < 8; i++)
            if ((pid[i] = fork()) == 0) {
                struct dtl_store_options o = fixture_options(true);
                struct dtl_segment_facts facts;
                o.wait_seconds = 60;
                if (dtl_store_open(&f.s, f.dir, &o, &said) != DTL_OK) {
                    fprintf(stderr, "%s\n", said.text);
                    _exit(1);
                }
                f.s->reserve_bytes = 0;
                _exit(fixture_publish(f.s, i, 1, 100, &facts, &said) == DTL_OK ? 0 : 2);
            }
        for (int i = 0; i < 8; i++) {
            int status = 0;
            assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
            assert_int_equal(status, 0);
        }
        struct dtl_snapshot *snap = NULL;
        must(fixture_open(&f, true, ERR));
        must(dtl_snapshot_open(f.s, &snap, ERR));
        assert_int_equal(snap->docs, 8);
        assert_int_equal(snap->generation, 8);
        dtl_snapshot_close(snap);
        fixture_remove(&f);
    }
}

static void network_file_systems_are_known_by_their_numbers(void **state)
{
    (void)state;
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(dtl_place_file_system(fd, "/", ERR)); /* the tests run on a local disk */
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_index_is_said_in_words_that_tell_why),
        cmocka_unit_test(an_empty_directory_keeps_its_mode_and_gets_an_index),
        cmocka_unit_test(parents_are_made_and_modes_are_private_whatever_the_umask),
        cmocka_unit_test(a_group_may_read_and_not_write),
        cmocka_unit_test(broken_data_files_are_told_apart),
        cmocka_unit_test(an_lmdb_file_of_others_is_no_index),
        cmocka_unit_test(another_format_is_named),
        cmocka_unit_test(files_of_others_and_files_others_may_write_are_refused),
        cmocka_unit_test(a_stranger_is_told_whom_to_ask_and_a_member_of_the_group_reads),
        cmocka_unit_test(a_read_only_mount_is_read_and_never_beside_a_writer),
        cmocka_unit_test(a_creation_that_died_leaves_nothing_in_the_way),
        cmocka_unit_test(a_creation_inside_a_directory_that_died_is_begun_anew),
        cmocka_unit_test(of_many_creators_all_end_with_one_index),
        cmocka_unit_test(network_file_systems_are_known_by_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
