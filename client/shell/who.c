/* Who speaks. */
#include "client/shell/who.h"

#include "common/base/hex.h"
#include "common/compose/say.h"
#include "common/crypto/sign.h"
#include "common/lang/text.h"

#define REMEDY_MAIL "write the mail by which the company knows the person"

bool okr_who_is_trusted(const struct okr_speaking *ground,
                        const struct okr_caller *caller)
{
    return caller->has_uid &&
           (caller->uid == 0 || caller->uid == ground->own_uid);
}

/* OKR_ERR_NOTFOUND. */
static enum okr_err by_mail(const struct okr_space *space,
                            struct okr_slice mail, struct okr_id *ret_person)
{
    struct okr_problem problem;
    OKR_TRY(okr_resolve(space, OKR_KIND_PERSON, mail, ret_person, &problem));
    return problem.rule == OKR_RULE_NONE ? OKR_OK : OKR_ERR_NOTFOUND;
}

static void refuse_mail(struct okr_slice mail, const char *lead,
                        const char *remedy, struct okr_snag *snag)
{
    struct okr_problem problem = {.rule = OKR_RULE_UNKNOWN_PERSON};
    okr_say(&problem, N_("%s: nobody here is %s"), lead, OKR_SAID_TYPED(mail));
    okr_say_remedy(&problem, "%s", remedy);
    okr_snag_problem(snag, &problem);
}

static enum okr_err as_said(const struct okr_speaking *ground,
                            const struct okr_caller *caller,
                            struct okr_slice mail, struct okr_id *ret_person,
                            struct okr_snag *snag)
{
    if (!okr_who_is_trusted(ground, caller)) {
        okr_snag_refuse(snag, okr_rule_name(OKR_RULE_NOT_PERMITTED),
                        "make a key with `okr key new`, or have the site's "
                        "config say who speaks for your user",
                        "only root and the daemon's own user may say --as");
        return OKR_OK;
    }
    enum okr_err err = by_mail(ground->space, mail, ret_person);
    if (err == OKR_ERR_NOTFOUND) {
        refuse_mail(mail, "--as", REMEDY_MAIL, snag);
        return OKR_OK;
    }
    return err;
}

enum okr_err okr_who_speaks(const struct okr_speaking *ground,
                            const struct okr_caller *caller,
                            struct okr_slice as_mail, struct okr_id *ret_person,
                            struct okr_snag *snag)
{
    *ret_person = (struct okr_id){{0}};
    if (as_mail.len > 0)
        return as_said(ground, caller, as_mail, ret_person, snag);
    if (!caller->has_uid)
        return OKR_OK;
    struct okr_slice mail =
        okr_site_settings_speaker(ground->settings, caller->uid);
    if (mail.len == 0)
        return OKR_OK;
    enum okr_err err = by_mail(ground->space, mail, ret_person);
    if (err == OKR_ERR_NOTFOUND) {
        refuse_mail(mail, "the site's config says who speaks for you",
                    REMEDY_MAIL " into site.conf", snag);
        return OKR_OK;
    }
    return err;
}

enum okr_err okr_who_key(const struct okr_space *space, struct okr_slice hex,
                         struct okr_record **ret_key, struct okr_snag *snag)
{
    uint8_t key[OKR_SIGN_PK_LEN];
    struct okr_ids ids = {.n = 0};
    if (okr_hex_decode(hex, key, sizeof key) == OKR_OK)
        OKR_TRY(okr_index_find(space, OKR_KIND_KEY, OKR_F_KEY_PUBLIC,
                               okr_slice_of(key, sizeof key), &ids));
    if (ids.n > 0)
        return okr_entity_get(space, &ids.at[0], ret_key);
    okr_snag_refuse(snag, "unknown_key",
                    N_("okr key new --code CODE makes it known; if it is, wait "
                       "until the site has caught up"),
                    N_("no person here has this key"));
    return OKR_OK;
}

enum okr_err okr_who_has_key(const struct okr_space *space,
                             struct okr_slice hex, struct okr_id *ret_person,
                             struct okr_snag *snag)
{
    struct okr_record *key = NULL;
    *ret_person = (struct okr_id){{0}};
    OKR_TRY(okr_who_key(space, hex, &key, snag));
    if (okr_snagged(snag))
        return OKR_OK;
    if (okr_record_enum(key, OKR_F_KEY_STATE, 0) == OKR_V_KEY_STATE_ACTIVE &&
        okr_record_id(key, OKR_F_KEY_PERSON, ret_person))
        return OKR_OK;
    okr_snag_refuse(
        snag, okr_rule_name(OKR_RULE_KEY_REVOKED),
        N_("ask an admin for a code and make a new one: okr key new "
           "--code CODE"),
        N_("this key was revoked or replaced"));
    return OKR_OK;
}

void okr_who_needed(const struct okr_id *person, struct okr_snag *snag)
{
    if (okr_id_is_zero(person))
        okr_snag_refuse(snag, okr_rule_name(OKR_RULE_UNKNOWN_PERSON),
                        "sign with a key (`okr key new`), say --as MAIL as "
                        "root, or have site.conf say who speaks for your user",
                        "it is not known who speaks");
}
