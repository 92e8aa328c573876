/* Where a command writes what people read: how wide, in colour or not, at what
 * time.  Pure, so that tests compare what comes out. */
#ifndef CLIENT_CLI_PAGE_H
#define CLIENT_CLI_PAGE_H

#include <jansson.h>

#include "common/base/buf.h"
#include "common/base/id.h"

enum okr_tone {
    OKR_TONE_PLAIN,
    OKR_TONE_STRONG,
    OKR_TONE_FAINT,
    OKR_TONE_GOOD,
    OKR_TONE_WARN,
    OKR_TONE_BAD,
};

struct okr_page {
    struct okr_buf *out;
    struct okr_arena *arena;
    size_t columns; /* 0: as wide as need be */
    bool colour;
    /* A row was marked with '*', '!', 'x': the legend explains it. */
    bool pending, blocked, conflict;
    const char *age; /* of a report's data, where it is old; NULL: it is not */
    okr_us now;
    int offset_min; /* of the reader's clock */
    /* What an id stands for, "Title (o-7m3qd2xa)"; NULL: nobody knows. */
    const char *(*name)(void *context, const char *id);
    void *context;
};

void okr_page_tone(struct okr_page *page, enum okr_tone tone);
/* Text in a tone, and back to plain; control characters are left out. */
void okr_page_text(struct okr_page *page, enum okr_tone tone, const char *text);
/* At most `columns` wide, with … where it is cut (0: not at all); returns the
 * columns that it took. */
size_t okr_page_cut(struct okr_page *page, enum okr_tone tone, const char *text,
                    size_t columns);
void okr_page_spaces(struct okr_page *page, size_t n);
void okr_page_line_end(struct okr_page *page);
/* A text of several lines, wrapped at the page's width behind `indent`. */
void okr_page_prose(struct okr_page *page, const char *text, size_t indent);
/* The same behind what stands on the line already, up to column `indent`. */
void okr_page_beside(struct okr_page *page, const char *text, size_t indent);
size_t okr_page_width(const char *text); /* columns it takes */

/* ---- values -------------------------------------------------------------- */
/* A member as one line of text, in the arena; "" where it has none. */
const char *okr_member(struct okr_page *page, const json_t *object,
                       const char *key);
/* What it is called: its title, or what it says where it has none. */
const char *okr_member_title(struct okr_page *page, const json_t *entity);
/* A member that is a word of the schema, in the reader's language. */
const char *okr_member_word(struct okr_page *page, const json_t *object,
                            const char *key);
bool okr_member_is(const json_t *object, const char *key, const char *text);
bool okr_member_yes(const json_t *object, const char *key);
/* "2026-04-15T06:02:11Z" as the reader's "14:02", with the day when it is
 * another. */
const char *okr_page_time(struct okr_page *page, const char *rfc3339);
const char *okr_page_clock(struct okr_page *page, okr_us time);
/* "45 s", "12 min", "3 h", "2 days" */
const char *okr_page_span(struct okr_page *page, int64_t seconds);
/* "████░░░░  45 %" of a rate of 0…1; "" for null */
const char *okr_page_bar(struct okr_page *page, const json_t *rate);
const char *okr_page_percent(struct okr_page *page, const json_t *rate);
enum okr_tone okr_tone_of(const char *status); /* and of states and links */

#endif
