/* The table of methods, and what comes in and goes out with each. */
#include "server/shell/methods.h"

#include "common/compose/acts.h"
#include "common/model/schema.h"
#include "common/net/net.h"
#include "common/net/room.h"
#include "common/query/query.h"
#include "server/shell/log.h"

static const struct {
    const char *name;
    okr_method *method;
    bool adds; /* wants room on the disk */
} methods[] = {
    {"status", okr_method_status, false},
    {"site_invite", okr_method_site_invite, true},
    {"site_list", okr_method_site_list, false},
    {"site_show", okr_method_site_show, false},
    {"site_revoke", okr_method_site_revoke, false},
    {"person_invite", okr_method_person_invite, true},
    {"key_list", okr_method_key_list, false},
    {"key_revoke", okr_method_key_revoke, false},
    {"import", okr_method_import, true},
    {"export", okr_method_export, false},
    {"backup_noted", okr_method_backup_noted, false},
};

static okr_method *find(struct okr_slice name, bool *ret_adds)
{
    *ret_adds = false;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (!okr_slice_is(name, methods[i].name))
            continue;
        *ret_adds = methods[i].adds;
        return methods[i].method;
    }
    if (okr_query_knows(name))
        return okr_method_query;
    *ret_adds = true;
    if (okr_verb_by_word(name) != NULL || okr_kind_by_word(name) != NULL ||
        okr_acts_named(name))
        return okr_method_change;
    return NULL;
}

static enum okr_err run(struct okr_call *call)
{
    bool adds;
    okr_method *method = find(call->ask->method, &adds);
    if (method == NULL) {
        okr_fault_usage(&call->fault, "docs/local.md lists the methods",
                        "the server does not know the method `%.*s`",
                        (int)call->ask->method.len,
                        (const char *)call->ask->method.data);
        return OKR_OK;
    }
    if (adds && okr_room_is_low(call->server->dir)) {
        okr_fault_refuse(&call->fault, "disk_full",
                         "free space on the disk that holds the folder",
                         "less than %d MiB are free: nothing was saved",
                         OKR_ROOM_MIB_MIN);
        return OKR_OK;
    }
    return method(call);
}

/* The texts of the fault, where they outlive the call. */
static void keep(struct okr_call *call, struct okr_reply *reply)
{
    okr_fault_reply(&call->fault, reply);
    reply->error = okr_arena_copy(call->arena, reply->error);
    reply->rule = okr_arena_copy(call->arena, reply->rule);
    reply->remedy = okr_arena_copy(call->arena, reply->remedy);
}

void okr_methods_answer(const struct okr_asked *asked,
                        struct okr_reply *ret_reply)
{
    struct okr_call call = {
        .server = asked->server,
        .ask = asked->ask,
        .arena = asked->arena,
        .listen = asked->listen,
        .now = okr_net_now(),
    };
    *ret_reply = (struct okr_reply){.code = OKR_REPLY_DONE};
    okr_buf_init(&call.text, call.arena);
    okr_json_init(&call.json, &call.text);
    enum okr_err err = run(&call);
    if (err == OKR_OK && !okr_faulty(&call.fault))
        err = call.text.err;
    if (err != OKR_OK) {
        okr_log(OKR_LOG_ERROR, "%.*s: %s", (int)asked->ask->method.len,
                (const char *)asked->ask->method.data, okr_err_text(err));
        okr_fault_world(&call.fault, err, asked->server->dir);
    }
    if (okr_faulty(&call.fault))
        keep(&call, ret_reply);
    if (call.text.err == OKR_OK &&
        (call.lists_faults || !okr_faulty(&call.fault)))
        ret_reply->json = okr_buf_slice(&call.text);
}
