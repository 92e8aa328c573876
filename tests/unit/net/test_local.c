/* The local socket, both ends, and the lock of the folder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "common/net/local.h"
#include "common/net/net.h"
#include "tests/lib/files.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define SOON_MS 5000
#define LATE_MS 300

static void *zmq;
static struct okr_arena *arena;
static char dir[OKR_TEST_PATH_MAX];
static struct okr_local *local;
static void *client; /* one that is none of ours */

static int begin(void **state)
{
    (void)state;
    OK(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena));
    okr_test_dir_make(dir);
    zmq = okr_net_context();
    assert_non_null(zmq);
    local = NULL;
    client = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_local_close(&local);
    if (client != NULL)
        zmq_close(client);
    zmq_ctx_term(zmq);
    okr_test_dir_remove(dir);
    okr_arena_free(&arena);
    return 0;
}

static enum okr_err next_ask(struct okr_ask **ask, struct okr_caller *caller)
{
    okr_ms until = okr_net_monotonic() + SOON_MS;
    enum okr_err err = OKR_ERR_NOTFOUND;
    while (err == OKR_ERR_NOTFOUND && okr_net_monotonic() < until) {
        err = okr_local_next(local, arena, ask, caller);
        if (err == OKR_ERR_NOTFOUND)
            (void)zmq_poll(NULL, 0, 2);
    }
    return err;
}

/* Asks over the folder's socket, sees what arrives, and what comes back. */
static void round_trip(const char *folder)
{
    struct okr_arg args[] = {{OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("unit")},
                             {OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("组织")}};
    const struct okr_ask sent = {.method = OKR_SLICE_LIT("list"),
                                 .args = args,
                                 .n_args = 2,
                                 .as_mail = OKR_SLICE_LIT("ada@x"),
                                 .blob = OKR_SLICE_LIT("a\0b")};
    struct okr_asker *asker;
    struct okr_ask *ask;
    struct okr_caller caller;
    struct okr_reply *reply;
    OK(okr_asker_open(folder, &asker));
    OK(okr_asker_send(asker, &sent));
    OK(next_ask(&ask, &caller));
    assert_true(okr_slice_eq(ask->method, sent.method));
    assert_int_equal(ask->n_args, 2);
    assert_true(okr_slice_eq(ask->args[1].value, args[1].value));
    assert_true(okr_slice_eq(ask->as_mail, sent.as_mail));
    assert_true(okr_slice_eq(ask->blob, sent.blob));
    assert_true(caller.has_uid);
    assert_int_equal(caller.uid, getuid());
    const struct okr_reply first = {.json = OKR_SLICE_LIT("1"), .more = true};
    const struct okr_reply last = {.code = OKR_REPLY_REFUSED,
                                   .error = OKR_SLICE_LIT("no")};
    OK(okr_local_reply(local, &caller, &first));
    OK(okr_local_reply(local, &caller, &last));
    OK(okr_asker_next(asker, SOON_MS, arena, &reply));
    assert_true(reply->more && okr_slice_is(reply->json, "1"));
    OK(okr_asker_next(asker, SOON_MS, arena, &reply));
    assert_false(reply->more);
    assert_int_equal(reply->code, OKR_REPLY_REFUSED);
    assert_true(okr_slice_is(reply->error, "no"));
    okr_asker_close(&asker);
}

static void test_a_question_is_answered(void **state)
{
    (void)state;
    OK(okr_local_open(zmq, dir, &local));
    round_trip(dir);
}

/* A socket's address holds 107 bytes. */
static void test_a_long_path_works_on_both_ends(void **state)
{
    (void)state;
    char name[201], path[OKR_TEST_PATH_MAX];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    okr_test_path(dir, name, path);
    assert_int_equal(mkdir(path, 0700), 0);
    OK(okr_local_open(zmq, path, &local));
    round_trip(path);
    char sock[OKR_TEST_PATH_MAX];
    okr_test_path(path, "sock", sock); /* and nowhere else */
    assert_int_equal(access(sock, F_OK), 0);
}

