/* Turns of a hub, and the operations that tests make; see hub.h. */
#include "tests/lib/hub.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/store/oplog.h"
#include "server/core/hub_log.h"

#define START ((okr_us)1770000000 * 1000000) /* 2026-02-02 */

struct okr_id okr_test_hub_id(struct okr_test_hub *h)
{
    struct okr_id id = {{0x01, 0x90}};
    id.b[6] = 0x70;
    id.b[8] = 0x80;
    okr_be_put32(id.b + 12, ++h->made * 2654435761U);
    if (h->in_order)
        okr_be_put32(id.b + 2, h->made);
    return id;
}

/* ---- life ---------------------------------------------------------------- */

static void trace_line(void *context, struct okr_slice line)
{
    struct okr_test_hub *h = context;
    if (h->trace_len + line.len + 2 > sizeof h->trace)
        return;
    memcpy(h->trace + h->trace_len, line.data, line.len);
    h->trace_len += line.len;
    h->trace[h->trace_len++] = '\n';
    h->trace[h->trace_len] = '\0';
}

static struct okr_sk *key_of(uint8_t byte)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *key = NULL;
    memset(seed, byte, sizeof seed);
    OKR_ASSERT(okr_sk_from_seed(seed, &key) == OKR_OK);
    return key;
}

static struct okr_id only_of(struct okr_space *space, uint16_t kind)
{
    struct okr_ids ids;
    OKR_ASSERT(okr_index_kind(space, kind, &ids) == OKR_OK && ids.n == 1);
    return ids.at[0];
}

static void genesis(struct okr_test_hub *h)
{
    struct okr_genesis g = {
        .org = h->org,
        .name = OKR_SLICE_LIT("Acme"),
        .slug = OKR_SLICE_LIT("acme"),
        .admin_name = OKR_SLICE_LIT("Ada"),
        .admin_mail = OKR_SLICE_LIT("ada@acme.example"),
        .epoch_random = {1, 2, 3},
        .site_key = okr_sk_public(h->site_key),
        .witness_key = okr_sk_public(h->log_key),
        .link_key = {7},
        .utc_offset_min = 480,
        .now = h->now,
    };
    for (size_t i = 0; i < sizeof g.entropy; i++)
        g.entropy[i] = (uint8_t)(i * 7 + i / 16);
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_kv_begin(h->kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_hub_genesis(h->hub, txn, &g, h->keep) == OKR_OK);
    struct okr_space space = {.txn = txn, .arena = h->keep};
    h->policy = only_of(&space, OKR_KIND_POLICY);
    h->root = only_of(&space, OKR_KIND_UNIT);
    h->admin = only_of(&space, OKR_KIND_PERSON);
    h->server_site = only_of(&space, OKR_KIND_SITE);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
}

void okr_test_hub_open(struct okr_test_hub *h)
{
    struct okr_kv *kv;
    OKR_ASSERT(okr_kv_mem_open(&kv) == OKR_OK);
    okr_test_hub_open_on(h, kv);
}

void okr_test_hub_open_on(struct okr_test_hub *h, struct okr_kv *kv)
{
    memset(h, 0, sizeof *h);
    h->kv = kv;
    okr_crypto_init();
    h->now = START;
    h->org = okr_made_id(0xac);
    h->site_key = key_of(1);
    h->log_key = key_of(2);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &h->arena) == OKR_OK);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &h->keep) == OKR_OK);
    h->conf = (struct okr_hub_conf){
        .site_key = h->site_key,
        .log_key = h->log_key,
        .publish = "7001",
        .beat_ms = 15000,
        .park_ms = (okr_ms)24 * 3600 * 1000,
        .trace = {trace_line, h},
    };
    OKR_ASSERT(okr_hub_new(&h->conf, &h->hub) == OKR_OK);
    genesis(h);
}

void okr_test_hub_close(struct okr_test_hub *h)
{
    okr_hub_free(&h->hub);
    okr_kv_close(&h->kv);
    okr_arena_free(&h->arena);
    okr_arena_free(&h->keep);
    okr_sk_free(&h->site_key);
    okr_sk_free(&h->log_key);
}

