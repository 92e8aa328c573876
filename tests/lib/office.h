/* A site over a store in memory, and a server of a few lines beside it that
 * judges with the same code: for tests of the site's core.
 *
 * Every message between the two goes through the codec.  The server's company
 * is that of company.h; the site is that of "sh", so it follows 4 (company),
 * 8 9 10 (its own root) and 12 (the other root's summary). */
#ifndef OKR_TESTS_LIB_OFFICE_H
#define OKR_TESTS_LIB_OFFICE_H

#include "client/core/site.h"
#include "client/store/outbox.h"
#include "common/store/kv_fault.h"
#include "common/store/scopes.h"
#include "tests/lib/company.h"

enum {
    OKR_OFFICE_SCOPES = 64, /* scope numbers are below */
    OKR_OFFICE_TAKEN_MAX = 512,
    OKR_OFFICE_OUT_MAX = 64,
    OKR_OFFICE_TRACE_MAX = 64 * 1024,
};
#define OKR_OFFICE_SH 8 /* summary of the site's own root */
#define OKR_OFFICE_SH_DETAIL 9
#define OKR_OFFICE_SH_PRIVATE 10
#define OKR_OFFICE_BJ 12

/* An operation that the server took. */
struct okr_taken {
    struct okr_mark mark;
    struct okr_hash hash;
    struct okr_answer answer;
};

struct okr_office {
    struct okr_company company; /* of the server */
    struct okr_taken taken[OKR_OFFICE_TAKEN_MAX];
    size_t n_taken;
    okr_lsn published[OKR_OFFICE_SCOPES];
    unsigned page_rows; /* rows of a section at most; 0: all */
    struct okr_hash last_push;
    struct okr_verdict verdict; /* outcome not ACCEPTED: instead of judging */

    struct okr_kv *kv;    /* of the site; fails when told (kv_fault.h) */
    struct okr_kv *inner; /* the same, and never fails */
    struct okr_arena *arena;
    struct okr_sk *key;
    struct okr_site_conf conf;
    struct okr_site *site;
    struct okr_id id;
    okr_us now;
    uint64_t draws;
    bool fail;     /* the next turn aborts instead of committing */
    bool may_fail; /* a turn may fail by itself */
    bool failed;   /* the last one did: aborted, and the site loaded anew */
    unsigned turns_failed;
    bool died; /* and the process with it; for the test to reset */
    /* Of the last turn, until the next one. */
    struct okr_effects fx;
    struct okr_verdict submitted;
    uint64_t seq;
    /* What the site sent and nobody took yet: frames, in the company's
     * arena. */
    struct okr_slice out[OKR_OFFICE_OUT_MAX];
    size_t n_out;
    char trace[OKR_OFFICE_TRACE_MAX]; /* lines, each with LF */
    size_t trace_len;
};

void okr_office_open(struct okr_office *o, bool thin);
void okr_office_close(struct okr_office *o);
/* The process dies and comes up again over the same store. */
void okr_office_restart(struct okr_office *o);

/* ---- turns of the site: step, flush, commit ------------------------------ */
void okr_office_event(struct okr_office *o, const struct okr_site_event *event);
void okr_office_turn(struct okr_office *o, struct okr_site_event *events,
                     size_t n);
void okr_office_happens(struct okr_office *o, enum okr_site_event_kind kind);
void okr_office_message(struct okr_office *o, const struct okr_msg *msg);
void okr_office_publish(struct okr_office *o, const struct okr_msg *msg);
void okr_office_submit(struct okr_office *o, const struct okr_op *op);
/* Time goes on by `us`; what becomes due on the way happens. */
void okr_office_wait(struct okr_office *o, okr_us us);

/* ---- the wire ------------------------------------------------------------ */
/* The server answers what the site has sent, until both are quiet. */
void okr_office_serve(struct okr_office *o);
/* The first frame that waits for the server, decoded and taken; NULL: none. */
struct okr_msg *okr_office_take(struct okr_office *o);
/* What the server says to a message, or NULL (a long poll is held). */
struct okr_msg *okr_office_answer(struct okr_office *o,
                                  const struct okr_msg *msg);
/* An Event of all that the scope has since the last one, not yet sent. */
struct okr_msg *okr_office_events(struct okr_office *o, okr_scope scope);
struct okr_msg *okr_office_head(struct okr_office *o, okr_scope scope);
/* Sends an Event and a Head of each public scope. */
void okr_office_publish_all(struct okr_office *o);
/* Start, link, Hello, pull, and a Head: live. */
void okr_office_live(struct okr_office *o);

/* ---- operations ---------------------------------------------------------- */
/* As a person at this site makes it, with what the view shows as seen. */
struct okr_op okr_office_op(struct okr_office *o, const struct okr_id *person,
                            uint16_t verb, uint16_t kind,
                            const struct okr_id *entity,
                            const struct okr_typed *changes);
/* SET of one text by Lin; submitted. */
struct okr_op okr_office_set(struct okr_office *o, uint16_t kind,
                             const struct okr_id *entity, uint16_t field,
                             const char *text);
/* The same by Ada at the server, who has seen what the server has. */
void okr_office_ada_sets(struct okr_office *o, uint16_t kind,
                         const struct okr_id *entity, uint16_t field,
                         const char *text);
/* A published objective of the site's root. */
struct okr_id okr_office_objective(struct okr_office *o, const char *title);

/* ---- looking ------------------------------------------------------------- */
/* A field as the view (or the confirmed copy) has it, as a string; NULL where
 * the entity is not there. */
const char *okr_office_text(struct okr_office *o, const struct okr_id *id,
                            uint16_t field, bool view);
struct okr_site_state okr_office_state(struct okr_office *o);
struct okr_scope_row okr_office_scope(struct okr_office *o, okr_scope scope);
size_t okr_office_count(struct okr_office *o, uint16_t kind, bool view);
/* Is the site's copy of each followed scope the server's? */
bool okr_office_same(struct okr_office *o);
/* Is the view what a rebuild makes of it? */
bool okr_office_view_holds(struct okr_office *o);
size_t okr_office_effects(const struct okr_office *o,
                          enum okr_effect_kind kind);
const struct okr_fx *okr_office_effect(const struct okr_office *o,
                                       enum okr_effect_kind kind);
bool okr_office_traced(const struct okr_office *o, const char *text);
/* Begins and ends a transaction on the site's store. */
struct okr_kv_txn *okr_office_begin(struct okr_office *o);
void okr_office_end(struct okr_office *o, struct okr_kv_txn **txn);

#endif
