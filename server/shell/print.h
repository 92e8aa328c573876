/* JSON for people: a list as a table, an object as one line a member. */
#ifndef SERVER_SHELL_PRINT_H
#define SERVER_SHELL_PRINT_H

#include "common/base/slice.h"

void okr_print_json(struct okr_slice json);
/* One text member of an object, alone on its line. */
void okr_print_member(struct okr_slice json, const char *name);

#endif