static struct okr_hub_shell shell_of(struct okr_test_hub *h);

void okr_test_hub_restart(struct okr_test_hub *h)
{
    struct okr_hub_shell shell = shell_of(h);
    okr_hub_free(&h->hub);
    OKR_ASSERT(okr_hub_new(&h->conf, &h->hub) == OKR_OK);
    OKR_ASSERT(okr_hub_reload(h->hub, &shell) == OKR_OK);
}

/* ---- turns --------------------------------------------------------------- */

/* What the other side gets to see: the bytes, decoded. */
static struct okr_msg *through(struct okr_test_hub *h,
                               const struct okr_msg *msg)
{
    bool pub = msg->type == OKR_MSG_EVENT || msg->type == OKR_MSG_HEAD ||
               msg->type == OKR_MSG_BEAT;
    struct okr_buf bytes;
    struct okr_msg *decoded = NULL;
    okr_buf_init(&bytes, h->keep);
    okr_msg_encode(msg, &bytes);
    OKR_ASSERT(bytes.err == OKR_OK && bytes.len <= OKR_FRAME_MAX);
    struct okr_slice frame = okr_buf_slice(&bytes);
    enum okr_err err = pub ? okr_msg_decode_pub(frame, h->keep, &decoded)
                           : okr_msg_decode(frame, h->keep, &decoded);
    OKR_ASSERT(err == OKR_OK);
    return decoded;
}

static void perform(void *context, const struct okr_fx *fx)
{
    struct okr_test_hub *h = context;
    OKR_ASSERT(h->n_sent < OKR_TEST_SENT_MAX);
    OKR_ASSERT(h->n_published < OKR_TEST_SENT_MAX);
    if (fx->kind == OKR_FX_SEND) {
        h->sent[h->n_sent] = *fx;
        h->sent[h->n_sent++].msg = through(h, fx->msg);
    } else if (fx->kind == OKR_FX_PUBLISH) {
        h->published[h->n_published++] = through(h, fx->msg);
    } else {
        h->other[h->n_other] = *fx;
        h->other[h->n_other++].text = okr_arena_copy(h->keep, fx->text);
    }
}

static struct okr_hub_shell shell_of(struct okr_test_hub *h)
{
    return (struct okr_hub_shell){
        .kv = h->kv, .arena = h->arena, .perform = perform, .context = h};
}

enum okr_err okr_test_turn(struct okr_test_hub *h,
                           const struct okr_hub_event *events, size_t n)
{
    struct okr_hub_shell shell = shell_of(h);
    h->n_sent = h->n_published = h->n_other = h->trace_len = 0;
    h->trace[0] = '\0';
    return okr_hub_turn(h->hub, &shell, events, n, h->now);
}

static struct okr_hub_event event_of(struct okr_test_hub *h,
                                     enum okr_hub_event_kind kind)
{
    struct okr_hub_event event = {.kind = kind, .now = h->now};
    okr_be_put32(event.entropy, ++h->made);
    return event;
}

void okr_test_timeout(struct okr_test_hub *h, okr_ms ms)
{
    h->now += ms * 1000;
    struct okr_hub_event event = event_of(h, OKR_HUB_TIMEOUT);
    OKR_ASSERT(okr_test_turn(h, &event, 1) == OKR_OK);
}

void okr_test_subscribe(struct okr_test_hub *h, okr_scope scope)
{
    struct okr_hub_event event = event_of(h, OKR_HUB_SUBSCRIBED);
    event.scope = scope;
    OKR_ASSERT(okr_test_turn(h, &event, 1) == OKR_OK);
}

struct okr_hub_event okr_test_from(struct okr_test_hub *h,
                                   struct okr_test_peer *peer,
                                   const struct okr_msg *msg)
{
    struct okr_msg copy = *msg;
    struct okr_hub_event event = event_of(h, OKR_HUB_MESSAGE);
    copy.request = ++peer->request;
    event.msg = through(h, &copy);
    event.from = peer->from;
    event.peer = peer->state;
    event.site = peer->id;
    event.address = OKR_SLICE_LIT("192.0.2.7");
    memcpy(event.user, peer->enrol.link_key, sizeof event.user);
    return event;
}

