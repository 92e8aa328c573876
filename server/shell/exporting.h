/* An export at the server, in steps: each gives a part of the text. */
#ifndef SERVER_SHELL_EXPORTING_H
#define SERVER_SHELL_EXPORTING_H

#include "server/shell/methods.h"

struct okr_exporting;

/* Takes the question `export`.  What is wrong with it is in the reply. */
OKR_MUST_USE enum okr_err okr_exporting_begin(const struct okr_asked *asked,
                                              struct okr_exporting **ret);
/* The next part, in `payload`; the last one has no `more`.  Good until the
 * next step. */
void okr_exporting_step(struct okr_exporting *exporting,
                        struct okr_reply *ret_reply);
void okr_exporting_free(struct okr_exporting **exporting);

#endif
