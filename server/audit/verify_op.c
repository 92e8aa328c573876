/* An operation's leaf: what was signed, and the rows that came with it. */
#include "common/base/assert.h"
#include "common/store/key.h"
#include "common/store/oplog.h"
#include "server/audit/verify_impl.h"
#include "server/store/peers.h"

/* ---- what he wrote ------------------------------------------------------- */

static enum okr_err check_payload(struct okr_verifying *v,
                                  const struct okr_leaf_look *look)
{
    const struct okr_hash *commit = &look->header.commit;
    const struct okr_verify_row row = {
        OKR_TABLE_PAYLOAD, okr_slice_of(commit->b, sizeof commit->b)};
    struct okr_slice salt, payload;
    enum okr_err err = okr_oplog_payload(v->txn, commit, &salt, &payload);
    if (err == OKR_OK && payload.len != look->header.payload_len)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its payload has another length");
    return okr_verify_got(v, err, &row,
                          err == OKR_ERR_NOTFOUND
                              ? "it is missing"
                              : "it does not make its commitment");
}

/* The kind of the leaf follows from what became of the operation. */
static void check_kind(struct okr_verifying *v,
                       const struct okr_leaf_look *look)
{
    const struct okr_verdict verdict = {.outcome = look->outcome,
                                        .rule = look->rule};
    struct okr_leaf leaf = {0};
    bool known = look->outcome < OKR_OUTCOME_COUNT &&
                 okr_rule_known((uint32_t)look->rule);
    if (known)
        okr_layout_leaf_verdict(look->header.verb, &verdict, &leaf);
    if (!known || leaf.kind != look->leaf.kind)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its kind and its result do not agree");
}

/* ---- what came of it ----------------------------------------------------- */

/* A parked operation has a second leaf when it is decided. */
static bool is_at(const struct okr_leaf_look *look, okr_lsn lsn)
{
    return lsn == look->lsn ||
           (look->outcome == OKR_OUTCOME_PARKED && lsn > look->lsn);
}

static enum okr_err check_answer(struct okr_verifying *v,
                                 const struct okr_leaf_look *look)
{
    const struct okr_mark mark = {look->body.site, look->body.incarnation,
                                  look->body.seq};
    struct okr_key key = {0};
    struct okr_answer answer;
    struct okr_hash hash;
    okr_key_id(&key, &mark.site);
    okr_key_u64(&key, mark.incarnation);
    okr_key_u64(&key, mark.seq);
    const struct okr_verify_row row = {OKR_TABLE_ANSWER, okr_key_slice(&key)};
    enum okr_err err = okr_answer_get(v->txn, &mark, v->arena, &answer, &hash);
    if (err != OKR_OK)
        return okr_verify_got(v, err, &row, "it is missing or damaged");
    if (!okr_hash_eq(&hash, &look->op_hash))
        okr_verify_tell(v, row.table, row.key, "it is of another operation");
    else if (!is_at(look, answer.lsn))
        okr_verify_tell(v, row.table, row.key, "it names another leaf");
    else if (answer.lsn == look->lsn &&
             (answer.verdict.outcome != look->outcome ||
              answer.verdict.rule != look->rule))
        okr_verify_tell(v, row.table, row.key,
                        "it says something else than its leaf");
    return OKR_OK;
}

static enum okr_err check_op_row(struct okr_verifying *v,
                                 const struct okr_leaf_look *look)
{
    const struct okr_verify_row row = {OKR_TABLE_OP,
                                       okr_id_slice(&look->header.op)};
    okr_lsn lsn;
    enum okr_err err = okr_oplog_op(v->txn, &look->header.op, &lsn);
    if (err != OKR_OK)
        return okr_verify_got(v, err, &row, "it is damaged");
    bool reused = look->rule == OKR_RULE_OP_ID_REUSED;
    if (lsn == 0)
        okr_verify_tell(v, row.table, row.key, "it is missing");
    else if (reused ? lsn == look->lsn : !is_at(look, lsn))
        okr_verify_tell(v, row.table, row.key, "it names another leaf");
    return OKR_OK;
}

static enum okr_err check_history(struct okr_verifying *v,
                                  const struct okr_leaf_look *look)
{
    struct okr_slice rest =
        okr_slice_sub(look->body.effects, 4, look->body.effects.len);
    struct okr_effect effect;
    struct okr_id before = {{0}};
    while (okr_layout_effect_next(&rest, &effect)) {
        struct okr_key key = {0};
        if (okr_id_eq(&effect.entity, &before))
            continue;
        before = effect.entity;
        okr_key_id(&key, &effect.entity);
        okr_key_u64(&key, look->lsn);
        const struct okr_verify_row row = {OKR_TABLE_HISTORY,
                                           okr_key_slice(&key)};
        enum okr_err err = okr_kv_get(v->txn, row.table, row.key, NULL);
        OKR_TRY(okr_verify_got(v, err, &row, "it is missing"));
    }
    return OKR_OK;
}

enum okr_err okr_verify_op(struct okr_verifying *v,
                           const struct okr_leaf_look *look)
{
    if (!okr_id_eq(&look->header.org, &v->org))
        okr_verify_tell_leaf(v, look->leaf.index, "it is of another company");
    check_kind(v, look);
    OKR_TRY(okr_verify_push(v, look));
    OKR_TRY(okr_verify_author(v, look));
    OKR_TRY(check_payload(v, look));
    OKR_TRY(check_answer(v, look));
    OKR_TRY(check_op_row(v, look));
    return check_history(v, look);
}
