/* What takes longer than an answer may: import and export, a step each round
 * of the loop.  Private to client/shell/desk*.c. */
#ifndef CLIENT_SHELL_DESK_JOBS_H
#define CLIENT_SHELL_DESK_JOBS_H

#include "client/shell/desk_impl.h"

void okr_desk_import(struct okr_desk *desk, const struct okr_caller *caller,
                     const struct okr_ask *ask);
void okr_desk_import_step(struct okr_desk *desk);
void okr_desk_import_end(struct okr_desk *desk);
void okr_desk_export(struct okr_desk *desk, const struct okr_caller *caller,
                     const struct okr_ask *ask);
void okr_desk_export_step(struct okr_desk *desk);
bool okr_desk_export_waits(const struct okr_desk *desk);
void okr_desk_export_end(struct okr_desk *desk);

#endif
