/* Writes: composed on what is shown, saved together, answered after the
 * commit. */
#include <string.h>

#include "client/shell/desk_acts.h"
#include "client/shell/desk_jobs.h"
#include "client/store/outbox.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/ref.h"
#include "common/net/room.h"
#include "common/store/meta.h"

/* ---- composing ----------------------------------------------------------- */

static enum okr_err pending_op(void *context, uint64_t seq,
                               struct okr_id *ret_op)
{
    struct okr_asking *a = context;
    struct okr_out out;
    OKR_TRY(okr_outbox_get(a->space.txn, seq, a->space.arena, &out));
    *ret_op = out.op.id;
    return OKR_OK;
}

enum okr_err okr_desk_ground(struct okr_asking *a, struct okr_compose *ret)
{
    struct okr_epoch_row *epochs;
    size_t n;
    OKR_TRY(okr_meta_epochs(a->space.txn, a->space.arena, &epochs, &n));
    *ret = (struct okr_compose){
        .space = a->space,
        .person = a->person,
        .epoch = n == 0 ? 0 : epochs[n - 1].counter,
        .now = a->now,
        .offset_min = a->offset_min,
        .pending_op = pending_op,
        .context = a,
    };
    okr_random(ret->entropy, sizeof ret->entropy);
    return OKR_OK;
}

enum okr_err okr_desk_compose(struct okr_asking *a, const struct okr_ask *ask,
                              struct okr_draft_write *ret)
{
    struct okr_compose ground;
    struct okr_problem problem;
    if (okr_slice_is(ask->method, "retry"))
        return okr_desk_retry(a, ask, ret);
    ret->payload = okr_arena_alloc(a->space.arena, sizeof *ret->payload);
    if (ret->payload == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_desk_ground(a, &ground));
    OKR_TRY(okr_compose(&ground, ask, ret->payload, &problem));
    okr_snag_problem(&a->snag, &problem);
    return OKR_OK;
}

/* ---- taking a write ------------------------------------------------------ */

/* The entity that answers: of a check-in its key result, of a choice what the
 * conflict is about, else what is written. */
static enum okr_err shown_of(struct okr_asking *a,
                             const struct okr_payload *payload,
                             struct okr_id *ret_id)
{
    struct okr_record *conflict;
    *ret_id = payload->entity;
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->kind == OKR_KIND_CHECK_IN &&
            payload->changes[i].field == OKR_F_CI_KEY_RESULT)
            return okr_id_from(payload->changes[i].data, ret_id) == OKR_OK
                       ? OKR_OK
                       : OKR_ERR_FORMAT;
    if (payload->kind != OKR_KIND_CONFLICT)
        return OKR_OK;
    enum okr_err err = okr_entity_get(&a->space, &payload->entity, &conflict);
    if (err == OKR_OK)
        (void)okr_record_id(conflict, OKR_F_CF_SUBJECT, ret_id);
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

/* The composed payload as an operation of who speaks, site-attested. */
enum okr_err okr_desk_make_op(struct okr_asking *a,
                              const struct okr_payload *payload,
                              struct okr_op *ret_op)
{
    struct okr_buf bytes;
    uint8_t random[10];
    okr_buf_init(&bytes, a->space.arena);
    okr_payload_encode(payload, &bytes);
    OKR_TRY(bytes.err);
    okr_random(random, sizeof random);
    *ret_op = (struct okr_op){
        .id = okr_id_make(okr_net_now(), random),
        .person = a->person,
        .time = okr_net_now(),
        .verb = payload->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
    };
    okr_random(ret_op->salt, sizeof ret_op->salt);
    return OKR_OK;
}

/* What was saved still needs room to be pushed, answered and moved. */
static void check_space(struct okr_asking *a)
{
    if (okr_room_is_low(a->desk->daemon->dir))
        okr_desk_disk_full(&a->snag);
}

/* Two writes about one entity are not saved together: the second one's author
 * is to be shown the first. */
static bool is_taken(const struct okr_desk *desk, const struct okr_id *entity)
{
    for (size_t i = 0; i < desk->n_writes; i++)
        if (okr_id_eq(&desk->writes[i].entity, entity))
            return true;
    return false;
}

static void queue(struct okr_desk *desk, const struct okr_write *write)
{
    OKR_ASSERT(desk->n_writes < OKR_DESK_WRITES_MAX);
    struct okr_write *at = &desk->writes[desk->n_writes++];
    struct okr_site_event *event = &desk->events[desk->n_events++];
    *at = *write;
    *event = okr_daemon_event(OKR_SITE_SUBMIT);
    event->op = &at->op;
    if (okr_id_is_zero(&write->retried))
        return;
    /* The refused one goes in the same commit, or stays: see `stepped`. */
    event = &desk->events[desk->n_events++];
    *event = okr_daemon_event(OKR_SITE_RETRY);
    event->id = write->retried;
}

