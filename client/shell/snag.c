/* Snags: what is told to whoever asked. */
#include "client/shell/snag.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/utf8.h"
#include "common/lang/text.h"

/* What goes over the socket is text on one line, whatever a path holds. */
static void tame(char *text)
{
    bool valid = okr_utf8_valid(okr_slice_str(text));
    for (char *c = text; *c != '\0'; c++) {
        uint8_t byte = (uint8_t)*c;
        if (byte < ' ' || byte == 0x7f || (byte >= 0x80 && !valid))
            *c = '?';
    }
}

static void set(struct okr_snag *snag, enum okr_reply_code code,
                const char *rule, const char *remedy)
{
    snag->code = code;
    (void)snprintf(snag->rule, sizeof snag->rule, "%s",
                   rule != NULL ? rule : "");
    (void)snprintf(snag->remedy, sizeof snag->remedy, "%s",
                   remedy != NULL ? okr_text(remedy) : "");
    tame(snag->remedy);
}

void okr_snag_refuse(struct okr_snag *snag, const char *rule,
                     const char *remedy, const char *format, ...)
{
    va_list args;
    if (okr_snagged(snag))
        return;
    set(snag, OKR_REPLY_REFUSED, rule, remedy);
    va_start(args, format);
    (void)vsnprintf(snag->what, sizeof snag->what, okr_text(format), args);
    va_end(args);
    tame(snag->what);
}

void okr_snag_usage(struct okr_snag *snag, const char *remedy,
                    const char *format, ...)
{
    va_list args;
    if (okr_snagged(snag))
        return;
    set(snag, OKR_REPLY_USAGE, NULL, remedy);
    va_start(args, format);
    (void)vsnprintf(snag->what, sizeof snag->what, okr_text(format), args);
    va_end(args);
    tame(snag->what);
}

void okr_snag_problem(struct okr_snag *snag, const struct okr_problem *problem)
{
    if (problem->rule == OKR_RULE_NONE || okr_snagged(snag))
        return;
    set(snag, problem->usage ? OKR_REPLY_USAGE : OKR_REPLY_REFUSED,
        okr_rule_name(problem->rule), NULL);
    okr_problem_render(&problem->said_remedy, okr_text, snag->remedy,
                       sizeof snag->remedy);
    okr_problem_render(&problem->said_what, okr_text, snag->what,
                       sizeof snag->what);
}

static const char *remedy_of(enum okr_err err)
{
    switch (err) {
    case OKR_ERR_CORRUPT:
        return "`okr-site check DIR` names what is damaged; a new folder, "
               "joined with a new token, pulls everything anew";
    case OKR_ERR_FULL:
        return "free space on the disk that holds the site's folder";
    case OKR_ERR_DENIED:
        return "run it as the user who owns the folder";
    case OKR_ERR_VERSION:
        return "upgrade okr-site on this machine; a store is never written "
               "by an older version";
    case OKR_ERR_NOMEM:
        return "free memory and try again";
    case OKR_OK:
    case OKR_ERR_IO:
    case OKR_ERR_LIMIT:
    case OKR_ERR_NOTFOUND:
    case OKR_ERR_EXISTS:
    case OKR_ERR_FORMAT:
    case OKR_ERR_BUSY:
    case OKR_ERR_COMMIT:
    case OKR_ERR_CLOSED:
    case OKR_ERR_TIMEOUT:
        return "";
    }
    return "";
}

void okr_snag_world(struct okr_snag *snag, enum okr_err err, const char *thing)
{
    okr_snag_refuse(snag, NULL, remedy_of(err), "%s: %s", thing,
                    okr_text(okr_err_text(err)));
}

void okr_snag_reply(const struct okr_snag *snag, struct okr_reply *reply)
{
    reply->code = snag->code;
    reply->error = okr_slice_str(snag->what);
    reply->rule = okr_slice_str(snag->rule);
    reply->remedy = okr_slice_str(snag->remedy);
}

void okr_snag_print(const struct okr_snag *snag, const char *program)
{
    (void)fprintf(stderr, "%s: %s", program, snag->what);
    if (snag->rule[0] != '\0')
        (void)fprintf(stderr, " (rule: %s)", snag->rule);
    (void)fputc('\n', stderr);
    if (snag->remedy[0] != '\0')
        (void)fprintf(stderr, "  %s\n", snag->remedy);
}
