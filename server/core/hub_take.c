/* One operation: known already?  Then judged, logged, written, answered. */
#include "server/core/hub_take.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_log.h"
#include "server/core/hub_scope.h"
#include "server/store/peers.h"

/* ---- answers that are kept ----------------------------------------------- */

struct okr_mark okr_hub_mark(const struct okr_hub_item *item)
{
    OKR_ASSERT(item->seq > 0 && item->seq >= item->origin->first_seq);
    return (struct okr_mark){item->origin->site, item->origin->incarnation,
                             item->seq};
}

/* The mark under which the operation at `lsn` was decided. */
static enum okr_err mark_at(const struct okr_hub_work *work, okr_lsn lsn,
                            struct okr_mark *ret_mark)
{
    struct okr_op_body body;
    OKR_TRY(okr_hub_log_op(work, lsn, &body));
    *ret_mark = (struct okr_mark){body.site, body.incarnation, body.seq};
    return OKR_OK;
}

enum okr_err okr_hub_answer(const struct okr_hub_work *work,
                            const struct okr_mark *mark,
                            struct okr_answer *ret_answer,
                            struct okr_hash *ret_op_hash)
{
    struct okr_answer answer;
    struct okr_hash hash;
    okr_lsn lsn;
    OKR_TRY(okr_answer_get(work->txn, mark, work->arena, &answer, &hash));
    *ret_op_hash = hash;
    if (answer.verdict.outcome == OKR_OUTCOME_PARKED) {
        /* It may have been pushed twice, under different sequences; only the
         * first one's answer was replaced. */
        struct okr_mark first;
        OKR_TRY(okr_oplog_op(work->txn, &answer.op, &lsn));
        if (lsn < answer.lsn)
            return OKR_ERR_CORRUPT;
        OKR_TRY(mark_at(work, lsn, &first));
        OKR_TRY(okr_answer_get(work->txn, &first, work->arena, &answer, &hash));
    }
    *ret_answer = answer;
    return OKR_OK;
}

/* ---- judging ------------------------------------------------------------- */

/* A signature that does not hold.  It cannot be checked at all before its
 * author is known here: then the operation waits for him, as it would for
 * anything else. */
static enum okr_err decide_forged(const struct okr_ground *ground,
                                  const struct okr_op *op, enum okr_rule rule,
                                  struct okr_decision *ret_decision)
{
    struct okr_decision decision = {.verdict = okr_verdict_reject(rule, 0)};
    struct okr_record *person;
    okr_lsn refused_at = 0;
    enum okr_err err = okr_entity_get(&ground->space, &op->person, &person);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    OKR_TRY(okr_entity_gone(&ground->space, &op->person, &refused_at));
    if (err == OKR_ERR_NOTFOUND && refused_at == 0) {
        decision.verdict = (struct okr_verdict){.outcome = OKR_OUTCOME_PARKED,
                                                .about = op->person};
        decision.waits_for = op->person;
    }
    OKR_TRY(okr_hub_no_effect(&ground->space, op, &decision));
    *ret_decision = decision;
    return OKR_OK;
}

