# What the fuzzers and their replays share. A target is fuzz/<name>_fuzz.cc with its corpus in fuzz/corpus/<name>/.
# The line "// Rooms: codec http" in it names the rooms that it links (with those they depend on); without such
# a line it links all.

file(GLOB PENSTOCK_FUZZ_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.cc)

# penstock_fuzz_name(SOURCE OUT): "frame" of fuzz/frame_fuzz.cc.
function(penstock_fuzz_name source out)
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name ${name})
  set(${out} ${name} PARENT_SCOPE)
endfunction()

# penstock_fuzz_link(TARGET SOURCE)
function(penstock_fuzz_link target source)
  file(STRINGS ${source} line REGEX "^// Rooms: " LIMIT_COUNT 1)
  if(line)
    string(REGEX REPLACE "^// Rooms: *" "" rooms "${line}")
    separate_arguments(rooms)
  else()
    set(rooms base model codec journal store catalog archive auth http dialects/common dialects/piwebapi dialects/omf
              dialects/buildingx dialects/energyview console cli app)
  endif()
  foreach(room ${rooms})
    string(REPLACE "/" "_" room ${room})
    if(TARGET penstock_${room})
      target_link_libraries(${target} PRIVATE penstock_${room})
    endif()
  endforeach()
endfunction()
