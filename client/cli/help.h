/* The help of `okr`: of all commands, or of the line's command (and kind). */
#ifndef CLIENT_CLI_HELP_H
#define CLIENT_CLI_HELP_H

#include "client/cli/line.h"
#include "client/cli/page.h"

void okr_help_print(struct okr_page *page, const struct okr_line *line);

#endif