const struct okr_msg *okr_test_send(struct okr_test_hub *h,
                                    struct okr_test_peer *peer,
                                    const struct okr_msg *msg)
{
    struct okr_hub_event event = okr_test_from(h, peer, msg);
    OKR_ASSERT(okr_test_turn(h, &event, 1) == OKR_OK);
    return h->n_sent > 0 ? h->sent[0].msg : NULL;
}

static okr_scope scope_of(const struct okr_msg *msg)
{
    if (msg->type == OKR_MSG_EVENT)
        return msg->u.event.scope;
    return msg->type == OKR_MSG_HEAD ? msg->u.head.scope : 0;
}

const struct okr_msg *okr_test_published(const struct okr_test_hub *h,
                                         enum okr_msg_type type,
                                         okr_scope scope)
{
    for (size_t i = 0; i < h->n_published; i++)
        if (h->published[i]->type == type && scope_of(h->published[i]) == scope)
            return h->published[i];
    return NULL;
}

const struct okr_fx *okr_test_effect(const struct okr_test_hub *h,
                                     enum okr_effect_kind kind)
{
    for (size_t i = 0; i < h->n_other; i++)
        if (h->other[i].kind == kind)
            return &h->other[i];
    return NULL;
}

/* ---- operations ---------------------------------------------------------- */

static struct okr_change change_of(struct okr_test_hub *h,
                                   const struct okr_test_act *act,
                                   const struct okr_typed *typed)
{
    struct okr_change change = {.field = typed->field, .form = OKR_REG_VALUE};
    const struct okr_field_info *info = okr_field_info(act->kind, typed->field);
    OKR_ASSERT(info != NULL);
    bool set = (info->flags & OKR_FLAG_SET) != 0;
    bool minus = typed->text != NULL && typed->text[0] == '-';
    if (set)
        change.form = minus ? OKR_REG_ABSENT : OKR_REG_PRESENT;
    if (typed->is_ref)
        change.data = okr_value_id(h->keep, &typed->ref);
    else if (typed->text != NULL)
        change.data =
            okr_made_value(act->kind, typed->field, typed->text, h->keep);
    else
        change.form = OKR_REG_UNSET;
    struct okr_record *record = okr_test_record_of(h, &act->entity);
    if (record == NULL || set)
        return change;
    const struct okr_reg *reg = okr_record_reg(record, typed->field);
    change.seen = (struct okr_seen){.form = OKR_SEEN_LSN, .epoch = 1};
    change.seen.lsn = reg == NULL || typed->blind ? 0 : reg->lsn;
    return change;
}

struct okr_op okr_test_op(struct okr_test_hub *h,
                          const struct okr_test_act *act)
{
    struct okr_change changes[32];
    struct okr_payload payload = {.verb = act->verb,
                                  .kind = act->kind,
                                  .entity = act->entity,
                                  .changes = changes};
    while (act->changes != NULL && act->changes[payload.n_changes].field != 0) {
        OKR_ASSERT(payload.n_changes < 32);
        changes[payload.n_changes] =
            change_of(h, act, &act->changes[payload.n_changes]);
        payload.n_changes++;
    }
    struct okr_buf bytes;
    okr_buf_init(&bytes, h->keep);
    okr_payload_encode(&payload, &bytes);
    OKR_ASSERT(bytes.err == OKR_OK);
    struct okr_op op = {
        .id = okr_test_hub_id(h),
        .person = okr_id_is_zero(&act->person) ? h->admin : act->person,
        .time = h->now - 1000000,
        .verb = act->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
    };
    memcpy(op.salt, op.id.b, OKR_ID_LEN);
    return op;
}

struct okr_answer okr_test_local(struct okr_test_hub *h,
                                 const struct okr_test_act *act)
{
    struct okr_op op = okr_test_op(h, act);
    struct okr_hub_event event = event_of(h, OKR_HUB_LOCAL);
    event.ops = &op;
    event.n_ops = 1;
    OKR_ASSERT(okr_test_turn(h, &event, 1) == OKR_OK);
    size_t n;
    const struct okr_answer *answers = okr_hub_local_answers(h->hub, &n);
    OKR_ASSERT(n == 1);
    return answers[0];
}

