/* Back from the rows to the log: none stands without the leaf it came with. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/store/key.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/store/scopes.h"
#include "server/audit/verify_impl.h"
#include "server/store/invites.h"
#include "server/store/parked.h"
#include "server/store/peers.h"

typedef enum okr_err row_check(struct okr_verifying *v, struct okr_slice key,
                               const char **ret_wrong);

/* Calls `check` for each row; what it finds wrong is told. */
static enum okr_err each(struct okr_verifying *v, enum okr_table table,
                         row_check *check)
{
    struct okr_kv_iter it;
    enum okr_err err = OKR_OK;
    okr_kv_scan(v->txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        const char *wrong = NULL;
        okr_arena_reset(v->arena);
        err = check(v, it.key, &wrong);
        if (err == OKR_ERR_CORRUPT || err == OKR_ERR_NOTFOUND) {
            wrong = "it cannot be read";
            err = OKR_OK;
        }
        if (wrong != NULL)
            okr_verify_tell(v, table, it.key, wrong);
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    return err != OKR_OK ? err : walked;
}

/* ---- operations and their answers ---------------------------------------- */

static enum okr_err check_op(struct okr_verifying *v, struct okr_slice key,
                             const char **ret_wrong)
{
    struct okr_leaf_look look;
    struct okr_id id;
    okr_lsn lsn;
    bool is_op;
    OKR_TRY(okr_id_from(key, &id) == OKR_OK ? OKR_OK : OKR_ERR_CORRUPT);
    OKR_TRY(okr_oplog_op(v->txn, &id, &lsn));
    OKR_TRY(okr_verify_look(v, lsn, &is_op, &look));
    if (!is_op || !okr_id_eq(&look.header.op, &id))
        *ret_wrong = "it is of no leaf";
    return OKR_OK;
}

static enum okr_err mark_of(struct okr_slice key, struct okr_mark *ret_mark)
{
    struct okr_reader r = okr_reader_of(key);
    if (okr_id_from(okr_reader_take(&r, OKR_ID_LEN), &ret_mark->site) != OKR_OK)
        return OKR_ERR_CORRUPT;
    ret_mark->incarnation = okr_reader_u64(&r);
    ret_mark->seq = okr_reader_u64(&r);
    return okr_reader_end(&r) == OKR_OK ? OKR_OK : OKR_ERR_CORRUPT;
}

/* Its leaf is of the same operation; one that was refused because its number
 * was taken has a leaf of its own as well. */
static enum okr_err check_answer(struct okr_verifying *v, struct okr_slice key,
                                 const char **ret_wrong)
{
    struct okr_leaf_look look;
    struct okr_answer answer;
    struct okr_hash hash;
    struct okr_mark mark;
    bool is_op;
    OKR_TRY(mark_of(key, &mark));
    OKR_TRY(okr_answer_get(v->txn, &mark, v->arena, &answer, &hash));
    OKR_TRY(okr_verify_look(v, answer.lsn, &is_op, &look));
    if (!is_op || !okr_hash_eq(&look.op_hash, &hash) ||
        !okr_id_eq(&look.header.op, &answer.op))
        *ret_wrong = "it is of no leaf";
    struct okr_peer peer;
    OKR_TRY(okr_peer_get(v->txn, &mark.site, mark.incarnation, &peer));
    if (mark.seq > peer.last_seq)
        *ret_wrong = "its sequence was never taken";
    return OKR_OK;
}

/* ---- where sites stand --------------------------------------------------- */

static enum okr_err check_tail(struct okr_verifying *v,
                               const struct okr_chain *chain,
                               const struct okr_peer *peer,
                               const char **ret_wrong)
{
    bool all;
    struct okr_chain tail = {.site = chain->site,
                             .incarnation = peer->incarnation,
                             .first = chain->end + 1,
                             .end = peer->last_seq};
    OKR_TRY(okr_verify_answered(v, tail, &all));
    if (!all)
        *ret_wrong = "it counts operations that have no answer";
    return OKR_OK;
}

static enum okr_err check_peer(struct okr_verifying *v, struct okr_slice key,
                               const char **ret_wrong)
{
    struct okr_chain none = {.end = 0};
    struct okr_peer peer;
    if (key.len != OKR_ID_LEN + 8)
        return OKR_ERR_CORRUPT;
    memcpy(none.site.b, key.data, OKR_ID_LEN);
    uint64_t incarnation = okr_be_get64(key.data + OKR_ID_LEN);
    OKR_TRY(okr_peer_get(v->txn, &none.site, incarnation, &peer));
    const struct okr_chain *chain =
        okr_verify_chain(v, &none.site, incarnation);
    if (chain == NULL)
        chain = &none;
    if (peer.last_seq < chain->end)
        *ret_wrong = "it has forgotten a push";
    else if (peer.last_seq > chain->end)
        return check_tail(v, chain, &peer, ret_wrong);
    else if (!okr_hash_eq(&peer.last_push, &chain->last_push))
        *ret_wrong = "its last push is another than the log's";
    return OKR_OK;
}

static enum okr_err check_chains(struct okr_verifying *v)
{
    const struct okr_chain *chains = (const void *)v->chains.data;
    size_t n = v->chains.len / sizeof *chains;
    for (size_t i = 0; i < n; i++) {
        struct okr_key key = {0};
        okr_key_id(&key, &chains[i].site);
        okr_key_u64(&key, chains[i].incarnation);
        const struct okr_verify_row row = {OKR_TABLE_PEER, okr_key_slice(&key)};
        enum okr_err err = okr_kv_get(v->txn, row.table, row.key, NULL);
        OKR_TRY(okr_verify_got(v, err, &row, "it is missing"));
    }
    return OKR_OK;
}

/* ---- what waits ---------------------------------------------------------- */

static struct okr_id id_at_end(struct okr_slice key)
{
    struct okr_id id;
    memcpy(id.b, key.data + key.len - OKR_ID_LEN, OKR_ID_LEN);
    return id;
}

/* Are the two rows there by which it is found again? */
static enum okr_err check_found(struct okr_verifying *v,
                                const struct okr_parked *parked,
                                const char **ret_wrong)
{
    struct okr_key keys[2] = {{.len = 0}, {.len = 0}};
    okr_key_put(&keys[0], OKR_SLICE_LIT("t"));
    okr_key_u64(&keys[0], (uint64_t)parked->since);
    okr_key_id(&keys[0], &parked->op.id);
    okr_key_put(&keys[1], OKR_SLICE_LIT("w"));
    okr_key_id(&keys[1], &parked->waits_for);
    okr_key_id(&keys[1], &parked->op.id);
    for (size_t i = 0; i < 2; i++) {
        enum okr_err err =
            okr_kv_get(v->txn, OKR_TABLE_PARKED, okr_key_slice(&keys[i]), NULL);
        if (err == OKR_ERR_NOTFOUND)
            *ret_wrong = "nothing leads to it";
        else
            OKR_TRY(err);
    }
    return OKR_OK;
}

static enum okr_err check_waiting(struct okr_verifying *v,
                                  const struct okr_parked *parked,
                                  const char **ret_wrong)
{
    struct okr_leaf_look look;
    okr_lsn lsn;
    bool is_op;
    OKR_TRY(okr_oplog_op(v->txn, &parked->op.id, &lsn));
    OKR_TRY(okr_verify_look(v, lsn, &is_op, &look));
    struct okr_hash hash = okr_layout_op_hash(&parked->op, &v->org);
    if (!is_op || look.outcome != OKR_OUTCOME_PARKED ||
        !okr_hash_eq(&look.op_hash, &hash))
        *ret_wrong = "its leaf does not say that it waits";
    return OKR_OK;
}

/* Does the row lead to an operation that waits for this, since then? */
static enum okr_err check_lead(const struct okr_parked *parked,
                               struct okr_slice key, const char **ret_wrong)
{
    bool leads = false;
    if (key.data[0] == 't' && key.len == 1 + 8 + OKR_ID_LEN)
        leads = okr_be_get64(key.data + 1) == (uint64_t)parked->since;
    if (key.data[0] == 'w' && key.len == 1 + 2 * OKR_ID_LEN)
        leads = memcmp(key.data + 1, parked->waits_for.b, OKR_ID_LEN) == 0;
    if (!leads)
        *ret_wrong = "it leads nowhere";
    return OKR_OK;
}

static enum okr_err check_parked(struct okr_verifying *v, struct okr_slice key,
                                 const char **ret_wrong)
{
    struct okr_parked parked;
    if (key.len < 1 + OKR_ID_LEN)
        return OKR_ERR_CORRUPT;
    struct okr_id op = id_at_end(key);
    OKR_TRY(okr_parked_get(v->txn, &op, v->arena, &parked));
    if (key.data[0] != 'o')
        return check_lead(&parked, key, ret_wrong);
    if (key.len != 1 + OKR_ID_LEN || !okr_id_eq(&parked.op.id, &op))
        return OKR_ERR_CORRUPT;
    OKR_TRY(check_found(v, &parked, ret_wrong));
    return check_waiting(v, &parked, ret_wrong);
}

/* ---- invitations, and what follows from leaves --------------------------- */

static enum okr_err check_invite(struct okr_verifying *v, struct okr_slice key,
                                 const char **ret_wrong)
{
    struct okr_record *record;
    struct okr_invite invite;
    if (key.len != 8)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_invite_get(v->txn, key.data, &invite));
    OKR_TRY(okr_verify_record(v, &invite.entity, OKR_KIND_INVITE, &record));
    if (record == NULL) {
        *ret_wrong = "it is of no invitation";
        return OKR_OK;
    }
    if (!invite.used || okr_record_has(record, OKR_F_INVITE_PERSON))
        return OKR_OK;
    OKR_TRY(okr_verify_record(v, &invite.site, OKR_KIND_SITE, &record));
    if (record == NULL)
        *ret_wrong = "the site that used it is unknown";
    return OKR_OK;
}

