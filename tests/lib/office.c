/* The site of an office, and how to look at it; see office.h. */
#include "tests/lib/office.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"

static void must(enum okr_err err)
{
    if (err != OKR_OK)
        fprintf(stderr, "office: %s\n", okr_err_text(err));
    OKR_ASSERT(err == OKR_OK);
}

/* ---- life ---------------------------------------------------------------- */

static void trace_line(void *context, struct okr_slice line)
{
    struct okr_office *o = context;
    if (o->trace_len + line.len + 2 > sizeof o->trace)
        o->trace_len = 0;
    memcpy(o->trace + o->trace_len, line.data, line.len);
    o->trace_len += line.len;
    o->trace[o->trace_len++] = '\n';
    o->trace[o->trace_len] = '\0';
}

static void enrol(struct okr_office *o)
{
    struct okr_company *c = &o->company;
    o->id = okr_company_id(c);
    struct okr_typed with[] = {
        OKR_TYPED(OKR_F_SITE_NAME, "sh"),     OKR_TYPED(OKR_F_SITE_KEY, "bb01"),
        OKR_TYPED(OKR_F_WITNESS_KEY, "bb02"), OKR_TYPED(OKR_F_LINK_KEY, "bb03"),
        OKR_REF(OKR_F_SITE_UNITS, c->sh),     {0}};
    with[4].text = "+";
    c->ground.authority = true;
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_ENROL,
                                           OKR_KIND_SITE, &o->id, with);
    OKR_ASSERT(okr_verdict_is_in(&v));
    c->ground.authority = false;
}

static void load(struct okr_office *o)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    must(okr_site_load(o->site, txn, o->arena));
    okr_office_end(o, &txn);
}

void okr_office_open(struct okr_office *o, bool thin)
{
    uint8_t seed[OKR_SIGN_SEED_LEN] = {9};
    memset(o, 0, sizeof *o);
    okr_crypto_init();
    okr_company_open(&o->company);
    o->company.ground.org = okr_made_id(0x77);
    enrol(o);
    must(okr_kv_mem_open(&o->inner));
    must(okr_kv_fault_open(o->inner, &o->kv));
    must(okr_arena_new(OKR_ARENA_UNBOUNDED, &o->arena));
    must(okr_sk_from_seed(seed, &o->key));
    o->now = o->company.ground.now;
    o->conf = (struct okr_site_conf){
        .org = o->company.ground.org,
        .site = o->id,
        .site_key = o->key,
        .thin = thin,
        .all_summaries = true,
        .beat_ms = 15000,
        .pull_ms_min = 15000,
        .retry_max_ms = 8000,
        .trace = {trace_line, o},
    };
    must(okr_site_new(&o->conf, &o->site));
    load(o);
}

void okr_office_close(struct okr_office *o)
{
    okr_site_free(&o->site);
    okr_kv_close(&o->kv);
    okr_kv_close(&o->inner);
    okr_arena_free(&o->arena);
    okr_sk_free(&o->key);
    okr_company_close(&o->company);
}

void okr_office_restart(struct okr_office *o)
{
    okr_site_free(&o->site);
    must(okr_site_new(&o->conf, &o->site));
    o->n_out = 0;
    okr_arena_reset(o->arena);
    load(o);
}

/* ---- turns --------------------------------------------------------------- */

/* What goes out, as bytes that outlive the turn. */
static void keep_sent(struct okr_office *o)
{
    for (size_t i = 0; i < o->fx.n; i++) {
        const struct okr_fx *fx = &o->fx.at[i];
        if (fx->kind != OKR_FX_SEND && fx->kind != OKR_FX_SEND_RAW)
            continue;
        struct okr_buf frame;
        okr_buf_init(&frame, o->company.arena);
        if (fx->kind == OKR_FX_SEND)
            okr_msg_encode(fx->msg, &frame);
        else
            okr_buf_put(&frame, fx->frame);
        must(frame.err);
        OKR_ASSERT(o->n_out < OKR_OFFICE_OUT_MAX);
        o->out[o->n_out++] = okr_buf_slice(&frame);
    }
}

/* Steps and a flush; OKR_ERR_IO where the turn is to fail anyway. */
static enum okr_err run(struct okr_office *o, struct okr_kv_txn *txn,
                        const struct okr_site_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(okr_site_step(o->site, txn, &events[i], &o->fx));
        o->submitted = okr_site_submitted(o->site, &o->seq);
    }
    OKR_TRY(okr_site_flush(o->site, txn, o->now, &o->fx));
    return o->fail ? OKR_ERR_IO : OKR_OK;
}

