/* status: asks the daemon of the folder. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "client/shell/commands.h"
#include "client/shell/site_dir.h"
#include "common/net/local.h"

enum { PATIENCE_MS = 1000 };

static void print_age(const json_t *status)
{
    const json_t *age = json_object_get(status, "age_s");
    if (json_is_integer(age))
        (void)printf("age        %" JSON_INTEGER_FORMAT " s\n",
                     json_integer_value(age));
    else
        (void)printf("age        never in step yet\n");
}

static long long number(const json_t *status, const char *key)
{
    return (long long)json_integer_value(json_object_get(status, key));
}

static const char *text(const json_t *status, const char *key)
{
    const char *value = json_string_value(json_object_get(status, key));
    return value == NULL ? "-" : value;
}

static void print_status(const json_t *status)
{
    const json_t *alarms = json_object_get(status, "alarms");
    (void)printf("site       %s (%s)\n", text(status, "name"),
                 text(status, "site"));
    (void)printf("company    %s\n", text(status, "org"));
    (void)printf("link       %s\n", text(status, "link"));
    print_age(status);
    (void)printf("lsn        %lld of %lld, epoch %lld\n", number(status, "lsn"),
                 number(status, "head"), number(status, "epoch"));
    (void)printf("pending    %lld\nrefused    %lld\nconflicts  %lld\n",
                 number(status, "pending"), number(status, "refused"),
                 number(status, "conflicts"));
    (void)printf("scopes     %lld, digest %s\n", number(status, "scopes"),
                 text(status, "digest"));
    for (size_t i = 0; i < json_array_size(alarms); i++)
        (void)printf("ALARM      %s\n",
                     json_string_value(json_array_get(alarms, i)));
}

static void show(const struct okr_reply *reply, bool as_json,
                 struct okr_snag *snag)
{
    if (reply->code != OKR_REPLY_DONE) {
        okr_snag_refuse(snag, NULL, NULL, "%.*s", (int)reply->error.len,
                        (const char *)reply->error.data);
        return;
    }
    if (as_json) {
        (void)printf("%.*s\n", (int)reply->json.len,
                     (const char *)reply->json.data);
        return;
    }
    json_t *status =
        json_loadb((const char *)reply->json.data, reply->json.len, 0, NULL);
    print_status(status);
    json_decref(status);
}

static enum okr_err ask(struct okr_asker *asker, struct okr_arena *arena,
                        struct okr_reply **ret_reply)
{
    const struct okr_ask status = {.method = OKR_SLICE_LIT("status")};
    OKR_TRY(okr_asker_send(asker, &status));
    return okr_asker_next(asker, PATIENCE_MS, arena, ret_reply);
}

static enum okr_err ask_at(const char *dir, struct okr_arena *arena,
                           struct okr_reply **ret_reply)
{
    struct okr_asker *asker;
    OKR_TRY(okr_asker_open(dir, &asker));
    enum okr_err err = ask(asker, arena, ret_reply);
    okr_asker_close(&asker);
    return err;
}

int okr_site_cmd_status(const struct okr_site_options *options)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct okr_arena *arena;
    struct okr_reply *reply;
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return 1;
    enum okr_err err = ask_at(options->dir, arena, &reply);
    if (err == OKR_OK)
        show(reply, options->json, &snag);
    else if (err == OKR_ERR_NOTFOUND || err == OKR_ERR_TIMEOUT ||
             err == OKR_ERR_BUSY)
        okr_snag_refuse(&snag, "no_daemon", "start it: okr-site run DIR",
                        "no daemon answers at %s", options->dir);
    else
        okr_snag_world(&snag, err, options->dir);
    okr_arena_free(&arena);
    if (okr_snagged(&snag))
        okr_snag_print(&snag, "okr-site");
    return (int)snag.code;
}
