/* Founding: genesis, units, persons, a cycle; then the sites enrol, through
 * the same Enrol message as real ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/msg/layout.h"
#include "common/store/meta.h"
#include "server/store/invites.h"
#include "tests/sim/sim.h"

static void open_disk(struct sim_disk *disk)
{
    OKR_ASSERT(okr_kv_mem_open(&disk->mem) == OKR_OK);
    OKR_ASSERT(okr_kv_fault_open(disk->mem, &disk->kv) == OKR_OK);
}

static struct okr_sk *new_key(struct sim_world *w)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk;
    sim_bytes(w, seed, sizeof seed);
    OKR_ASSERT(okr_sk_from_seed(seed, &sk) == OKR_OK);
    return sk;
}

static void genesis(struct sim_world *w)
{
    struct sim_server *s = &w->server;
    struct okr_genesis g = {
        .name = OKR_SLICE_LIT("Sim"),
        .slug = OKR_SLICE_LIT("sim"),
        .admin_name = OKR_SLICE_LIT("Ada"),
        .admin_mail = OKR_SLICE_LIT("ada@sim.example"),
        .now = w->now,
    };
    open_disk(&s->disk);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &s->arena) == OKR_OK);
    s->site_key = new_key(w);
    s->log_key = new_key(w);
    sim_bytes(w, &g.org, sizeof g.org);
    sim_bytes(w, g.epoch_random, sizeof g.epoch_random);
    sim_bytes(w, g.entropy, sizeof g.entropy);
    sim_bytes(w, g.link_key, sizeof g.link_key);
    g.site_key = g.witness_key = okr_sk_public(s->site_key);
    s->org = g.org;
    struct okr_hub_conf conf = {.site_key = s->site_key,
                                .log_key = s->log_key,
                                .beat_ms = 15000,
                                .park_ms = 1000,
                                .trace = sim_trace(w)};
    struct okr_hub *hub;
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_hub_new(&conf, &hub) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(s->disk.kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_hub_genesis(hub, txn, &g, s->arena) == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
    okr_hub_free(&hub);
    okr_arena_reset(s->arena);
}

/* The admin at the server's own site does what `words` say; it must be in. */
void sim_admin(struct sim_world *w, const char *const *words,
               struct okr_op *ret_op)
{
    struct okr_kv_txn *txn;
    struct okr_id ada;
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    OKR_ASSERT(okr_kv_begin(w->server.disk.kv, false, &txn) == OKR_OK);
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    OKR_ASSERT(okr_resolve(&space, OKR_KIND_PERSON,
                           OKR_SLICE_LIT("ada@sim.example"), &ada,
                           &problem) == OKR_OK);
    bool made = sim_compose(w, &space, &ada, words, ret_op);
    okr_kv_abort(&txn);
    OKR_ASSERT(made);
    sim_server_local(w, ret_op, 1);
    if (!w->server.up)
        return; /* a fault fell on it */
    size_t n;
    const struct okr_answer *answer = okr_hub_local_answers(w->server.hub, &n);
    if (n == 1 && okr_verdict_is_in(&answer->verdict))
        w->counts->verb[ret_op->verb]++;
    else if (!w->founded)
        sim_fail(w, 5, "founding failed");
}

static void add_person(struct sim_world *w, const char *unit, int number)
{
    char name[40], mail[60];
    struct okr_op op;
    (void)snprintf(name, sizeof name, "%s person %d", unit, number);
    (void)snprintf(mail, sizeof mail, "%s%d@sim.example", unit, number);
    const char *words[] = {"add",  "kind", "person", "name", name,
                           "mail", mail,   "unit",   unit,   NULL};
    sim_admin(w, words, &op);
}

static void add_units(struct sim_world *w)
{
    struct okr_op op;
    for (int i = 0; i < w->n_sites; i++) {
        struct sim_site *site = &w->sites[i];
        char below[40], lead[60];
        (void)snprintf(site->unit, sizeof site->unit, "office%d", i);
        (void)snprintf(below, sizeof below, "team%d", i);
        (void)snprintf(lead, sizeof lead, "office%d0@sim.example", i);
        const char *unit[] = {"add",  "kind",     "unit",   "name", site->unit,
                              "code", site->unit, "parent", "org",  NULL};
        const char *team[] = {"add",  "kind", "unit",   "name",     below,
                              "code", below,  "parent", site->unit, NULL};
        unit[8] = "sim";
        sim_admin(w, unit, &op);
        sim_admin(w, team, &op);
        for (int k = 0; k < 3; k++)
            add_person(w, site->unit, k);
        char champion[60];
        (void)snprintf(champion, sizeof champion, "office%d2@sim.example", i);
        const char *role[] = {
            "set", "ref", champion, "change", "roles+=champion", NULL};
        sim_admin(w, role, &op);
        role[4] = "roles+=admin"; /* who turns the workflow */
        sim_admin(w, role, &op);
        const char *led[] = {"set", "ref", site->unit, "change", lead, NULL};
        char change[80];
        (void)snprintf(change, sizeof change, "lead=%s", lead);
        led[4] = change;
        sim_admin(w, led, &op);
    }
    const char *cycle[] = {"add",        "kind", "cycle",      "name",
                           "Q1",         "kind", "quarter",    "start",
                           "2026-01-01", "end",  "2026-03-31", NULL};
    cycle[5] = "cycle_kind";
    sim_admin(w, cycle, &op);
}

