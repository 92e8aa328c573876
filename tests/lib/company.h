/* A small company in a store in memory, made through judge and record: for
 * tests of whatever reads or changes entities.
 *
 *   root "hq" (admin Ada) ┬ "sh" (lead Lin, member Wang) ─ "sh-dev"
 *                         └ "bj" (member Li)
 *   cycle "Q1" 2026-01-01..03-31; site `site` attests for the whole company */
#ifndef OKR_TESTS_LIB_COMPANY_H
#define OKR_TESTS_LIB_COMPANY_H

#include "common/replica/record.h"
#include "tests/lib/made.h"

struct okr_company {
    struct okr_kv *kv;
    struct okr_kv_txn *txn; /* open for writing */
    struct okr_arena *arena;
    struct okr_ground ground;
    struct okr_epoch epoch;
    okr_lsn lsn;                  /* of the last operation */
    uint32_t made;                /* ids handed out */
    struct okr_decision decision; /* the last one */
    struct okr_id op;             /* id of the last operation */
    const char *reason;           /* why the next ones are done; NULL: unsaid */
    struct okr_id root, sh, sh_dev, bj;
    struct okr_id ada, lin, wang, li;
    struct okr_id site, cycle, policy;
};

void okr_company_open(struct okr_company *company);
void okr_company_close(struct okr_company *company);
struct okr_id okr_company_id(struct okr_company *company); /* a new one */

/* One change as a person types it; `seen` as given. */
struct okr_typed {
    uint16_t field;
    const char *text;  /* NULL: unset; "+x", "-x" for elements of sets */
    struct okr_id ref; /* instead of text, for references */
    bool is_ref;
    bool blind; /* seen: lsn 0, so whoever wrote meanwhile is unseen */
};
#define OKR_REF(f, id)                            \
    {                                             \
        .field = (f), .ref = (id), .is_ref = true \
    }
#define OKR_TYPED(f, t)           \
    {                             \
        .field = (f), .text = (t) \
    }

/* `person` does `verb` on `entity`; up to a change whose field is 0.  What is
 * in is recorded with the next lsn.  What the author saw is the record as it
 * is (or nothing, where `blind`). */
struct okr_verdict okr_company_act(struct okr_company *company,
                                   const struct okr_id *person, uint16_t verb,
                                   uint16_t kind, const struct okr_id *entity,
                                   const struct okr_typed *changes);
/* The same, but a failing store or arena is told instead of ending the test;
 * nothing is recorded then. */
enum okr_err okr_company_try(struct okr_company *company,
                             const struct okr_id *person, uint16_t verb,
                             uint16_t kind, const struct okr_id *entity,
                             const struct okr_typed *changes);
/* SET with one change whose `seen` is given. */
struct okr_verdict okr_company_change(struct okr_company *company,
                                      const struct okr_id *person,
                                      uint16_t kind,
                                      const struct okr_id *entity,
                                      struct okr_change *change);
/* Shorthands; they must succeed. */
struct okr_id okr_company_objective(struct okr_company *company,
                                    const struct okr_id *owner,
                                    const struct okr_id *unit,
                                    const char *title);
struct okr_id okr_company_kr(struct okr_company *company,
                             const struct okr_id *objective,
                             const struct okr_id *owner, const char *title);
struct okr_record *okr_company_get(struct okr_company *company,
                                   const struct okr_id *id);

#endif
