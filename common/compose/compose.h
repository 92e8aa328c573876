/* From what a person typed to the payload of an operation.
 *
 * Names are resolved here (a unit's code, a person's mail, a cycle's name,
 * "k-7m3qd", hex ids), defaults filled in, and for every field changed it is
 * noted what its author was shown.  Reads the tables, so that a new field or
 * verb needs nothing here.  Pure; used by the site daemon, the server's own
 * commands and the importers. */
#ifndef OKR_COMPOSE_COMPOSE_H
#define OKR_COMPOSE_COMPOSE_H

#include "common/base/verdict.h"
#include "common/codec/local.h"
#include "common/store/space.h"

struct okr_compose {
    struct okr_space space; /* what the author is shown: the view */
    struct okr_id person;   /* who speaks */
    uint32_t epoch;         /* counter of the present one */
    okr_us now;
    int offset_min;      /* the company's */
    uint8_t entropy[32]; /* for the new entity's id */
    /* The op id of the own pending operation with this sequence. */
    enum okr_err (*pending_op)(void *context, uint64_t seq,
                               struct okr_id *ret_op);
    void *context;
};

/* What was wrong, for the person: the thing, the rule, the remedy.  The texts
 * are English; `said` keeps what they were made of, so that who shows them can
 * say them in another language (okr_problem_render()). */
enum { OKR_CLAUSES_MAX = 4, OKR_CLAUSE_ARGS = 4 };
struct okr_clauses {
    struct {
        const char *format; /* static, with "%s" only: the key of a catalogue */
        uint16_t args[OKR_CLAUSE_ARGS]; /* where each begins in `pool` */
        uint8_t n_args;
    } clause[OKR_CLAUSES_MAX];
    uint16_t n, used;
    char pool[900];
};
struct okr_problem {
    enum okr_rule rule; /* NONE: no problem */
    bool usage;         /* the call itself is off (exit 2) */
    char what[400];     /* "--metric: `incrase` is no metric; one of …" */
    char remedy[200];
    struct okr_clauses said_what, said_remedy;
    const struct okr_offence *offences; /* of a verdict, borrowed */
    size_t n_offences;
};

/* Composes `method` with its arguments as typed.  Methods: `add` (kind=,
 * then a field an argument; a second kind= is the field of that name), `set`
 * (ref=, then `change`="field=value" each; "field+=v" and "field-=v" for
 * sets; "field=" unsets), `archive`, `restore`, `checkin` (key_result=, value,
 * confidence, note, blocked, no_change, amends, observed_at), `resolve` (ref=
 * the conflict, or what it is about; choice= mine|theirs|any text), every
 * other verb of verbs.def with ref=, and the word of any kind, which adds one
 * (`comment` with subject= and text=) or, where the kind's fields flagged K
 * name one that is there (today's stand-up), changes that; `reason` and
 * `batch` with all.  Argument names are field words of the schema ('-' reads
 * as '_').  An id of 32 hex digits that is not known here passes where a
 * reference is given: the server may know it.  On a problem the payload is
 * untouched. */
OKR_MUST_USE enum okr_err okr_compose(const struct okr_compose *ground,
                                      const struct okr_ask *ask,
                                      struct okr_payload *ret_payload,
                                      struct okr_problem *ret_problem);

/* The entity that a person means: `kind` 0 for any.  Problem: unknown or
 * ambiguous (with the candidates). */
OKR_MUST_USE enum okr_err okr_resolve(const struct okr_space *space,
                                      uint16_t kind, struct okr_slice text,
                                      struct okr_id *ret_id,
                                      struct okr_problem *ret_problem);

/* Writes a text of a problem through `translate`, which gives a format or a
 * word back as it is where it has nothing better.  Cut to fit `cap`. */
typedef const char *okr_translate(const char *english);
void okr_problem_render(const struct okr_clauses *said,
                        okr_translate *translate, char *out, size_t cap);

/* The text of a verdict for people: what, rule, remedy, about whom. */
void okr_problem_of(const struct okr_verdict *verdict, uint16_t kind,
                    struct okr_problem *ret_problem);

#endif
