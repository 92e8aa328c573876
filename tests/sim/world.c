/* The world: a heap of events, one clock, one source of chance. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "tests/sim/check.h"
#include "tests/sim/sim.h"

/* xoshiro256** seeded by splitmix64: public domain, Blackman and Vigna. */
static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t sim_random(struct sim_world *w)
{
    uint64_t *s = w->random;
    uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static void seed_random(struct sim_world *w, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15U;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        w->random[i] = z ^ (z >> 31);
    }
}

uint64_t sim_below(struct sim_world *w, uint64_t n)
{
    return n == 0 ? 0 : sim_random(w) % n;
}

bool sim_chance(struct sim_world *w, unsigned permille)
{
    return sim_below(w, 1000) < permille;
}

void sim_bytes(struct sim_world *w, void *out, size_t len)
{
    uint8_t *at = out;
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)sim_random(w);
}

okr_us sim_between(struct sim_world *w, okr_us from, okr_us to)
{
    return from + (okr_us)sim_below(w, (uint64_t)(to - from) + 1);
}

okr_us sim_around(struct sim_world *w, okr_us mean)
{
    return sim_between(w, mean / 10, mean * 2);
}

static bool sooner(const struct sim_event *a, const struct sim_event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void swap(struct sim_event *a, struct sim_event *b)
{
    struct sim_event t = *a;
    *a = *b;
    *b = t;
}

/* The event is put in place by its time, which the caller may not change;
 * everything else he fills in. */
struct sim_event *sim_at(struct sim_world *w, okr_us at, enum sim_kind kind,
                         int node)
{
    if (w->n_heap == w->cap_heap) {
        w->cap_heap = w->cap_heap == 0 ? 1024 : w->cap_heap * 2;
        w->heap = realloc(w->heap, w->cap_heap * sizeof *w->heap);
        OKR_ASSERT(w->heap != NULL);
    }
    size_t i = w->n_heap++;
    w->heap[i] = (struct sim_event){
        .at = at, .order = w->order++, .kind = kind, .node = node};
    while (i > 0 && sooner(&w->heap[i], &w->heap[(i - 1) / 2])) {
        swap(&w->heap[i], &w->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    return &w->heap[i];
}

static struct sim_event pop(struct sim_world *w)
{
    struct sim_event first = w->heap[0];
    w->heap[0] = w->heap[--w->n_heap];
    for (size_t i = 0;;) {
        size_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < w->n_heap && sooner(&w->heap[left], &w->heap[least]))
            least = left;
        if (right < w->n_heap && sooner(&w->heap[right], &w->heap[least]))
            least = right;
        if (least == i)
            return first;
        swap(&w->heap[i], &w->heap[least]);
        i = least;
    }
}

void sim_fail(struct sim_world *w, int invariant, const char *format, ...)
{
    if (w->failed != 0)
        return; /* the first one is the cause */
    va_list args;
    va_start(args, format);
    (void)vsnprintf(w->failure, sizeof w->failure, format, args);
    va_end(args);
    w->failed = invariant;
}

static void take_line(void *context, struct okr_slice text)
{
    struct sim_world *w = context;
    w->trace_lines++;
    if (okr_slice_starts(text, OKR_SLICE_LIT("gap:")))
        w->counts->gaps++;
    if (okr_slice_starts(text, OKR_SLICE_LIT("push ")) && text.len > 6 &&
        memcmp(text.data + text.len - 6, " again", 6) == 0)
        w->counts->replays++;
    for (size_t i = 0; i < text.len; i++)
        w->trace_hash = (w->trace_hash ^ text.data[i]) * 0x100000001b3U;
    if (w->print_trace)
        printf("%12.6f %.*s\n", (double)(w->now % SIM_HOUR) / 1e6,
               (int)text.len, (const char *)text.data);
}

struct okr_trace sim_trace(struct sim_world *w)
{
    return (struct okr_trace){take_line, w};
}

/* Each seed has weather of its own, from calm to stormy. */
static void choose_faults(struct sim_world *w)
{
    struct sim_faults *f = &w->faults;
    unsigned storm = (unsigned)sim_below(w, 4);
    f->drop = storm * 15;
    f->duplicate = storm * 10;
    f->reorder = storm * 20;
    f->pub_drop = storm * 40;
    f->delay_min = 1000;
    f->delay_max = sim_between(w, 20000, storm == 3 ? 5000000 : 400000);
    f->line_up_mean = sim_between(w, 2 * SIM_MINUTE, SIM_HOUR);
    f->line_down_mean = sim_between(w, 5 * SIM_SECOND, 30 * SIM_MINUTE);
    f->crash_mean = sim_between(w, 20 * SIM_SECOND, 10 * SIM_MINUTE);
    f->work_mean = sim_between(w, 3 * SIM_SECOND, 40 * SIM_SECOND);
    f->mute_push = sim_chance(w, 60);
    w->restless = sim_chance(w, 300);
    f->page_bytes_s = sim_chance(w, 300) ? 200 : 0;
    f->damage = sim_chance(w, 500) ? 300 : 0;
}

void sim_world_open(struct sim_world *w, uint64_t seed,
                    struct sim_counts *counts)
{
    memset(w, 0, sizeof *w);
    w->seed = seed;
    w->counts = counts;
    w->trace_hash = 0xcbf29ce484222325U;
    w->now = (okr_us)1770000000 * SIM_SECOND;
    seed_random(w, seed);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &w->scratch) == OKR_OK);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &w->hand) == OKR_OK);
    choose_faults(w);
    w->n_sites = 2 + (int)sim_below(w, SIM_SITES_MAX - 2);
}

