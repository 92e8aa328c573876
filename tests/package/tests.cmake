# What is installed: units and packages.
okr_command_test(package/units
  COMMAND bash ${CMAKE_SOURCE_DIR}/tests/package/units.sh)
