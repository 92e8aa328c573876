/* Totals that a file states are worked out again. */
#include "common/base/assert.h"
#include "common/import/plan_table.h"
#include "common/model/value.h"

enum { SUMMED_MAX = 200 };

struct scores {
    okr_rate rates[SUMMED_MAX];
    struct okr_dec weights[SUMMED_MAX];
    size_t n, weighted;
};

static bool number_of(struct okr_planning *p, size_t at,
                      enum okr_import_column column, struct okr_dec *ret)
{
    struct okr_slice value;
    return p->doc->rows[at].cells[column].len > 0 &&
           okr_plan_value(p, at, column, &value) == OKR_RULE_NONE &&
           value.data != NULL && okr_value_as_dec(value, ret);
}

/* The scores of the key results below; one without (NA) does not count. */
static void gather(struct okr_planning *p, size_t at, struct scores *ret)
{
    ret->n = ret->weighted = 0;
    for (size_t i = p->first[at]; i < p->first[at + 1]; i++) {
        size_t row = p->children[i];
        struct okr_dec score;
        if (p->bad[row] || p->doc->rows[row].kind != OKR_KIND_KEY_RESULT ||
            ret->n == SUMMED_MAX || !number_of(p, row, OKR_COL_SCORE, &score))
            continue;
        ret->rates[ret->n] = okr_dec_rate(score);
        ret->weights[ret->n] = okr_dec_int(1);
        ret->weighted +=
            number_of(p, row, OKR_COL_WEIGHT, &ret->weights[ret->n]);
        ret->n++;
    }
    for (size_t i = 0; ret->weighted < ret->n && i < ret->n; i++)
        ret->weights[i] = okr_dec_int(1); /* all or none */
}

/* Half of the last digit that the file gives: so much may be rounded. */
static okr_rate slack(struct okr_slice text)
{
    okr_rate unit = OKR_RATE_ONE;
    bool behind = false;
    for (size_t i = 0; i < text.len; i++) {
        unit = behind && unit > 1 ? unit / 10 : unit;
        behind = behind || text.data[i] == '.';
    }
    return unit / 2;
}

enum okr_err okr_plan_total(struct okr_planning *p, size_t at, bool *ret_wrong,
                            struct okr_dec *ret_mean)
{
    struct okr_import_plan *plan = p->plan;
    struct okr_slice text = p->doc->rows[at].cells[OKR_COL_SCORE];
    struct scores *scores = okr_arena_alloc(plan->arena, sizeof *scores);
    struct okr_dec stated;
    char mean[OKR_DEC_TEXT_MAX];
    *ret_wrong = false;
    if (scores == NULL)
        return OKR_ERR_NOMEM;
    gather(p, at, scores);
    if (scores->n == 0 || !number_of(p, at, OKR_COL_SCORE, &stated))
        return OKR_OK;
    okr_rate rate = okr_rate_mean(scores->rates, scores->weights, scores->n);
    okr_rate off = rate - okr_dec_rate(stated);
    if ((off < 0 ? -off : off) <= slack(text))
        return OKR_OK;
    *ret_wrong = true;
    *ret_mean = okr_rate_dec(rate);
    okr_dec_format(*ret_mean, mean);
    return okr_import_say(&plan->warnings, plan->arena, p->doc->rows[at].line,
                          "score", "total_mismatch",
                          "the file states %.*s; recomputed from %zu scores "
                          "it is %s, and that is taken",
                          (int)text.len, (const char *)text.data, scores->n,
                          mean);
}
