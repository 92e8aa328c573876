/* Asking at the keyboard: the check-ins that are owed, a stand-up. */
#ifndef CLIENT_CLI_WALK_H
#define CLIENT_CLI_WALK_H

#include "client/cli/run.h"

/* `okr checkin` without a key result.  Without a terminal, or with --json, it
 * lists what is owed and says what is missing. */
void okr_walk_checkins(struct okr_run *run);
/* Is somebody there to be asked? */
bool okr_walk_can_ask(void);
/* One line of an answer without its end, in the run's arena; NULL: the end of
 * the input. */
const char *okr_walk_ask(struct okr_run *run, const char *question);

#endif
