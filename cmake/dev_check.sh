# Sourced by ./dev: the checks that read the code instead of running it, and
# how much of it the tests reach.

# All C files of ours, separated by NUL.
check_sources() {
  local folders=() folder
  for folder in common server client tests; do
    [ -d "$folder" ] && folders+=("$folder")
  done
  find "${folders[@]}" -name node_modules -prune -o \
    -type f -name '*.[ch]' -print0 | sort -z
}

check_format() {
  local file good=0
  while IFS= read -r -d '' file; do
    clang-format --dry-run --Werror "$file" >/dev/null 2>&1 ||
      { echo "$file: not formatted (./dev format)"; good=1; }
  done < <(check_sources)
  return $good
}

check_clang_build() { OKR_WERROR=ON build_preset clang; }

check_clang_tidy() {
  run-clang-tidy -quiet -j "$jobs" -p build/clang \
    "^$PWD/(common|server|client)/" 2>/dev/null |
    sed 's/\x1b\[[0-9;]*m//g' |
    awk '/(warning|error):/ { bad = 1 } !/^clang-tidy|^$/ { print }
         END { exit bad }'
}

check_cppcheck() {
  local folders=() folder
  for folder in common server client; do
    [ -d "$folder" ] && folders+=("$folder")
  done
  mkdir -p build/cppcheck
  cppcheck --quiet --std=c11 --language=c -j "$jobs" -I . \
    --cppcheck-build-dir=build/cppcheck --enable=warning,performance,portability \
    --inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
    "${folders[@]}"
}

check_all() {
  local step bad=()
  # The clang build comes first: clang-tidy reads how it compiles each file.
  for step in format clang_build clang_tidy cppcheck; do
    say "$step"
    "check_$step" || bad+=("$step")
  done
  if [ ${#bad[@]} -gt 0 ]; then
    say "failed: ${bad[*]}"
    return 1
  fi
  say "all checks passed"
}

check_coverage() {
  local failed=0
  build_preset cov
  find build/cov -name '*.gcda' -delete
  ctest --test-dir build/cov -j "$jobs" --output-on-failure \
    --no-label-summary -LE '^long$' "$@" | tail -n 12 || failed=1
  # An assert's other branch is never taken by a test.
  gcovr --root . --object-directory build/cov -j "$jobs" \
    --filter 'common/' --filter 'server/' --filter 'client/' \
    --exclude-unreachable-branches \
    --exclude-branches-by-pattern '.*OKR_ASSERT.*' \
    --gcov-ignore-parse-errors --json-summary build/cov/coverage.json >/dev/null
  python3 cmake/dev_coverage.py build/cov/coverage.json && return $failed
}
