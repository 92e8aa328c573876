# okr_proto: the C code that protoc-c makes of proto/*.proto, and the bytes of
# proto/dictionary-1.hex.  Only common/codec links it, and so only common/codec
# finds its headers.
#
# In a .proto: import "types.proto".  In C: #include "proto/types.pb-c.h".

file(GLOB OKR_PROTO_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.proto)
if(OKR_PROTO_FILES)
  find_program(OKR_PROTOC_C protoc-c REQUIRED)
  pkg_check_modules(okr_protobuf-c REQUIRED QUIET GLOBAL IMPORTED_TARGET
    libprotobuf-c)
  set(root ${CMAKE_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${root}/proto)
  set(generated "")
  foreach(proto IN LISTS OKR_PROTO_FILES)
    get_filename_component(stem ${proto} NAME_WE)
    set(out ${root}/proto/${stem}.pb-c.c ${root}/proto/${stem}.pb-c.h)
    add_custom_command(OUTPUT ${out}
      COMMAND ${OKR_PROTOC_C} --proto_path=${CMAKE_SOURCE_DIR}/proto
        --c_out=${root}/proto ${proto}
      # All of them: one may import another.
      DEPENDS ${OKR_PROTO_FILES}
      COMMENT "protoc-c ${stem}.proto" VERBATIM)
    list(APPEND generated ${out})
  endforeach()
  # The dictionary of compressed bodies, as "proto/dictionary.h".
  set(hex ${CMAKE_SOURCE_DIR}/proto/dictionary-1.hex)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${hex})
  file(STRINGS ${hex} lines)
  list(JOIN lines "" bytes)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  file(CONFIGURE OUTPUT ${root}/proto/dictionary.h CONTENT
    "static const unsigned char okr_dictionary_1[] = {${bytes}};\n" @ONLY)
  add_library(okr_proto STATIC ${generated})
  target_include_directories(okr_proto SYSTEM PUBLIC ${root} ${root}/proto)
  # Not ours to mend: no warnings.
  target_compile_options(okr_proto PRIVATE -w)
  target_link_libraries(okr_proto PRIVATE okr_flags_common
    PUBLIC PkgConfig::okr_protobuf-c)
  set(OKR_PROTO_TARGET okr_proto)
endif()
