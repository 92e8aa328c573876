/* Key files on disk: who may read them, and that none is lost or replaced. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "common/crypto/hash.h"
#include "common/crypto/keyfile.h"
#include "tests/lib/files.h"

static const uint8_t secret[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

struct place {
    char folder[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX];
};

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    okr_test_dir_make(place->folder);
    okr_test_path(place->folder, "site.key", place->path);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    okr_test_dir_remove(place->folder);
    free(place);
    return 0;
}

static unsigned files_in(const char *folder)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        n += e->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wx");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void write_key(const struct place *place)
{
    assert_int_equal(
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, NULL),
        OKR_OK);
}

/* Reading fails with `want`, touches nothing, and says `said` of the file. */
static void assert_unread(const char *path, enum okr_err want, const char *said)
{
    uint8_t out[32];
    struct okr_keyfile_error error = {.sealed = false};
    memset(out, 0x55, sizeof out);
    assert_int_equal(okr_keyfile_read(path, OKR_KEY_SITE, NULL, out, &error),
                     want);
    for (size_t i = 0; i < sizeof out; i++)
        assert_int_equal(out[i], 0x55);
    if (strstr(error.text, said) == NULL || strstr(error.text, path) == NULL)
        fail_msg("\"%s\" names not %s or not \"%s\"", error.text, path, said);
    assert_int_equal(okr_keyfile_read(path, OKR_KEY_SITE, NULL, out, NULL),
                     want);
}

static void every_kind_comes_back(void **state)
{
    const struct place *place = *state;
    static const enum okr_key_kind kinds[] = {OKR_KEY_PERSON, OKR_KEY_SITE,
                                              OKR_KEY_WITNESS, OKR_KEY_LINK,
                                              OKR_KEY_LOG};
    for (unsigned i = 0; i < 5; i++) {
        uint8_t out[32] = {0};
        assert_int_equal(
            okr_keyfile_write(place->path, kinds[i], secret, NULL, NULL),
            OKR_OK);
        for (unsigned k = 0; k < 5; k++)
            assert_int_equal(
                okr_keyfile_read(place->path, kinds[k], NULL, out, NULL),
                i == k ? OKR_OK : OKR_ERR_FORMAT);
        assert_memory_equal(out, secret, sizeof out);
        assert_int_equal(unlink(place->path), 0);
    }
}

/* Which key it is can be told without the passphrase of a sealed one, but not
 * of a file that others may read. */
static void the_public_key_needs_no_passphrase(void **state)
{
    const struct place *place = *state;
    struct okr_keyfile_error error = {.sealed = false};
    uint8_t plain[32], sealed[32] = {0};
    assert_int_equal(
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, NULL),
        OKR_OK);
    assert_int_equal(
        okr_keyfile_public(place->path, OKR_KEY_SITE, plain, NULL), OKR_OK);
    assert_int_equal(unlink(place->path), 0);
    assert_int_equal(
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, "sesame", NULL),
        OKR_OK);
    assert_int_equal(
        okr_keyfile_public(place->path, OKR_KEY_SITE, sealed, NULL), OKR_OK);
    assert_memory_equal(plain, sealed, sizeof plain);
    assert_memory_not_equal(plain, secret, sizeof plain);
    assert_int_equal(
        okr_keyfile_public(place->path, OKR_KEY_PERSON, sealed, NULL),
        OKR_ERR_FORMAT);
    assert_int_equal(chmod(place->path, 0640), 0);
    assert_int_equal(
        okr_keyfile_public(place->path, OKR_KEY_SITE, sealed, &error),
        OKR_ERR_DENIED);
    assert_non_null(strstr(error.text, "others may read it"));
}

/* The umask of whoever calls must neither open the file nor lock us out. */
static void only_the_owner_may_read_it(void **state)
{
    const struct place *place = *state;
    static const mode_t masks[] = {0, 022, 077, 0777};
    for (unsigned i = 0; i < 4; i++) {
        mode_t before = umask(masks[i]);
        enum okr_err err =
            okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, NULL);
        assert_int_equal(umask(before), masks[i]);
        assert_int_equal(err, OKR_OK);
        assert_int_equal(mode_of(place->path), 0600);
        assert_int_equal(files_in(place->folder), 1); /* no draft is left */
        assert_int_equal(unlink(place->path), 0);
    }
}

/* A lost key cannot be made again: nothing may be written over, be it what
 * it is. */
