# Each fuzz target once more with the tests' own compiler: its corpus and a few thousand changed copies of it.
include(${CMAKE_SOURCE_DIR}/fuzz/targets.cmake)

foreach(source ${PENSTOCK_FUZZ_SOURCES})
  penstock_fuzz_name(${source} name)
  add_executable(replay_${name} ${source} ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc)
  penstock_fuzz_link(replay_${name} ${source})
  add_test(NAME fuzz.${name} COMMAND replay_${name} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)
endforeach()
