/* Private to common/replica/judge*.c: one judgement in progress. */
#ifndef OKR_REPLICA_JUDGE_IMPL_H
#define OKR_REPLICA_JUDGE_IMPL_H

#include "common/replica/judge.h"

struct okr_judging {
    const struct okr_ground *ground;
    const struct okr_op *op;
    const struct okr_verb_info *verb;
    struct okr_payload *payload;
    struct okr_draft *draft;
    struct okr_decision *decision;
    struct okr_record *person;
    struct okr_record *target; /* NULL: the operation creates it */
    struct okr_record *policy; /* NULL before genesis */
    bool import;               /* part of an import that its author began */
    bool carry;                /* adds what his carry-over takes along */
};

/* Judging goes on only while nothing has been refused. */
bool okr_judging_on(const struct okr_judging *j);
void okr_judging_refuse(struct okr_judging *j, enum okr_rule rule,
                        uint16_t field, const struct okr_id *about);
/* `id` is not here: parked, unknown_here, or refused for good where its
 * making was refused. */
OKR_MUST_USE enum okr_err okr_judging_missing(struct okr_judging *j,
                                              const struct okr_id *id);
/* Loads an entity; where it is missing `*ret_record` is NULL and the verdict
 * is set. */
OKR_MUST_USE enum okr_err okr_judging_load(struct okr_judging *j,
                                           const struct okr_id *id,
                                           struct okr_record **ret_record);
uint32_t okr_judging_workflow(const struct okr_judging *j);
okr_day okr_judging_today(const struct okr_judging *j); /* the company's */

/* The forms of verbs.def, one function each. */
OKR_MUST_USE enum okr_err okr_judge_create(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_change(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_move_state(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_checkin(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_resolve(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_keys(struct okr_judging *j);
OKR_MUST_USE enum okr_err okr_judge_adopt(struct okr_judging *j);

/* Phases, and what is frozen once it is published: rules/gate.h.  `record`:
 * what the operation changes or makes. */
OKR_MUST_USE enum okr_err okr_judge_gate(struct okr_judging *j,
                                         const struct okr_record *record);
/* What publishing an objective or a cycle asks; refuses with all offenders. */
OKR_MUST_USE enum okr_err okr_judge_publish(struct okr_judging *j);
/* An objective is closed: scores where nobody gave one. */
OKR_MUST_USE enum okr_err okr_judge_scores(struct okr_judging *j);
/* What was carried over is over, and is carried over once a cycle. */
OKR_MUST_USE enum okr_err okr_judge_carry(struct okr_judging *j,
                                          const struct okr_record *record);
/* A task is done: those that it depends on must be. */
OKR_MUST_USE enum okr_err okr_judge_depends(struct okr_judging *j,
                                            const struct okr_record *task);

/* Every reference of the payload names an entity of the right kind. */
OKR_MUST_USE enum okr_err okr_judge_references(struct okr_judging *j);
/* After the change: unique values, one root, no circle. */
OKR_MUST_USE enum okr_err okr_judge_structure(struct okr_judging *j);
/* Keeps `change` aside as a conflict entity; `theirs` is what stays. */
OKR_MUST_USE enum okr_err okr_judge_keep_aside(struct okr_judging *j,
                                               const struct okr_change *change,
                                               const struct okr_reg *theirs);
/* Were the field's writes since unseen by the change's author? */
OKR_MUST_USE enum okr_err okr_judge_concurrent(struct okr_judging *j,
                                               const struct okr_change *change,
                                               const struct okr_reg *reg,
                                               bool *ret_concurrent);

#endif
