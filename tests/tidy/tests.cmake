# tidy: the house rules on this tree; tidy_selftest: tidy sees what it should;
# catalogue: nothing that people read is untranslated.
set(tidy ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
  ${Python3_EXECUTABLE})
okr_command_test(tidy
  COMMAND ${tidy} ${CMAKE_SOURCE_DIR}/tests/tidy/tidy.py ${CMAKE_SOURCE_DIR}
    ${CMAKE_BINARY_DIR}/compile_commands.json)
okr_command_test(tidy_selftest
  COMMAND ${tidy} ${CMAKE_SOURCE_DIR}/tests/tidy/selftest.py
    ${CMAKE_SOURCE_DIR})
# catalogue: nothing that people read is untranslated.
okr_command_test(catalogue COMMAND bash ${CMAKE_SOURCE_DIR}/tests/tidy/catalogue.sh)
