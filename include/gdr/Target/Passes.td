//===- Passes.td - passes that end in objects --------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_PASSES_TD
#define GDR_TARGET_PASSES_TD

include "mlir/Pass/PassBase.td"

def DescribeEntry : Pass<"gdr-describe-entry", "::mlir::ModuleOp"> {
  let summary = "Turn public functions into host code of entry points";
  let description = [{
    Each public function with a body becomes the private host code of an entry
    point. Attribute `gdr.entry` keeps what the entry point has to check, and a
    first argument is added, the runtime's call object.

    ```mlir
    func.func @decode(%q: memref<?x1x16x128xbf16> {gdr.name = "q", ...}, ...)
    ```
    becomes
    ```mlir
    func.func private @decode.host(%call: !llvm.ptr, %q: memref<?x1x16x128xbf16>, ...)
        attributes {gdr.entry = {name = "decode", device = "cuda",
                                 arguments = [{name = "q", type = memref<...>, dims = ["B", ...]}, ...]}}
    ```

    Attribute `gdr.alignment` of an argument, in bytes, is optional and moves
    into the entry as well; the default is the size of an element.

    Requires functions without results whose arguments are memrefs in the
    default memory space, integers, indices or floats (run `one-shot-bufferize`
    and `buffer-results-to-out-params` first), whose names are C identifiers and
    which call no other function (run `inline` first).
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"cuda\"",
           "where the tensors live: cuda or cpu">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def LaunchToRuntime : Pass<"gdr-launch-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Lower gpu.launch_func to calls of gdr_launch";
  let description = [{
    Lowers the launches in host code of entry points (`gdr-describe-entry`) to
    calls of the runtime, which knows the kernels by their number. Attribute
    `gdr.kernels` of the function keeps their names.

    ```mlir
    gpu.launch_func @decode_kernels::@decode_recurrent blocks in (...) threads in (...) args(%base : memref<bf16>, ...)
    ```
    becomes
    ```mlir
    llvm.call @gdr_launch(%call, %kernel, %grid_x, ..., %parameters)
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect"
  ];
}

def AttachTargets : Pass<"gdr-attach-targets", "::mlir::ModuleOp"> {
  let summary = "Attach the chips to compile for to GPU modules";
  let description = [{
    Gives each `gpu.module` a `#nvvm.target` for each chip, with the lowest PTX
    version that knows it. An unknown chip is refused, as is an empty list; a
    chip that is named twice counts once.

    ```mlir
    gpu.module @decode_kernels
    ```
    becomes
    ```mlir
    gpu.module @decode_kernels [#nvvm.target<chip = "sm_90a", features = "+ptx80", O = 3>]
    ```
  }];
  let options = [
    ListOption<"chips", "chips", "std::string", "names of chips, such as sm_90a">
  ];
  let dependentDialects = ["::mlir::NVVM::NVVMDialect"];
}

def SerializeKernels : Pass<"gdr-serialize-kernels", "::mlir::ModuleOp"> {
  let summary = "Compile GPU modules to PTX or cubin";
  let description = [{
    Replaces each `gpu.module` of NVVM by a `gpu.binary` with one object for each
    of its targets (run `gdr-attach-targets` first). For a cubin `ptxas` is run, and
    what it reports (registers, spills, shared memory) is kept in the object's
    properties.

    Chips below sm_90 have no `griddepcontrol`; for them it is left out, and the
    runtime never launches their kernels before the previous one has ended.

    Inline assembly with side effects becomes convergent, so that LLVM does not
    move it into divergent control flow. A kernel that calls a function which is
    not defined (libdevice, say) is refused.
  }];
  let options = [
    Option<"format", "format", "std::string", /*default=*/"\"cubin\"",
           "ptx or cubin">,
    Option<"ptxas", "ptxas", "std::string", /*default=*/"",
           "path of ptxas; found on the PATH or in a CUDA toolkit if empty">
  ];
  let dependentDialects = [
    "::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::NVVM::NVVMDialect"
  ];
}

def EmitEntry : Pass<"gdr-emit-entry", "::mlir::ModuleOp"> {
  let summary = "Emit C entry points for described host code";
  let description = [{
    For each function with `gdr.entry` adds the entry points of
    include/gdr-c/Runtime.h: `name`, `name_workspace_size` and `name_load`, and
    the constant `gdr_function` that they pass to the runtime, with the argument
    table and the images of the `gpu.binary`.

    Requires the LLVM dialect.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def PassTensorMaps : Pass<"gdr-pass-tensor-maps", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Pass tensor maps by value, as parameters that stay in place";
  let description = [{
    A copy reads its tensor map where the launch has put it: the argument is
    `llvm.byval` and `nvvm.grid_constant`, or LLVM would give each thread a copy
    in local memory. Run after the conversion of `gpu.func`, which drops both;
    `gdr-wg-to-nvvm` says which arguments they are.
  }];
  let dependentDialects = ["::mlir::NVVM::NVVMDialect"];
}

#endif // GDR_TARGET_PASSES_TD