static void test_the_socket_is_its_owners(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    struct stat info;
    OK(okr_local_open(zmq, dir, &local));
    okr_test_path(dir, "sock", path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
}

static void test_without_a_daemon_there_is_nobody_to_ask(void **state)
{
    (void)state;
    struct okr_asker *asker = NULL;
    assert_int_equal(okr_asker_open(dir, &asker), OKR_ERR_NOTFOUND);
    assert_int_equal(okr_asker_open("/nonexistent", &asker), OKR_ERR_NOTFOUND);
    assert_null(asker);
}

/* What a killed daemon leaves behind: nobody answers, and the next daemon
 * takes its place. */
static void test_a_dead_socket_is_replaced(void **state)
{
    (void)state;
    const struct okr_ask ask = {.method = OKR_SLICE_LIT("status")};
    char path[OKR_TEST_PATH_MAX], kept[OKR_TEST_PATH_MAX];
    struct okr_asker *asker;
    struct okr_reply *reply;
    OK(okr_local_open(zmq, dir, &local));
    okr_test_path(dir, "sock", path);
    okr_test_path(dir, "kept", kept);
    assert_int_equal(link(path, kept), 0);
    okr_local_close(&local);
    (void)unlink(path);
    assert_int_equal(rename(kept, path), 0);
    OK(okr_asker_open(dir, &asker));
    OK(okr_asker_send(asker, &ask));
    okr_ms before = okr_net_monotonic();
    assert_int_equal(okr_asker_next(asker, LATE_MS, arena, &reply),
                     OKR_ERR_TIMEOUT);
    assert_in_range(okr_net_monotonic() - before, LATE_MS - 5, LATE_MS + 1000);
    okr_asker_close(&asker);
    OK(okr_local_open(zmq, dir, &local));
    round_trip(dir);
}

static void test_an_unreadable_question_is_answered_as_one(void **state)
{
    (void)state;
    char endpoint[OKR_TEST_PATH_MAX + 16];
    struct okr_ask *ask;
    struct okr_caller caller;
    struct okr_reply *reply;
    uint8_t bytes[512];
    OK(okr_local_open(zmq, dir, &local));
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/sock", dir);
    client = zmq_socket(zmq, ZMQ_DEALER);
    assert_int_equal(zmq_connect(client, endpoint), 0);
    assert_int_equal(zmq_send(client, "\xff\xff\xff", 3, 0), 3);
    assert_int_equal(next_ask(&ask, &caller), OKR_ERR_FORMAT);
    int n = zmq_recv(client, bytes, sizeof bytes, 0);
    assert_true(n > 0 && n <= (int)sizeof bytes);
    OK(okr_reply_decode(okr_slice_of(bytes, (size_t)n), arena, &reply));
    assert_int_equal(reply->code, OKR_REPLY_USAGE);
    assert_true(reply->remedy.len > 0);
}

static void test_a_caller_who_left_is_told(void **state)
{
    (void)state;
    const struct okr_ask sent = {.method = OKR_SLICE_LIT("watch")};
    const struct okr_reply reply = {.json = OKR_SLICE_LIT("1"), .more = true};
    struct okr_asker *asker;
    struct okr_ask *ask;
    struct okr_caller caller;
    OK(okr_local_open(zmq, dir, &local));
    OK(okr_asker_open(dir, &asker));
    OK(okr_asker_send(asker, &sent));
    OK(next_ask(&ask, &caller));
    okr_asker_close(&asker);
    enum okr_err err = OKR_OK;
    for (int i = 0; i < 500 && err == OKR_OK; i++) {
        err = okr_local_reply(local, &caller, &reply);
        (void)zmq_poll(NULL, 0, 2);
    }
    assert_int_equal(err, OKR_ERR_CLOSED);
}

/* ---- the lock ------------------------------------------------------------ */

static void test_a_folder_is_locked_once(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    struct stat info;
    int fd, second;
    OK(okr_net_lock_folder(dir, &fd));
    assert_int_equal(okr_net_lock_folder(dir, &second), OKR_ERR_BUSY);
    okr_test_path(dir, "lock", path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC); /* no child keeps it */
    close(fd);
    OK(okr_net_lock_folder(dir, &second));
    close(second);
}

static void test_a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    int fd;
    okr_test_path(dir, "nowhere", path);
    assert_int_equal(okr_net_lock_folder(path, &fd), OKR_ERR_NOTFOUND);
}

/* A link could make us lock, and write to, somebody else's file. */
static void test_a_linked_lock_is_refused(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX], other[OKR_TEST_PATH_MAX];
    int fd;
    okr_test_path(dir, "lock", path);
    okr_test_path(dir, "other", other);
    assert_int_equal(symlink(other, path), 0);
    assert_int_not_equal(okr_net_lock_folder(dir, &fd), OKR_OK);
    assert_int_equal(access(other, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_question_is_answered),
        TEST(test_a_long_path_works_on_both_ends),
        TEST(test_the_socket_is_its_owners),
        TEST(test_without_a_daemon_there_is_nobody_to_ask),
        TEST(test_a_dead_socket_is_replaced),
        TEST(test_an_unreadable_question_is_answered_as_one),
        TEST(test_a_caller_who_left_is_told),
        TEST(test_a_folder_is_locked_once),
        TEST(test_a_folder_that_is_not_there_is_told),
        TEST(test_a_linked_lock_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
