//===- Passes.td - passes on the wg dialect ----------------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_TRANSFORMS_PASSES_TD
#define GDR_DIALECT_WG_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerRings : Pass<"wg-lower-rings", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Rings to slots, barriers and parities";
  let description = [{
    Replaces each `wg.ring` by its memory and two rows of barriers, one to say
    that a slot is full and one that it is empty. Use i of a ring of n slots is
    slot i mod n in round i / n; a consumer waits for the parity of the round, a
    producer for the other one, so that the first round finds every slot empty.
    A ring that nobody releases has no use for the second row. The only place
    that computes a parity.

    One thread of each warp arrives for the others, after a barrier of the warp,
    and the thread that copies for those that fill a tile, after one of the
    warpgroup. compute-sanitizer's racecheck does not follow that; with
    `each-thread-arrives`, which is slower, there is nothing to follow.

    ```mlir
    %k = wg.take %ring[%i] : !wg.ring<3, !tile> -> !tile
    ```
    becomes
    ```mlir
    %slot = arith.remui %i, %c3 : i32         // casts from and to index left out
    %round = arith.divui %i, %c3 : i32
    %parity = arith.andi %round, %c1 : i32
    %full = wg.mbarrier_at %fulls[%slot]
    wg.mbarrier_wait %full parity(%parity)
    %k = wg.slot %memory[%slot] tile(0) : !wg.ring<3, !tile> -> !tile
    ```
  }];
  let options = [
    Option<"eachThreadArrives", "each-thread-arrives", "bool",
           /*default=*/"false",
           "each thread arrives for itself, for racecheck">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect"];
}

def CopiesToThreads : Pass<"wg-copies-to-threads", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Copies by one thread to copies by all threads of a warpgroup";
  let description = [{
    For chips whose threads have no copies of tiles. What regions of
    `wg.one_thread` with copies do, all threads of their warpgroup then do, each
    with its part of a tile; where a barrier counted bytes, each of the threads
    arrives. Copies out are done when they have been made, so that waits for them
    go.

    Requires `wg-lower-rings`, `wg.tensor_box` in place of tensor maps, and the
    copies that a barrier counts in the block of its `wg.mbarrier_expect`.

    ```mlir
    %fulls = wg.mbarrier_alloc count(3) arrivals(1)
    wg.one_thread {
      %full = wg.mbarrier_at %fulls[%slot]
      wg.mbarrier_expect %full bytes(8192)
      wg.copy %map[%n, %t, %h, %c0], %k, %full : !wg.tensor_map, !tile
    }
    ```
    becomes
    ```mlir
    %fulls = wg.mbarrier_alloc count(3) arrivals(128)
    %full = wg.mbarrier_at %fulls[%slot]
    wg.copy_by_threads %tensor[%n, %t, %h, %c0] rows(1), %k : memref<...>, !tile
    wg.mbarrier_arrive_copies %full
    ```
  }];
  let dependentDialects = ["::mlir::wg::WGDialect"];
}

def InsertProxyFences : Pass<"wg-insert-proxy-fences", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Order writes by threads before asynchronous reads";
  let description = [{
    Puts a `wg.fence_proxy` before each `wg.sync` and `wg.meet` that publishes a
    `wg.store` to a shared tile or a `wg.fill`: products and copies read shared
    memory through another proxy than the threads that wrote it. The only place
    that inserts these fences.
  }];
  let dependentDialects = ["::mlir::wg::WGDialect"];
}

def AllocateShared : Pass<"wg-allocate-shared", "::mlir::ModuleOp"> {
  let summary = "Give shared tiles, rings and barriers their offsets";
  let description = [{
    Lays out the shared memory of each kernel in the order of its allocations,
    tiles at multiples of 1024 bytes, and gives each launch of the kernel the
    size. Fails if the kernel needs more than `limit` bytes. Numbers the
    `wg.barrier`s of a kernel too, of which the hardware has 16: one for the CTA
    and one for each warpgroup's `wg.sync` come first.

    A `gpu.module` whose kernels use shared memory gets the symbol that stands
    for where it begins, for `gdr-wg-to-nvvm`, which sees one kernel at a time:

    ```mlir
    llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
    ```

    Requires `wg-lower-rings`.
  }];
  let options = [
    Option<"limit", "limit", "int64_t", "232448",
           "Bytes of shared memory that one CTA can have">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def LowerRoles : Pass<"wg-lower-roles", "::mlir::gpu::GPUFuncOp"> {
  let summary = "Roles to branches on the warpgroup";
  let description = [{
    Replaces `wg.roles` by branches on the number of the warpgroup, which is
    made uniform so that the assembler sees whole warps on each side. A role
    begins with `setmaxnreg` if its registers differ from an equal share, which
    is what the kernel starts with. Also lowers `wg.warpgroup_index`.

    ```mlir
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) { ... }
      wg.role "math" warpgroups(2) registers(232) { ... }
    }
    ```
    becomes
    ```mlir
    %0 = arith.cmpi ult, %warpgroup, %c1 : index
    scf.if %0 {
      nvvm.setmaxregister decrease 40
      ...
    } else {
      nvvm.setmaxregister increase 232
      ...
    }
    ```

    Requires a known block size of whole warpgroups, as many as the roles have,
    and one `wg.roles` in a kernel. The CTA is to have the SM to itself if a role
    changes its registers (`nvvm.minctasm`).
  }];
  let options = [
    Option<"setRegisters", "set-registers", "bool", /*default=*/"true",
           "whether the chips have setmaxnreg; without it each role has an "
           "equal share">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // GDR_DIALECT_WG_TRANSFORMS_PASSES_TD
