# Tests against the real server. Each is a program that can be run by hand: tests/e2e/across.py
# Debian's own Python, which has python3-requests.
find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(TARGET penstock AND PYTHON3)
  foreach(name examples across refusals operations kill kill_loads backfill real_data omf_producers omf_edges
          slots clocks ev_domains tokens pi_tour fsync_order pi_live pi_settings administration receipts counts
          buffer undo)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.py)
      add_test(NAME EndToEnd.${name} COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.py)
      set_tests_properties(EndToEnd.${name} PROPERTIES TIMEOUT 600
                           ENVIRONMENT "PENSTOCK_TEST_BINARY=$<TARGET_FILE:penstock>")
    endif()
  endforeach()
  file(GLOB_RECURSE transcripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/conformance/*.http)
  if(transcripts)
    add_test(NAME Conformance.transcripts
             COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/conformance.py)
    set_tests_properties(Conformance.transcripts PROPERTIES TIMEOUT 600
                         ENVIRONMENT "PENSTOCK_TEST_BINARY=$<TARGET_FILE:penstock>")
  endif()
endif()