void okr_office_turn(struct okr_office *o, struct okr_site_event *events,
                     size_t n)
{
    struct okr_kv_txn *txn = NULL;
    for (size_t i = 0; i < n; i++) {
        events[i].now = o->now;
        okr_be_put64(events[i].entropy, ++o->draws);
    }
    okr_arena_reset(o->arena);
    okr_effects_init(&o->fx, o->arena);
    enum okr_err err = okr_kv_begin(o->kv, true, &txn);
    if (err == OKR_OK)
        err = run(o, txn, events, n);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    okr_kv_abort(&txn);
    o->failed = err != OKR_OK;
    if (!o->failed) {
        keep_sent(o);
        return;
    }
    OKR_ASSERT(o->fail || o->may_fail);
    o->turns_failed++;
    o->fail = false;
    okr_arena_reset(o->arena);
    okr_effects_init(&o->fx, o->arena);
    o->died = o->died || err == OKR_ERR_COMMIT;
    if (err == OKR_ERR_COMMIT)
        okr_office_restart(o); /* nobody knows what is stored */
    else
        load(o);
}

void okr_office_event(struct okr_office *o, const struct okr_site_event *event)
{
    struct okr_site_event copy = *event;
    okr_office_turn(o, &copy, 1);
}

void okr_office_happens(struct okr_office *o, enum okr_site_event_kind kind)
{
    struct okr_site_event event = {.kind = kind};
    okr_office_event(o, &event);
}

/* Through the codec, into memory that outlives the turn's reset. */
static struct okr_msg *over_wire(struct okr_office *o,
                                 const struct okr_msg *msg, bool pub)
{
    struct okr_buf frame;
    struct okr_msg *decoded;
    okr_buf_init(&frame, o->company.arena);
    okr_msg_encode(msg, &frame);
    must(frame.err);
    struct okr_slice bytes = okr_buf_slice(&frame);
    must(pub ? okr_msg_decode_pub(bytes, o->company.arena, &decoded)
             : okr_msg_decode(bytes, o->company.arena, &decoded));
    return decoded;
}

void okr_office_message(struct okr_office *o, const struct okr_msg *msg)
{
    struct okr_site_event event = {.kind = OKR_SITE_MESSAGE,
                                   .msg = over_wire(o, msg, false)};
    okr_office_event(o, &event);
}

void okr_office_publish(struct okr_office *o, const struct okr_msg *msg)
{
    if (msg == NULL)
        return;
    struct okr_site_event event = {.kind = OKR_SITE_PUBLISHED,
                                   .msg = over_wire(o, msg, true)};
    okr_office_event(o, &event);
}

void okr_office_submit(struct okr_office *o, const struct okr_op *op)
{
    struct okr_site_event event = {.kind = OKR_SITE_SUBMIT, .op = op};
    okr_office_event(o, &event);
}

void okr_office_wait(struct okr_office *o, okr_us us)
{
    okr_us until = o->now + us;
    okr_us due = okr_site_deadline(o->site);
    for (int turns = 0; due <= until; turns++) {
        OKR_ASSERT(turns < 1000); /* else it turns without end */
        if (due > o->now)
            o->now = due;
        okr_office_happens(o, OKR_SITE_TIMEOUT);
        due = okr_site_deadline(o->site);
    }
    o->now = until;
}

/* ---- the wire ------------------------------------------------------------ */

struct okr_msg *okr_office_take(struct okr_office *o)
{
    struct okr_msg *msg;
    if (o->n_out == 0)
        return NULL;
    must(okr_msg_decode(o->out[0], o->company.arena, &msg));
    o->n_out--;
    memmove(&o->out[0], &o->out[1], o->n_out * sizeof o->out[0]);
    return msg;
}

void okr_office_serve(struct okr_office *o)
{
    struct okr_msg *msg;
    for (int n = 0; (msg = okr_office_take(o)) != NULL; n++) {
        OKR_ASSERT(n < 2000); /* else they talk without end */
        struct okr_msg *answer = okr_office_answer(o, msg);
        if (answer != NULL)
            okr_office_message(o, answer);
        /* Whatever is due at once, as the next page. */
        if (okr_site_deadline(o->site) <= o->now)
            okr_office_happens(o, OKR_SITE_TIMEOUT);
    }
}

void okr_office_publish_all(struct okr_office *o)
{
    static const okr_scope all[] = {4, 8, 9, 12};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        okr_office_publish(o, okr_office_events(o, all[i]));
        okr_office_publish(o, okr_office_head(o, all[i]));
    }
}

