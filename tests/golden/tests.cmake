# The dumps in docs/protocol.md are the golden files, and their comments are
# what the bytes say.
okr_command_test(golden/protocol_doc
  COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
    ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/golden/golden.py --check)
