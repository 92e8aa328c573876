# The catalogues of what the programs say: po/LANGUAGE.po, compiled to where
# they look for it, share/locale beside bin/ (in the build tree as in /usr).
find_program(OKR_MSGFMT msgfmt REQUIRED)
file(GLOB catalogues CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/po/*.po)
set(compiled "")
foreach(po IN LISTS catalogues)
  get_filename_component(language ${po} NAME_WE)
  set(folder ${CMAKE_BINARY_DIR}/share/locale/${language}/LC_MESSAGES)
  set(mo ${folder}/okr.mo)
  add_custom_command(OUTPUT ${mo} DEPENDS ${po} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${OKR_MSGFMT} --check -o ${mo} ${po})
  list(APPEND compiled ${mo})
endforeach()
add_custom_target(okr-catalogues ALL DEPENDS ${compiled})
