/* Planning rows of tables.  Private to common/import/plan*.c. */
#ifndef OKR_IMPORT_PLAN_TABLE_H
#define OKR_IMPORT_PLAN_TABLE_H

#include "common/import/plan_impl.h"

/* ---- plan_table.c, plan_cells.c: rows of tables -------------------------- */
/* Is it one of the kinds that other rows name: unit, person, cycle? */
bool okr_plan_is_base(uint16_t kind);
/* The unit of a code; zero: none has it. */
OKR_MUST_USE enum okr_err okr_plan_unit(struct okr_planning *p,
                                        struct okr_slice code,
                                        struct okr_id *ret_unit);
OKR_MUST_USE enum okr_err okr_plan_base_row(struct okr_planning *p, size_t at);
OKR_MUST_USE enum okr_err okr_plan_lead(struct okr_planning *p, size_t at);
/* Checks a row's cells and finds its cycle; what is wrong is listed, and the
 * row is bad. */
OKR_MUST_USE enum okr_err okr_plan_check_row(struct okr_planning *p, size_t at);
__attribute__((format(printf, 5, 6))) OKR_MUST_USE enum okr_err
okr_plan_bad(struct okr_planning *p, size_t at, const char *column,
             const char *rule, const char *format, ...);
/* Owner and unit that a row has when it does not say. */
OKR_MUST_USE enum okr_err okr_plan_owner_of(struct okr_planning *p, size_t at,
                                            struct okr_id *ret_person);
OKR_MUST_USE enum okr_err okr_plan_unit_of(struct okr_planning *p,
                                           const struct okr_id *person,
                                           struct okr_id *ret_unit);
/* What cannot be read of a row's cells makes it bad. */
OKR_MUST_USE enum okr_err okr_plan_check_cells(struct okr_planning *p,
                                               size_t at);
/* What the cells say, as changes: all of them, or those that differ from
 * `old`. */
OKR_MUST_USE enum okr_err okr_plan_cells(struct okr_planning *p, size_t at,
                                         const struct okr_record *old,
                                         struct okr_made *made);
/* The value of a cell as the field stores it. NONE, or the rule. */
enum okr_rule okr_plan_value(struct okr_planning *p, size_t at,
                             enum okr_import_column column,
                             struct okr_slice *ret_value);
/* plan_said.c: the check-in that a row is, or that its value makes. */
OKR_MUST_USE enum okr_err okr_plan_check_in(struct okr_planning *p, size_t at,
                                            bool *ret_makes);
OKR_MUST_USE enum okr_err okr_plan_said(struct okr_planning *p, size_t at);
/* plan_total.c: an objective's score, if it is not the mean of its key
 * results' scores: listed, and the mean in its place. */
OKR_MUST_USE enum okr_err okr_plan_total(struct okr_planning *p, size_t at,
                                         bool *ret_wrong,
                                         struct okr_dec *ret_mean);

#endif
