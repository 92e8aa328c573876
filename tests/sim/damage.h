/* Copies that are not what the server sent; histories that are asked for. */
#ifndef OKR_SIM_DAMAGE_H
#define OKR_SIM_DAMAGE_H

#include "tests/sim/sim.h"

void sim_damage(struct sim_world *world, struct sim_site *site);
void sim_ask_history(struct sim_world *world, struct sim_site *site);
void sim_check_history(struct sim_world *world, struct sim_site *site,
                       const struct okr_fx *fx);

#endif
