/* The daemon's JSON as people read it, on a page.  Pure: everything that is
 * shown is in the JSON and the page. */
#ifndef CLIENT_CLI_PRINT_H
#define CLIENT_CLI_PRINT_H

#include "client/cli/page.h"

void okr_print_status(struct okr_page *page, const json_t *status);
/* "offline since 14:02 · data of 14:02, 12 min old"; nothing while live. */
void okr_print_age(struct okr_page *page, const json_t *status);
void okr_print_list(struct okr_page *page, const json_t *entities);
void okr_print_tree(struct okr_page *page, const json_t *roots);
void okr_print_show(struct okr_page *page, const json_t *entity);
void okr_print_log(struct okr_page *page, const json_t *rows);
void okr_print_change(struct okr_page *page, const json_t *change); /* watch */
void okr_print_conflicts(struct okr_page *page, const json_t *conflicts);
void okr_print_refused(struct okr_page *page, const json_t *refused);
void okr_print_todo(struct okr_page *page, const json_t *owed);
/* The first `max` rows of it. */
void okr_print_owed(struct okr_page *page, const json_t *owed, size_t max);
void okr_print_board(struct okr_page *page, const json_t *board);
void okr_print_calendar(struct okr_page *page, const json_t *events);
void okr_print_ics(struct okr_page *page, const json_t *events);
void okr_print_report(struct okr_page *page, const json_t *report);
void okr_print_report_markdown(struct okr_page *page, const json_t *report);
void okr_print_report_html(struct okr_page *page, const json_t *report);
/* Hints, warnings, offenders: what is wrong with what, and what to do. */
void okr_print_advice(struct okr_page *page, const json_t *rows);
void okr_print_hints(struct okr_page *page, const json_t *answer);
void okr_print_acts(struct okr_page *page, const json_t *answer);
/* What a write answered. */
void okr_print_saved(struct okr_page *page, const json_t *entity);

/* ---- shared by them ------------------------------------------------------ */
/* "*" for a row that headquarters has not confirmed, else "". */
const char *okr_print_mark(struct okr_page *page, const json_t *entity);
/* All marks of a row: "*", "!" blocked, "x" an open conflict. */
const char *okr_print_marks(struct okr_page *page, const json_t *entity);
/* The legend of the marks, if one was made. */
void okr_print_legend(struct okr_page *page);
/* "title: A -> B" of a change; clipped to what people take in. */
const char *okr_print_changes(struct okr_page *page, const json_t *changes);
/* The member `key` as a value of the field `field`; ids by name where that is
 * known, a list of them one a line. */
const char *okr_print_value(struct okr_page *page, const json_t *object,
                            const char *key, const char *field);
/* Are the field's values words of the schema? */
bool okr_print_is_word(const char *field);

#endif
