/* Asking the server: itself if it runs, else its folder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/compose/acts.h"
#include "common/net/local.h"
#include "common/net/net.h"
#include "common/lang/text.h"
#include "server/shell/cli.h"
#include "server/shell/methods.h"

#define ANSWER_MS 1000         /* a daemon that does not answer by then … */
#define IMPORT_MS (600 * 1000) /* … but an import may take its time */
#define LOCK_POLL_MS 20

enum { ARGS_MAX = 2 * OKR_WORDS_MAX };

void okr_cli_ask_init(struct okr_cli *cli, const char *method,
                      struct okr_ask *ret_ask)
{
    *ret_ask = (struct okr_ask){.method = okr_slice_str(method)};
    ret_ask->args =
        okr_arena_array(cli->arena, ARGS_MAX, sizeof *ret_ask->args);
    if (ret_ask->args == NULL)
        okr_fault_world(&cli->fault, OKR_ERR_NOMEM, method);
    if (cli->as != NULL)
        ret_ask->as_mail = okr_slice_str(cli->as);
    if (okr_text_is_chinese())
        ret_ask->language = OKR_SLICE_LIT("zh");
}

void okr_cli_ask_arg(struct okr_cli *cli, struct okr_ask *ask, const char *name,
                     const char *value)
{
    if (value == NULL || okr_faulty(&cli->fault))
        return;
    ask->args[ask->n_args++] =
        (struct okr_arg){okr_slice_str(name), okr_slice_str(value)};
}

void okr_cli_ask_options(struct okr_cli *cli, struct okr_ask *ask)
{
    for (size_t i = 0; i < cli->n_options && !okr_faulty(&cli->fault); i++) {
        const struct okr_option *option = &cli->options[i];
        char *name = okr_arena_str(cli->arena, okr_slice_str(option->name));
        if (strcmp(option->name, "json") == 0 ||
            strcmp(option->name, "as") == 0 ||
            strcmp(option->name, "verbose") == 0)
            continue;
        if (name == NULL) {
            okr_fault_world(&cli->fault, OKR_ERR_NOMEM, option->name);
            return;
        }
        for (char *c = name; *c != '\0'; c++)
            if (*c == '-')
                *c = '_';
        okr_cli_ask_arg(cli, ask, name, option->value);
    }
}

static void take_reply(struct okr_cli *cli, const struct okr_reply *reply,
                       struct okr_slice *ret_json)
{
    if (reply->code != OKR_REPLY_DONE)
        okr_fault_from(&cli->fault, reply);
    *ret_json = reply->json; /* may be there with a fault, too */
}

/* ---- nobody runs: the folder is ours ------------------------------------- */

static void ask_folder(struct okr_cli *cli, const struct okr_ask *ask,
                       struct okr_slice *ret_json)
{
    struct okr_server server;
    struct okr_reply reply;
    char sock[OKR_PATH_MAX_BYTES];
    if (okr_folder_path(cli->words[0], "sock", sock, &cli->fault))
        (void)unlink(sock); /* a dead daemon's */
    if (!okr_server_open(cli->words[0], &server, &cli->fault))
        return;
    if (okr_server_start(&server, "", &cli->fault)) {
        const struct okr_asked asked = {&server, ask, cli->arena, NULL};
        okr_methods_answer(&asked, &reply);
        take_reply(cli, &reply, ret_json);
    }
    okr_server_close(&server);
}

/* ---- somebody runs: he is asked ------------------------------------------ */

static void tell_silent(struct okr_cli *cli, enum okr_err err, okr_ms waited)
{
    const char *dir = cli->words[0];
    if (err == OKR_ERR_TIMEOUT)
        okr_fault_refuse(&cli->fault, NULL,
                         "it may still do what was asked: look before you "
                         "repeat it",
                         "the server of %s (pid %ld) did not answer within "
                         "%lld s",
                         dir, okr_folder_holder(dir), (long long)waited / 1000);
    else
        okr_fault_world(&cli->fault, err, dir);
}

/* An answer in parts: their payloads, one behind the other. */
static void take_parts(struct okr_cli *cli, const struct okr_reply *reply,
                       struct okr_buf *parts, struct okr_slice *ret_json)
{
    okr_buf_put(parts, reply->payload);
    take_reply(cli, reply, ret_json);
    if (parts->err != OKR_OK)
        okr_fault_world(&cli->fault, parts->err, cli->words[0]);
    else if (parts->len > 0 && !okr_faulty(&cli->fault))
        *ret_json = okr_buf_slice(parts);
}

static void ask_running(struct okr_cli *cli, const struct okr_ask *ask,
                        struct okr_asker *asker, struct okr_slice *ret_json)
{
    struct okr_reply *reply = NULL;
    struct okr_buf parts;
    bool takes_long = okr_slice_is(ask->method, "import") ||
                      okr_slice_is(ask->method, "export") ||
                      okr_acts_named(ask->method);
    okr_ms wait = takes_long ? IMPORT_MS : ANSWER_MS;
    enum okr_err err = okr_asker_send(asker, ask);
    okr_buf_init(&parts, cli->arena);
    do {
        if (err == OKR_OK)
            err = okr_asker_next(asker, wait, cli->arena, &reply);
        if (err == OKR_OK)
            take_parts(cli, reply, &parts, ret_json);
    } while (err == OKR_OK && reply->more);
    if (err != OKR_OK)
        tell_silent(cli, err, wait);
}

/* ---- which of the two ---------------------------------------------------- */

static void sleep_ms(okr_ms ms)
{
    struct timespec span = {.tv_sec = ms / 1000,
                            .tv_nsec = (ms % 1000) * 1000000};
    (void)nanosleep(&span, NULL);
}

/* True: asked, one way or the other. */
static bool try_ask(struct okr_cli *cli, const struct okr_ask *ask,
                    struct okr_slice *ret_json)
{
    struct okr_asker *asker;
    int fd;
    enum okr_err err = okr_folder_lock(cli->words[0], &fd, &cli->fault);
    if (err == OKR_OK) {
        ask_folder(cli, ask, ret_json);
        close(fd);
        return true;
    }
    if (err != OKR_ERR_BUSY)
        return true; /* the fault says it */
    err = okr_asker_open(cli->words[0], &asker);
    if (err == OKR_ERR_NOTFOUND)
        return false; /* another command's, or a daemon that is starting */
    if (err == OKR_OK) {
        ask_running(cli, ask, asker, ret_json);
        okr_asker_close(&asker);
    } else {
        okr_fault_world(&cli->fault, err, cli->words[0]);
    }
    return true;
}

bool okr_cli_ask(struct okr_cli *cli, const struct okr_ask *ask,
                 struct okr_slice *ret_json)
{
    const char *dir = cli->words[0];
    if (okr_faulty(&cli->fault) || !okr_folder_check(dir, &cli->fault))
        return false;
    okr_ms until = okr_net_monotonic() + ANSWER_MS;
    while (!try_ask(cli, ask, ret_json)) {
        if (okr_net_monotonic() >= until) {
            okr_fault_refuse(&cli->fault, NULL, "wait for it, or end it",
                             "%s is in use by another process (pid %ld)", dir,
                             okr_folder_holder(dir));
            break;
        }
        sleep_ms(LOCK_POLL_MS);
    }
    return !okr_faulty(&cli->fault);
}
