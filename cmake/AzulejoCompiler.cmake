# The compiler is one shared library, libAzulejoCompiler, of everything under dialects/ and lib/, so
# that the tools and out-of-tree pass plugins share one copy of every type id. It links Debian's
# complete libMLIR.so and nothing else of MLIR: targets such as MLIRIR are static, and mixed in they
# would define every type id twice.

add_library(AzulejoCompiler SHARED)
add_library(Azulejo::Compiler ALIAS AzulejoCompiler)

# One precompiled header for every file of the compiler and its tools: a typical file takes 3 s with
# it and 50 s without.
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
target_precompile_headers(AzulejoCompiler PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/cmake/CompilerPrecompiled.h)
set(azulejo_compile_options -Wall -Wextra -Wno-unused-parameter -fvisibility-inlines-hidden -Xclang -fno-pch-timestamp)

target_compile_options(AzulejoCompiler PRIVATE ${azulejo_compile_options})
target_include_directories(AzulejoCompiler
  PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${CMAKE_CURRENT_BINARY_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/azulejo-compiler>)
target_include_directories(AzulejoCompiler SYSTEM
  PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_link_libraries(AzulejoCompiler PUBLIC MLIR LLVM PRIVATE lldELF lldCommon ONNX::onnx absl::status absl::statusor)
set_target_properties(AzulejoCompiler PROPERTIES OUTPUT_NAME AzulejoCompiler)

# azulejo_tablegen(FILE.td (OUTPUT -gen-flag)...): generates beside the folder's place in the build
# tree.
function(azulejo_tablegen td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(arguments ${ARGN})
  while(arguments)
    list(POP_FRONT arguments output flags)
    separate_arguments(flags)
    mlir_tablegen(${output} ${flags} EXTRA_INCLUDES
      ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${MLIR_INCLUDE_DIRS})
  endwhile()
  string(MAKE_C_IDENTIFIER "tablegen_${CMAKE_CURRENT_SOURCE_DIR}_${td}" target)
  string(REPLACE "${PROJECT_SOURCE_DIR}" "" target "${target}")
  add_custom_target(${target} DEPENDS ${TABLEGEN_OUTPUT})
  add_dependencies(AzulejoCompiler ${target})
  set(TABLEGEN_OUTPUT "" PARENT_SCOPE)
endfunction()

# azulejo_sources(): every .cpp of the calling folder belongs to the compiler, and its Passes.td,
# where there is one, becomes Passes.h.inc. A new pass is a new file, and no list.
function(azulejo_sources)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  target_sources(AzulejoCompiler PRIVATE ${sources})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/Passes.td)
    get_filename_component(stage ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    azulejo_tablegen(Passes.td Passes.h.inc "-gen-pass-decls -name=${stage}")
  endif()
endfunction()

# azulejo_program(NAME source...): a program over the compiler library that reuses its precompiled
# header.
function(azulejo_program name)
  add_executable(${name} ${ARGN})
  # -fPIC, where CMake would say -fPIE: the flags must be those the precompiled header was made
  # with.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE ${azulejo_compile_options} -fPIC)
  target_precompile_headers(${name} REUSE_FROM AzulejoCompiler)
  target_link_libraries(${name} PRIVATE AzulejoCompiler)
endfunction()

# azulejo_tool(NAME source...): such a program that users get.
function(azulejo_tool name)
  azulejo_program(${name} ${ARGN})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
