# okr_test(), okr_command_test(), okr_fuzz(): one line makes a test.
#
# A test that cannot run here prints why and exits with 77: ctest then says
# "Skipped", and nobody takes it for a pass.
#
# Files or folders named long_* get the label `long`, which ./dev test omits.

pkg_check_modules(cmocka REQUIRED QUIET IMPORTED_TARGET cmocka)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# What every test gets: the label of its kind (unit, e2e, ...), a time limit
# in seconds, and where the tree and the programs are.
function(okr_test_properties name timeout)
  string(REGEX REPLACE "/.*" "" labels ${name})
  if(name MATCHES "(^|/)long_")
    list(APPEND labels long)
    set(timeout 3600)
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${timeout} SKIP_RETURN_CODE 77 LABELS "${labels}")
  set_property(TEST ${name} PROPERTY ENVIRONMENT
    OKR_SOURCE_DIR=${CMAKE_SOURCE_DIR}
    OKR_BINARY_DIR=${CMAKE_BINARY_DIR}
    OKR_BIN=${OKR_BIN_DIR}
    LC_ALL=C.UTF-8
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1)
endfunction()

# okr_test(NAME tests/unit/x/test_y.c [LINKS target...]): a cmocka program.
function(okr_test name source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINKS")
  string(MAKE_C_IDENTIFIER test_${name} target)
  add_executable(${target} ${CMAKE_SOURCE_DIR}/${source})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${target} PRIVATE okr_flags)
  if(TARGET okr_testlib)
    target_link_libraries(${target} PRIVATE okr_testlib)
  endif()
  target_link_libraries(${target} PRIVATE ${arg_LINKS} PkgConfig::cmocka)
  add_test(NAME ${name} COMMAND ${target})
  okr_test_properties(${name} 120)
endfunction()

# okr_command_test(NAME COMMAND command... [TIMEOUT seconds] [LABELS label...]):
# any other test; the exit code decides.
function(okr_command_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "COMMAND;LABELS")
  add_test(NAME ${name} COMMAND ${arg_COMMAND}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  okr_test_properties(${name} ${arg_TIMEOUT})
  if(arg_LABELS)
    set_property(TEST ${name} APPEND PROPERTY LABELS ${arg_LABELS})
  endif()
endfunction()

# The libraries that tests of a mirrored folder (base, server/core) may use:
# that folder's own, and all of lower layers on its side.  Everything if the
# folder mirrors none.
function(okr_libraries_below mirror ret_libraries)
  set(own "")
  foreach(library IN LISTS OKR_LIBRARIES)
    get_target_property(folder ${library} OKR_FOLDER)
    if("${mirror}/" MATCHES "^${folder}/"
        OR "common/${mirror}/" MATCHES "^${folder}/")
      set(own ${library})
      set(own_folder ${folder})
      get_target_property(own_layer ${library} OKR_LAYER)
    endif()
  endforeach()
  if(NOT own)
    set(${ret_libraries} "${OKR_LIBRARIES}" PARENT_SCOPE)
    return()
  endif()
  set(result ${own})
  foreach(library IN LISTS OKR_LIBRARIES)
    get_target_property(folder ${library} OKR_FOLDER)
    get_target_property(layer ${library} OKR_LAYER)
    if(layer LESS own_layer AND NOT
        "${own_folder}|${folder}" MATCHES
        "^client.*[|]server|^server.*[|]client")
      list(APPEND result ${library})
    endif()
  endforeach()
  set(${ret_libraries} "${result}" PARENT_SCOPE)
endfunction()

# okr_fuzz(NAME source): with libFuzzer where the preset has it; everywhere
# else the corpus of tests/fuzz/corpus/NAME/ runs as a plain test.
function(okr_fuzz name source)
  add_executable(fuzz_${name} ${source})
  set_target_properties(fuzz_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  target_link_libraries(fuzz_${name} PRIVATE okr_flags)
  if(TARGET okr_testlib)
    target_link_libraries(fuzz_${name} PRIVATE okr_testlib)
  endif()
  target_link_libraries(fuzz_${name} PRIVATE ${OKR_LIBRARIES})
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  if(OKR_LIBFUZZER)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz/${name} COMMAND fuzz_${name} -runs=0 ${corpus})
  else()
    target_link_libraries(fuzz_${name} PRIVATE okr_fuzz_replay)
    add_test(NAME fuzz/${name} COMMAND fuzz_${name} ${corpus})
  endif()
  okr_test_properties(fuzz/${name} 120)
endfunction()
