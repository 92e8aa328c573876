/* The first transaction of a server: everything through judge and record, by
 * the server's own site, in the name of the first admin. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/store/meta.h"
#include "server/core/hub_local.h"

enum {
    GENESIS_OPS = 5,
    IDS = 4 + GENESIS_OPS, /* policy, unit, person, site; operations */
    RANDOM_LEN = 10,       /* of an id */
    FIELDS_MAX = 8,
};

enum okr_err okr_hub_make_op(const struct okr_hub_work *work,
                             const struct okr_hub_act *act,
                             const struct okr_id *id, const uint8_t *salt,
                             struct okr_op *ret_op)
{
    OKR_ASSERT(act != NULL && id != NULL && salt != NULL);
    struct okr_payload payload = {
        .verb = act->verb, .kind = act->kind, .entity = act->entity};
    payload.changes =
        okr_arena_array(work->arena, act->n_fields, sizeof *payload.changes);
    if (payload.changes == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < act->n_fields; i++)
        payload.changes[payload.n_changes++] = (struct okr_change){
            .field = act->fields[i].field,
            .form = act->fields[i].form,
            .data = act->fields[i].data,
        };
    struct okr_buf bytes;
    okr_buf_init(&bytes, work->arena);
    okr_payload_encode(&payload, &bytes);
    OKR_TRY(bytes.err);
    *ret_op = (struct okr_op){
        .id = *id,
        .person = act->person,
        .time = work->now,
        .verb = act->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
    };
    memcpy(ret_op->salt, salt, OKR_SALT_LEN);
    return OKR_OK;
}

/* ---- the acts ------------------------------------------------------------ */

struct making {
    struct okr_hub_work *work;
    const struct okr_genesis *genesis;
    struct okr_id policy, unit, person, site;
    struct okr_id op_ids[GENESIS_OPS];
    struct okr_op ops[GENESIS_OPS];
    size_t n;
};

static enum okr_err make(struct making *m, const struct okr_hub_act *act)
{
    OKR_ASSERT(m->n < GENESIS_OPS);
    struct okr_hub_act one = *act;
    for (size_t i = 0; i < one.n_fields; i++)
        if (one.fields[i].data.data == NULL)
            return OKR_ERR_NOMEM;
    one.person = m->person;
    size_t at = (size_t)IDS * RANDOM_LEN + m->n * OKR_SALT_LEN;
    OKR_ASSERT(at + OKR_SALT_LEN <= sizeof m->genesis->entropy);
    const uint8_t *salt = m->genesis->entropy + at;
    OKR_TRY(
        okr_hub_make_op(m->work, &one, &m->op_ids[m->n], salt, &m->ops[m->n]));
    m->n++;
    return OKR_OK;
}

static enum okr_err make_policy(struct making *m)
{
    struct okr_arena *arena = m->work->arena;
    const struct okr_hub_field fields[] = {
        {OKR_F_ORG_NAME, OKR_REG_VALUE, m->genesis->name},
        {OKR_F_SLUG, OKR_REG_VALUE, m->genesis->slug},
        {OKR_F_UTC_OFFSET_MIN, OKR_REG_VALUE,
         okr_value_int(arena, m->genesis->utc_offset_min)},
    };
    struct okr_hub_act act = {.verb = OKR_VERB_GENESIS,
                              .kind = OKR_KIND_POLICY,
                              .entity = m->policy,
                              .fields = fields,
                              .n_fields = 3};
    return make(m, &act);
}

static enum okr_err make_unit(struct making *m)
{
    const struct okr_hub_field fields[] = {
        {OKR_F_UNIT_NAME, OKR_REG_VALUE, m->genesis->name},
        {OKR_F_CODE, OKR_REG_VALUE, m->genesis->slug},
    };
    struct okr_hub_act act = {.verb = OKR_VERB_ADD,
                              .kind = OKR_KIND_UNIT,
                              .entity = m->unit,
                              .fields = fields,
                              .n_fields = 2};
    return make(m, &act);
}

static enum okr_err make_person(struct making *m)
{
    struct okr_arena *arena = m->work->arena;
    const struct okr_hub_field fields[] = {
        {OKR_F_PERSON_NAME, OKR_REG_VALUE, m->genesis->admin_name},
        {OKR_F_MAIL, OKR_REG_VALUE, m->genesis->admin_mail},
        {OKR_F_PERSON_UNIT, OKR_REG_VALUE, okr_id_slice(&m->unit)},
        {OKR_F_ROLES, OKR_REG_PRESENT, okr_value_enum(arena, OKR_V_ROLE_ADMIN)},
        {OKR_F_ROLES, OKR_REG_PRESENT,
         okr_value_enum(arena, OKR_V_ROLE_MANAGEMENT)},
        {OKR_F_ROLES, OKR_REG_PRESENT,
         okr_value_enum(arena, OKR_V_ROLE_CHAMPION)},
    };
    struct okr_hub_act act = {.verb = OKR_VERB_ADD,
                              .kind = OKR_KIND_PERSON,
                              .entity = m->person,
                              .fields = fields,
                              .n_fields = 6};
    return make(m, &act);
}

