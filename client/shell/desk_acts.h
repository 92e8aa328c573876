/* Acts of several operations: a cycle is published or closed, objectives are
 * carried over.  What is no such act is a write like any other. */
#ifndef CLIENT_SHELL_DESK_ACTS_H
#define CLIENT_SHELL_DESK_ACTS_H

#include "client/shell/desk_impl.h"

void okr_desk_acts(struct okr_desk *desk, const struct okr_caller *caller,
                   const struct okr_ask *ask);

#endif
