/* The export of a whole company (common/export), read for an empty server:
 * each entity becomes an operation `adopt`, those above before those below. */
#ifndef OKR_IMPORT_WHOLE_H
#define OKR_IMPORT_WHOLE_H

#include "common/import/import.h"

/* Is the text the export of a whole company?  It may be a damaged one. */
bool okr_whole_is(struct okr_slice text);

struct okr_whole {
    struct okr_slice name, slug; /* of the company */
    struct okr_id policy, unit, person;
    struct okr_slice admin_name, admin_mail; /* of `person` */
    int utc_offset_min;
    struct okr_import_plan plan; /* `lines` count entities, from 1 */
};
/* Everything is in the plan's arena.  What is wrong is in its errors, and then
 * `impossible` says that nothing is taken. */
OKR_MUST_USE enum okr_err okr_whole_read(struct okr_slice text,
                                         struct okr_arena *arena,
                                         struct okr_whole *ret_whole);
/* What genesis wrote into an entity and the export does not have: changes that
 * take it away, behind those of its payload. */
OKR_MUST_USE enum okr_err okr_whole_settle(struct okr_whole *whole,
                                           const struct okr_space *space);
/* Has the store nothing but what `init` makes? */
OKR_MUST_USE enum okr_err okr_whole_fits(const struct okr_space *space,
                                         bool *ret_empty);

#endif
