/* Who may: the table of docs/domain.md, as bits. */
#ifndef OKR_RULES_PERMIT_H
#define OKR_RULES_PERMIT_H

#include "common/base/verdict.h"
#include "common/model/op.h"

/* The bits (enum okr_who) that this act asks for; any one is enough. */
unsigned okr_permit_wanted(uint16_t verb, uint16_t kind);
/* `holds`: what the author is to the entity (replica/standing.h). */
bool okr_permit(unsigned wanted, unsigned holds);
/* May a site say this for a person who has a key of his own?  `by_server`: the
 * server's own one, which may say more. */
bool okr_permit_attested(uint16_t verb, uint16_t kind, bool by_server);

#endif
