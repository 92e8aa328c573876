#!/usr/bin/env bash
# Every text that a program says has a Chinese one in po/zh_CN.po, and both take
# the same arguments.  What xgettext cannot see, the words of the tables, is
# looked at by tests/unit/lang/test_text.c.
set -euo pipefail
cd "${OKR_SOURCE_DIR:-.}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# extract KEYWORD...: adds the texts of all sources that run before people.
extract() {
  find client server common/compose common/query common/lang common/import \
    common/net -name '*.[ch]' | sort |
    xgettext --language=C --from-code=UTF-8 --no-wrap --no-location \
      "${@/#/--keyword=}" --files-from=- --join-existing \
      --output="$folder/okr.pot"
}
: >"$folder/okr.pot"
extract _ N_ okr_trouble_say:5
# These translate their format and their remedy, one argument a run.
extract okr_snag_refuse:3 okr_fault_refuse:3 okr_snag_usage:2 okr_fault_usage:2
extract okr_snag_refuse:4 okr_fault_refuse:4 okr_snag_usage:3 okr_fault_usage:3
found=$(grep -c '^msgid' "$folder/okr.pot")
[ "$found" -gt 300 ] || { echo "only $found texts found: are the keywords right?"; exit 1; }

for po in po/*.po; do
  msgfmt --check -o /dev/null "$po"
  msgmerge --quiet --no-fuzzy-matching --no-wrap -o - "$po" "$folder/okr.pot" |
    msgattrib --untranslated --no-wrap -o "$folder/missing.po"
  if [ -s "$folder/missing.po" ]; then
    sed '1,/^$/d' "$folder/missing.po"
    echo "$po: the texts above have no translation; add them to it"
    exit 1
  fi
done
echo "$found texts, $(ls po/*.po | wc -l) catalogues"
