# okr_library(), okr_program(): a folder becomes a library that says what it
# uses; what the layers forbid fails here, before anything is compiled.

find_package(PkgConfig REQUIRED)
option(OKR_HEADERS_ALONE "Compile every header by itself" OFF)

# Reads a table of cmake/ into ret_rows: its lines without comments.
function(okr_read_table file ret_rows)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} lines)
  list(FILTER lines EXCLUDE REGEX "^[ \t]*(#.*)?$")
  set(${ret_rows} "${lines}" PARENT_SCOPE)
endfunction()

okr_read_table(${CMAKE_SOURCE_DIR}/cmake/layers.txt OKR_LAYER_ROWS)
okr_read_table(${CMAKE_SOURCE_DIR}/cmake/foreign.txt OKR_FOREIGN_ROWS)

# The layer of a folder; empty if the table does not know it.
function(okr_layer_of folder ret_layer)
  set(${ret_layer} "" PARENT_SCOPE)
  foreach(row IN LISTS OKR_LAYER_ROWS)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(GET row 0 name)
    if(name STREQUAL folder)
      list(GET row 1 layer)
      set(${ret_layer} ${layer} PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# okr_layer_check(USER USED): fails if folder USER may not use folder USED.
function(okr_layer_check user used)
  okr_layer_of(${user} user_layer)
  okr_layer_of(${used} used_layer)
  foreach(folder user used)
    if(${folder}_layer STREQUAL "")
      message(FATAL_ERROR "cmake/layers.txt does not list ${${folder}}")
    endif()
  endforeach()
  if(NOT used_layer LESS user_layer)
    message(FATAL_ERROR
      "${user} (layer ${user_layer}) links ${used} (layer ${used_layer}); "
      "only a strictly lower layer may be used: move what both need below, "
      "or hand it in as an argument.")
  endif()
  if("${user}|${used}" MATCHES "^client.*[|]server|^server.*[|]client")
    message(FATAL_ERROR
      "${user} links ${used}: client/ and server/ never use each other; "
      "what both must compute alike belongs into common/.")
  endif()
endfunction()

# Links `target` with the foreign libraries that have a door in `folder`.
function(okr_link_foreign target folder)
  foreach(row IN LISTS OKR_FOREIGN_ROWS)
    separate_arguments(row UNIX_COMMAND "${row}")
    list(GET row 0 name)
    list(GET row 1 module)
    list(GET row 4 doors)
    string(REPLACE "," ";" doors ${doors})
    foreach(door IN LISTS doors)
      if("${door}/" MATCHES "^${folder}/")
        if(module MATCHES "^-l" AND NOT TARGET PkgConfig::okr_${name})
          # It brings no pkg-config file.
          add_library(PkgConfig::okr_${name} INTERFACE IMPORTED GLOBAL)
          target_link_libraries(PkgConfig::okr_${name} INTERFACE ${module})
        endif()
        if(NOT TARGET PkgConfig::okr_${name})
          pkg_check_modules(okr_${name} REQUIRED QUIET GLOBAL
            IMPORTED_TARGET ${module})
        endif()
        target_link_libraries(${target} PRIVATE PkgConfig::okr_${name})
      endif()
    endforeach()
  endforeach()
endfunction()

# Compiles each header by itself: a header that needs another one first would
# break whoever sorts includes differently.
# Private headers may include what only the library itself links: `links`.
function(okr_headers_alone name folder headers links)
  set(sources "")
  foreach(header IN LISTS headers)
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${header})
    set(source ${CMAKE_BINARY_DIR}/headers/${path}.c)
    file(CONFIGURE OUTPUT ${source} CONTENT
      "#include \"${path}\"\nextern int okr_header_stands_alone;\n" @ONLY)
    list(APPEND sources ${source})
  endforeach()
  if(sources)
    add_library(okr_${name}_headers OBJECT ${sources})
    target_link_libraries(okr_${name}_headers PRIVATE okr_flags ${links})
    okr_link_foreign(okr_${name}_headers ${folder})
  endif()
endfunction()

# okr_library(NAME FOLDER folder [EXCLUDE file...] [LINKS name...]
#             [PRIVATE_LINKS target...])
#
# Makes okr_NAME of FOLDER/*.c; an INTERFACE library if there are none, which
# still passes on what it links.  LINKS are names of our libraries
# of lower layers, PRIVATE_LINKS any other targets.  The layer comes from
# cmake/layers.txt, foreign libraries from cmake/foreign.txt.
function(okr_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER"
    "EXCLUDE;LINKS;PRIVATE_LINKS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_FOLDER)
    message(FATAL_ERROR "okr_library(${name}): ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  okr_layer_of(${arg_FOLDER} layer)
  if(layer STREQUAL "")
    message(FATAL_ERROR "cmake/layers.txt does not list ${arg_FOLDER}")
  endif()
  set_property(GLOBAL PROPERTY OKR_FOLDER_${name} ${arg_FOLDER})
  set(dir ${CMAKE_SOURCE_DIR}/${arg_FOLDER})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.c)
  file(GLOB headers CONFIGURE_DEPENDS ${dir}/*.h)
  foreach(file IN LISTS arg_EXCLUDE)
    list(REMOVE_ITEM sources ${dir}/${file})
  endforeach()

  foreach(link IN LISTS arg_LINKS)
    get_property(used GLOBAL PROPERTY OKR_FOLDER_${link})
    if(NOT used)
      message(FATAL_ERROR "okr_library(${name}): no library ${link}; "
        "libraries of lower layers are defined first.")
    endif()
    okr_layer_check(${arg_FOLDER} ${used})
  endforeach()

  if(sources)
    set(scope PUBLIC)
    add_library(okr_${name} STATIC ${sources} ${headers})
    okr_link_foreign(okr_${name} ${arg_FOLDER})
    target_link_libraries(okr_${name} PRIVATE ${arg_PRIVATE_LINKS})
  else()
    set(scope INTERFACE)
    add_library(okr_${name} INTERFACE)
  endif()
  target_link_libraries(okr_${name} ${scope} okr_flags)
  foreach(link IN LISTS arg_LINKS)
    target_link_libraries(okr_${name} ${scope} okr_${link})
  endforeach()
  set_target_properties(okr_${name} PROPERTIES
    OKR_LAYER ${layer} OKR_FOLDER ${arg_FOLDER})
  set_property(GLOBAL APPEND PROPERTY OKR_LIBRARIES okr_${name})
  if(OKR_HEADERS_ALONE)
    okr_headers_alone(${name} ${arg_FOLDER} "${headers}"
      "${arg_PRIVATE_LINKS}")
  endif()
endfunction()

# okr_program(NAME SOURCE file LINKS name...): bin/NAME, if SOURCE exists.
# SOURCE's folder must stand above the folders it links, unless it is the
# folder of the (one) library itself.
function(okr_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE" "LINKS")
  file(GLOB source CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${arg_SOURCE})
  get_filename_component(folder ${arg_SOURCE} DIRECTORY)
  if(NOT source)
    return()
  endif()
  add_executable(${name} ${source})
  add_dependencies(${name} okr-catalogues)
  target_link_libraries(${name} PRIVATE okr_flags)
  okr_link_foreign(${name} ${folder})
  foreach(link IN LISTS arg_LINKS)
    get_property(used GLOBAL PROPERTY OKR_FOLDER_${link})
    if(NOT used STREQUAL folder)
      okr_layer_check(${folder} ${used})
    endif()
    target_link_libraries(${name} PRIVATE okr_${link})
  endforeach()
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${OKR_BIN_DIR})
endfunction()
