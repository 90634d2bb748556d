# Formatting is checked, not argued about. ccache has no part in it: the whole tree takes seconds.
find_program(CLANG_FORMAT NAMES clang-format-14 clang-format)
if(CLANG_FORMAT)
  add_test(NAME Style.SourcesAreFormatted
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/style/check_format.sh ${CLANG_FORMAT}
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endif()
