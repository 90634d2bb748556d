# Who only runs the server needs no Python; ./test installs it.
find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(PYTHON3)
  add_test(NAME Arrows.IncludesFollowTheTable
           COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/arrows/check_arrows.py ${CMAKE_SOURCE_DIR})
  add_test(NAME Arrows.BrokenRulesAreFound
           COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/arrows/check_arrows.py --self-test)
endif()
