/* An import at the server, in steps: between two of them the daemon serves
 * whoever else is there.  docs/import.md says what becomes of a file. */
#ifndef SERVER_SHELL_IMPORTING_H
#define SERVER_SHELL_IMPORTING_H

#include "server/shell/methods.h"

struct okr_importing;

/* Takes the question `import`, of which it keeps a copy.  What is wrong with
 * it already is in the reply that follows. */
OKR_MUST_USE enum okr_err okr_importing_begin(const struct okr_asked *asked,
                                              struct okr_importing **ret);
/* Reads, plans or does some more of it.  True: it is over. */
bool okr_importing_step(struct okr_importing *importing);
/* The answer, good until the end. */
void okr_importing_reply(struct okr_importing *importing,
                         struct okr_reply *ret_reply);
void okr_importing_free(struct okr_importing **importing);

#endif