struct okr_id okr_test_add(struct okr_test_hub *h, uint16_t kind,
                           const struct okr_typed *changes)
{
    struct okr_test_act act = {.verb = kind == OKR_KIND_INVITE ? OKR_VERB_INVITE
                                                               : OKR_VERB_ADD,
                               .kind = kind,
                               .entity = okr_test_hub_id(h),
                               .changes = changes};
    struct okr_answer answer = okr_test_local(h, &act);
    OKR_ASSERT(okr_verdict_is_in(&answer.verdict));
    return act.entity;
}

struct okr_id okr_test_unit(struct okr_test_hub *h, const char *code,
                            const struct okr_id *parent)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_UNIT_NAME, code),
                               OKR_TYPED(OKR_F_CODE, code),
                               OKR_REF(OKR_F_UNIT_PARENT, *parent),
                               {0}};
    return okr_test_add(h, OKR_KIND_UNIT, with);
}

struct okr_id okr_test_cycle(struct okr_test_hub *h, const char *name)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_CYCLE_NAME, name),
                               OKR_TYPED(OKR_F_CYCLE_KIND, "quarter"),
                               OKR_TYPED(OKR_F_CYCLE_START, "2026-01-01"),
                               OKR_TYPED(OKR_F_CYCLE_END, "2026-03-31"),
                               {0}};
    return okr_test_add(h, OKR_KIND_CYCLE, with);
}

struct okr_test_act okr_test_objective(struct okr_test_hub *h,
                                       const struct okr_id *cycle,
                                       const struct okr_id *unit,
                                       const char *title, bool draft)
{
    struct okr_typed *with = okr_arena_array(h->keep, 6, sizeof *with);
    OKR_ASSERT(with != NULL);
    with[0] = (struct okr_typed)OKR_TYPED(OKR_F_O_TITLE, title);
    with[1] = (struct okr_typed)OKR_REF(OKR_F_O_CYCLE, *cycle);
    with[2] = (struct okr_typed)OKR_REF(OKR_F_O_OWNER, h->admin);
    with[3] = (struct okr_typed)OKR_REF(OKR_F_O_UNIT, *unit);
    if (draft)
        with[4] = (struct okr_typed)OKR_TYPED(OKR_F_O_STATE, "draft");
    return (struct okr_test_act){.verb = OKR_VERB_ADD,
                                 .kind = OKR_KIND_OBJECTIVE,
                                 .entity = okr_test_hub_id(h),
                                 .changes = with};
}

/* ---- the store ----------------------------------------------------------- */

struct okr_record *okr_test_record_of(struct okr_test_hub *h,
                                      const struct okr_id *id)
{
    struct okr_kv_txn *txn;
    struct okr_record *record = NULL;
    OKR_ASSERT(okr_kv_begin(h->kv, false, &txn) == OKR_OK);
    struct okr_space space = {.txn = txn, .arena = h->keep};
    enum okr_err err = okr_entity_get(&space, id, &record);
    OKR_ASSERT(err == OKR_OK || err == OKR_ERR_NOTFOUND);
    okr_kv_abort(&txn);
    return err == OKR_OK ? record : NULL;
}

uint64_t okr_test_log_size(struct okr_test_hub *h)
{
    struct okr_kv_txn *txn;
    uint64_t size;
    OKR_ASSERT(okr_kv_begin(h->kv, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_oplog_size(txn, &size) == OKR_OK);
    okr_kv_abort(&txn);
    return size;
}

struct okr_hash okr_test_log_root(struct okr_test_hub *h, uint64_t size)
{
    struct okr_kv_txn *txn;
    struct okr_hash root;
    OKR_ASSERT(okr_kv_begin(h->kv, false, &txn) == OKR_OK);
    struct okr_tlog_nodes nodes = okr_hub_log_nodes(txn);
    OKR_ASSERT(okr_tlog_root(&nodes, size, &root) == OKR_OK);
    okr_kv_abort(&txn);
    return root;
}
