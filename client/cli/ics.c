/* iCalendar: lines end with CR LF and are folded at 75 octets, between
 * characters (RFC 5545, 3.1). */
#include "client/cli/ics.h"

#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/model/dates.h"

enum { OCTETS_MAX = 75, DAY_CHARS = 9, STAMP_CHARS = 17 };

static void put_line(struct okr_buf *out, struct okr_slice line)
{
    size_t room = OCTETS_MAX;
    while (line.len > 0) {
        struct okr_slice rest = line;
        size_t len = 0;
        while (rest.len > 0) {
            (void)okr_utf8_next(&rest);
            if (line.len - rest.len > room)
                break;
            len = line.len - rest.len;
        }
        okr_buf_put(out, okr_slice_sub(line, 0, len));
        line = okr_slice_sub(line, len, line.len);
        if (line.len > 0)
            okr_buf_put(out, OKR_SLICE_LIT("\r\n "));
        room = OCTETS_MAX - 1; /* a blank stands before it */
    }
    okr_buf_put(out, OKR_SLICE_LIT("\r\n"));
}

static void put(struct okr_buf *out, const char *line)
{
    put_line(out, okr_slice_str(line));
}

/* 3.3.11: commas, semicolons, backslashes and line ends are escaped. */
static void put_text(struct okr_buf *out, const char *name, const char *text)
{
    struct okr_buf line;
    okr_buf_init(&line, NULL);
    okr_buf_printf(&line, "%s:", name);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            okr_buf_put(&line, OKR_SLICE_LIT("\\n"));
        else if (strchr(",;\\", *c) != NULL)
            okr_buf_printf(&line, "\\%c", *c);
        else if ((unsigned char)*c >= ' ')
            okr_buf_u8(&line, (uint8_t)*c);
    }
    if (line.err != OKR_OK)
        out->err = line.err;
    else if (okr_utf8_valid(okr_buf_slice(&line)))
        put_line(out, okr_buf_slice(&line));
    okr_buf_close(&line);
}

/* "20260415" */
static void format_day(okr_day day, char text[DAY_CHARS])
{
    char iso[OKR_DAY_TEXT];
    okr_day_format(day, iso);
    (void)snprintf(text, DAY_CHARS, "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
}

/* "20260415T093000Z" */
static void format_stamp(okr_us time, char text[STAMP_CHARS])
{
    char iso[OKR_TIME_TEXT];
    okr_time_format(time, 0, iso);
    (void)snprintf(text, STAMP_CHARS, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso,
                   iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
}

void okr_ics_open(struct okr_buf *out)
{
    put(out, "BEGIN:VCALENDAR");
    put(out, "VERSION:2.0");
    put(out, "PRODID:-//OKR Sync//okr//EN");
    put(out, "CALSCALE:GREGORIAN");
    put(out, "X-WR-CALNAME:OKR");
}

/* The day behind the last one ends it (3.6.1). */
void okr_ics_event(struct okr_buf *out, const struct okr_ics_event *e)
{
    char text[100], first[DAY_CHARS], end[DAY_CHARS], until[DAY_CHARS];
    char stamp[STAMP_CHARS];
    format_day(e->first, first);
    format_day(e->last + 1, end);
    format_stamp(e->stamp, stamp);
    put(out, "BEGIN:VEVENT");
    put_text(out, "UID", e->uid);
    (void)snprintf(text, sizeof text, "DTSTAMP:%s", stamp);
    put(out, text);
    (void)snprintf(text, sizeof text, "DTSTART;VALUE=DATE:%s", first);
    put(out, text);
    (void)snprintf(text, sizeof text, "DTEND;VALUE=DATE:%s", end);
    put(out, text);
    if (e->every_days > 0) {
        format_day(e->until, until);
        if (e->every_days == 1)
            (void)snprintf(text, sizeof text,
                           "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=%s",
                           until);
        else
            (void)snprintf(text, sizeof text,
                           "RRULE:FREQ=DAILY;INTERVAL=%d;UNTIL=%s",
                           e->every_days, until);
        put(out, text);
    }
    put_text(out, "SUMMARY", e->title);
    put(out, "TRANSP:TRANSPARENT");
    put(out, "END:VEVENT");
}

void okr_ics_close(struct okr_buf *out)
{
    put(out, "END:VCALENDAR");
}
