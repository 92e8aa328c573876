/* Fills a server's store through the hub's own turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/net/net.h"
#include "common/store/meta.h"
#include "tests/lib/bench.h"
#include "tests/lib/bench_folder.h"
#include "tests/lib/store.h"

enum {
    BATCH = 15 * 64, /* operations a turn: whole pushes */
    A_OBJECTIVE = 10,
    FIRST = 1 << 20, /* ids that the hub's tests do not use */
    SECOND = 1 << 22,
};

struct load {
    struct okr_bench_folder folder;
    uint64_t drawn;
    char title[128];
    struct okr_op ops[BATCH];
    size_t n;
};

static struct okr_id only_of(struct okr_test_hub *h, uint16_t kind)
{
    struct okr_kv_txn *txn;
    struct okr_ids ids;
    okr_bench_need(okr_kv_begin(h->kv, false, &txn) == OKR_OK, "store");
    struct okr_space space = {.txn = txn, .arena = h->keep};
    okr_bench_need(okr_index_kind(&space, kind, &ids) == OKR_OK && ids.n == 1,
                   "store");
    okr_kv_abort(&txn);
    return ids.at[0];
}

static struct okr_id org_of(struct okr_test_hub *h)
{
    struct okr_kv_txn *txn;
    struct okr_id org = {{0}};
    okr_bench_need(okr_kv_begin(h->kv, false, &txn) == OKR_OK &&
                       okr_meta_id(txn, "org", &org) == OKR_OK,
                   "store");
    okr_kv_abort(&txn);
    return org;
}

void okr_bench_folder_open(struct okr_bench_world *world, uint32_t first,
                           struct okr_bench_folder *folder)
{
    struct okr_fault fault = {.code = OKR_REPLY_DONE};
    struct okr_test_hub *h = &folder->h;
    memset(folder, 0, sizeof *folder);
    okr_bench_need(
        okr_server_open(world->server.dir, &folder->server, &fault) &&
            okr_server_start(&folder->server, "", &fault) &&
            okr_arena_new(OKR_ARENA_UNBOUNDED, &h->keep) == OKR_OK,
        "the server's folder");
    h->kv = folder->server.kv;
    h->hub = folder->server.hub;
    h->arena = folder->server.arena;
    h->now = okr_net_now();
    h->made = first;
    h->in_order = true;
    h->org = org_of(h);
    h->root = only_of(h, OKR_KIND_UNIT);
    h->admin = only_of(h, OKR_KIND_PERSON);
}

void okr_bench_folder_close(struct okr_bench_folder *folder)
{
    okr_arena_free(&folder->h.keep);
    okr_server_close(&folder->server);
}

static struct load *open_load(struct okr_bench_world *world, uint32_t first)
{
    struct load *load = calloc(1, sizeof *load);
    okr_bench_need(load != NULL, "memory");
    load->drawn = first;
    okr_bench_folder_open(world, first, &load->folder);
    return load;
}

static void close_load(struct load *load)
{
    okr_bench_folder_close(&load->folder);
    free(load);
}

static void flush(struct load *load)
{
    size_t n;
    struct okr_hub_event event = {.kind = OKR_HUB_LOCAL,
                                  .now = okr_net_now(),
                                  .ops = load->ops,
                                  .n_ops = load->n};
    if (load->n == 0)
        return;
    okr_random(event.entropy, sizeof event.entropy);
    okr_bench_need(okr_server_turn(&load->folder.server, &event, 1, NULL) ==
                       OKR_OK,
                   "a turn failed");
    const struct okr_answer *answers =
        okr_hub_local_answers(load->folder.server.hub, &n);
    okr_bench_need(n == load->n, "answers are missing");
    for (size_t i = 0; i < n; i++)
        okr_bench_need(okr_verdict_is_in(&answers[i].verdict),
                       okr_rule_name(answers[i].verdict.rule));
    okr_arena_reset(load->folder.h.keep);
    load->n = 0;
    load->folder.h.now = okr_net_now();
}

/* Room for the act first: what it is made of is in the arena. */
static void make_room(struct load *load)
{
    if (load->n == BATCH)
        flush(load);
}

