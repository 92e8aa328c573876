/* Those to whom more is to be said.  Private to client/shell/desk*.c. */
#ifndef CLIENT_SHELL_DESK_STREAM_H
#define CLIENT_SHELL_DESK_STREAM_H

#include "client/shell/desk_impl.h"

void okr_desk_watch(struct okr_desk *desk, const struct okr_caller *caller,
                    const struct okr_ask *ask);
void okr_desk_wait(struct okr_desk *desk, const struct okr_caller *caller,
                   const struct okr_ask *ask);
/* The last reply to everybody who still expects one. */
void okr_desk_farewell(struct okr_desk *desk);

#endif