void okr_office_live(struct okr_office *o)
{
    okr_office_happens(o, OKR_SITE_START);
    okr_office_happens(o, OKR_SITE_LINK_UP);
    okr_office_serve(o);
    okr_office_publish_all(o);
    okr_office_wait(o, 1000);
    okr_office_serve(o);
}

/* ---- operations ---------------------------------------------------------- */

static struct okr_seen seen_of(struct okr_office *o, struct okr_kv_txn *txn,
                               const struct okr_reg *reg)
{
    struct okr_seen seen = {.form = OKR_SEEN_LSN, .epoch = 1};
    if (reg == NULL || reg->lsn < OKR_LSN_PENDING) {
        seen.lsn = reg == NULL ? 0 : reg->lsn;
        seen.epoch = o->company.epoch.counter;
        return seen;
    }
    struct okr_out out;
    must(okr_outbox_get(txn, reg->lsn & ~OKR_LSN_PENDING, o->company.arena,
                        &out));
    return (struct okr_seen){.form = OKR_SEEN_OP, .op = out.op.id};
}

static struct okr_change change_of(struct okr_office *o, struct okr_kv_txn *txn,
                                   const struct okr_record *record,
                                   const struct okr_typed *typed, uint16_t kind)
{
    struct okr_arena *arena = o->company.arena;
    struct okr_change change = {.field = typed->field, .form = OKR_REG_VALUE};
    change.data = typed->is_ref
                      ? okr_value_id(arena, &typed->ref)
                      : okr_made_value(kind, typed->field, typed->text, arena);
    if (record != NULL)
        change.seen = seen_of(o, txn, okr_record_reg(record, typed->field));
    return change;
}

struct okr_op okr_office_op(struct okr_office *o, const struct okr_id *person,
                            uint16_t verb, uint16_t kind,
                            const struct okr_id *entity,
                            const struct okr_typed *changes)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_space space = {
        .txn = txn, .arena = o->company.arena, .view = true};
    struct okr_record *record = NULL;
    struct okr_change list[16];
    size_t n = 0;
    if (okr_entity_get(&space, entity, &record) != OKR_OK)
        record = NULL;
    for (; changes[n].field != 0; n++)
        list[n] = change_of(o, txn, record, &changes[n], kind);
    okr_office_end(o, &txn);
    struct okr_payload payload = {.verb = verb,
                                  .kind = kind,
                                  .entity = *entity,
                                  .changes = list,
                                  .n_changes = n};
    struct okr_buf bytes;
    okr_buf_init(&bytes, o->company.arena);
    okr_payload_encode(&payload, &bytes);
    must(bytes.err);
    struct okr_op op = {.id = okr_company_id(&o->company),
                        .person = *person,
                        .time = o->now,
                        .verb = verb,
                        .schema = OKR_SCHEMA_VERSION,
                        .payload = okr_buf_slice(&bytes)};
    op.salt[0] = (uint8_t)++o->draws;
    return op;
}

struct okr_op okr_office_set(struct okr_office *o, uint16_t kind,
                             const struct okr_id *entity, uint16_t field,
                             const char *text)
{
    struct okr_typed changes[] = {OKR_TYPED(field, text), {0}};
    struct okr_op op =
        okr_office_op(o, &o->company.lin, OKR_VERB_SET, kind, entity, changes);
    okr_office_submit(o, &op);
    return op;
}

void okr_office_ada_sets(struct okr_office *o, uint16_t kind,
                         const struct okr_id *entity, uint16_t field,
                         const char *text)
{
    struct okr_typed changes[] = {OKR_TYPED(field, text), {0}};
    struct okr_company *c = &o->company;
    struct okr_id site = c->ground.site;
    c->ground.site = c->site;
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_SET, kind, entity, changes);
    c->ground.site = site;
    OKR_ASSERT(okr_verdict_is_in(&v));
}

struct okr_id okr_office_objective(struct okr_office *o, const char *title)
{
    struct okr_company *c = &o->company;
    struct okr_id id = okr_company_objective(c, &c->lin, &c->sh, title);
    struct okr_typed none[] = {{0}};
    struct okr_record *record = okr_company_get(c, &id);
    if (okr_record_home(record) == OKR_OFFICE_SH)
        return id;
    struct okr_verdict v = okr_company_act(c, &c->lin, OKR_VERB_PUBLISH,
                                           OKR_KIND_OBJECTIVE, &id, none);
    OKR_ASSERT(okr_verdict_is_in(&v));
    return id;
}
