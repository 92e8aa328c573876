/* The server of an office; see office.h. */
#include <string.h>

#include "common/replica/repair.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/store/oplog.h"
#include "tests/lib/office.h"

static void must(enum okr_err err)
{
    OKR_ASSERT(err == OKR_OK);
}

static void *make(struct okr_office *o, size_t n, size_t size)
{
    void *at = okr_arena_array(o->company.arena, n, size);
    OKR_ASSERT(at != NULL);
    return at;
}

static struct okr_msg *new_msg(struct okr_office *o, enum okr_msg_type type,
                               uint32_t request)
{
    struct okr_msg *msg = make(o, 1, sizeof *msg);
    msg->type = type;
    msg->request = request;
    return msg;
}

/* ---- Hello --------------------------------------------------------------- */

static uint64_t last_seq(const struct okr_office *o, uint64_t incarnation)
{
    uint64_t last = 0;
    for (size_t i = 0; i < o->n_taken; i++)
        if (o->taken[i].mark.incarnation == incarnation &&
            o->taken[i].mark.seq > last)
            last = o->taken[i].mark.seq;
    return last;
}

static struct okr_msg *welcome(struct okr_office *o,
                               const struct okr_msg *hello)
{
    struct okr_msg *msg = new_msg(o, OKR_MSG_WELCOME, hello->request);
    okr_scope *scopes;
    size_t n;
    must(okr_scope_all(o->company.txn, o->company.arena, &scopes, &n));
    struct okr_cursor *heads = make(o, n, sizeof *heads);
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row;
        must(okr_scope_get(o->company.txn, scopes[i], &row));
        heads[i] = (struct okr_cursor){scopes[i], row.head};
    }
    msg->u.welcome = (struct okr_welcome){
        .epochs = &o->company.epoch,
        .n_epochs = 1,
        .heads = heads,
        .n_heads = n,
        .publish = OKR_SLICE_LIT("7001"),
        .last_seq = last_seq(o, hello->u.hello.incarnation),
        .beat_ms = 15000,
        .time = o->company.ground.now,
        .org = o->company.ground.org,
    };
    return msg;
}

/* ---- Pull ---------------------------------------------------------------- */

static struct okr_row row_of(struct okr_office *o,
                             const struct okr_changed *changed, okr_lsn since)
{
    struct okr_row row = {
        .id = changed->id, .elsn = changed->elsn, .gone = true};
    struct okr_record *record;
    if (changed->gone)
        return row;
    must(okr_entity_get(&o->company.ground.space, &changed->id, &record));
    must(okr_record_make_row(record, since, o->company.arena, &row));
    return row;
}

static struct okr_section section_of(struct okr_office *o,
                                     const struct okr_want *want)
{
    struct okr_scope_row scope;
    struct okr_changed *changed;
    struct okr_id after = want->after_id;
    okr_lsn elsn = want->after_elsn;
    size_t n, max = o->page_rows == 0 ? 10000 : o->page_rows;
    if (elsn == 0) {
        elsn = want->since;
        memset(after.b, 0xff, sizeof after.b);
    }
    must(okr_scope_get(o->company.txn, want->scope, &scope));
    must(okr_changed_after(o->company.txn, want->scope, elsn, &after, max + 1,
                           o->company.arena, &changed, &n));
    struct okr_section section = {
        .scope = want->scope,
        .since = want->since,
        .rows = make(o, n, sizeof *section.rows),
        .n_rows = n > max ? max : n,
        .more = n > max,
        .upto = want->upto != 0 ? want->upto : scope.head,
        .head = scope.head,
    };
    for (size_t i = 0; i < section.n_rows; i++)
        section.rows[i] = row_of(o, &changed[i], want->since);
    if (section.more) {
        section.token_elsn = changed[max - 1].elsn;
        section.token_id = changed[max - 1].id;
    } else {
        section.digest = scope.digest;
    }
    return section;
}

static bool is_new(struct okr_office *o, const struct okr_pull *pull)
{
    for (size_t i = 0; i < pull->n_wants; i++) {
        struct okr_scope_row row;
        must(okr_scope_get(o->company.txn, pull->wants[i].scope, &row));
        if (row.head > pull->wants[i].since)
            return true;
    }
    return false;
}

static struct okr_msg *page(struct okr_office *o, const struct okr_msg *msg)
{
    const struct okr_pull *pull = &msg->u.pull;
    if (pull->wait_s > 0 && !is_new(o, pull))
        return NULL;
    struct okr_msg *answer = new_msg(o, OKR_MSG_PAGE, msg->request);
    struct okr_page *to = &answer->u.page;
    to->sections = make(o, pull->n_wants, sizeof *to->sections);
    for (size_t i = 0; i < pull->n_wants; i++) {
        to->sections[to->n_sections++] = section_of(o, &pull->wants[i]);
        if (to->sections[i].more)
            break;
    }
    if (o->n_taken > 0)
        to->own_seq = last_seq(o, o->taken[o->n_taken - 1].mark.incarnation);
    return answer;
}

