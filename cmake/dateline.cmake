# What every folder's CMakeLists.txt is written in: dtl_library, dtl_program, dtl_test, dtl_fuzz.

include(CheckLinkerFlag)
add_library(dtl_flags INTERFACE)
target_include_directories(dtl_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(dtl_flags INTERFACE _GNU_SOURCE DTL_VERSION="${PROJECT_VERSION}"
                           $<$<BOOL:${DTL_SIMD}>:DTL_SIMD=1>)
# Contraction would let two builds round a score differently: an answer's bits depend on the articles alone.
target_compile_options(dtl_flags INTERFACE -ffp-contract=off -fno-common -fstack-protector-strong
  $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wwrite-strings -Wcast-qual -Wundef -Wformat=2
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>
  $<$<BOOL:${DTL_WERROR}>:-Werror>)
target_link_options(dtl_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
if(DTL_SANITIZE)
  target_compile_options(dtl_flags INTERFACE -fsanitize=${DTL_SANITIZE} -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
  string(REPLACE "fuzzer-no-link," "" DTL_SANITIZE_LINK "${DTL_SANITIZE}")
  target_link_options(dtl_flags INTERFACE -fsanitize=${DTL_SANITIZE_LINK})
endif()
if(DTL_COVERAGE)
  target_compile_options(dtl_flags INTERFACE --coverage)
  target_link_options(dtl_flags INTERFACE --coverage)
endif()

# A library without a pkg-config file: find it and its header, offer it as dtl_ext_NAME.
function(dtl_find_plain VAR LIB HEADER)
  find_library(DTL_LIB_${VAR} ${LIB} REQUIRED)
  find_path(DTL_INC_${VAR} ${HEADER} REQUIRED)
  add_library(dtl_ext_${LIB} INTERFACE)
  target_link_libraries(dtl_ext_${LIB} INTERFACE ${DTL_LIB_${VAR}})
  target_include_directories(dtl_ext_${LIB} SYSTEM INTERFACE ${DTL_INC_${VAR}})
endfunction()

# dtl_either(NAME SHARED library ARCHIVES name... [NEEDS flag...]): dtl_NAME is the shared library, except in a program
# made by dtl_starts_fast, which holds the archives itself. Missing archives make no difference but time.
function(dtl_either NAME)
  cmake_parse_arguments(A "" "SHARED" "ARCHIVES;NEEDS" ${ARGN})
  set(files)
  foreach(archive ${A_ARCHIVES})
    find_library(DTL_ARCHIVE_${archive} lib${archive}.a)
    if(NOT DTL_ARCHIVE_${archive})
      message(STATUS "no lib${archive}.a: dateline-query will start slower")
      set(DTL_ARCHIVES OFF)
    endif()
    list(APPEND files ${DTL_ARCHIVE_${archive}})
  endforeach()
  add_library(dtl_${NAME} INTERFACE)
  target_include_directories(dtl_${NAME} SYSTEM INTERFACE
                             $<TARGET_PROPERTY:${A_SHARED},INTERFACE_INCLUDE_DIRECTORIES>)
  set(archived 0)
  if(DTL_ARCHIVES AND NOT DTL_SANITIZE)
    set(archived $<BOOL:$<TARGET_PROPERTY:DTL_STARTS_FAST>>)
  endif()
  foreach(file ${files} ${A_NEEDS})
    target_link_libraries(dtl_${NAME} INTERFACE "$<${archived}:${file}>")
  endforeach()
  target_link_libraries(dtl_${NAME} INTERFACE "$<$<NOT:${archived}>:${A_SHARED}>")
endfunction()

# dtl_starts_fast(PROGRAM): a program that is started once a query (docs/decisions/0090).
check_linker_flag(C -Wl,-z,pack-relative-relocs DTL_PACKS_RELOCATIONS)
function(dtl_starts_fast NAME)
  set_target_properties(${NAME} PROPERTIES DTL_STARTS_FAST ON)
  target_link_options(${NAME} PRIVATE -Wl,--gc-sections)
  if(DTL_PACKS_RELOCATIONS AND NOT DTL_SANITIZE)
    target_link_options(${NAME} PRIVATE -Wl,-z,pack-relative-relocs)
  endif()
endfunction()

# dtl_library(NAME SOURCES file... DEPENDS library...): the static library dtl_NAME of one folder.
function(dtl_library NAME)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(dtl_${NAME} STATIC ${A_SOURCES})
  target_link_libraries(dtl_${NAME} PUBLIC dtl_flags ${A_DEPENDS})
endfunction()

# dtl_program(NAME SOURCES file... DEPENDS library...): an executable; install it yourself if it is for users.
function(dtl_program NAME)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE dtl_flags ${A_DEPENDS})
endfunction()

# dtl_test(NAME DEPENDS library... [LABEL short|medium|long]): tests/unit/NAME.c as a cmocka program.
function(dtl_test NAME)
  cmake_parse_arguments(A "" "LABEL" "DEPENDS" ${ARGN})
  if(NOT DTL_CMOCKA)
    return()
  endif()
  add_executable(${NAME} ${PROJECT_SOURCE_DIR}/tests/unit/${NAME}.c)
  target_link_libraries(${NAME} PRIVATE dtl_flags ${A_DEPENDS} ${DTL_CMOCKA})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit)
  add_test(NAME ${NAME} COMMAND ${NAME})
  if(NOT A_LABEL)
    set(A_LABEL short)
  endif()
  set_tests_properties(${NAME} PROPERTIES LABELS ${A_LABEL} TIMEOUT 900)
endfunction()

# dtl_fuzz(NAME DEPENDS library...): tests/fuzz/NAME.c. With DTL_FUZZ a libFuzzer program for tools/fuzz; otherwise
# linked to standalone.c, which replays the corpus tests/fuzz/corpora/NAME and damages it a fixed number of times, as a test.
add_custom_target(fuzz_targets)
function(dtl_fuzz NAME)
  cmake_parse_arguments(A "" "" "DEPENDS" ${ARGN})
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpora/${NAME})
  if(DTL_FUZZ)
    add_executable(${NAME} ${PROJECT_SOURCE_DIR}/tests/fuzz/${NAME}.c)
    target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/targets)
  else()
    add_executable(${NAME} ${PROJECT_SOURCE_DIR}/tests/fuzz/${NAME}.c ${PROJECT_SOURCE_DIR}/tests/fuzz/standalone.c)
    add_test(NAME ${NAME} COMMAND ${NAME} ${corpus})
    set_tests_properties(${NAME} PROPERTIES LABELS short TIMEOUT 300)
  endif()
  target_link_libraries(${NAME} PRIVATE dtl_flags ${A_DEPENDS})
  add_dependencies(fuzz_targets ${NAME})
endfunction()