void sim_world_close(struct sim_world *w)
{
    for (size_t i = 0; i < w->n_heap; i++)
        free(w->heap[i].frame.bytes);
    sim_server_stop(w);
    for (int i = 0; i < w->n_sites; i++) {
        sim_site_stop(w, &w->sites[i]);
        okr_arena_free(&w->sites[i].arena);
        okr_sk_free(&w->sites[i].key);
        okr_kv_close(&w->sites[i].disk.kv);
        okr_kv_close(&w->sites[i].disk.mem);
    }
    okr_arena_free(&w->server.arena);
    okr_sk_free(&w->server.site_key);
    okr_sk_free(&w->server.log_key);
    okr_kv_close(&w->server.disk.kv);
    okr_kv_close(&w->server.disk.mem);
    okr_arena_free(&w->scratch);
    okr_arena_free(&w->hand);
    free(w->heap);
    for (okr_scope scope = 0; scope < SIM_SCOPES_MAX; scope++)
        free(w->tips[scope].at);
    free(w->saved);
}

/* Arms one fault on one disk: it falls on whichever store call comes then. */
static void arm_fault(struct sim_world *w)
{
    int node = (int)sim_below(w, (uint64_t)w->n_sites + 1) - 1;
    struct sim_disk *disk = node < 0 ? &w->server.disk : &w->sites[node].disk;
    uint64_t calls = 1 + sim_below(w, 600);
    disk->commit_happens = sim_chance(w, 500);
    if (sim_chance(w, 300))
        okr_kv_fault_at(disk->kv, calls, OKR_ERR_COMMIT, disk->commit_happens);
    else
        okr_kv_fault_at(disk->kv, calls, OKR_ERR_IO, false);
    if (!w->healing)
        sim_at(w, w->now + sim_around(w, w->faults.crash_mean), SIM_FAULT, -1);
}

static void restart(struct sim_world *w, int node)
{
    if (node < 0 && !w->server.up)
        sim_server_start(w);
    else if (node >= 0 && !w->sites[node].up)
        sim_site_start(w, &w->sites[node]);
}

static void site_event(struct sim_world *w, struct sim_event *e)
{
    struct sim_site *site = &w->sites[e->node];
    if (w->healing && (e->kind == SIM_LINE || e->kind == SIM_WORK))
        return;
    if (e->kind == SIM_LINE) {
        sim_site_line(w, site, !site->line_up);
        okr_us mean =
            site->line_up ? w->faults.line_up_mean : w->faults.line_down_mean;
        sim_at(w, w->now + sim_around(w, mean), SIM_LINE, e->node);
    }
    if (e->kind == SIM_WORK) {
        if (site->up)
            sim_work(w, site);
        sim_at(w, w->now + sim_around(w, w->faults.work_mean), SIM_WORK,
               e->node);
    }
    if (!site->up || e->generation != site->generation)
        return;
    if (e->kind == SIM_CONNECT && e->frame.link == site->dial)
        sim_site_connect(w, site);
    if (e->kind == SIM_SITE_TIMER) {
        struct okr_site_event timeout = {.kind = OKR_SITE_TIMEOUT};
        if (okr_site_deadline(site->core) <= w->now)
            sim_site_step(w, site, &timeout);
    }
}