static enum okr_err check_metacommit(struct okr_verifying *v,
                                     struct okr_slice key,
                                     const char **ret_wrong)
{
    if (key.len != 8)
        return OKR_ERR_CORRUPT;
    if (okr_be_get64(key.data) >= v->size)
        *ret_wrong = "it is of no leaf";
    return OKR_OK;
}

static enum okr_err check_history(struct okr_verifying *v, struct okr_slice key,
                                  const char **ret_wrong)
{
    struct okr_leaf_look look;
    struct okr_effect effect;
    bool is_op, touched = false;
    if (key.len != OKR_ID_LEN + 8)
        return OKR_ERR_CORRUPT;
    OKR_TRY(
        okr_verify_look(v, okr_be_get64(key.data + OKR_ID_LEN), &is_op, &look));
    struct okr_slice rest = OKR_SLICE_NONE;
    if (is_op)
        rest = okr_slice_sub(look.body.effects, 4, look.body.effects.len);
    while (!touched && okr_layout_effect_next(&rest, &effect))
        touched = memcmp(effect.entity.b, key.data, OKR_ID_LEN) == 0;
    if (!touched)
        *ret_wrong = "its leaf did not touch the entity";
    return OKR_OK;
}

/* ---- counters ------------------------------------------------------------ */

static enum okr_err check_scope(struct okr_verifying *v, struct okr_slice key,
                                const char **ret_wrong)
{
    struct okr_scope_row row;
    if (key.len != 4)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_scope_get(v->txn, okr_be_get32(key.data), &row));
    if (row.head > v->base + v->size)
        *ret_wrong = "its head is beyond the log";
    return OKR_OK;
}

