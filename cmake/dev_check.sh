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

check_format() { check_sources | xargs -0 clang-format --dry-run --Werror; }

check_clang_build() { OKR_WERROR=ON build_preset clang; }

check_clang_tidy() {
  run-clang-tidy -quiet -j "$jobs" -p build/clang \
    "^$PWD/(common|server|client)/" 2>/dev/null |
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
  build_preset cov
  find build/cov -name '*.gcda' -delete
  ctest --test-dir build/cov -j "$jobs" --output-on-failure -LE '^long$' "$@" |
    tail -n 12
  # An assert's other branch is never taken by a test.
  gcovr --root . --object-directory build/cov -j "$jobs" \
    --filter 'common/' --filter 'server/' --filter 'client/' \
    --exclude-unreachable-branches \
    --exclude-branches-by-pattern '.*OKR_ASSERT.*' \
    --gcov-ignore-parse-errors --json-summary build/cov/coverage.json >/dev/null
  python3 cmake/dev_coverage.py build/cov/coverage.json
}
