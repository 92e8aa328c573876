/* The table of the link, and the one way to move in it. */
#include "client/core/site_link.h"

#include "client/core/site_impl.h"
#include "common/base/assert.h"

static const char *const phase_names[OKR_PHASE_COUNT] = {
    [OKR_PHASE_DOWN] = "down",         [OKR_PHASE_HELLO] = "hello",
    [OKR_PHASE_CATCHING] = "catching", [OKR_PHASE_LIVE] = "live",
    [OKR_PHASE_REFUSED] = "refused",
};

static const char *const happening_names[OKR_HAPPENING_COUNT] = {
#define OKR_HAPPENING_TEXT(name, text) [OKR_HAPPENING_##name] = (text),
    OKR_HAPPENING_TABLE(OKR_HAPPENING_TEXT)
#undef OKR_HAPPENING_TEXT
};

const char *okr_phase_name(enum okr_phase phase)
{
    return phase < OKR_PHASE_COUNT ? phase_names[phase] : "unknown";
}

/* What the world may say at any time and what means nothing now. */
static enum okr_err ignore(struct okr_turn *turn, const struct okr_msg *msg)
{
    okr_trace(&turn->site->conf.trace, "ignored in %s: %s",
              okr_phase_name(turn->site->phase),
              msg == NULL ? "nothing" : okr_msg_name(msg->type));
    return OKR_OK;
}

/* What only this program says, and not in this state. */
static enum okr_err never(struct okr_turn *turn, const struct okr_msg *msg)
{
    (void)turn;
    (void)msg;
    OKR_UNREACHABLE();
}

static enum okr_err moved(struct okr_turn *turn, const struct okr_msg *msg)
{
    (void)msg;
    if (turn->site->phase == OKR_PHASE_LIVE)
        return okr_site_fresh(turn,
                              okr_site_server_time(turn->site, turn->now));
    return OKR_OK;
}

