/* What the three forms of a report say alike.  Private to client/cli/report*.
 */
#ifndef CLIENT_CLI_REPORT_H
#define CLIENT_CLI_REPORT_H

#include "client/cli/print.h"

/* The columns of the figures, in this order; NULL behind the last. */
struct okr_report_figure {
    const char *key;
    const char *heading; /* English */
    bool share;          /* a rate; else a number */
};
extern const struct okr_report_figure okr_report_figures[];

/* "Sales · 2026-Q2" */
const char *okr_report_title(struct okr_page *page, const json_t *report);
/* "2026-04-01 to 2026-06-30, as of 2026-05-20" */
const char *okr_report_period(struct okr_page *page, const json_t *report);
/* "75 %", "3"; "–" where there is nothing to tell. */
const char *okr_report_figure(struct okr_page *page, const json_t *row,
                              const struct okr_report_figure *figure);
/* "value 50, target 100 h, confidence 7": what is known of a key result. */
const char *okr_report_facts(struct okr_page *page, const json_t *key_result);
/* What the figures give reason to say: at most OKR_REPORT_HINTS_MAX texts. */
enum { OKR_REPORT_HINTS_MAX = 4 };
size_t okr_report_hints(struct okr_page *page, const json_t *report,
                        const char *hints[OKR_REPORT_HINTS_MAX]);
/* Everything of a report that is listed: objectives with their children, then
 * a person's key results in those of others. */
const json_t *okr_report_objectives(const json_t *report);
const json_t *okr_report_shared(const json_t *report);

#endif
