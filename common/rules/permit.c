/* Who may: read off the tables, so that there is no second list. */
#include "common/rules/permit.h"

unsigned okr_permit_wanted(uint16_t verb, uint16_t kind)
{
    const struct okr_verb_info *v = okr_verb_info(verb);
    const struct okr_kind_info *k = okr_kind_info(kind);
    if (v == NULL || k == NULL)
        return OKR_WHO_NOBODY;
    if ((v->who & OKR_WHO_KIND) == 0)
        return v->who;
    return v->makes ? k->add : k->change;
}

bool okr_permit(unsigned wanted, unsigned holds)
{
    return (wanted & OKR_WHO_EVERYBODY) != 0 || (wanted & holds) != 0;
}

/* What does no harm when a site forges it: words, never numbers. */
static bool harmless(uint16_t kind)
{
    return kind == OKR_KIND_COMMENT || kind == OKR_KIND_REACTION ||
           kind == OKR_KIND_VOTE || kind == OKR_KIND_STANDUP;
}

bool okr_permit_attested(uint16_t verb, uint16_t kind, bool by_server)
{
    const struct okr_verb_info *v = okr_verb_info(verb);
    if (v == NULL || okr_kind_info(kind) == NULL)
        return false;
    switch (v->attest) {
    case OKR_ATTEST_NO:
        return false;
    case OKR_ATTEST_YES:
        return true;
    case OKR_ATTEST_KIND:
        return harmless(kind);
    case OKR_ATTEST_SERVER:
        return by_server;
    }
    return false;
}