#define ROW(happening, phase, act) \
    [OKR_HAPPENING_##happening] = {OKR_PHASE_##phase, act}

/* An answer to a push means the same whenever it comes: it names the push.
 * Everything else of an older link is ignored. */
static const struct okr_link_row table[OKR_PHASE_COUNT][OKR_HAPPENING_COUNT] =
    {
        [OKR_PHASE_DOWN] =
            {
                ROW(UP, HELLO, okr_site_hello),
                ROW(LOST, DOWN, okr_site_lost),
                ROW(WELCOME, DOWN, ignore),
                ROW(REFUSE, DOWN, ignore),
                ROW(PUSHED, DOWN, okr_site_pushed),
                ROW(PAGE, DOWN, ignore),
                ROW(EVENT, DOWN, ignore),
                ROW(HEAD, DOWN, ignore),
                ROW(BEAT, DOWN, ignore),
                ROW(BUSY, DOWN, ignore),
                ROW(ERROR, DOWN, ignore),
                ROW(SILENCE, DOWN, never),
                ROW(AGAIN, DOWN, never),
                ROW(CURRENT, DOWN, never),
                ROW(BEHIND, DOWN, never),
            },
        [OKR_PHASE_HELLO] =
            {
                ROW(UP, HELLO, okr_site_hello),
                ROW(LOST, DOWN, okr_site_lost),
                ROW(WELCOME, CATCHING, okr_site_welcome),
                ROW(REFUSE, REFUSED, okr_site_refused),
                ROW(PUSHED, HELLO, okr_site_pushed),
                ROW(PAGE, HELLO, ignore),
                ROW(EVENT, HELLO, ignore),
                ROW(HEAD, HELLO, ignore),
                ROW(BEAT, HELLO, ignore),
                ROW(BUSY, HELLO, okr_site_busy),
                ROW(ERROR, HELLO, ignore),
                ROW(SILENCE, HELLO, okr_site_unanswered),
                ROW(AGAIN, HELLO, never),
                ROW(CURRENT, HELLO, never),
                ROW(BEHIND, HELLO, never),
            },
        [OKR_PHASE_CATCHING] =
            {
                ROW(UP, HELLO, okr_site_hello),
                ROW(LOST, DOWN, okr_site_lost),
                ROW(WELCOME, CATCHING, ignore),
                ROW(REFUSE, REFUSED, okr_site_refused),
                ROW(PUSHED, CATCHING, okr_site_pushed),
                ROW(PAGE, CATCHING, okr_site_page),
                ROW(EVENT, CATCHING, okr_site_event),
                ROW(HEAD, CATCHING, okr_site_head),
                ROW(BEAT, CATCHING, okr_site_beat),
                ROW(BUSY, CATCHING, okr_site_busy),
                ROW(ERROR, CATCHING, okr_site_error),
                ROW(SILENCE, CATCHING, never),
                ROW(AGAIN, HELLO, okr_site_hello),
                ROW(CURRENT, LIVE, moved),
                ROW(BEHIND, CATCHING, never),
            },
        [OKR_PHASE_LIVE] =
            {
                ROW(UP, HELLO, okr_site_hello),
                ROW(LOST, DOWN, okr_site_lost),
                ROW(WELCOME, LIVE, ignore),
                ROW(REFUSE, REFUSED, okr_site_refused),
                ROW(PUSHED, LIVE, okr_site_pushed),
                ROW(PAGE, LIVE, okr_site_page),
                ROW(EVENT, LIVE, okr_site_event),
                ROW(HEAD, LIVE, okr_site_head),
                ROW(BEAT, LIVE, okr_site_beat),
                ROW(BUSY, LIVE, okr_site_busy),
                ROW(ERROR, LIVE, okr_site_error),
                ROW(SILENCE, LIVE, never),
                ROW(AGAIN, HELLO, okr_site_hello),
                ROW(CURRENT, LIVE, never),
                ROW(BEHIND, CATCHING, moved),
            },
        [OKR_PHASE_REFUSED] =
            {
                ROW(UP, HELLO, okr_site_hello),
                ROW(LOST, REFUSED, okr_site_lost),
                ROW(WELCOME, REFUSED, ignore),
                ROW(REFUSE, REFUSED, ignore),
                ROW(PUSHED, REFUSED, okr_site_pushed),
                ROW(PAGE, REFUSED, ignore),
                ROW(EVENT, REFUSED, ignore),
                ROW(HEAD, REFUSED, ignore),
                ROW(BEAT, REFUSED, ignore),
                ROW(BUSY, REFUSED, ignore),
                ROW(ERROR, REFUSED, ignore),
                ROW(SILENCE, REFUSED, never),
                ROW(AGAIN, REFUSED, never),
                ROW(CURRENT, REFUSED, never),
                ROW(BEHIND, REFUSED, never),
            },
};

bool okr_link_is_up(const struct okr_site *site)
{
    OKR_ASSERT(site->phase < OKR_PHASE_COUNT);
    return site->phase == OKR_PHASE_CATCHING || site->phase == OKR_PHASE_LIVE;
}

/* What holds in every state, whatever led there. */
static void invariant(const struct okr_site *site)
{
    bool up = okr_link_is_up(site);
    bool hello = site->phase == OKR_PHASE_HELLO;
    OKR_ASSERT((site->at[OKR_AT_HELLO] != OKR_NEVER) == hello);
    OKR_ASSERT((site->at[OKR_AT_CALL] != OKR_NEVER) == (!up && !hello));
    OKR_ASSERT(site->pull.open == (site->at[OKR_AT_PAGE] != OKR_NEVER));
    OKR_ASSERT(up || !site->pull.open);
    OKR_ASSERT(up || site->at[OKR_AT_PULL] == OKR_NEVER);
    OKR_ASSERT(up || site->at[OKR_AT_PUSH] == OKR_NEVER);
    OKR_ASSERT(up || site->at[OKR_AT_SILENCE] == OKR_NEVER);
    OKR_ASSERT(!up || site->n_epochs > 0);
    OKR_ASSERT(site->push_from <= site->next_seq);
}

enum okr_err okr_link_take(struct okr_turn *turn, enum okr_happening happening,
                           const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(site->phase < OKR_PHASE_COUNT);
    struct okr_link_row row = okr_link_row(site->phase, happening);
    if (row.next != site->phase)
        okr_trace(&site->conf.trace, "link %s: %s -> %s",
                  happening_names[happening], okr_phase_name(site->phase),
                  okr_phase_name(row.next));
    site->phase = row.next;
    OKR_TRY(row.act(turn, msg));
    invariant(site);
    return OKR_OK;
}

enum okr_err okr_link_settle(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    bool current = okr_site_current(site);
    if (site->phase == OKR_PHASE_CATCHING && current)
        OKR_TRY(okr_link_take(turn, OKR_HAPPENING_CURRENT, NULL));
    else if (site->phase == OKR_PHASE_LIVE && !current)
        OKR_TRY(okr_link_take(turn, OKR_HAPPENING_BEHIND, NULL));
    OKR_ASSERT((site->phase == OKR_PHASE_LIVE) == current);
    return OKR_OK;
}

struct okr_link_row okr_link_row(enum okr_phase phase,
                                 enum okr_happening happening)
{
    OKR_ASSERT(phase < OKR_PHASE_COUNT && happening < OKR_HAPPENING_COUNT);
    return table[phase][happening];
}

bool okr_link_row_is_never(struct okr_link_row row)
{
    OKR_ASSERT(row.act != NULL);
    return row.act == never;
}