static void take(struct load *load, const struct okr_test_act *act)
{
    okr_bench_need(load->n < BATCH, "no room");
    load->ops[load->n++] = okr_test_op(&load->folder.h, act);
}

/* Six words and a number, another one each time: rows that are all alike would
 * compress as no company's do. */
static const char *title_of(struct load *load)
{
    static const char *const words[] = {
        "raise",   "lower",    "share",   "returning",  "customers", "orders",
        "quality", "delivery", "average", "complaints", "training",  "revenue",
        "margin",  "north",    "plant",   "supplier",   "audits",    "weeks",
        "pilot",   "service",  "answers", "incidents",  "renewals",  "partners",
        "prices",  "support",  "factory", "schools",    "product",   "release",
        "survey",  "cost",
    };
    char *at = load->title;
    size_t left = sizeof load->title;
    for (int i = 0; i < 6; i++) {
        const char *word =
            words[okr_test_draw(&load->drawn, sizeof words / sizeof words[0])];
        int len = snprintf(at, left, "%s ", word);
        at += len;
        left -= (size_t)len;
    }
    (void)snprintf(at, left, "%llu",
                   (unsigned long long)okr_test_draw(&load->drawn, 10000));
    return load->title;
}

static struct okr_id add_objective(struct load *load,
                                   const struct okr_id *cycle)
{
    make_room(load);
    struct okr_test_act act = okr_test_objective(
        &load->folder.h, cycle, &load->folder.h.root, title_of(load), false);
    take(load, &act);
    return act.entity;
}

static struct okr_id add_key_result(struct load *load,
                                    const struct okr_id *objective)
{
    const struct okr_typed with[] = {
        OKR_REF(OKR_F_KR_OBJECTIVE, *objective),
        OKR_TYPED(OKR_F_KR_TITLE, title_of(load)),
        OKR_REF(OKR_F_KR_OWNER, load->folder.h.admin),
        OKR_TYPED(OKR_F_METRIC, "increase"),
        OKR_TYPED(OKR_F_START, "0"),
        OKR_TYPED(OKR_F_TARGET, "100"),
        OKR_TYPED(OKR_F_KR_DUE, "2026-03-31"),
        {.field = 0},
    };
    make_room(load);
    const struct okr_test_act act = {.verb = OKR_VERB_ADD,
                                     .kind = OKR_KIND_KEY_RESULT,
                                     .entity = okr_test_hub_id(&load->folder.h),
                                     .changes = with};
    take(load, &act);
    return act.entity;
}

struct okr_id *okr_bench_load(struct okr_bench_world *world, size_t n,
                              double *ret_seconds)
{
    struct okr_id *ids = calloc(n, sizeof *ids), objective = {{0}};
    struct load *load = open_load(world, FIRST);
    okr_bench_need(ids != NULL, "memory");
    struct okr_id cycle = okr_test_cycle(&load->folder.h, "2026 Q1");
    double from = okr_bench_seconds();
    for (size_t i = 0; i < n; i++) {
        if (i % A_OBJECTIVE == 0)
            objective = add_objective(load, &cycle);
        ids[i] = add_key_result(load, &objective);
    }
    flush(load);
    *ret_seconds = okr_bench_seconds() - from;
    close_load(load);
    return ids;
}

void okr_bench_change(struct okr_bench_world *world, const struct okr_id *ids,
                      size_t n, double *ret_seconds)
{
    struct load *load = open_load(world, SECOND);
    double from = okr_bench_seconds();
    for (size_t i = 0; i < n; i++) {
        make_room(load);
        const struct okr_typed with[] = {
            OKR_TYPED(OKR_F_KR_TITLE, title_of(load)), {.field = 0}};
        const struct okr_test_act act = {.verb = OKR_VERB_SET,
                                         .kind = OKR_KIND_KEY_RESULT,
                                         .entity = ids[i],
                                         .changes = with};
        take(load, &act);
    }
    flush(load);
    *ret_seconds = okr_bench_seconds() - from;
    close_load(load);
}