enum okr_err okr_hub_no_effect(const struct okr_space *space,
                               const struct okr_op *op,
                               struct okr_decision *decision)
{
    OKR_ASSERT(!okr_verdict_is_in(&decision->verdict));
    enum okr_err err =
        okr_payload_decode(op->payload, space->arena, &decision->payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    if (err != OKR_OK)
        decision->payload = NULL;
    return okr_draft_init(&decision->draft, space);
}

enum okr_err okr_hub_decide(struct okr_hub_work *work,
                            const struct okr_hub_origin *origin,
                            const struct okr_op *op,
                            struct okr_decision *ret_decision)
{
    struct okr_hub *hub = work->hub;
    struct okr_ground ground = {
        .space = okr_hub_space(work),
        .org = hub->org,
        .site = origin->site,
        .now = okr_hub_log_time(work),
        .server = true,
        .authority = origin->authority,
        .by_server = okr_id_eq(&origin->site, &hub->server_site),
        .claims = work->event == NULL ? (struct okr_sign_claims){0}
                                      : work->event->claims,
        .epochs = hub->epochs,
        .n_epochs = hub->n_epochs,
    };
    enum okr_rule rule;
    OKR_TRY(okr_judge_signature(&ground, op, &rule));
    if (rule != OKR_RULE_NONE)
        return decide_forged(&ground, op, rule, ret_decision);
    OKR_TRY(okr_judge(&ground, op, ret_decision));
    OKR_ASSERT(ret_decision->verdict.outcome != OKR_OUTCOME_UNKNOWN_HERE);
    if (op->verb != OKR_VERB_KEY_ADD || origin->authority ||
        !okr_verdict_is_in(&ret_decision->verdict))
        return OKR_OK;
    OKR_TRY(okr_hub_check_code(work, op, ret_decision, &rule));
    if (rule == OKR_RULE_NONE)
        return OKR_OK;
    ret_decision->verdict = okr_verdict_reject(rule, OKR_F_KEY_PROOF);
    return okr_hub_no_effect(&ground.space, op, ret_decision);
}

/* ---- entering ------------------------------------------------------------ */

static void make_body(const struct okr_hub_item *item, struct okr_op_body *body)
{
    struct okr_hub_origin *origin = item->origin;
    memcpy(body->header, item->print->header, sizeof body->header);
    if (item->op->is_signed)
        memcpy(body->sig, item->op->sig, sizeof body->sig);
    body->site = origin->site;
    body->incarnation = origin->incarnation;
    body->seq = item->seq;
    body->first_seq = origin->first_seq;
    body->has_push = origin->push != NULL;
    if (!body->has_push)
        return;
    memcpy(body->push, origin->push, sizeof body->push);
    memcpy(body->push_sig, origin->push_sig.b, sizeof body->push_sig);
    origin->push = NULL; /* once is enough */
}

/* Appends the leaf; what of it the site cannot make itself goes into the
 * answer, so that it can look for its leaf in the log. */
static enum okr_err put_leaf(struct okr_hub_work *work,
                             const struct okr_op_body *body,
                             const struct okr_op *op, struct okr_answer *answer)
{
    enum { OWN_LEN = OKR_OP_HEADER_LEN + OKR_SIGN_LEN };
    struct okr_buf bytes;
    okr_buf_init(&bytes, work->arena);
    okr_layout_op_body(body, &bytes);
    OKR_TRY(bytes.err);
    struct okr_leaf leaf = {.body = okr_buf_slice(&bytes)};
    okr_layout_leaf_verdict(op->verb, &answer->verdict, &leaf);
    OKR_TRY(okr_hub_log_append(work, &leaf));
    answer->lsn = okr_hub_lsn(work->hub, leaf.index);
    answer->time = leaf.time;
    answer->effects =
        okr_slice_sub(leaf.body, OWN_LEN, leaf.body.len - OWN_LEN);
    memcpy(answer->meta, leaf.meta, sizeof answer->meta);
    return OKR_OK;
}

/* Where somebody's value was in the way, he is shown it, if his site may. */
static enum okr_err add_current(const struct okr_hub_work *work,
                                const struct okr_hub_origin *origin,
                                const struct okr_decision *decision,
                                struct okr_answer *answer)
{
    const struct okr_verdict *v = &answer->verdict;
    const struct okr_payload *payload = decision->payload;
    if (v->outcome != OKR_OUTCOME_REJECTED || v->field == 0 || payload == NULL)
        return OKR_OK;
    struct okr_space space = okr_hub_space(work);
    struct okr_record *site, *entity;
    enum okr_err err = okr_entity_get(&space, &payload->entity, &entity);
    if (err == OKR_OK)
        err = okr_entity_get(&space, &origin->site, &site);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    struct okr_hub_reach reach;
    OKR_TRY(okr_hub_reach_of(work, site, &reach));
    const struct okr_reg *reg = okr_record_reg(entity, v->field);
    if (reg != NULL && okr_hub_reaches(&reach, okr_record_home(entity)))
        answer->current = reg->data;
    return OKR_OK;
}

static enum okr_err put_payload(struct okr_hub_work *work,
                                const struct okr_hub_item *item)
{
    struct okr_op_header header;
    okr_layout_op_header_read(item->print->header, &header);
    return okr_oplog_put_payload(work->txn, &header.commit, item->op);
}

enum okr_err okr_hub_enter(struct okr_hub_work *work,
                           const struct okr_hub_item *item,
                           const struct okr_decision *decision,
                           struct okr_answer *ret_answer)
{
    const struct okr_op *op = item->op;
    struct okr_recorded recorded;
    struct okr_op_body body = {0};
    struct okr_buf effects;
    OKR_TRY(okr_record_plan(decision, &recorded));
    make_body(item, &body);
    okr_buf_init(&effects, work->arena);
    okr_layout_effects(recorded.effects, recorded.n_effects, &effects);
    OKR_TRY(effects.err);
    body.effects = okr_buf_slice(&effects);
    struct okr_answer answer = {
        .verdict = decision->verdict,
        .op = op->id,
        .scopes = recorded.scopes,
        .n_scopes = recorded.n_scopes,
    };
    OKR_ASSERT(okr_verdict_is_in(&answer.verdict) || recorded.n_effects == 0);
    OKR_TRY(add_current(work, item->origin, decision, &answer));
    OKR_TRY(put_leaf(work, &body, op, &answer));
    OKR_TRY(put_payload(work, item));
    if (okr_verdict_is_in(&answer.verdict))
        OKR_TRY(okr_record_write(decision, answer.lsn));
    if (answer.verdict.rule != OKR_RULE_OP_ID_REUSED)
        OKR_TRY(okr_oplog_put_op(work->txn, &op->id, answer.lsn));
    struct okr_mark mark = okr_hub_mark(item);
    OKR_TRY(okr_answer_put(work->txn, &mark, &answer, &item->print->hash,
                           work->arena));
    OKR_TRY(okr_hub_follow(work, &mark, decision, &answer));
    *ret_answer = answer;
    return OKR_OK;
}

/* The id was decided on at `lsn`: `*ret_done` if this is the same operation,
 * which gets the same answer under its new sequence, too. */
static enum okr_err take_known(struct okr_hub_work *work,
                               const struct okr_hub_item *item, okr_lsn lsn,
                               struct okr_answer *ret_answer, bool *ret_done)
{
    struct okr_mark first, mark = okr_hub_mark(item);
    struct okr_hash hash = item->print->hash;
    struct okr_hash first_hash;
    struct okr_answer answer;
    OKR_TRY(mark_at(work, lsn, &first));
    OKR_TRY(okr_hub_answer(work, &first, &answer, &first_hash));
    *ret_done = okr_hash_eq(&first_hash, &hash);
    if (!*ret_done)
        return OKR_OK;
    *ret_answer = answer;
    return okr_answer_put(work->txn, &mark, &answer, &hash, work->arena);
}

enum okr_err okr_hub_take(struct okr_hub_work *work,
                          const struct okr_hub_item *item,
                          struct okr_answer *ret_answer)
{
    struct okr_decision decision = {
        .verdict = okr_verdict_reject(OKR_RULE_OP_ID_REUSED, 0)};
    struct okr_space space = okr_hub_space(work);
    bool done = false;
    okr_lsn lsn;
    OKR_TRY(okr_oplog_op(work->txn, &item->op->id, &lsn));
    if (lsn != 0)
        OKR_TRY(take_known(work, item, lsn, ret_answer, &done));
    if (done)
        return OKR_OK;
    if (lsn == 0)
        OKR_TRY(okr_hub_decide(work, item->origin, item->op, &decision));
    else
        OKR_TRY(okr_draft_init(&decision.draft, &space));
    OKR_TRY(okr_hub_enter(work, item, &decision, ret_answer));
    if (decision.verdict.outcome == OKR_OUTCOME_PARKED)
        return okr_hub_park(work, item, &decision);
    return OKR_OK;
}

void okr_hub_say_verdict(const struct okr_verdict *verdict, struct okr_buf *out)
{
    okr_buf_printf(out, " %s", okr_outcome_name(verdict->outcome));
    if (verdict->outcome == OKR_OUTCOME_REJECTED)
        okr_buf_printf(out, "(%s)", okr_rule_name(verdict->rule));
}
