# The portable compiler: MLIR and LLVM from their static archives, so that the
# tools run on a machine that has neither.
#
# Debian builds LLVM as one shared library, and its exported CMake targets say
# so: every archive of MLIR and lld asks for libLLVM.so, and the execution engine for
# libMLIR.so too. A tool that listed only archives would still get both, and
# with them a second copy of MLIR's type ids. The archives themselves are
# complete, so this file only rewrites what the imported targets ask for. It
# is included once, after find_package(MLIR) and LLVM's own CMake modules.

# LLVM's CMake functions would otherwise replace components by libLLVM.so.
set(LLVM_LINK_LLVM_DYLIB OFF)
set(MLIR_LINK_MLIR_DYLIB OFF)

# The parts of LLVM that stand in for libLLVM.so: code generation for the GPU
# and for the host, the JIT, and what MLIR's translation to LLVM IR uses. The
# linker takes from them only what the tools reach.
llvm_map_components_to_libnames(GDR_LLVM_ARCHIVES
  # IR: reading, writing, linking and optimizing it.
  Analysis BitReader BitWriter Core IRReader Linker Passes Support Target
  TargetParser TransformUtils ipo
  # Shared libraries: lld, and the stubs of those that they need.
  DTLTO DebugInfoDWARF Demangle InterfaceStub LTO Object Option
  # Code for the GPU, as PTX.
  MC NVPTXCodeGen NVPTXDesc NVPTXInfo
  # Code for the host.
  ${LLVM_NATIVE_ARCH}AsmParser ${LLVM_NATIVE_ARCH}CodeGen
  ${LLVM_NATIVE_ARCH}Desc ${LLVM_NATIVE_ARCH}Info
  # The JIT.
  ExecutionEngine JITLink OrcDebugging OrcJIT OrcTargetProcess PerfJITEvents
  RuntimeDyld
  # MLIR's OpenMP and offloading translations.
  FrontendOffloading FrontendOpenMP)

foreach(target IN LISTS MLIR_EXPORTED_TARGETS ITEMS lldCommon lldELF)
  if(NOT TARGET ${target})
    continue()
  endif()
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  # lld asks for shared zlib and zstd too; see LLVMSupport below.
  set(shared LLVM MLIR "$<LINK_ONLY:LLVM>" "$<LINK_ONLY:MLIR>" ZLIB::ZLIB zstd::libzstd_shared)
  set(archives ${libraries})
  list(REMOVE_ITEM archives ${shared})
  if(NOT archives STREQUAL libraries)
    set(libraries ${archives})
    list(APPEND libraries ${GDR_LLVM_ARCHIVES})
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${libraries}")
  endif()
endforeach()

# lld initializes every backend that LLVM was built with, for link-time
# optimization. Only those that this compiler needs are here.
set(other_backends "/* Written by cmake/GDRStatic.cmake. */\n")
foreach(backend IN LISTS LLVM_TARGETS_TO_BUILD)
  if(NOT backend STREQUAL LLVM_NATIVE_ARCH AND NOT backend STREQUAL NVPTX)
    foreach(part TargetInfo Target TargetMC AsmPrinter AsmParser)
      string(APPEND other_backends "void LLVMInitialize${backend}${part}(void) {}\n")
    endforeach()
  endif()
endforeach()
set(GDR_OTHER_BACKENDS ${CMAKE_BINARY_DIR}/OtherBackends.c)
file(CONFIGURE OUTPUT ${GDR_OTHER_BACKENDS} CONTENT "${other_backends}" @ONLY)
add_library(GDROtherBackends STATIC ${GDR_OTHER_BACKENDS})
set_property(TARGET lldELF APPEND PROPERTY INTERFACE_LINK_LIBRARIES GDROtherBackends)

# The execution engine names libMLIR.so in place of the archives it uses.
set_target_properties(MLIRExecutionEngine PROPERTIES INTERFACE_LINK_LIBRARIES
  "MLIRExecutionEngineUtils;MLIRLLVMDialect;MLIRTargetLLVMIRExport;MLIRIR;MLIRSupport;${GDR_LLVM_ARCHIVES}")

# lld names Polly, an extension of link-time optimization, whose archive is in
# another package. What is linked here is code already.
set_target_properties(LLVMExtensions PROPERTIES
  INTERFACE_LINK_LIBRARIES ""
  INTERFACE_LINK_OPTIONS "LINKER:--defsym=_Z18getPollyPluginInfov=0")

# LLVMSupport asks for shared zstd, zlib and z3. The first two exist as
# archives; nothing that the tools reach calls z3.
find_library(GDR_ZSTD_ARCHIVE libzstd.a REQUIRED)
find_library(GDR_ZLIB_ARCHIVE libz.a REQUIRED)
mark_as_advanced(GDR_ZSTD_ARCHIVE GDR_ZLIB_ARCHIVE)
set_target_properties(LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES
  "LLVMDemangle;${GDR_ZSTD_ARCHIVE};${GDR_ZLIB_ARCHIVE};rt;dl;m")

# The parts of MLIR that the tools use; the linker drops what they do not reach.
get_property(GDR_DIALECT_ARCHIVES GLOBAL PROPERTY MLIR_DIALECT_LIBS)
get_property(GDR_CONVERSION_ARCHIVES GLOBAL PROPERTY MLIR_CONVERSION_LIBS)
set(GDR_MLIR_ARCHIVES
  ${GDR_DIALECT_ARCHIVES}
  ${GDR_CONVERSION_ARCHIVES}
  MLIRBuiltinToLLVMIRTranslation
  MLIRExecutionEngine
  MLIRFuncAllExtensions
  MLIRGPUToLLVMIRTranslation
  MLIRLLVMToLLVMIRTranslation
  MLIRLspServerLib
  MLIRNVVMTarget
  MLIRNVVMToLLVMIRTranslation
  MLIROptLib
  MLIRRegisterAllDialects
  MLIRTransforms)
