# Functions that the project's CMake files share.

if(GDR_STATIC)
  include(GDRStatic)
endif()

set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# The headers that nearly every file includes, parsed once.
add_library(gdr-pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
target_precompile_headers(gdr-pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # Lets ccache reuse the precompiled header.
  set(GDR_PCH_OPTIONS "SHELL:-Xclang -fno-pch-timestamp")
  target_compile_options(gdr-pch PRIVATE ${GDR_PCH_OPTIONS})
endif()

# What every library and tool of the compiler links: the MLIR and LLVM shared
# libraries, or their archives in the portable build.
if(GDR_STATIC)
  set(GDR_MLIR_LIBS ${GDR_MLIR_ARCHIVES})
else()
  set(GDR_MLIR_LIBS MLIR LLVM)
endif()

# add_gdr_library(name sources... DEPENDS tablegen-targets... LINK_LIBS ours...)
function(add_gdr_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_precompile_headers(${name} REUSE_FROM gdr-pch)
  target_compile_options(${name} PRIVATE ${GDR_PCH_OPTIONS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} ${GDR_MLIR_LIBS})
endfunction()

# add_gdr_tool(name sources... LINK_LIBS ours...)
function(add_gdr_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  # LLVM's flags have -fPIC. With CMake's -fPIE after it, clang would refuse the
  # precompiled header, which was built without.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_precompile_headers(${name} REUSE_FROM gdr-pch)
  target_compile_options(${name} PRIVATE ${GDR_PCH_OPTIONS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} ${GDR_MLIR_LIBS})
  if(GDR_STATIC)
    target_link_options(${name} PRIVATE -Wl,--gc-sections -Wl,-s -static-libstdc++ -static-libgcc)
  endif()
endfunction()