static void nothing_is_replaced(void **state)
{
    const struct place *place = *state;
    struct okr_keyfile_error error = {.sealed = false};
    put_file(place->path, "precious");
    assert_int_equal(
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, &error),
        OKR_ERR_EXISTS);
    assert_non_null(strstr(error.text, place->path));
    assert_non_null(strstr(error.text, "exists already"));
    assert_unread(place->path, OKR_ERR_FORMAT, "no key file");
    assert_int_equal(files_in(place->folder), 1);
}

/* A link to nowhere would be followed by a plain open(O_CREAT). */
static void no_link_is_followed_when_writing(void **state)
{
    const struct place *place = *state;
    char target[OKR_TEST_PATH_MAX];
    okr_test_path(place->folder, "target", target);
    assert_int_equal(symlink(target, place->path), 0);
    assert_int_equal(
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, NULL),
        OKR_ERR_EXISTS);
    assert_int_equal(access(target, F_OK), -1);
    assert_int_equal(files_in(place->folder), 1);
}

static void writing_where_nothing_can_be(void **state)
{
    const struct place *place = *state;
    char path[OKR_TEST_PATH_MAX];
    struct okr_keyfile_error error = {.sealed = false};
    okr_test_path(place->folder, "none/site.key", path);
    assert_int_equal(
        okr_keyfile_write(path, OKR_KEY_SITE, secret, NULL, &error),
        OKR_ERR_NOTFOUND);
    assert_non_null(strstr(error.text, "none/site.key: not found"));
    put_file(place->path, "");
    okr_test_path(place->path, "site.key", path);
    assert_int_equal(okr_keyfile_write(path, OKR_KEY_SITE, secret, NULL, NULL),
                     OKR_ERR_IO);
}

/* Half a key under the asked-for name would be taken for damage later, and a
 * draft would be a secret that nobody knows of. */
static void a_failed_write_leaves_nothing(void **state)
{
    const struct place *place = *state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit few = {.rlim_cur = 10, .rlim_max = before.rlim_max};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    enum okr_err err =
        okr_keyfile_write(place->path, OKR_KEY_SITE, secret, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err, OKR_ERR_IO);
    assert_int_equal(files_in(place->folder), 0);
}

static void endless_paths_are_a_limit(void **state)
{
    (void)state;
    char path[9000];
    struct okr_keyfile_error error = {.sealed = false};
    memset(path, 'x', sizeof path);
    memcpy(path + sizeof path - 6, "/last", 6);
    assert_int_equal(
        okr_keyfile_write(path, OKR_KEY_SITE, secret, NULL, &error),
        OKR_ERR_LIMIT);
    assert_non_null(strstr(error.text, "xxx/last: a limit"));
    uint8_t out[32];
    assert_int_equal(okr_keyfile_read(path, OKR_KEY_SITE, NULL, out, &error),
                     OKR_ERR_LIMIT);
}

/* The text is printed and put into JSON: a cut in the middle of a character
 * would spoil both. */
static void long_paths_are_shown_by_their_end(void **state)
{
    (void)state;
    for (unsigned pad = 0; pad < 2; pad++) {
        char path[300] = "/none/xx";
        for (size_t i = strlen(path) - pad; i < 280; i += 2)
            memcpy(path + i, "\xc3\xa9", 3);
        uint8_t out[32];
        struct okr_keyfile_error error = {.sealed = false};
        assert_int_not_equal(
            okr_keyfile_read(path, OKR_KEY_SITE, NULL, out, &error), OKR_OK);
        assert_true(okr_utf8_valid(okr_slice_str(error.text)));
        assert_int_equal(strncmp(error.text, "key file ...\xc3\xa9", 14), 0);
        assert_non_null(strstr(error.text, "\xc3\xa9: "));
    }
}

static void a_name_without_folder_is_here(void **state)
{
    const struct place *place = *state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(place->folder), 0);
    enum okr_err err =
        okr_keyfile_write("site.key", OKR_KEY_SITE, secret, NULL, NULL);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(err, OKR_OK);
    assert_int_equal(mode_of(place->path), 0600);
}

static void missing_is_not_found(void **state)
{
    const struct place *place = *state;
    assert_unread(place->path, OKR_ERR_NOTFOUND, "not found");
}

/* Each bit by itself: a test against 0077 as a whole misses single bits. */
static void others_may_have_no_bit(void **state)
{
    const struct place *place = *state;
    write_key(place);
    for (unsigned bit = 0; bit < 6; bit++) {
        assert_int_equal(chmod(place->path, 0600 | 1u << bit), 0);
        assert_unread(place->path, OKR_ERR_DENIED, "chmod 600");
    }
    uint8_t out[32];
    assert_int_equal(chmod(place->path, 0400), 0);
    assert_int_equal(
        okr_keyfile_read(place->path, OKR_KEY_SITE, NULL, out, NULL), OKR_OK);
}

