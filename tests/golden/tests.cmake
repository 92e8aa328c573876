# The dumps in docs/protocol.md are the golden files, and their comments are
# what the bytes say.
okr_command_test(golden/protocol_doc
  COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
    ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/golden/golden.py --check)

# docs/TOUR.md names what is there; the tables of docs/domain.md are the code's.
okr_command_test(golden/docs
  COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
    ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/golden/docs.py --check)