/* ---- Repair -------------------------------------------------------------- */

static bool listed(const struct okr_repaired *to, uint32_t bucket)
{
    for (size_t i = 0; i < to->n_buckets; i++)
        if (to->buckets[i] == bucket)
            return true;
    return false;
}

static struct okr_msg *repaired(struct okr_office *o, const struct okr_msg *msg)
{
    const struct okr_repair *repair = &msg->u.repair;
    struct okr_msg *answer = new_msg(o, OKR_MSG_REPAIRED, msg->request);
    struct okr_repaired *to = &answer->u.repaired;
    struct okr_scope_row scope;
    static struct okr_repair_list list;
    must(okr_scope_get(o->company.txn, repair->scope, &scope));
    must(okr_repair_list(&o->company.ground.space, repair->scope, &list));
    to->scope = repair->scope;
    to->as_of = scope.head;
    to->buckets = make(o, OKR_BUCKETS, sizeof *to->buckets);
    to->rows = make(o, list.n, sizeof *to->rows);
    for (uint32_t i = repair->from.bucket; i < OKR_BUCKETS; i++)
        if (!okr_digest_eq(&list.buckets[i], &repair->buckets[i]))
            to->buckets[to->n_buckets++] = i;
    for (size_t i = 0; i < list.n && !to->more; i++) {
        if (okr_place_cmp(&list.at[i], &repair->from) <= 0 ||
            !listed(to, list.at[i].bucket))
            continue;
        const struct okr_changed live = {.id = list.at[i].id};
        to->rows[to->n_rows++] = row_of(o, &live, 0);
        to->more = to->n_rows == o->page_rows;
        to->next = list.at[i];
    }
    while (to->more && to->buckets[to->n_buckets - 1] > to->next.bucket)
        to->n_buckets--;
    return answer;
}

/* ---- Push ---------------------------------------------------------------- */

static const struct okr_taken *find_taken(const struct okr_office *o,
                                          uint64_t incarnation, uint64_t seq)
{
    for (size_t i = 0; i < o->n_taken; i++)
        if (o->taken[i].mark.incarnation == incarnation &&
            o->taken[i].mark.seq == seq)
            return &o->taken[i];
    return NULL;
}

static const struct okr_taken *find_op(const struct okr_office *o,
                                       const struct okr_id *op)
{
    for (size_t i = 0; i < o->n_taken; i++)
        if (okr_id_eq(&o->taken[i].answer.op, op))
            return &o->taken[i];
    return NULL;
}

static struct okr_answer decide(struct okr_office *o, const struct okr_op *op)
{
    struct okr_company *c = &o->company;
    struct okr_answer answer = {.op = op->id, .time = c->ground.now};
    struct okr_decision decision;
    struct okr_recorded recorded;
    c->ground.site = o->id;
    must(okr_judge(&c->ground, op, &decision));
    answer.lsn = ++c->lsn;
    answer.verdict = decision.verdict;
    if (o->verdict.outcome != OKR_OUTCOME_ACCEPTED)
        answer.verdict = o->verdict;
    if (!okr_verdict_is_in(&answer.verdict))
        return answer;
    must(okr_record_plan(&decision, &recorded));
    answer.scopes = recorded.scopes;
    answer.n_scopes = recorded.n_scopes;
    must(okr_record_write(&decision, answer.lsn));
    must(okr_oplog_put_op(c->txn, &op->id, answer.lsn));
    return answer;
}

static struct okr_answer take_op(struct okr_office *o,
                                 const struct okr_mark *mark,
                                 const struct okr_op *op)
{
    const struct okr_taken *known = find_op(o, &op->id);
    OKR_ASSERT(o->n_taken < OKR_OFFICE_TAKEN_MAX);
    struct okr_taken taken = {
        .mark = *mark, .hash = okr_layout_op_hash(op, &o->company.ground.org)};
    taken.answer = known != NULL ? known->answer : decide(o, op);
    o->taken[o->n_taken++] = taken;
    return taken.answer;
}

static struct okr_msg *error(struct okr_office *o, const struct okr_msg *msg,
                             enum okr_error_code code, uint64_t last)
{
    struct okr_msg *answer = new_msg(o, OKR_MSG_ERROR, msg->request);
    answer->u.error.code = code;
    answer->u.error.last_seq = last;
    return answer;
}

