# okr-ask, with which tests ask a daemon what no command would.
add_executable(okr-ask ${CMAKE_SOURCE_DIR}/tests/e2e/ask.c)
target_link_libraries(okr-ask PRIVATE okr_flags okr_net PkgConfig::okr_zmq)
set_target_properties(okr-ask PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# okr-flip, which does to a store what a bad disk does.
add_executable(okr-flip ${CMAKE_SOURCE_DIR}/tests/e2e/flip.c)
target_link_libraries(okr-flip PRIVATE okr_flags okr_store)
set_target_properties(okr-flip PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# okr-peek, a peer that does not behave.
add_executable(okr-peek ${CMAKE_SOURCE_DIR}/tests/e2e/peek.c)
target_link_libraries(okr-peek PRIVATE okr_flags okr_net PkgConfig::okr_zmq)
set_target_properties(okr-peek PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
