/* The desk: reading questions, and who answers which. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/shell/desk_story.h"
#include "client/shell/desk_acts.h"
#include "client/shell/desk_jobs.h"
#include "client/shell/desk_stream.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/lang/text.h"
#include "common/store/meta.h"

enum { ROUND_MAX = 256 }; /* questions in one round of the loop */

enum okr_err okr_desk_open(struct okr_daemon *daemon,
                           struct okr_desk **ret_desk)
{
    struct okr_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return OKR_ERR_NOMEM;
    desk->daemon = daemon;
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &desk->line);
    if (err == OKR_OK)
        err = okr_local_open(daemon->zmq_local, daemon->dir, &desk->local);
    if (err == OKR_OK)
        *ret_desk = desk;
    else
        okr_desk_close(&desk);
    return err;
}

void okr_desk_close(struct okr_desk **desk)
{
    if (*desk == NULL)
        return;
    OKR_ASSERT((*desk)->after == NULL);
    okr_desk_import_end(*desk);
    okr_desk_export_end(*desk);
    if ((*desk)->local != NULL)
        okr_desk_farewell(*desk);
    okr_desk_stories_close(*desk);
    okr_local_close(&(*desk)->local);
    okr_arena_free(&(*desk)->line);
    free(*desk);
    *desk = NULL;
}

void *okr_desk_socket(const struct okr_desk *desk)
{
    return okr_local_socket(desk->local);
}

/* ---- replies ------------------------------------------------------------- */

static size_t len_of(const struct okr_reply *reply)
{
    size_t len = reply->json.len + reply->payload.len;
    for (size_t i = 0; i < reply->n_payloads; i++)
        len += reply->payloads[i].len + 8; /* and what packs it */
    return len;
}

enum okr_err okr_desk_reply(struct okr_desk *desk,
                            const struct okr_caller *caller,
                            const struct okr_snag *snag,
                            const struct okr_reply *reply)
{
    struct okr_reply out = *reply;
    struct okr_snag large = {.code = OKR_REPLY_DONE};
    if (len_of(reply) >= OKR_LOCAL_MAX) {
        okr_snag_refuse(&large, okr_rule_name(OKR_RULE_TOO_LARGE),
                        "ask for less: --cycle, --unit, --owner, --kind",
                        "the answer is over %d MiB", OKR_LOCAL_MAX >> 20);
        snag = &large;
    }
    if (snag != NULL && okr_snagged(snag)) {
        out = (struct okr_reply){.more = reply->more};
        if (snag->lists)
            out.json = reply->json;
        okr_snag_reply(snag, &out);
    }
    return okr_local_reply(desk->local, caller, &out);
}

/* ---- one question -------------------------------------------------------- */

void okr_asking_world(struct okr_asking *a, enum okr_err err)
{
    if (err == OKR_OK)
        return;
    okr_snag_world(&a->snag, err, "the site's store");
    okr_tell(OKR_TELL_WARNING, "%.*s: %s", (int)a->ask->method.len,
             (const char *)a->ask->method.data, okr_err_text(err));
}

static enum okr_err read_ground(struct okr_asking *a)
{
    uint64_t offset;
    struct okr_ids ids;
    struct okr_record *policy;
    OKR_TRY(okr_meta_u64(a->space.txn, "offset_us", &offset));
    a->now = okr_net_now() + (okr_us)offset;
    OKR_TRY(okr_index_kind(&a->space, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&a->space, &ids.at[0], &policy));
    a->offset_min = (int)okr_record_int(policy, OKR_F_UTC_OFFSET_MIN, 0);
    return OKR_OK;
}

bool okr_asking_begin(struct okr_asking *a, struct okr_arena *arena)
{
    struct okr_kv_txn *txn;
    enum okr_err err = okr_kv_begin(a->desk->daemon->kv, false, &txn);
    if (err == OKR_OK) {
        a->space = (struct okr_space){.txn = txn, .arena = arena, .view = true};
        err = read_ground(a);
    }
    okr_asking_world(a, err);
    return err == OKR_OK;
}

void okr_asking_end(struct okr_asking *a)
{
    if (a->space.txn != NULL)
        okr_kv_abort(&a->space.txn);
}

struct okr_speaking okr_asking_who(const struct okr_asking *a)
{
    return (struct okr_speaking){.space = &a->space,
                                 .settings = &a->desk->daemon->settings,
                                 .own_uid = (uint32_t)geteuid()};
}

void okr_asking_speaks(struct okr_asking *a)
{
    struct okr_speaking who = okr_asking_who(a);
    okr_asking_world(a, okr_who_speaks(&who, a->caller, a->ask->as_mail,
                                       &a->person, &a->snag));
}

struct okr_query okr_asking_query(const struct okr_asking *a)
{
    return (struct okr_query){
        .space = a->space, .now = a->now, .person = a->person};
}

/* ---- questions ----------------------------------------------------------- */

/* Questions are answered to anybody.  Whom the config names may not be here
 * yet, and then he is nobody in particular; so is, to `status`, whoever is
 * named: it answers as long as the daemon does. */
void okr_asking_asks(struct okr_asking *a)
{
    bool bears =
        a->ask->as_mail.len == 0 || okr_slice_is(a->ask->method, "status");
    okr_asking_speaks(a);
    if (bears &&
        strcmp(a->snag.rule, okr_rule_name(OKR_RULE_UNKNOWN_PERSON)) == 0)
        a->snag = (struct okr_snag){.code = OKR_REPLY_DONE};
}