static enum okr_err check_entity(struct okr_verifying *v, struct okr_slice key,
                                 const char **ret_wrong)
{
    const struct okr_space space = {.txn = v->txn, .arena = v->arena};
    struct okr_record *record;
    struct okr_id id;
    OKR_TRY(okr_id_from(key, &id) == OKR_OK ? OKR_OK : OKR_ERR_CORRUPT);
    OKR_TRY(okr_entity_get(&space, &id, &record));
    if (okr_record_elsn(record) > v->base + v->size)
        *ret_wrong = "it is newer than the log";
    return OKR_OK;
}

static enum okr_err check_epochs(struct okr_verifying *v)
{
    const struct okr_verify_row row = {OKR_TABLE_META, OKR_SLICE_LIT("epochs")};
    struct okr_epoch_row *epochs;
    size_t n;
    okr_arena_reset(v->arena);
    enum okr_err err = okr_meta_epochs(v->txn, v->arena, &epochs, &n);
    if (err != OKR_OK)
        return okr_verify_got(v, err, &row, "it is damaged");
    bool sound = n > 0 && epochs[n - 1].began <= v->base + v->size;
    for (size_t i = 1; i < n; i++)
        sound = sound && epochs[i].counter > epochs[i - 1].counter;
    if (!sound)
        okr_verify_tell(v, row.table, row.key, "it does not fit the log");
    return OKR_OK;
}

enum okr_err okr_verify_rows(struct okr_verifying *v)
{
    static const struct {
        enum okr_table table;
        row_check *check;
    } checks[] = {
        {OKR_TABLE_OP, check_op},
        {OKR_TABLE_ANSWER, check_answer},
        {OKR_TABLE_PEER, check_peer},
        {OKR_TABLE_PARKED, check_parked},
        {OKR_TABLE_INVITE, check_invite},
        {OKR_TABLE_METACOMMIT, check_metacommit},
        {OKR_TABLE_HISTORY, check_history},
        {OKR_TABLE_SCOPE, check_scope},
        {OKR_TABLE_ENTITY, check_entity},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        OKR_TRY(each(v, checks[i].table, checks[i].check));
    OKR_TRY(check_chains(v));
    return check_epochs(v);
}