static struct okr_msg *pushed(struct okr_office *o, const struct okr_msg *msg)
{
    const struct okr_push *push = &msg->u.push;
    uint64_t last = last_seq(o, push->incarnation);
    bool again = push->first_seq + push->n_ops - 1 <= last;
    if (!again && push->first_seq <= last)
        return error(o, msg, OKR_ERROR_FORK, last);
    if (!again && (push->first_seq != last + 1 ||
                   (last > 0 && memcmp(push->prev8, o->last_push.b, 8) != 0)))
        return error(o, msg, OKR_ERROR_CHAIN, last);
    struct okr_msg *answer = new_msg(o, OKR_MSG_PUSHED, msg->request);
    struct okr_answer *answers = make(o, push->n_ops, sizeof *answers);
    answer->u.pushed = (struct okr_pushed){push->incarnation, push->first_seq,
                                           answers, push->n_ops};
    for (size_t i = 0; i < push->n_ops; i++) {
        struct okr_mark mark = {o->id, push->incarnation, push->first_seq + i};
        const struct okr_taken *taken =
            find_taken(o, mark.incarnation, mark.seq);
        struct okr_hash hash =
            okr_layout_op_hash(&push->ops[i], &o->company.ground.org);
        if (taken != NULL && !okr_hash_eq(&taken->hash, &hash))
            return error(o, msg, OKR_ERROR_FORK, last);
        answers[i] =
            taken != NULL ? taken->answer : take_op(o, &mark, &push->ops[i]);
    }
    if (again)
        return answer;
    struct okr_push_ground ground = {
        o->company.ground.org, o->id, {{0}}, {{0}}};
    if (last > 0)
        ground.prev = o->last_push;
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    struct okr_pk pk = okr_sk_public(o->key);
    okr_layout_push(push, &ground, layout);
    OKR_ASSERT(
        okr_sign_check(&pk, okr_slice_of(layout, sizeof layout), &push->sig));
    o->last_push = okr_layout_push_hash(layout);
    return answer;
}

struct okr_msg *okr_office_answer(struct okr_office *o,
                                  const struct okr_msg *msg)
{
    switch ((int)msg->type) {
    case OKR_MSG_HELLO:
        return welcome(o, msg);
    case OKR_MSG_PULL:
        return page(o, msg);
    case OKR_MSG_PUSH:
        return pushed(o, msg);
    case OKR_MSG_REPAIR:
        return repaired(o, msg);
    default:
        OKR_UNREACHABLE();
    }
}

/* ---- PUB ----------------------------------------------------------------- */

static bool wrote(const struct okr_answer *answer, okr_scope scope)
{
    for (size_t i = 0; i < answer->n_scopes; i++)
        if (answer->scopes[i] == scope)
            return true;
    return false;
}

struct okr_msg *okr_office_events(struct okr_office *o, okr_scope scope)
{
    struct okr_scope_row row;
    OKR_ASSERT(scope < OKR_OFFICE_SCOPES);
    must(okr_scope_get(o->company.txn, scope, &row));
    okr_lsn prev = o->published[scope];
    if (row.head == prev)
        return NULL;
    struct okr_want want = {.scope = scope, .since = prev};
    unsigned rows = o->page_rows;
    o->page_rows = 0;
    struct okr_section section = section_of(o, &want);
    o->page_rows = rows;
    struct okr_msg *msg = new_msg(o, OKR_MSG_EVENT, 0);
    struct okr_event_msg *event = &msg->u.event;
    *event = (struct okr_event_msg){
        .scope = scope,
        .epoch = o->company.epoch.counter,
        .prev_lsn = prev,
        .lsn = row.head,
        .rows = section.rows,
        .n_rows = section.n_rows,
        .marks = make(o, o->n_taken, sizeof *event->marks),
    };
    for (size_t i = 0; i < o->n_taken; i++)
        if (o->taken[i].answer.lsn > prev && wrote(&o->taken[i].answer, scope))
            event->marks[event->n_marks++] = o->taken[i].mark;
    o->published[scope] = row.head;
    return msg;
}

struct okr_msg *okr_office_head(struct okr_office *o, okr_scope scope)
{
    struct okr_scope_row row;
    must(okr_scope_get(o->company.txn, scope, &row));
    struct okr_msg *msg = new_msg(o, OKR_MSG_HEAD, 0);
    msg->u.head = (struct okr_head){
        .scope = scope,
        .epoch = o->company.epoch.counter,
        .head = row.head,
        .digest = row.digest,
        .time = o->company.ground.now,
    };
    return msg;
}
