/* `okr watch`: one line a change, for ever.
 *
 * A daemon that stops says so; one that was killed does not.  So while nothing
 * comes, another question asks now and then whether it still answers, and the
 * socket file tells whether it is still the same one. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/lang/text.h"

enum { SILENCE_MS = 5000, PROBE_MS = 2000 };

struct watch {
    struct okr_run *run;
    struct okr_asker *stream; /* only changes come here; the run asks names */
    struct okr_asker *probe;
    struct stat socket; /* of the daemon that was asked */
};

static bool look_at_socket(const struct okr_run *run, struct stat *ret)
{
    const char *path =
        okr_arena_printf(run->arena, "%s/sock", okr_run_site(run));
    return path != NULL && stat(path, ret) == 0;
}

static void say_gone(struct okr_run *run)
{
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "no_daemon",
                    N_("start okr watch again when it runs"),
                    _("the site daemon of %s was stopped"), okr_run_site(run));
}

/* Is the daemon that was asked still there? */
static bool is_there(struct watch *watch)
{
    struct okr_run *run = watch->run;
    struct okr_reply *reply;
    struct stat now;
    const struct okr_ask status = {.method = OKR_SLICE_LIT("status")};
    bool same = look_at_socket(run, &now) &&
                now.st_ino == watch->socket.st_ino &&
                now.st_ctim.tv_sec == watch->socket.st_ctim.tv_sec &&
                now.st_ctim.tv_nsec == watch->socket.st_ctim.tv_nsec;
    if (same && watch->probe == NULL &&
        okr_asker_open(okr_run_site(run), &watch->probe) != OKR_OK)
        return false;
    return same && okr_asker_send(watch->probe, &status) == OKR_OK &&
           okr_asker_next(watch->probe, PROBE_MS, run->arena, &reply) == OKR_OK;
}

static void tell(struct okr_run *run, const struct okr_reply *reply)
{
    if (reply->json.len == 0)
        return;
    if (run->line->json) {
        okr_buf_put(run->page.out, reply->json);
        okr_page_line_end(&run->page);
    } else {
        json_t *change = okr_run_parse(run, reply);
        if (change != NULL)
            okr_print_change(&run->page, change);
        json_decref(change);
    }
    okr_run_flush(run);
}

/* One round; false: it is over. */
static bool follow(struct watch *watch)
{
    struct okr_run *run = watch->run;
    struct okr_reply *reply;
    okr_arena_reset(run->arena);
    run->n_names = 0;
    enum okr_err err =
        okr_asker_next(watch->stream, SILENCE_MS, run->arena, &reply);
    if (err == OKR_ERR_TIMEOUT) {
        if (!is_there(watch))
            say_gone(run);
    } else if (err != OKR_OK) {
        say_gone(run);
    } else if (reply->code != OKR_REPLY_DONE) {
        okr_trouble_say(&run->trouble, reply->code,
                        okr_arena_str(run->arena, reply->rule),
                        okr_arena_str(run->arena, reply->remedy), "%.*s",
                        (int)reply->error.len, (const char *)reply->error.data);
    } else {
        run->page.now = okr_run_now();
        tell(run, reply);
        if (!reply->more)
            say_gone(run);
    }
    return run->trouble.code == 0;
}

void okr_cmd_watch(struct okr_run *run)
{
    struct watch watch = {.run = run};
    /* A daemon that does not answer is told within a second. */
    okr_run_ask(run, "status");
    if (!okr_run_send(run) || okr_run_next(run, OKR_RUN_WAIT_MS) == NULL)
        return;
    if (!look_at_socket(run, &watch.socket)) {
        say_gone(run);
        return;
    }
    okr_run_ask(run, "watch");
    okr_run_options(run);
    if (!okr_run_send(run))
        return;
    watch.stream = run->asker;
    run->asker = NULL;
    /* Ctrl-C is how it ends; the pipe's reader may go first. */
    (void)signal(SIGPIPE, SIG_DFL);
    while (follow(&watch)) {
    }
    okr_asker_close(&watch.probe);
    okr_asker_close(&watch.stream);
}
