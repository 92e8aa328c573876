/* Alerts that look at the last few check-ins. */
#include "common/base/assert.h"
#include "common/rules/status.h"

enum { EQUAL_VALUES = 3, CONFIDENCE_DROP = 3 };

/* Where the last EQUAL_VALUES points with a value begin, if they are equal;
 * else `n`.  Points without a value lie between them. */
static size_t equal_tail(const struct okr_point *points, size_t n)
{
    const struct okr_point *last = NULL;
    unsigned equal = 0;
    for (size_t i = n; i-- > 0;) {
        if (!points[i].has_value)
            continue;
        if (last == NULL)
            last = &points[i];
        if (okr_dec_cmp(points[i].value, last->value) != 0)
            return n;
        if (++equal == EQUAL_VALUES)
            return i;
    }
    return n;
}

bool okr_alert_stuck(const struct okr_point *points, size_t n)
{
    OKR_ASSERT(points != NULL || n == 0);
    int first = -1, last = -1;
    for (size_t i = equal_tail(points, n); i < n; i++) {
        if (points[i].confidence < 0)
            continue;
        if (first < 0)
            first = points[i].confidence;
        last = points[i].confidence;
    }
    return last < first;
}

bool okr_alert_confidence_drop(const struct okr_point *points, size_t n)
{
    OKR_ASSERT(points != NULL || n == 0);
    int last = -1;
    for (size_t i = n; i-- > 0;) {
        int confidence = points[i].confidence;
        if (confidence < 0)
            continue;
        if (last >= 0)
            return confidence - last >= CONFIDENCE_DROP;
        last = confidence;
    }
    return false;
}