/* As root the file is given away, else one of root is tried. */
static void other_owners_are_refused(void **state)
{
    const struct place *place = *state;
    const char *path = "/etc/passwd";
    if (geteuid() == 0) {
        path = place->path;
        write_key(place);
        assert_int_equal(chown(path, 65534, 65534), 0);
    }
    assert_unread(path, OKR_ERR_DENIED, "another user");
}

static void a_symbolic_link_is_refused(void **state)
{
    const struct place *place = *state;
    char path[OKR_TEST_PATH_MAX];
    write_key(place);
    okr_test_path(place->folder, "link", path);
    assert_int_equal(symlink(place->path, path), 0);
    assert_unread(path, OKR_ERR_DENIED, "symbolic link");
}

/* Opening a pipe would wait for a writer, for ever. */
static void only_regular_files_are_read(void **state)
{
    const struct place *place = *state;
    assert_int_equal(mkfifo(place->path, 0600), 0);
    assert_unread(place->path, OKR_ERR_FORMAT, "no regular file");
    assert_unread(place->folder, OKR_ERR_FORMAT, "no regular file");
}

static void large_files_are_not_read_whole(void **state)
{
    const struct place *place = *state;
    write_key(place);
    assert_int_equal(truncate(place->path, 1 << 30), 0);
    assert_unread(place->path, OKR_ERR_FORMAT, "no key file");
}

static void a_passphrase_seals_the_file(void **state)
{
    const struct place *place = *state;
    struct okr_keyfile_error error = {.sealed = false};
    uint8_t out[32] = {0};
    assert_int_equal(okr_keyfile_write(place->path, OKR_KEY_PERSON, secret,
                                       "correct horse", NULL),
                     OKR_OK);
    assert_int_equal(mode_of(place->path), 0600);
    assert_int_equal(
        okr_keyfile_read(place->path, OKR_KEY_PERSON, NULL, out, &error),
        OKR_ERR_DENIED);
    assert_non_null(strstr(error.text, "give its passphrase"));
    assert_int_equal(okr_keyfile_read(place->path, OKR_KEY_PERSON,
                                      "correct horsf", out, &error),
                     OKR_ERR_DENIED);
    assert_non_null(strstr(error.text, "passphrase is wrong"));
    assert_int_equal(out[0], 0);
    assert_int_equal(okr_keyfile_read(place->path, OKR_KEY_PERSON,
                                      "correct horse", out, NULL),
                     OKR_OK);
    assert_memory_equal(out, secret, sizeof out);
}

/* Every byte must be drawn: a length in the wrong unit leaves an end of 0. */
static void random_bytes_fill_the_whole(void **state)
{
    (void)state;
    uint8_t seen[33] = {0};
    for (unsigned i = 0; i < 64; i++) {
        uint8_t drawn[33] = {0};
        okr_random(drawn, 32);
        assert_int_equal(drawn[32], 0);
        for (unsigned k = 0; k < 32; k++)
            seen[k] |= drawn[k];
    }
    for (unsigned k = 0; k < 32; k++)
        assert_int_not_equal(seen[k], 0);
    okr_random(NULL, 0);
}

#define AT_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_PLACE(every_kind_comes_back),
        AT_PLACE(the_public_key_needs_no_passphrase),
        AT_PLACE(only_the_owner_may_read_it),
        AT_PLACE(nothing_is_replaced),
        AT_PLACE(no_link_is_followed_when_writing),
        AT_PLACE(writing_where_nothing_can_be),
        AT_PLACE(a_failed_write_leaves_nothing),
        AT_PLACE(endless_paths_are_a_limit),
        cmocka_unit_test(long_paths_are_shown_by_their_end),
        AT_PLACE(a_name_without_folder_is_here),
        AT_PLACE(missing_is_not_found),
        AT_PLACE(others_may_have_no_bit),
        AT_PLACE(other_owners_are_refused),
        AT_PLACE(a_symbolic_link_is_refused),
        AT_PLACE(only_regular_files_are_read),
        AT_PLACE(large_files_are_not_read_whole),
        AT_PLACE(a_passphrase_seals_the_file),
        cmocka_unit_test(random_bytes_fill_the_whole),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