static void step(struct sim_world *w, struct sim_event *e)
{
    w->counts->steps++;
    switch (e->kind) {
    case SIM_DELIVER:
        if (e->node < 0)
            sim_server_deliver(w, e);
        else
            sim_site_deliver(w, &w->sites[e->node], e);
        return;
    case SIM_SERVER_TURN:
        sim_server_turn(w);
        return;
    case SIM_SERVER_TIMER:
        if (e->generation == w->server.generation)
            sim_server_timer(w);
        return;
    case SIM_SUBSCRIBED:
        sim_server_subscribed(w, e->scope);
        return;
    case SIM_FAULT:
        if (!w->healing)
            arm_fault(w);
        return;
    case SIM_RESTART:
        restart(w, e->node);
        return;
    case SIM_PROBE:
        sim_probe(w);
        return;
    case SIM_CONNECT:
    case SIM_SITE_TIMER:
    case SIM_WORK:
    case SIM_LINE:
        site_event(w, e);
        return;
    }
}

static void run_until(struct sim_world *w, okr_us end, bool until_quiet)
{
    okr_us looked = w->now;
    while (w->failed == 0 && w->n_heap > 0 && w->heap[0].at <= end) {
        struct sim_event event = pop(w);
        w->now = event.at;
        step(w, &event);
        if (until_quiet && w->now - looked > SIM_SECOND) {
            looked = w->now;
            if (sim_quiet(w))
                return;
        }
    }
}

/* All faults end, all lines and processes come back. */
static void heal(struct sim_world *w)
{
    w->healing = true;
    w->faults.drop = w->faults.duplicate = w->faults.reorder = 0;
    w->faults.pub_drop = 0;
    w->faults.delay_max = 100000;
    okr_kv_fault_at(w->server.disk.kv, 0, OKR_OK, false);
    restart(w, -1);
    for (int i = 0; i < w->n_sites; i++) {
        struct sim_site *site = &w->sites[i];
        okr_kv_fault_at(site->disk.kv, 0, OKR_OK, false);
        site->pub_deaf_until = 0;
        restart(w, i);
        if (!site->line_up)
            sim_site_line(w, site, true);
    }
}

/* 14: a site whose pushes never arrive catches up all the same. */
static void download_alone(struct sim_world *w)
{
    run_until(w, w->now + 15 * SIM_MINUTE, false);
    for (int i = 0; i < w->n_sites && w->failed == 0; i++)
        if (!w->sites[i].revoked && !sim_caught_up(w, &w->sites[i]))
            sim_fail(w, 14, "site %d cannot push, and so it does not pull", i);
    w->faults.mute_push = false;
}

/* 13: the last event of all is lost for one site, with nothing after it.  A
 * Head, one beat later, tells. */
static void lose_a_tail(struct sim_world *w)
{
    struct okr_op op;
    struct sim_site *site = &w->sites[0];
    const char *words[] = {"set", "ref", "team0", "change", "level=team", NULL};
    if (site->thin)
        return;
    site->pub_deaf_until = w->now + 2 * SIM_SECOND;
    okr_arena_reset(w->scratch);
    sim_admin(w, words, &op);
    w->counts->tails++;
    run_until(w, w->now + 20 * SIM_SECOND, false);
    if (w->failed != 0 || sim_caught_up(w, site))
        return;
    /* Noticed, it says so and asks; a busy server may put it off for a while. */
    if (sim_says_live(w, site))
        sim_fail(w, 13, "a lost tail was not noticed within a beat");
    run_until(w, w->now + SIM_MINUTE, false);
    if (w->failed == 0 && !sim_caught_up(w, site))
        sim_fail(w, 13, "a lost tail was noticed, and not made good");
}

void sim_world_run(struct sim_world *w)
{
    sim_found(w);
    if (w->failed != 0)
        return;
    for (int i = 0; i < w->n_sites; i++) {
        sim_at(w, w->now + sim_around(w, w->faults.work_mean), SIM_WORK, i);
        sim_at(w, w->now + sim_around(w, w->faults.line_up_mean), SIM_LINE, i);
    }
    sim_at(w, w->now + sim_around(w, w->faults.crash_mean), SIM_FAULT, -1);
    sim_at(w, w->now + sim_around(w, SIM_MINUTE), SIM_PROBE, -1);
    run_until(w, w->now + sim_between(w, 5 * SIM_MINUTE, SIM_HOUR), false);
    if (w->failed != 0)
        return;
    heal(w);
    if (w->faults.mute_push)
        download_alone(w);
    run_until(w, w->now + 3 * SIM_HOUR, true);
    if (w->failed == 0)
        sim_check_end(w);
    if (w->failed == 0)
        lose_a_tail(w);
}
