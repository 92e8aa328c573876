/* Faults: what is told to whoever asked. */
#include "server/shell/fault.h"
#include "common/lang/text.h"

#include <stdarg.h>
#include <stdio.h>

static void set(struct okr_fault *fault, enum okr_reply_code code,
                const char *rule, const char *remedy)
{
    fault->code = code;
    (void)snprintf(fault->rule, sizeof fault->rule, "%s",
                   rule != NULL ? rule : "");
    (void)snprintf(fault->remedy, sizeof fault->remedy, "%s",
                   remedy != NULL ? okr_text(remedy) : "");
}

void okr_fault_refuse(struct okr_fault *fault, const char *rule,
                      const char *remedy, const char *format, ...)
{
    va_list args;
    if (okr_faulty(fault))
        return;
    set(fault, OKR_REPLY_REFUSED, rule, remedy);
    va_start(args, format);
    (void)vsnprintf(fault->what, sizeof fault->what, okr_text(format), args);
    va_end(args);
}

void okr_fault_usage(struct okr_fault *fault, const char *remedy,
                     const char *format, ...)
{
    va_list args;
    if (okr_faulty(fault))
        return;
    set(fault, OKR_REPLY_USAGE, NULL, remedy);
    va_start(args, format);
    (void)vsnprintf(fault->what, sizeof fault->what, okr_text(format), args);
    va_end(args);
}

void okr_fault_problem(struct okr_fault *fault,
                       const struct okr_problem *problem)
{
    if (problem->rule == OKR_RULE_NONE || okr_faulty(fault))
        return;
    set(fault, problem->usage ? OKR_REPLY_USAGE : OKR_REPLY_REFUSED,
        okr_rule_name(problem->rule), NULL);
    okr_problem_render(&problem->said_remedy, okr_text, fault->remedy,
                       sizeof fault->remedy);
    okr_problem_render(&problem->said_what, okr_text, fault->what,
                       sizeof fault->what);
}

static const char *remedy_of(enum okr_err err)
{
    switch (err) {
    case OKR_ERR_CORRUPT:
        return "`okr-server check DIR` names what is damaged; restore a "
               "backup";
    case OKR_ERR_FULL:
        return "free space on the disk that holds the folder";
    case OKR_ERR_DENIED:
        return "run it as the user who owns the folder";
    case OKR_ERR_VERSION:
        return "upgrade okr-server on this machine; a store is never written "
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

void okr_fault_world(struct okr_fault *fault, enum okr_err err,
                     const char *thing)
{
    okr_fault_refuse(fault, NULL, remedy_of(err), "%s: %s", thing,
                     okr_text(okr_err_text(err)));
}

void okr_fault_reply(const struct okr_fault *fault, struct okr_reply *reply)
{
    reply->code = fault->code;
    reply->error = okr_slice_str(fault->what);
    reply->rule = okr_slice_str(fault->rule);
    reply->remedy = okr_slice_str(fault->remedy);
}

static void take(char *to, size_t cap, struct okr_slice from)
{
    (void)snprintf(to, cap, "%.*s", (int)from.len, (const char *)from.data);
}

void okr_fault_from(struct okr_fault *fault, const struct okr_reply *reply)
{
    if (reply->code == OKR_REPLY_DONE || okr_faulty(fault))
        return;
    fault->code =
        reply->code == OKR_REPLY_USAGE ? OKR_REPLY_USAGE : OKR_REPLY_REFUSED;
    take(fault->what, sizeof fault->what, reply->error);
    take(fault->rule, sizeof fault->rule, reply->rule);
    take(fault->remedy, sizeof fault->remedy, reply->remedy);
}