static struct okr_enrol enrolment(struct sim_world *w, struct sim_site *site,
                                  struct okr_sk *witness)
{
    struct okr_enrol enrol = {.site_key = okr_sk_public(site->key),
                              .witness_key = okr_sk_public(witness)};
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    sim_bytes(w, enrol.token_id, sizeof enrol.token_id);
    sim_bytes(w, enrol.secret, sizeof enrol.secret);
    uint8_t random[10];
    sim_bytes(w, random, sizeof random);
    enrol.site = okr_id_make(w->now, random);
    memcpy(enrol.link_key, site->link_key, sizeof enrol.link_key);
    okr_layout_enrol(&enrol, layout);
    enrol.sig = okr_sign(site->key, okr_slice_of(layout, sizeof layout));
    return enrol;
}

static void invite(struct sim_world *w, struct sim_site *site,
                   const struct okr_enrol *enrol)
{
    char expires[OKR_TIME_TEXT];
    struct okr_op op;
    struct okr_kv_txn *txn;
    struct okr_payload *payload;
    okr_time_format(w->now + 24 * SIM_HOUR, 0, expires);
    const char *words[] = {"invite",   "name",    site->unit, "units",
                           site->unit, "expires", expires,    NULL};
    sim_admin(w, words, &op);
    OKR_ASSERT(okr_payload_decode(op.payload, w->scratch, &payload) == OKR_OK);
    struct okr_invite row = {
        .secret_hash =
            okr_sha256(okr_slice_of(enrol->secret, sizeof enrol->secret)),
        .entity = payload->entity,
        .expires = w->now + 24 * SIM_HOUR,
    };
    OKR_ASSERT(okr_kv_begin(w->server.disk.kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_invite_put(txn, enrol->token_id, &row) == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
}

static void enrol_site(struct sim_world *w, struct sim_site *site)
{
    open_disk(&site->disk);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &site->arena) == OKR_OK);
    site->key = new_key(w);
    sim_bytes(w, site->link_key, sizeof site->link_key);
    struct okr_sk *witness = new_key(w);
    struct okr_msg msg = {.type = OKR_MSG_ENROL,
                          .u.enrol = enrolment(w, site, witness)};
    okr_sk_free(&witness);
    site->id = msg.u.enrol.site;
    invite(w, site, &msg.u.enrol);
    struct okr_buf frame;
    okr_buf_init(&frame, w->scratch);
    okr_msg_encode(&msg, &frame);
    struct sim_event event = {.kind = SIM_DELIVER, .node = -1};
    event.frame.bytes = malloc(frame.len);
    OKR_ASSERT(event.frame.bytes != NULL);
    memcpy(event.frame.bytes, frame.data, frame.len);
    event.frame.len = frame.len;
    event.frame.from = site->index;
    sim_server_deliver(w, &event);
    sim_server_turn(w);
    site->enrolled = true;
}

/* A site's shell writes this after Enrolled came. */
static void settle_site(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_kv_begin(site->disk.kv, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_meta_stamp(txn, "site") == OKR_OK);
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
    site->thin = sim_chance(w, 300);
    site->line_up = true;
    sim_site_start(w, site);
}

void sim_found(struct sim_world *w)
{
    struct sim_faults weather = w->faults;
    memset(&w->faults, 0, sizeof w->faults);
    w->faults.delay_min = 1000;
    w->faults.delay_max = 2000;
    w->faults.crash_mean = w->faults.work_mean = weather.work_mean;
    genesis(w);
    w->counts->verb[OKR_VERB_GENESIS]++;
    sim_server_start(w);
    for (int i = 0; i < w->n_sites; i++)
        w->sites[i].index = i;
    add_units(w);
    for (int i = 0; i < w->n_sites && w->failed == 0; i++) {
        enrol_site(w, &w->sites[i]);
        w->counts->verb[OKR_VERB_ENROL]++;
    }
    for (int i = 0; i < w->n_sites && w->failed == 0; i++)
        settle_site(w, &w->sites[i]);
    w->faults = weather;
    w->founded = true;
}
