/* One act being composed.  Private to common/compose.
 *
 * A problem does not end the call with an error: who finds one fills in
 * `problem`, and OKR_STEP stops the caller. */
#ifndef OKR_COMPOSE_WORK_H
#define OKR_COMPOSE_WORK_H

#include "common/base/limits.h"
#include "common/compose/say.h"

struct okr_work {
    const struct okr_compose *ground;
    const struct okr_ask *ask;
    struct okr_arena *arena; /* of the ground's space */
    struct okr_problem *problem;
    const struct okr_verb_info *verb;
    const struct okr_kind_info *kind; /* of the entity that is written */
    struct okr_id id;
    struct okr_record *shown; /* what its author saw; NULL: it is new */
    const struct okr_record *key_result; /* check-ins: theirs, or NULL */
    const struct okr_record *amended;    /* and the one they correct */
    bool by_kind; /* the method is a kind's word: "standup" */
    bool dashed;  /* arguments were typed as options: "--due" */
    bool *used;   /* per argument of the ask: somebody read it */
    bool percent; /* a number was typed with a '%' */
    struct okr_change changes[OKR_CHANGES_MAX];
    size_t n;
    struct okr_slice reason;
    struct okr_id batch;
};

#define OKR_STEP(work, call)                        \
    do {                                            \
        OKR_TRY(call);                              \
        if ((work)->problem->rule != OKR_RULE_NONE) \
            return OKR_OK;                          \
    } while (0)

/* ---- arguments ----------------------------------------------------------- */
/* First value of an argument, marked as read; false: not given. */
bool okr_work_arg(struct okr_work *work, const char *name,
                  struct okr_slice *ret_value);
/* Problem with an argument: "--due: ".  The rest is said by the caller. */
void okr_work_blame(struct okr_work *work, enum okr_rule rule,
                    struct okr_slice name);
/* "--metric: " and the value in quotes. */
void okr_work_blame_value(struct okr_work *work, enum okr_rule rule,
                          const struct okr_field_info *field,
                          struct okr_slice value);
/* Every argument that nobody read is a problem. */
void okr_work_leftovers(struct okr_work *work);

/* ---- values -------------------------------------------------------------- */
/* The entity that `text` means for this argument ("me": who speaks).  An id
 * that is not known here passes: the server knows more. */
OKR_MUST_USE enum okr_err okr_work_entity(struct okr_work *work,
                                          const struct okr_field_info *field,
                                          struct okr_slice text,
                                          struct okr_id *ret_id);
/* What was typed, as the field's canonical bytes. */
OKR_MUST_USE enum okr_err okr_work_value(struct okr_work *work,
                                         const struct okr_field_info *field,
                                         struct okr_slice text,
                                         struct okr_slice *ret_value);
/* A check-in's number in the words of its metric: levels, yes and no. */
OKR_MUST_USE enum okr_err okr_work_measured(struct okr_work *work,
                                            struct okr_slice text,
                                            struct okr_slice *ret_text);
/* "a,b,c": the next part, trimmed; false at the end. */
bool okr_work_part(struct okr_slice *rest, struct okr_slice *ret_part);

/* ---- changes ------------------------------------------------------------- */
bool okr_work_has(const struct okr_work *work, uint16_t field);
/* The value of a change made so far; NULL: none. */
const struct okr_change *okr_work_change(const struct okr_work *work,
                                         uint16_t field);
/* Adds a change of a scalar (no data: unset) or of one element of a set, and
 * notes what of it was shown. */
OKR_MUST_USE enum okr_err okr_work_put(struct okr_work *work, uint16_t field,
                                       enum okr_form form,
                                       struct okr_slice data);
/* Adds a value of a scalar that no change is made of yet.  A value without
 * data is memory that could not be had. */
OKR_MUST_USE enum okr_err okr_work_imply(struct okr_work *work, uint16_t field,
                                         struct okr_slice value);
/* An option of `add` and the like: "field" "value", sets as "a,b". */
OKR_MUST_USE enum okr_err okr_work_field(struct okr_work *work,
                                         const struct okr_field_info *field,
                                         struct okr_slice text);
/* "field=v", "field+=v", "field-=v" in its parts; false: it is none. */
struct okr_assignment {
    struct okr_slice word, value;
    char sign; /* '+', '-', or '=' alone */
};
bool okr_work_split(struct okr_slice text, struct okr_assignment *ret);
/* An assignment of `set`: "field=v", "field+=v", "field-=v". */
OKR_MUST_USE enum okr_err okr_work_assign(struct okr_work *work,
                                          struct okr_slice text);

/* ---- acts ---------------------------------------------------------------- */
/* A new entity's fields that nobody gave; then what is still missing. */
OKR_MUST_USE enum okr_err okr_work_defaults(struct okr_work *work);
void okr_work_missing(struct okr_work *work);
/* Where the same thing is there already, the work becomes a change of it. */
OKR_MUST_USE enum okr_err okr_work_again(struct okr_work *work);
okr_day okr_work_today(const struct okr_work *work); /* the company's */
/* A check-in: first of which key result, then, when its fields are read,
 * whether it says anything, and when that was so. */
OKR_MUST_USE enum okr_err okr_work_checkin_of(struct okr_work *work);
OKR_MUST_USE enum okr_err okr_work_checkin(struct okr_work *work);
OKR_MUST_USE enum okr_err okr_work_move(struct okr_work *work);
OKR_MUST_USE enum okr_err okr_work_resolve(struct okr_work *work);

#endif