void okr_desk_answer_with(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask, okr_desk_answer *write,
                          const struct okr_history_page *told)
{
    struct okr_asking a = {
        .desk = desk, .ask = ask, .caller = caller, .told = told};
    struct okr_buf text;
    struct okr_json json;
    okr_arena_reset(desk->line);
    okr_buf_init(&text, NULL);
    okr_json_init(&json, &text);
    if (okr_asking_begin(&a, desk->line))
        okr_asking_asks(&a);
    if (!okr_snagged(&a.snag))
        okr_asking_world(&a, write(&a, &json));
    if (!okr_snagged(&a.snag))
        okr_asking_world(&a, text.err);
    okr_asking_end(&a);
    struct okr_reply reply = {.json = okr_buf_slice(&text)};
    if (!okr_id_is_zero(&a.next))
        reply.payload = okr_id_slice(&a.next);
    (void)!okr_desk_reply(desk, caller, &a.snag, &reply);
    okr_buf_close(&text);
}

/* The largest cursor: where the history of what is new here would begin. */
static enum okr_err newest(struct okr_asking *a, okr_lsn *ret_lsn)
{
    struct okr_site_state state;
    OKR_TRY(okr_site_state(a->desk->daemon->site, a->space.txn, &state));
    *ret_lsn = state.lsn;
    return OKR_OK;
}

/* `log` says from where on this copy knows the entity's history. */
static enum okr_err history_begins(struct okr_asking *a, okr_lsn *ret_lsn)
{
    struct okr_problem problem;
    struct okr_history *rows;
    struct okr_id id;
    size_t n = 0;
    OKR_TRY(newest(a, ret_lsn));
    OKR_TRY(okr_resolve(&a->space, OKR_KIND_ANY, okr_ask_arg(a->ask, "ref"),
                        &id, &problem));
    if (problem.rule == OKR_RULE_NONE)
        OKR_TRY(okr_history_get(&a->space, &id, &rows, &n));
    if (n > 0 && (rows[0].lsn & OKR_LSN_PENDING) == 0)
        *ret_lsn = rows[0].lsn;
    return OKR_OK;
}

enum okr_err okr_desk_query(struct okr_asking *a, struct okr_json *out)
{
    struct okr_query query = okr_asking_query(a);
    struct okr_problem problem;
    query.next = &a->next;
    if (okr_slice_is(a->ask->method, "log"))
        OKR_TRY(history_begins(a, &query.last_lsn));
    query.told = a->told;
    OKR_TRY(okr_query_answer(&query, a->ask, out, &problem));
    okr_snag_problem(&a->snag, &problem);
    return OKR_OK;
}

/* ---- which question is whose --------------------------------------------- */

typedef void take(struct okr_desk *desk, const struct okr_caller *caller,
                  const struct okr_ask *ask);

static okr_desk_answer *answer_of(struct okr_slice method)
{
    static const struct {
        const char *method;
        okr_desk_answer *answer;
    } answers[] = {{"status", okr_desk_status},
                   {"refused", okr_desk_refused},
                   {"key", okr_desk_key}};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (okr_slice_is(method, answers[i].method))
            return answers[i].answer;
    if (okr_slice_is(method, "log"))
        return NULL; /* headquarters may have to be asked */
    return okr_query_knows(method) ? okr_desk_query : NULL;
}

/* What is none of these is something to do, or nothing at all: composing
 * tells. */
static take *taker_of(struct okr_slice method)
{
    static const struct {
        const char *method;
        take *take;
    } takers[] = {{"log", okr_desk_log},
                  {"watch", okr_desk_watch},
                  {"wait", okr_desk_wait},
                  {"import", okr_desk_import},
                  {"export", okr_desk_export},
                  {"prepare", okr_desk_prepare},
                  {"publish", okr_desk_acts},
                  {"close", okr_desk_acts},
                  {"carry_over", okr_desk_acts},
                  {"submit_signed", okr_desk_submit_signed}};
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++)
        if (okr_slice_is(method, takers[i].method))
            return takers[i].take;
    return okr_desk_write;
}

static void serve(struct okr_desk *desk, const struct okr_caller *caller,
                  const struct okr_ask *ask)
{
    okr_desk_answer *write = answer_of(ask->method);
    take *taker = taker_of(ask->method);
    okr_text_language(okr_slice_is(ask->language, "zh"));
    if (write != NULL ||
        (taker != okr_desk_write && taker != okr_desk_submit_signed))
        okr_desk_settle(desk, caller);
    if (write != NULL)
        okr_desk_answer_with(desk, caller, ask, write, NULL);
    else
        taker(desk, caller, ask);
}

void okr_desk_serve(struct okr_desk *desk)
{
    for (int i = 0; i < ROUND_MAX; i++) {
        struct okr_ask *ask;
        struct okr_caller caller;
        enum okr_err err =
            okr_local_next(desk->local, desk->daemon->in, &ask, &caller);
        if (err == OKR_ERR_NOTFOUND)
            break;
        if (err != OKR_OK)
            continue; /* it was answered, or its asker is gone */
        serve(desk, &caller, ask);
    }
    okr_desk_save(desk);
    okr_desk_import_step(desk);
    okr_desk_export_step(desk);
    okr_arena_reset(desk->daemon->in);
}
