// RUN: gdr-opt %s --gdr-compile --emit=ptx | FileCheck %s --check-prefix=PTX
// RUN: gdr-opt %s --gdr-compile | FileCheck %s --check-prefix=HOST

// Copies x to y through tensor maps and a tensor in the workspace, 64 tokens of
// one head a block; the second kernel overlaps the first one. Leaves y as it is
// if no boxes of x can be copied. test/Integration/tensor-map.test runs it.

// PTX:       .entry tma_copy(
// PTX-NEXT:    .param .align 128 .b8 tma_copy_param_0[128],
// PTX-NEXT:    .param .align 128 .b8 tma_copy_param_1[128]
// PTX-NOT:     .local
// PTX:         cp.async.bulk.tensor.4d.shared::cluster.global

// HOST-LABEL: llvm.func internal @copy.host(
// HOST:         llvm.call @gdr_call_workspace(
// HOST:         llvm.call @gdr_fits_boxes(
// HOST-COUNT-3: llvm.call @gdr_encode_tensor_map(
// HOST-COUNT-2: llvm.call @gdr_launch(
// HOST-LABEL: llvm.func internal @copy.workspace_size(
module attributes {gpu.container_module} {
  func.func @copy(%x: memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>> {gdr.name = "x", gdr.dims = ["B", "T", "H", "D"]},
                  %y: memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>> {gdr.name = "y", gdr.dims = ["B", "T", "H", "D"]}) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c63 = arith.constant 63 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %bytes = arith.constant 8192 : i32
    %b = memref.dim %x, %c0 : memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
    %t = memref.dim %x, %c1 : memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
    %t63 = arith.addi %t, %c63 : index
    %chunks = arith.divui %t63, %c64 : index
    %fits = gdr.fits_boxes %x : memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
    scf.if %fits {
      %tmp = memref.alloc(%b, %t) : memref<?x?x2x64xbf16>
      %mx = gdr.encode_tensor_map %x box [1, 64, 1, 64] swizzle 128 : memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>> -> !llvm.ptr
      %mt = gdr.encode_tensor_map %tmp box [1, 64, 1, 64] swizzle 128 : memref<?x?x2x64xbf16> -> !llvm.ptr
      %my = gdr.encode_tensor_map %y box [1, 64, 1, 64] swizzle 128 : memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>> -> !llvm.ptr
      gpu.launch_func @kernels::@tma_copy blocks in (%chunks, %c2, %b) threads in (%c128, %c1, %c1)
          dynamic_shared_memory_size %bytes args(%mx : !llvm.ptr, %mt : !llvm.ptr)
      gpu.launch_func @kernels::@tma_copy blocks in (%chunks, %c2, %b) threads in (%c128, %c1, %c1)
          dynamic_shared_memory_size %bytes args(%mt : !llvm.ptr, %my : !llvm.ptr) {gdr.overlaps_previous_launch}
    }
    return
  }
  gpu.module @kernels {
    llvm.mlir.global external @shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
    llvm.mlir.global internal @barrier() {addr_space = 3 : i32, alignment = 8 : i64} : i64
    gpu.func @tma_copy(%from: !llvm.ptr,
                       %to: !llvm.ptr) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %tile = llvm.mlir.addressof @shared : !llvm.ptr<3>
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %c0 = arith.constant 0 : i32
      %c1 = arith.constant 1 : i32
      %c64 = arith.constant 64 : i32
      %bytes = arith.constant 8192 : i32
      %ticks = arith.constant 10000000 : i32
      %x = nvvm.read.ptx.sreg.tid.x : i32
      %is_first = arith.cmpi eq, %x, %c0 : i32
      %bx = nvvm.read.ptx.sreg.ctaid.x : i32
      %by = nvvm.read.ptx.sreg.ctaid.y : i32
      %bz = nvvm.read.ptx.sreg.ctaid.z : i32
      %t = arith.muli %bx, %c64 : i32
      scf.if %is_first {
        nvvm.mbarrier.init %barrier, %c1 : !llvm.ptr<3>, i32
        nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      }
      nvvm.barrier0
      nvvm.griddepcontrol wait
      scf.if %is_first {
        %generic = llvm.addrspacecast %tile : !llvm.ptr<3> to !llvm.ptr<7>
        nvvm.mbarrier.arrive.expect_tx %barrier, %bytes : !llvm.ptr<3>, i32
        nvvm.cp.async.bulk.tensor.shared.cluster.global %generic, %from, %barrier, box[%c0, %by, %t, %bz] : !llvm.ptr<7>, !llvm.ptr
      }
      nvvm.mbarrier.try_wait.parity %barrier, %c0, %ticks : !llvm.ptr<3>, i32, i32
      scf.if %is_first {
        nvvm.cp.async.bulk.tensor.global.shared.cta %to, %tile, box[%c0, %by, %t, %bz] : !llvm.ptr, !llvm.ptr<3>
        nvvm.cp.async.bulk.commit.group
        nvvm.cp.async.bulk.wait_group 0
      }
      gpu.return
    }
  }
}