/* What both kinds of writes need to know of a payload. */
static enum okr_err describe(struct okr_asking *a,
                             const struct okr_payload *payload,
                             struct okr_write *ret)
{
    ret->caller = *a->caller;
    ret->kind = payload->kind;
    ret->entity = payload->entity;
    return shown_of(a, payload, &ret->shown);
}

static enum okr_err compose_write(struct okr_asking *a, struct okr_write *ret)
{
    struct okr_draft_write draft = {.payload = NULL};
    okr_asking_speaks(a);
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(okr_desk_compose(a, a->ask, &draft));
    /* What nobody can do is told as that, whoever asks. */
    bool unknown =
        strcmp(a->snag.rule, okr_rule_name(OKR_RULE_UNKNOWN_VERB)) == 0;
    if (okr_id_is_zero(&a->person) && !unknown) {
        a->snag = (struct okr_snag){.code = OKR_REPLY_DONE};
        okr_who_needed(&a->person, &a->snag);
    }
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(okr_desk_make_op(a, draft.payload, &ret->op));
    ret->retried = draft.retried;
    return describe(a, draft.payload, ret);
}

void okr_desk_refuse(struct okr_asking *a)
{
    const struct okr_reply none = {.code = OKR_REPLY_REFUSED};
    OKR_ASSERT(okr_snagged(&a->snag));
    okr_desk_settle(a->desk, a->caller);
    (void)!okr_desk_reply(a->desk, a->caller, &a->snag, &none);
}

typedef enum okr_err make_write(struct okr_asking *a, struct okr_write *ret);

static bool made(struct okr_asking *a, make_write *make, struct okr_write *ret)
{
    *ret = (struct okr_write){.op = {.verb = 0}};
    if (okr_asking_begin(a, a->desk->daemon->in))
        okr_asking_world(a, make(a, ret));
    okr_asking_end(a);
    return !okr_snagged(&a->snag);
}

static void take(struct okr_asking *a, make_write *make)
{
    struct okr_desk *desk = a->desk;
    struct okr_write write;
    check_space(a);
    bool good = !okr_snagged(&a->snag) && made(a, make, &write);
    if (good && is_taken(desk, &write.entity)) {
        okr_desk_save(desk);
        good = made(a, make, &write);
    }
    if (!good) {
        okr_desk_refuse(a);
        return;
    }
    queue(desk, &write);
    if (desk->n_writes == OKR_DESK_WRITES_MAX)
        okr_desk_save(desk);
}

void okr_desk_write(struct okr_desk *desk, const struct okr_caller *caller,
                    const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    take(&a, compose_write);
}

/* ---- signed by their authors --------------------------------------------- */

static void refuse_unsigned(struct okr_asking *a)
{
    okr_snag_refuse(&a->snag, okr_rule_name(OKR_RULE_SIGNATURE),
                    "sign what `prepare` gave, or use the method itself",
                    "submit_signed needs a signed operation");
}

/* Signed: who speaks is who signed, and the core checks that. */
enum okr_err okr_desk_read_signed(struct okr_asking *a, const struct okr_op *op,
                                  struct okr_payload **ret_payload)
{
    if (op == NULL || !op->is_signed) {
        refuse_unsigned(a);
        return OKR_OK;
    }
    enum okr_err err =
        okr_payload_decode(op->payload, a->space.arena, ret_payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    if (err != OKR_OK)
        okr_snag_refuse(&a->snag, okr_rule_name(OKR_RULE_MALFORMED),
                        okr_rule_remedy(OKR_RULE_MALFORMED), "%s",
                        okr_rule_what(OKR_RULE_MALFORMED));
    a->person = op->person;
    return OKR_OK;
}

static enum okr_err signed_write(struct okr_asking *a, struct okr_write *ret)
{
    const struct okr_op *op = a->ask->operation;
    struct okr_payload *payload;
    OKR_TRY(okr_desk_read_signed(a, op, &payload));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    ret->op = *op;
    struct okr_slice replaces = okr_ask_arg(a->ask, "op");
    struct okr_refused refused;
    if (replaces.len > 0) {
        OKR_TRY(okr_desk_retried(a, replaces, &refused));
        ret->retried = refused.op.id;
    }
    return describe(a, payload, ret);
}

void okr_desk_submit_signed(struct okr_desk *desk,
                            const struct okr_caller *caller,
                            const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    if (ask->n_operations > 0)
        okr_desk_acts_signed(desk, caller, ask);
    else
        take(&a, signed_write);
}
