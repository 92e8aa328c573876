# What is installed: units and packages.
okr_command_test(package/units
  COMMAND bash ${CMAKE_SOURCE_DIR}/tests/package/units.sh)
okr_command_test(package/man
  COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
    ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/package/man.py
    ${CMAKE_SOURCE_DIR} ${OKR_BIN_DIR})
okr_command_test(package/long_install
  COMMAND bash ${CMAKE_SOURCE_DIR}/tests/package/long_install.sh)
