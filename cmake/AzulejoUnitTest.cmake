# azulejo_unit_test(NAME source... [COMPILER]): a GoogleTest program, which `tools/dev test` finds
# in build/test/unit and runs. With COMPILER it links the compiler and is built with its precompiled
# header; without, the runtime alone.
find_package(GTest REQUIRED)

function(azulejo_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 argument "COMPILER" "" "")
  if(argument_COMPILER)
    azulejo_program(${name} ${argument_UNPARSED_ARGUMENTS})
  else()
    add_executable(${name} ${argument_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_options(${name} PRIVATE -Wall -Wextra)
  endif()
  target_link_libraries(${name} PRIVATE azulejo_runtime_io GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
endfunction()
