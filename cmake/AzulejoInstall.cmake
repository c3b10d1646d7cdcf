# What `cmake --install` leaves for others: find_package(Azulejo) gives Azulejo::Runtime (the C
# API), and Azulejo::Compiler, over which passes are written out of tree (test/plugin does that).
# The compiler's headers, written and generated, lie in a folder of their own, because they are
# included by their paths in this tree.

include(CMakePackageConfigHelpers)

set(azulejo_headers ${CMAKE_INSTALL_INCLUDEDIR}/azulejo-compiler)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/azulejo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(tree ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  install(DIRECTORY ${tree}/dialects ${tree}/lib DESTINATION ${azulejo_headers}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)
endforeach()

set_target_properties(AzulejoCompiler PROPERTIES EXPORT_NAME Compiler)
install(TARGETS AzulejoCompiler EXPORT AzulejoTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(azulejo_package ${CMAKE_INSTALL_LIBDIR}/cmake/Azulejo)
install(EXPORT AzulejoTargets NAMESPACE Azulejo:: DESTINATION ${azulejo_package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/AzulejoConfig.cmake.in
  ${PROJECT_BINARY_DIR}/AzulejoConfig.cmake INSTALL_DESTINATION ${azulejo_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/AzulejoConfigVersion.cmake COMPATIBILITY ExactVersion)
install(FILES ${PROJECT_BINARY_DIR}/AzulejoConfig.cmake ${PROJECT_BINARY_DIR}/AzulejoConfigVersion.cmake
  DESTINATION ${azulejo_package})