static enum okr_err make_lead(struct making *m)
{
    const struct okr_hub_field fields[] = {
        {OKR_F_LEAD, OKR_REG_VALUE, okr_id_slice(&m->person)},
    };
    struct okr_hub_act act = {.verb = OKR_VERB_SET,
                              .kind = OKR_KIND_UNIT,
                              .entity = m->unit,
                              .fields = fields,
                              .n_fields = 1};
    return make(m, &act);
}

static enum okr_err make_site(struct making *m)
{
    const struct okr_genesis *g = m->genesis;
    const struct okr_hub_field fields[] = {
        {OKR_F_SITE_NAME, OKR_REG_VALUE, OKR_SLICE_LIT("server")},
        {OKR_F_SITE_KEY, OKR_REG_VALUE,
         okr_slice_of(g->site_key.b, sizeof g->site_key.b)},
        {OKR_F_WITNESS_KEY, OKR_REG_VALUE,
         okr_slice_of(g->witness_key.b, sizeof g->witness_key.b)},
        {OKR_F_LINK_KEY, OKR_REG_VALUE,
         okr_slice_of(g->link_key, sizeof g->link_key)},
        {OKR_F_SITE_UNITS, OKR_REG_PRESENT, okr_id_slice(&m->unit)},
    };
    struct okr_hub_act act = {.verb = OKR_VERB_ENROL,
                              .kind = OKR_KIND_SITE,
                              .entity = m->site,
                              .fields = fields,
                              .n_fields = 5};
    return make(m, &act);
}

/* ---- together ------------------------------------------------------------ */

static void draw_ids(struct making *m)
{
    struct okr_id *ids[IDS] = {&m->policy, &m->unit, &m->person, &m->site};
    for (size_t i = 0; i < GENESIS_OPS; i++)
        ids[IDS - GENESIS_OPS + i] = &m->op_ids[i];
    for (size_t i = 0; i < IDS; i++)
        *ids[i] =
            okr_id_make(m->genesis->now, m->genesis->entropy + i * RANDOM_LEN);
    if (okr_id_is_zero(&m->genesis->policy))
        return;
    m->policy = m->genesis->policy;
    m->unit = m->genesis->unit;
    m->person = m->genesis->person;
}

static enum okr_err put_settings(struct okr_kv_txn *txn,
                                 const struct okr_genesis *genesis,
                                 const struct okr_id *server_site)
{
    struct okr_epoch_row epoch = {.counter = 1};
    memcpy(epoch.random, genesis->epoch_random, sizeof epoch.random);
    OKR_TRY(okr_meta_stamp(txn, "server"));
    OKR_TRY(okr_meta_put_epochs(txn, &epoch, 1));
    OKR_TRY(okr_meta_put(txn, "org", okr_id_slice(&genesis->org)));
    OKR_TRY(okr_meta_put(txn, "slug", genesis->slug));
    OKR_TRY(okr_meta_put_u64(txn, "base", 0));
    OKR_TRY(okr_meta_put_u64(txn, "incarnation", 1));
    return okr_meta_put(txn, "server_site", okr_id_slice(server_site));
}

static enum okr_err take(struct making *m)
{
    struct okr_answer answers[GENESIS_OPS];
    OKR_TRY(make_policy(m));
    OKR_TRY(make_unit(m));
    OKR_TRY(make_person(m));
    OKR_TRY(make_lead(m));
    OKR_TRY(make_site(m));
    OKR_TRY(okr_hub_take_local(m->work, m->ops, m->n, true, answers));
    for (size_t i = 0; i < m->n; i++)
        if (!okr_verdict_is_in(&answers[i].verdict))
            return OKR_ERR_FORMAT;
    return OKR_OK;
}

enum okr_err okr_hub_genesis(struct okr_hub *hub, struct okr_kv_txn *txn,
                             const struct okr_genesis *genesis,
                             struct okr_arena *arena)
{
    OKR_ASSERT(hub != NULL && txn != NULL && arena != NULL);
    struct okr_id old;
    enum okr_err err = okr_meta_id(txn, "org", &old);
    if (err != OKR_ERR_NOTFOUND)
        return err == OKR_OK ? OKR_ERR_EXISTS : err;
    struct okr_effects fx;
    okr_effects_init(&fx, arena);
    struct okr_hub_work work = {
        .hub = hub, .txn = txn, .fx = &fx, .arena = arena, .now = genesis->now};
    struct making making = {.work = &work, .genesis = genesis};
    draw_ids(&making);
    OKR_TRY(put_settings(txn, genesis, &making.site));
    OKR_TRY(okr_hub_load(hub, txn, arena));
    struct okr_hash seed =
        okr_sha256(okr_slice_of(genesis->entropy, sizeof genesis->entropy));
    memcpy(hub->entropy, seed.b, sizeof hub->entropy);
    OKR_TRY(take(&making));
    return okr_hub_load(hub, txn, arena);
}
