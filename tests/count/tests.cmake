# How many instructions the hot paths take: always compiled as the release is,
# whatever the preset, because sanitizers would be counted as well.
set(sources "")
foreach(folder common/base common/crypto common/model common/rules common/tlog
    common/msg common/codec common/store common/replica server/store
    server/core)
  file(GLOB some CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
  list(APPEND sources ${some})
endforeach()
foreach(name bench bench_author bench_hub company files hub hub_peer made)
  list(APPEND sources ${CMAKE_SOURCE_DIR}/tests/lib/${name}.c)
endforeach()
file(GLOB protos CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.proto)
foreach(proto IN LISTS protos)
  get_filename_component(stem ${proto} NAME_WE)
  list(APPEND sources ${CMAKE_BINARY_DIR}/generated/proto/${stem}.pb-c.c)
endforeach()
foreach(proto IN LISTS protos)
  get_filename_component(stem ${proto} NAME_WE)
  set_source_files_properties(
    ${CMAKE_BINARY_DIR}/generated/proto/${stem}.pb-c.c PROPERTIES
    GENERATED TRUE)
endforeach()

add_executable(count_hub ${CMAKE_CURRENT_SOURCE_DIR}/count/count_hub.c
  ${sources})
add_dependencies(count_hub okr_proto)
target_include_directories(count_hub PRIVATE ${CMAKE_SOURCE_DIR})
target_include_directories(count_hub SYSTEM PRIVATE
  ${CMAKE_BINARY_DIR}/generated ${CMAKE_BINARY_DIR}/generated/proto)
target_compile_definitions(count_hub PRIVATE
  _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
target_compile_options(count_hub PRIVATE -O2 -g -w -fno-omit-frame-pointer
  -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
  -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_link_options(count_hub PRIVATE -Wl,-z,now)
foreach(name lmdb sodium protobuf-c utf8proc zstd)
  if(TARGET PkgConfig::okr_${name})
    target_link_libraries(count_hub PRIVATE PkgConfig::okr_${name})
  endif()
endforeach()
set_target_properties(count_hub PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

okr_command_test(count/hub
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/count/count.py
    --compiler "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
    $<TARGET_FILE:count_hub>)
