# How everything of ours is compiled: the target okr_flags carries the flags,
# and every library, program and test links it.

option(OKR_WERROR "Warnings are errors (CI sets this)" OFF)
option(OKR_COVERAGE "Count executed lines and branches (gcov)" OFF)
option(OKR_LIBFUZZER "Build tests/fuzz/ with libFuzzer (clang only)" OFF)
set(OKR_OPT_FLAGS "-O2 -g" CACHE STRING "Optimisation and debug flags")
set(OKR_SANITIZE "" CACHE STRING "Argument of -fsanitize=, or empty")

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Asserts stay on in every build, whatever CMAKE_BUILD_TYPE somebody chooses.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${type} "${CMAKE_C_FLAGS_${type}}")
endforeach()

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

find_program(OKR_CCACHE ccache)
mark_as_advanced(OKR_CCACHE)
if(OKR_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${OKR_CCACHE})
endif()

# Flags that foreign and generated code gets as well.
add_library(okr_flags_common INTERFACE)
separate_arguments(opt_flags UNIX_COMMAND "${OKR_OPT_FLAGS}")
target_compile_options(okr_flags_common INTERFACE
  ${opt_flags}
  -fstack-protector-strong
  -fno-omit-frame-pointer
  # __FILE__ reads from the root of the tree: asserts name no builder's folder.
  -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_compile_definitions(okr_flags_common INTERFACE
  _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
target_link_options(okr_flags_common INTERFACE
  -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)

if(OKR_SANITIZE)
  target_compile_options(okr_flags_common INTERFACE
    -fsanitize=${OKR_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(okr_flags_common INTERFACE -fsanitize=${OKR_SANITIZE})
elseif(OKR_OPT_FLAGS MATCHES "-O[123s]")
  # Fortify needs the optimiser, and hides calls from the sanitizers.
  target_compile_options(okr_flags_common INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(OKR_COVERAGE)
  target_compile_options(okr_flags_common INTERFACE --coverage)
  target_link_options(okr_flags_common INTERFACE --coverage)
endif()
if(OKR_LIBFUZZER)
  target_compile_options(okr_flags_common INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(okr_flags INTERFACE)
target_link_libraries(okr_flags INTERFACE okr_flags_common)
target_include_directories(okr_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(okr_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wvla
  -Wformat=2 -Wswitch-enum -Wnull-dereference
  $<$<BOOL:${OKR_WERROR}>:-Werror>)
if(OKR_SANITIZE)
  # gcc's data flow sees ghosts in the code that the sanitizers add.
  target_compile_options(okr_flags INTERFACE
    -Wno-error=null-dereference -Wno-error=uninitialized
    $<$<C_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>)
endif()
