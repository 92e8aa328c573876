/* What the three forms of a report say alike. */
#include "client/cli/report.h"

#include <string.h>

#include "common/lang/text.h"

const struct okr_report_figure okr_report_figures[] = {
    {"objectives", N_("O"), false},
    {"key_results", N_("KR"), false},
    {"checked_in", N_("checked in"), true},
    {"measured", N_("measured"), true},
    {"on_track", N_("on track"), true},
    {"bottom_up", N_("bottom-up"), true},
    {"progress", N_("progress"), true},
    {"open_approvals", N_("to approve"), false},
    {NULL, NULL, false},
};

static const char *text_or_none(const char *text)
{
    return text == NULL ? "" : text;
}

const char *okr_report_title(struct okr_page *page, const json_t *report)
{
    return text_or_none(okr_arena_printf(page->arena, "%s · %s",
                                         okr_member(page, report, "title"),
                                         okr_member(page, report, "cycle")));
}

const char *okr_report_period(struct okr_page *page, const json_t *report)
{
    return text_or_none(okr_arena_printf(
        page->arena, _("%s to %s, as of %s"), okr_member(page, report, "start"),
        okr_member(page, report, "end"), okr_member(page, report, "today")));
}

const char *okr_report_figure(struct okr_page *page, const json_t *row,
                              const struct okr_report_figure *figure)
{
    const json_t *value = json_object_get(row, figure->key);
    /* A mean over units would compare them: the sum of all has none. */
    bool of_all = json_object_get(row, "unit") == NULL &&
                  strcmp(figure->key, "progress") == 0;
    if (json_is_null(value) || value == NULL || of_all)
        return "–";
    return figure->share ? okr_page_percent(page, value)
                         : okr_member(page, row, figure->key);
}

static const char *joined(struct okr_page *page, const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return a[0] == '\0' ? b : a;
    return text_or_none(okr_arena_printf(page->arena, _("%s, %s"), a, b));
}

static const char *value_of(struct okr_page *page, const json_t *kr)
{
    const char *value = okr_member(page, kr, "value");
    const char *target = okr_member(page, kr, "target");
    const char *unit = okr_member(page, kr, "unit_of_measure");
    const char *space = unit[0] == '\0' ? "" : " ";
    if (value[0] == '\0')
        return _("no value yet");
    if (target[0] == '\0')
        return text_or_none(okr_arena_printf(page->arena, _("value %s%s%s"),
                                             value, space, unit));
    return text_or_none(okr_arena_printf(
        page->arena, _("value %s, target %s%s%s"), value, target, space, unit));
}

/* Progress, confidence and score stand beside each other, never as one. */
const char *okr_report_facts(struct okr_page *page, const json_t *kr)
{
    const char *confidence = okr_member(page, kr, "confidence");
    const char *score = okr_member(page, kr, "score");
    const char *text = value_of(page, kr);
    if (confidence[0] != '\0')
        text = joined(page, text,
                      text_or_none(okr_arena_printf(
                          page->arena, _("confidence %s"), confidence)));
    if (score[0] != '\0')
        text = joined(
            page, text,
            text_or_none(okr_arena_printf(page->arena, _("score %s"), score)));
    return text;
}

/* ---- hints --------------------------------------------------------------- */

static double rate_of(const json_t *row, const char *key, double none)
{
    const json_t *value = json_object_get(row, key);
    return json_is_number(value) ? json_number_value(value) : none;
}

/* Offers of help, never a reproach (docs/domain.md). */
size_t okr_report_hints(struct okr_page *page, const json_t *report,
                        const char *hints[OKR_REPORT_HINTS_MAX])
{
    const double safe = 0.85, low = 0.4, guide = 0.6;
    const json_t *figures = json_object_get(report, "figures");
    const json_t *units = json_object_get(report, "units");
    double share = rate_of(figures, "bottom_up", guide);
    size_t n = 0;
    if (share < guide)
        hints[n++] = text_or_none(okr_arena_printf(
            page->arena,
            _("%.0f %% of the objectives came from below; 60 %% is a good "
              "guide"),
            share * 100));
    for (size_t i = 0; i < json_array_size(units) && n < OKR_REPORT_HINTS_MAX;
         i++) {
        const json_t *unit = json_array_get(units, i);
        double score = rate_of(unit, "score", low);
        const char *title = okr_member(page, unit, "title");
        if (score > safe)
            hints[n++] = text_or_none(okr_arena_printf(
                page->arena,
                _("%s: mean score %.2f; the goals may be too safe"), title,
                score));
        else if (score < low)
            hints[n++] = text_or_none(okr_arena_printf(
                page->arena, _("%s: mean score %.2f; needs support"), title,
                score));
    }
    return n;
}

const json_t *okr_report_objectives(const json_t *report)
{
    return json_object_get(report, "objectives");
}

const json_t *okr_report_shared(const json_t *report)
{
    return json_object_get(report, "key_results");
}
