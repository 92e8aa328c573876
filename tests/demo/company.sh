# shellcheck shell=bash disable=SC2154 # demo_* are set by demo.sh
# Sourced by demo.sh: makes the company of company.txt, each office at its own
# site.  id_of has what got an id, by its name in the file.

declare -A id_of unit_of office_of

quarter_named() { # YEAR QUARTER: name, start, end as options
  local year=$1 q=$2 from=$(($2 * 3 - 2)) to=$(($2 * 3)) last=30
  case $q in 1 | 4) last=31 ;; esac
  printf -v cycle_name '%d-Q%d' "$year" "$q"
  printf -v cycle_start '%d-%02d-01' "$year" "$from"
  printf -v cycle_end '%d-%02d-%02d' "$year" "$to" "$last"
}

# The words in braces: cycles around today, as the company's clock has it.
cycle_of() {
  local year month quarter
  read -r year month <<<"$(TZ=UTC-8 date '+%Y %-m')"
  quarter=$(((month + 2) / 3))
  case $1 in
    '{year}')
      cycle_name=$year cycle_start=$year-01-01 cycle_end=$year-12-31
      ;;
    '{this quarter}') quarter_named "$year" "$quarter" ;;
    '{last quarter}')
      if [ "$quarter" = 1 ]; then
        quarter_named $((year - 1)) 4
      else
        quarter_named "$year" $((quarter - 1))
      fi
      ;;
  esac
}

# The site of the office to which a unit belongs; headquarters has none of
# its own, its people's work is entered at the server.
site_of() {
  case ${office_of[$1]} in
    ctu) echo chengdu ;;
    muc) echo munich ;;
    *) echo server ;;
  esac
}

# at UNIT PERSON COMMAND...: prints the id of what was made or changed.
at() {
  local site who=$2 command=$3 answer
  site=$(site_of "$1")
  shift 3
  if [ "$site" = server ] && [ "$command" = add ]; then
    answer=$(server add "$demo_dir/server" "$@" --as "$who@$demo_mail" --json)
  else
    [ "$site" != server ] || site=chengdu
    answer=$(okr_at "$site" "$who" "$command" "$@" --json)
  fi || fail "company.txt: $command $*"
  member id <<<"$answer"
}

admin() {
  local command=$1
  shift
  server "$command" "$demo_dir/server" "$@" --json >"$demo_dir/made" ||
    fail "company.txt: $command $*"
}

make_directory() { # KIND NAME FIELD...
  local parent=''
  case $1 in
    unit)
      office_of[$2]=${3:-$2}
      admin add unit --code "$2" --parent "${3:-$demo_slug}" --name "$4" \
        --level "$5"
      ;;
    person)
      unit_of[$2]=$3
      admin add person --mail "$2@$demo_mail" --unit "$3" --name "$4" \
        ${5:+--roles "$5"}
      ;;
    lead) admin set "$2" "lead=$3@$demo_mail" ;;
    cycle)
      cycle_of "$5"
      end_of[$2]=$cycle_end
      # The last quarter may lie in the year before, which is not here.
      [ -n "$3" ] && [ "${cycle_end%%-*}" = "${end_of[$3]%%-*}" ] &&
        parent=${id_of[$3]}
      admin add cycle --name "$cycle_name" --kind "$4" --start "$cycle_start" \
        --end "$cycle_end" ${parent:+--parent "$parent"}
      ;;
  esac
  id_of[$2]=$(member id <"$demo_dir/made")
}

declare -A end_of cycle_key owner_of
make_goal() {
  case $1 in
    objective)
      cycle_key[$2]=$3 owner_of[$2]=$5 unit_of[$2]=$4
      id_of[$2]=$(at "$4" "$5" add objective --cycle "${id_of[$3]}" \
        --unit "$4" --title "$7" ${6:+--contributes-to "${id_of[$6]}"})
      ;;
    kr)
      # In the name of the objective's owner: it is his to divide.
      id_of[$2]=$(at "${unit_of[$3]}" "${owner_of[$3]}" add kr \
        --objective "${id_of[$3]}" --owner "$4@$demo_mail" --title "$8" \
        --start "$5" --target "$6" --unit-of-measure "$7" \
        --due "${end_of[${cycle_key[$3]}]}")
      ;;
  esac
  [ -n "${id_of[$2]}" ] || fail "company.txt: $*"
}

make_work() {
  local due id
  case $1 in
    checkin)
      id=$(at "${unit_of[$3]}" "$3" checkin "${id_of[$2]}" "$4" -c "$5" -m "$6")
      ;;
    task)
      due=$(TZ=UTC-8 date -d "+$4 days" +%F)
      id=$(at "${unit_of[$3]}" "$3" add task --subject "${id_of[$2]}" \
        --title "$5" --due "$due")
      ;;
    comment) id=$(at "${unit_of[$3]}" "$3" comment "${id_of[$2]}" "$4") ;;
  esac
  [ -n "$id" ] || fail "company.txt: $*"
}

# each KIND|KIND FUNCTION: the function for every such line of company.txt.
each() {
  local line word words
  while IFS= read -r line; do
    IFS='|' read -ra words <<<"$line"
    for word in "${!words[@]}"; do
      words[word]=${words[word]#"${words[word]%%[! ]*}"}
      words[word]=${words[word]%"${words[word]##*[! ]}"}
    done
    "$2" "${words[@]}"
  done < <(grep -E "^($1) " "$demo_source/company.txt")
}

count_of() { grep -cE "^($1) " "$demo_source/company.txt"; }
