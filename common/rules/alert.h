/* Alerts: what somebody owes.  Derived whenever somebody asks, never stored.
 * Each concerns one person and names one command. */
#ifndef OKR_RULES_ALERT_H
#define OKR_RULES_ALERT_H

#include "common/rules/status.h"

/* NAME, word, who owes it, the command (%s: a reference).
 * In the order in which they are told: what hurts most comes first.
 *   OWNER     of the key result, the objective or the task itself
 *   HELPER    the lead of its unit, or the one above where he is the owner
 *   ABOVE     the objective's owner, or a lead where he is the matter
 *   APPROVER  the lead of the unit above; the company's: of management
 *   LEAD      of the unit that it is about */
#define OKR_ALERT_TABLE(X)                                               \
    X(BLOCKED, "blocked", HELPER, "okr comment %s TEXT")                 \
    X(LATE_CHECK_IN, "late_check_in", OWNER, "okr checkin %s")           \
    X(OUTDATED, "outdated", OWNER, "okr checkin %s")                     \
    X(CHECK_IN_DUE, "check_in_due", OWNER, "okr checkin %s")             \
    X(CONFIDENCE_DROP, "confidence_drop", HELPER, "okr comment %s TEXT") \
    X(VALUE_STUCK, "value_stuck", OWNER,                                 \
      "okr add task --subject %s --title TEXT")                          \
    X(BEHIND_PACE, "behind_pace", OWNER,                                 \
      "okr add task --subject %s --title TEXT")                          \
    X(TASK_OVERDUE, "task_overdue", OWNER, "okr finish %s")              \
    X(NO_OWNER, "no_owner", ABOVE, "okr set %s owner=MAIL")              \
    X(UNCONFIRMED, "unconfirmed", APPROVER, "okr approve %s")            \
    X(MIDTERM_DUE, "midterm_due", LEAD, "okr review midterm --unit %s")  \
    X(ORPHAN, "orphan", OWNER, "okr set %s contributes_to=REF")

enum okr_debtor {
    OKR_DEBTOR_OWNER,
    OKR_DEBTOR_HELPER,
    OKR_DEBTOR_ABOVE,
    OKR_DEBTOR_APPROVER,
    OKR_DEBTOR_LEAD,
};
enum okr_alert {
#define OKR_ALERT_ENUM(NAME, word, who, action) OKR_ALERT_##NAME,
    OKR_ALERT_TABLE(OKR_ALERT_ENUM)
#undef OKR_ALERT_ENUM
        OKR_ALERTS
};
struct okr_alert_info {
    const char *word;
    enum okr_debtor who;
    const char *action; /* one %s */
};
const struct okr_alert_info *okr_alert_info(enum okr_alert alert);
#define OKR_ALERT_BIT(alert) (1u << (alert))

/* What there is to know of a key result. */
struct okr_alert_facts {
    bool published; /* its objective is: neither a draft nor over */
    bool closed;    /* the cycle's phase is */
    bool owner_gone, blocked, measured, has_expected;
    okr_rate p, expected;
    enum okr_status status;
    bool has_check_in;
    okr_day last_check_in;
    bool has_period;
    okr_day start, end, today; /* both ends of the cycle are inside */
    /* Its check-ins, newest last; none where they are not kept here. */
    const struct okr_point *points;
    size_t n_points;
};
/* Bits of what is owed about a key result.  One check-in is owed once: as
 * `late_check_in` after the end, as `outdated`, or as `check_in_due`; and what
 * is outdated is not also behind its pace. */
unsigned okr_alerts_of(const struct okr_alert_facts *facts,
                       const struct okr_thresholds *t);

/* An open task (neither done nor dropped): `due` is the last day. */
bool okr_alert_overdue(bool has_due, okr_day due, okr_day today);

#endif
