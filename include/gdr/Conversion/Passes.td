//===- Passes.td - conversions from the gdr dialect and below --*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_PASSES_TD
#define GDR_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChunkToLoops : Pass<"gdr-chunk-to-loops", "::mlir::ModuleOp"> {
  let summary = "Lower the chunked form on memrefs to vectorized loops";
  let description = [{
    Computes each `gdr.chunk_prepare` by a parallel loop over slots and key
    heads, and each `gdr.chunk_scan` by a parallel loop over sequences, value
    heads and tiles of V, which carry their part of the state in a local buffer
    of f32. Matrix products are loops over tiles of sums in registers.

    ```mlir
    gdr.chunk_scan ins(%q, %k, %v : ...) chunks(...) ... outs(%o : ...)
    ```
    becomes
    ```mlir
    scf.parallel (%n, %h, %tile) = ... {
      // load the tile of the state, f32
      scf.for %chunk = %begin to %end step %C {
        scf.for %column = ... {
          scf.for %row = ... {
            scf.for %key = ... iter_args(...) { // vector.load, vector.fma }
          }
        }
      }
      // store the tile
    }
    ```

    Requires memrefs (run `gdr-bufferize` first), static HK, HV, K and V and a
    `tile_layout` of row_major.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def RecurrentToLoops : Pass<"gdr-recurrent-to-loops", "::mlir::ModuleOp"> {
  let summary = "Lower gdr.recurrent on memrefs to vectorized loops";
  let description = [{
    Computes each `gdr.recurrent` by a parallel loop over sequences and value
    heads, and in it a loop over blocks of V that carry their part of the state
    through all tokens. Any shape, static or dynamic.

    ```mlir
    gdr.recurrent ins(%q, %k, %v : ...) ... outs(%o : ...)
    ```
    becomes
    ```mlir
    scf.parallel (%n, %h) = (%c0, %c0) to (%N, %HV) step (%c1, %c1) {
      scf.for %block = ... {
        // load the block of the state, f32
        scf.for %t = %begin to %end {
          // vector.load, vector.fma, vector.reduction
        }
        // store the block
      }
    }
    ```

    Requires memrefs (run `one-shot-bufferize` first). Refuses features that no
    lowering has yet, naming the operand.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def ParallelToRuntime : Pass<"gdr-parallel-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Outline scf.parallel into calls of gdr_parallel_for";
  let description = [{
    Outlines the body of each outermost `scf.parallel` into a function
    `void (*)(void *context, int64_t i)` and calls
    `gdr_parallel_for(body, context, n)` of the runtime with the linearized
    iteration count. The context is a struct of the values that the body
    captures, on the caller's stack.

    ```mlir
    scf.parallel (%n, %h) = (%c0, %c0) to (%N, %HV) step (%c1, %c1) { ... }
    ```
    becomes
    ```mlir
    %body = func.constant @f_parallel : (!llvm.ptr, i64) -> ()
    scf.if %count_is_not_zero {
      func.call @gdr_parallel_for(%body_pointer, %context, %count)
    }
    ```

    Runs before the conversions to the LLVM dialect: captured values enter the
    context as the types that `LLVMTypeConverter` gives them, through
    `builtin.unrealized_conversion_cast` that these conversions resolve.
    Constants are not captured but repeated in the body. Parallel loops inside
    of a body stay as they are.

    Requires loops without results (no reductions).
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect"
  ];
}

def CopyToLinalg : Pass<"gdr-copy-to-linalg"> {
  let summary = "Turn strided copies into linalg.generic";
  let description = [{
    Replaces each `memref.copy` of which a side is not contiguous by a
    `linalg.generic`; `convert-linalg-to-loops` lowers that. Copies between
    contiguous buffers become `memcpy` and stay.

    ```mlir
    memref.copy %a, %b : memref<4x4xf32, strided<[?, 1]>> to memref<4x4xf32>
    ```
    becomes
    ```mlir
    linalg.generic ... ins(%a : ...) outs(%b : ...)
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def ExpandMath : Pass<"gdr-expand-math"> {
  let summary = "Expand mathematical functions into arithmetic";
  let description = [{
    Replaces `math.exp`, `math.log` and `math.log1p` of f32 and narrower floats
    by polynomials, `math.rsqrt` by a square root and a division, and
    `math.floor` and `math.fma` by what every target has, so that compiled code
    calls no mathematical library. Scalars and vectors.

    Of f32, exp is within 1 unit in the last place, 0 below -87.7 and infinite
    above 88.8; log1p is within 2.5 units.

    ```mlir
    %r = math.rsqrt %x : f32
    ```
    becomes
    ```mlir
    %s = math.sqrt %x : f32
    %r = arith.divf %one, %s : f32
    ```

    Leaves other functions as they are.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"
  ];
}

def RecurrentToGPU : Pass<"gdr-recurrent-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Lower gdr.recurrent on memrefs to a GPU kernel and its launch";
  let description = [{
    Computes each `gdr.recurrent` by one `gpu.func` and replaces it by the
    `gpu.launch_func` of it. A thread holds a tile of the state, given by the
    `#gdr.schedule`, in registers for all tokens:

    - the lanes that share K combine their partial dot products with
      `gpu.subgroup_reduce`;
    - both dot products of a token, S^T k and S^T q, are taken from the old
      state, so that one round of reductions does:
      o = scale * (exp(g) * S^T q + (k . q) * d);
    - the operands of the next token are loaded before the current one is
      computed.

    ```mlir
    gdr.recurrent ins(%q, %k, %v : ...) ... {schedule = #gdr.schedule<...>}
    ```
    becomes
    ```mlir
    gpu.launch_func @decode_kernels::@decode_kernel
        blocks in (%blocks, %c1, %c1) threads in (%threads, %c1, %c1) args(...)
    ```

    Accesses are 16 bytes wide if the addresses and strides allow it, which host
    code tests where the types do not say; otherwise a second kernel, named
    `..._narrow`, accesses single elements. Equal kernels of a function are one.

    The grid is one-dimensional, so that no limit of its y and z dimension
    applies. Requires memrefs (run `one-shot-bufferize` first), static HK, HV, K
    and V with K and V up to 256, and a schedule (run `gdr-select-schedule`
    first). Refuses features that no lowering has yet, naming the operand.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def SubgroupReduceToShuffles
    : Pass<"gdr-subgroup-reduce-to-shuffles", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Lower gpu.subgroup_reduce over part of a warp to shuffles";
  let description = [{
    Lowers sums of f32 scalars and vectors over 2, 4, .. 32 consecutive lanes to
    butterfly shuffles, all elements at one distance before the next distance:
    the shuffles of a distance are independent and hide each other's latency.

    ```mlir
    %1 = gpu.subgroup_reduce add %0 uniform cluster(size = 4) : (vector<2xf32>) -> vector<2xf32>
    ```
    becomes two shuffles by 2 with additions, then two by 1. Adjacent reductions
    of one size are lowered together.

    Other reductions are left to upstream's patterns.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def MathToNVVM : Pass<"gdr-math-to-nvvm", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Lower math on f32 without libdevice";
  let description = [{
    Lowers `math.exp`, `math.rsqrt`, `math.log`, `math.log1p` and `math.fma` on f32 scalars
    to the GPU's approximations (ex2.approx.ftz, rsqrt.approx.ftz: relative
    error about 2^-22), a polynomial and fma, so that a kernel calls no function
    of libdevice and PTX needs no CUDA toolkit.

    ```mlir
    %1 = math.exp %0 : f32
    ```
    becomes
    ```mlir
    %s = arith.mulf %0, %log2e : f32
    %1 = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f"(%s) : (f32) -> f32
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"
  ];
}

def StreamingToNVVM
    : Pass<"gdr-streaming-to-nvvm", "::mlir::LLVM::LLVMFuncOp"> {
  let summary = "Lower nontemporal accesses to ones that bypass the L1 cache";
  let description = [{
    The NVPTX backend ignores `nontemporal`. This pass turns such loads and
    stores of global memory of 2, 4, 8 or 16 bytes into inline assembly with
    `L1::no_allocate`. The assembly has side effects, so the accesses keep their
    order.

    ```mlir
    %1 = llvm.load %0 {nontemporal} : !llvm.ptr -> vector<4xf32>
    ```
    becomes
    ```mlir
    llvm.inline_asm has_side_effects "ld.global.L1::no_allocate.v4.b32 {$0, $1, $2, $3}, [$4];", ...
    ```

    Requires the LLVM dialect (run `convert-gpu-to-nvvm` first).
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ChunkToWG : Pass<"gdr-chunk-to-wg", "::mlir::ModuleOp"> {
  let summary = "Write the chunk stages as tile programs of warpgroups";
  let description = [{
    Moves each `gdr.chunk_prepare` and `gdr.chunk_scan` on memrefs into a
    `gpu.func` in the `wg` dialect and launches it; stages of a function that
    come to the same kernel share it. The matrices that one passes
    to the other lie in memory as they do in shared memory (`tile_layout`
    `swizzle_128b`), so that a consecutive copy brings them.

    The tile programs are the same for all chips. Where those have no tensor
    maps, a kernel takes the tensors in their place, and `wg.tensor_box` stands
    for a map.

    With `overlap` a scan that follows its prepare may start before it has ended:
    prepare lets it (`nvvm.griddepcontrol launch_dependents`), and scan waits
    before it loads the matrices. It needs compute capability 9.0.
  }];
  let options = [
    Option<"overlap", "overlap", "bool", /*default=*/"false",
           "whether scan may start before prepare has ended">,
    Option<"tensorMaps", "tensor-maps", "bool", /*default=*/"true",
           "whether the chips have tensor maps; if not, run "
           "wg-copies-to-threads later">,
    Option<"sharedMemory", "shared-memory", "int64_t", /*default=*/"232448",
           "bytes of shared memory that a CTA can have, which the chunks that "
           "are loaded ahead must fit in">,
    Option<"prepareBlocks", "prepare-blocks", "int64_t", /*default=*/"3",
           "CTAs of prepare that an SM is to hold, which bounds the registers "
           "of a thread: enough to hide the latency of one by the others">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect", "::mlir::wg::WGDialect"
  ];
}

def WGToNVVM : Pass<"gdr-wg-to-nvvm", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Lower warpgroup tiles to the program of one thread";
  let description = [{
    Register tiles become vectors of the elements that a thread holds, in the
    order of the encoding, shared tiles and barriers the i32 addresses of their
    first byte: offsets from `@wg_shared`, which `wg-allocate-shared` declares.
    Products, copies and barriers become inline assembly, which the serialization
    marks convergent.

    Products are those of the warpgroup (`wgmma`) or, for other chips than
    sm_90a, of its four warps (`mma.sync`): each multiplies its 16 rows at once,
    and `wg.wait` has nothing to wait for.

    Requires `wg-lower-rings`, `wg-insert-proxy-fences`, `wg-allocate-shared`
    and `wg-lower-roles`.
  }];
  let options = [
    Option<"tensorCores", "tensor-cores", "::mlir::gdr::TensorCores",
           /*default=*/"::mlir::gdr::TensorCores::Wgmma",
           "what multiplies tiles",
           [{::llvm::cl::values(
              clEnumValN(::mlir::gdr::TensorCores::Wgmma, "wgmma",
                         "a warpgroup, asynchronously: sm_90a"),
              clEnumValN(::mlir::gdr::TensorCores::MmaSync, "mma",
                         "each warp: every chip"))}]>,
    Option<"bulkCopies", "bulk-copies", "bool", /*default=*/"true",
           "whether the chips have copies by one thread and what came with "
           "them, mbarrier.try_wait and stmatrix; if not, run "
           "wg-copies-to-threads before">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

#endif // GDR_CONVERSION_PASSES_TD
