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

def CompileVariants : Pass<"gdr-compile-variants", "::mlir::ModuleOp"> {
  let summary = "Compile a module by several pipelines, for groups of chips";
  let description = [{
    Runs each of the pipelines on a copy of the module and joins the results:
    every function has a variant for each pipeline. What they define gets the
    variant's name as a suffix; what they declare is shared.

    ```mlir
    func.func @f()
    ```
    becomes, with `names=a,b` and pipelines that declare @g,
    ```mlir
    func.func private @g()
    func.func @f.a()
    func.func @f.b()
    ```

    `gdr-compile` uses it for chips whose kernels differ in form, since host code
    depends on the form: each pipeline ends in host code with the same `gdr.entry`
    and a GPU module with targets of its own, of which `gdr-emit-entry` makes one
    entry point. For other chips it compiles the module once.
  }];
  let options = [
    ListOption<"names", "names", "std::string", "suffix of each variant">,
    ListOption<"pipelines", "pipelines", "::mlir::OpPassManager",
               "pipeline of each variant, on builtin.module">
  ];
}

def VerifyChips : Pass<"gdr-verify-chips"> {
  let summary = "Refuse chips that are not supported";
  let description = [{
    Fails if one of the chips is unknown, and changes nothing. Pipelines that
    choose their passes by chips begin with it.
  }];
  let options = [
    ListOption<"chips", "chips", "std::string", "names of chips, such as sm_90a">
  ];
}

def AllocateWorkspace : Pass<"gdr-allocate-workspace", "::mlir::ModuleOp"> {
  let summary = "Turn allocations on the device into parts of the workspace";
  let description = [{
    Replaces each `memref.alloc` in host code of entry points on the device by a
    view of the workspace that the caller provides, at an offset that is a
    multiple of 256 bytes, and adds the function that computes how much of it a
    call needs. Allocations on the two sides of an `scf.if` share their place;
    others have one each for the whole call. `memref.dealloc` is dropped.

    ```mlir
    func.func private @prefill.host(%call: !llvm.ptr, %n: index) attributes {gdr.entry = {...}} {
      %0 = memref.alloc(%n) : memref<?x64xf32>
    ```
    becomes
    ```mlir
    func.func private @prefill.host(%call: !llvm.ptr, %n: index)
        attributes {gdr.entry = {...}, gdr.workspace_size = @prefill.workspace_size} {
      %base = llvm.call @gdr_call_workspace(%call) : (!llvm.ptr) -> !llvm.ptr
      ...
      %0 = memref.view %workspace[%offset][%n] : memref<?xi8> to memref<?x64xf32>
    }
    func.func private @prefill.workspace_size(%n: index) -> i64
    ```

    Requires sizes that follow from the function's arguments through operations
    without side effects.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect"
  ];
}

def TensorMapToRuntime : Pass<"gdr-tensor-map-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Lower tensor maps to calls of the runtime";
  let description = [{
    Lowers `gdr.encode_tensor_map` in host code of entry points to a call of
    gdr_encode_tensor_map, which fills 128 bytes on the stack,
    `gdr.fits_boxes` to calls of gdr_fits_boxes and `gdr.expect_boxes` to calls
    of gdr_expect_boxes, one for each tensor. All take a description of a tensor,
    a `gdr_tensor_map` on the stack.

    ```mlir
    %map = gdr.encode_tensor_map %k box [1, 64, 1, 64] swizzle 128 : memref<...> -> !llvm.ptr
    ```
    becomes
    ```mlir
    %map = llvm.alloca %one x !llvm.array<128 x i8> {alignment = 128 : i64} : (i64) -> !llvm.ptr
    llvm.call @gdr_encode_tensor_map(%call, %map, %description)
    ```

    The kernel's argument, a pointer, becomes a copy of the tensor map in
    constant memory:

    ```mlir
    llvm.func @kernel(%map: !llvm.ptr {llvm.align = 128 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
    ```

    Requires kernels in the LLVM dialect and memrefs.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect"
  ];
}

def WaitAtStart : Pass<"gdr-wait-at-start", "::mlir::ModuleOp"> {
  let summary = "Let kernels start before the previous one has ended";
  let description = [{
    A kernel that waits for the previous one itself, with `nvvm.griddepcontrol
    wait`, may be launched before that one has ended, so that launches cost less
    on the host and on the device. Gives each kernel that has no such wait one as
    its first operation, so that nothing depends on what the previous kernel does,
    and marks its launches for `gdr-launch-to-runtime`.

    A kernel that waits later has to wait on every path, in at least one thread of
    each block: whatever comes after it waits for it alone.

    ```mlir
    gpu.func @decode_recurrent(...) kernel {
      %block = gpu.block_id x
    }
    ```
    becomes
    ```mlir
    gpu.func @decode_recurrent(...) kernel {
      nvvm.griddepcontrol wait
      %block = gpu.block_id x
    }
    ```
  }];
  let dependentDialects = ["::mlir::NVVM::NVVMDialect"];
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

    Kernel operands are memrefs, of which the kernel takes the aligned pointer,
    and values of builtin types; a pointer is the address of the parameter
    itself where the kernel's argument has `llvm.byval`.

    Three attributes of a launch let its kernel start while the previous one still
    runs (programmatic dependent launch). The kernel must wait itself, with
    `nvvm.griddepcontrol wait`, before it touches what that one writes.

    - `gdr.waits_at_start`: always (see `gdr-wait-at-start`);
    - `gdr.waits_for_dependency`: if the caller of the entry point grants it;
    - `gdr.overlaps_previous_launch`: if the previous kernel is another launch
      of the same call.

    ```mlir
    gpu.launch_func @prefill_kernels::@scan blocks in (...) threads in (...)
        args(...) {gdr.overlaps_previous_launch}
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
    of its targets (run `gdr-attach-targets` first), or for each of its kernels and
    targets: objects are compiled at the same time. For a cubin `ptxas` is run, and
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
           "path of ptxas; found on the PATH or in a CUDA toolkit if empty">,
    Option<"split", "split", "bool", /*default=*/"false",
           "an object for each kernel, which it names">
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

#endif // GDR_TARGET_PASSES_TD
