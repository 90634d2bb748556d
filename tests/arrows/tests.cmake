# Debian's own Python, which has python3-requests.
find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
add_test(NAME Arrows.IncludesFollowTheTable
         COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/arrows/check_arrows.py ${CMAKE_SOURCE_DIR})
add_test(NAME Arrows.BrokenRulesAreFound
         COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/arrows/check_arrows.py --self-test)
