# What `cmake --install` puts under the prefix: the tools, the runtime (in
# lib/Runtime) and, to embed the compiler with find_package(GDR), its libraries
# and headers.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(GDR_TOOLS gdr-lsp-server gdr-opt gdr-run)
foreach(tool IN LISTS GDR_TOOLS)
  # The folders of MLIR and LLVM, unless the tool is portable.
  set_target_properties(${tool} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
endforeach()
install(TARGETS ${GDR_TOOLS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The libraries of the portable build link archives of MLIR with changed
# properties (GDRStatic.cmake), which no other project has.
if(GDR_STATIC)
  return()
endif()

# GDRTarget is GDR::Target for those who link it.
set(GDR_LIBRARIES
  GDRConversion
  GDRDialect
  GDRInterpreter
  GDRPipelines
  GDRRegistration
  GDRTarget
  GDRTransforms
  GDRUtils
  WGDialect
  WGTransforms
)
foreach(library IN LISTS GDR_LIBRARIES)
  string(REGEX REPLACE "^GDR" "" exported ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${exported})
  target_include_directories(${library} INTERFACE
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
install(TARGETS ${GDR_LIBRARIES} EXPORT GDRTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

foreach(root ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  install(DIRECTORY ${root}/include/gdr
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.inc" PATTERN "*.td"
    PATTERN "CMakeFiles" EXCLUDE)
endforeach()

set(GDR_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/GDR)
install(EXPORT GDRTargets NAMESPACE GDR:: DESTINATION ${GDR_CMAKE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/GDRConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/GDRConfig.cmake
  INSTALL_DESTINATION ${GDR_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/GDRConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/cmake/GDRConfig.cmake
  ${PROJECT_BINARY_DIR}/cmake/GDRConfigVersion.cmake
  DESTINATION ${GDR_CMAKE_DIR})
