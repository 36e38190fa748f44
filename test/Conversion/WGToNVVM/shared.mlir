// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s

// Addresses, copies, barriers and wg.one_thread.

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!key = !wg.shared<64x128xbf16, swizzle = 128>
!ring = !wg.ring<3, !tile, !wg.shared<64xf32>, !tile>

gpu.module @kernels {

// As wg-allocate-shared declares it.
llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

// CHECK-LABEL: gpu.func @alloc(
// CHECK:         %[[SHARED:.*]] = llvm.mlir.addressof @wg_shared : !llvm.ptr<3>
// CHECK:         %[[BASE:.*]] = llvm.ptrtoint %[[SHARED]] : !llvm.ptr<3> to i32
// CHECK:         "ld.shared.f32 $0, [$1+2048];", "=f,r" %[[BASE]]
gpu.func @alloc() -> f32 {
  %c0 = arith.constant 0 : index
  %0 = wg.alloc {offset = 2048 : i64} : !wg.shared<64xf32>
  %1 = wg.extract %0[%c0] : !wg.shared<64xf32> -> f32
  gpu.return %1 : f32
}

// A slot is 17 KiB; the third tile is behind one of 8192 bytes and one of 256
// that takes 1024. A panel of 64 rows is 8192 bytes, a row of 64 f32 256.
// CHECK-LABEL: gpu.func @parts(
// CHECK-SAME:    %[[RING:.*]]: i32, %[[ROWS:.*]]: i32, %[[I:.*]]: index)
// CHECK:         %[[N:.*]] = arith.index_castui %[[I]] : index to i32
// CHECK:         %[[SLOT:.*]] = arith.muli %[[N]], %c17408_i32 : i32
// CHECK:         %[[OFFSET:.*]] = arith.addi %[[SLOT]], %c9216_i32 : i32
// CHECK:         arith.addi %[[RING]], %[[OFFSET]] : i32
// CHECK:         ldmatrix
// CHECK:         %[[ROW:.*]] = arith.muli %[[N]], %c256_i32 : i32
// CHECK:         arith.addi %[[ROWS]], %[[ROW]] : i32
// CHECK:         ld.shared
gpu.func @parts(%ring: !ring, %rows: !wg.shared<4x64xf32>, %i: index) {
  %0 = wg.slot %ring[%i] tile(2) : !ring -> !tile
  %1 = wg.load %0 : !tile -> tensor<64x64xbf16, #wg.fragment>
  %2 = wg.slice %rows[%i] : !wg.shared<4x64xf32> -> !wg.shared<64xf32>
  %3 = wg.load %2 : !wg.shared<64xf32> -> tensor<64xf32, #wg.lanes>
  gpu.return
}

// CHECK-LABEL: gpu.func @panels(
// CHECK:         arith.muli %{{.*}}, %c8192_i32 : i32
// CHECK:         ldmatrix
gpu.func @panels(%key: !key, %i: index) {
  %0 = wg.slice %key[%i] : !key -> !tile
  %1 = wg.load %0 : !tile -> tensor<64x64xbf16, #wg.fragment>
  gpu.return
}

// The first thread of the CTA.
// CHECK-LABEL: gpu.func @mbarrier_alloc(
// CHECK:         %[[BASE:.*]] = llvm.ptrtoint
// CHECK:         %[[FIRST:.*]] = arith.addi %[[BASE]], %c64_i32 : i32
// CHECK:         %[[T:.*]] = gpu.thread_id x
// CHECK:         %[[T32:.*]] = arith.index_castui %[[T]] : index to i32
// CHECK:         %[[IS:.*]] = arith.cmpi eq, %[[T32]], %c0_i32 : i32
// CHECK:         scf.if %[[IS]] {
// CHECK:           "mbarrier.init.shared::cta.b64 [$0], 8;", "r" %[[FIRST]]
// CHECK:           %[[SECOND:.*]] = arith.addi %[[BASE]], %c72_i32 : i32
// CHECK:           "mbarrier.init.shared::cta.b64 [$0], 8;", "r" %[[SECOND]]
// CHECK:           "fence.mbarrier_init.release.cluster;"
// CHECK:         }
gpu.func @mbarrier_alloc() {
  %0 = wg.mbarrier_alloc count(2) arrivals(8) {offset = 64 : i64}
  gpu.return
}

// One thread of a warpgroup, of a warp, and all of them.
// CHECK-LABEL: gpu.func @barriers(
// CHECK-SAME:    %[[ALL:.*]]: i32, %[[I:.*]]: index)
// CHECK:         %[[POSITION:.*]] = arith.index_castui %[[I]] : index to i32
// CHECK:         %[[BYTES:.*]] = arith.muli %[[POSITION]], %c8_i32 : i32
// CHECK:         %[[ONE:.*]] = arith.addi %[[ALL]], %[[BYTES]] : i32
// CHECK:         %[[T:.*]] = arith.andi %{{.*}}, %c127_i32 : i32
// CHECK:         %[[IS:.*]] = arith.cmpi eq, %[[T]], %c0_i32 : i32
// CHECK:         scf.if %[[IS]] {
// CHECK-NEXT:      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], 4096;", "r" %[[ONE]]
// CHECK-NEXT:    }
// CHECK:         "bar.warp.sync 0xffffffff;"
// CHECK:         %[[LANE:.*]] = arith.andi %{{.*}}, %c31_i32 : i32
// CHECK:         %[[IS:.*]] = arith.cmpi eq, %[[LANE]], %c0_i32 : i32
// CHECK-NEXT:    "@$1 mbarrier.arrive.shared::cta.b64 _, [$0];", "r,b" %[[ONE]], %[[IS]]
// CHECK:         "{{.*}}mbarrier.try_wait.parity.shared::cta.b64 done, [$0], $1;{{.*}}", "r,r" %[[ONE]], %[[POSITION]]
// CHECK-NEXT:    "@$1 mbarrier.arrive.shared::cta.b64 _, [$0];", "r,b" %[[ONE]], %true
// CHECK:         scf.if
// CHECK-NEXT:      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], 0;\0Ambarrier.arrive.shared::cta.b64 _, [$0], 128;", "r" %[[ONE]]
gpu.func @barriers(%all: !wg.mbarrier, %i: index) {
  %one = wg.mbarrier_at %all[%i]
  wg.one_thread {
    wg.mbarrier_expect %one bytes(4096)
  }
  wg.mbarrier_arrive %one
  wg.mbarrier_wait %one parity(%i)
  wg.mbarrier_arrive %one each_thread
  wg.one_thread {
    wg.mbarrier_expect %one bytes(0) {arrivals = 129}
  }
  gpu.return
}

// A named barrier of each warpgroup, from 1 on.
// CHECK-LABEL: gpu.func @sync(
// CHECK:         "fence.proxy.async.shared::cta;"
// CHECK:         %[[W:.*]] = arith.shrui %{{.*}}, %c7_i32 : i32
// CHECK:         %[[ID:.*]] = arith.addi %[[W]], %c1_i32 : i32
// CHECK:         "bar.sync $0, 128;", "r" %[[ID]]
gpu.func @sync() {
  wg.fence_proxy
  wg.sync
  gpu.return
}

// A box for each panel, 64 columns and 8192 bytes apart; coordinates innermost
// first.
// CHECK-LABEL: gpu.func @boxes(
// CHECK-SAME:    %[[MAP:.*]]: !llvm.ptr, %[[KEY:.*]]: i32, %[[FULL:.*]]: i32, %[[TOKEN:.*]]: index, %[[COLUMN:.*]]: index)
// CHECK:         scf.if
// CHECK-DAG:       %[[C:.*]] = arith.index_castui %[[COLUMN]] : index to i32
// CHECK-DAG:       %[[T:.*]] = arith.index_castui %[[TOKEN]] : index to i32
// CHECK:           "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1, {$3, $4}], [$2];", "r,l,r,r,r" %[[KEY]], %[[MAP]], %[[FULL]], %[[C]], %[[T]]
// CHECK-DAG:       %[[NEXT_C:.*]] = arith.addi %[[C]], %c64_i32 : i32
// CHECK-DAG:       %[[NEXT:.*]] = arith.addi %[[KEY]], %c8192_i32 : i32
// CHECK:           "cp.async.bulk.tensor.2d.{{.*}}" %[[NEXT]], %[[MAP]], %[[FULL]], %[[NEXT_C]], %[[T]]
// CHECK:           "cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [$1, {$2, $3}], [$0];", "r,l,r,r" %[[KEY]], %[[MAP]], %[[C]], %[[T]]
// CHECK:           "cp.async.bulk.tensor.2d.global.shared::cta.bulk_group {{.*}}" %[[NEXT]], %[[MAP]], %[[NEXT_C]], %[[T]]
// CHECK-NEXT:      "cp.async.bulk.commit_group;"
// CHECK-NEXT:      "cp.async.bulk.wait_group.read 0;"
// CHECK-NEXT:      "cp.async.bulk.wait_group 0;"
// CHECK-NEXT:    }
gpu.func @boxes(%map: !wg.tensor_map, %key: !key, %full: !wg.mbarrier, %token: index, %column: index) {
  wg.one_thread {
    wg.copy %map[%token, %column], %key, %full : !wg.tensor_map, !key
    wg.copy_out %key, %map[%token, %column] : !key, !wg.tensor_map
    wg.wait_copies_out
    wg.wait_copies_out done
  }
  gpu.return
}

// Copies in are those of a thread that the hardware elects in the first warp.
// CHECK-LABEL: gpu.func @elected(
// CHECK:         %[[WARP:.*]], %{{.*}} = gpu.shuffle idx
// CHECK:         %[[IS_FIRST:.*]] = arith.cmpi eq, %[[WARP]], %c0_i32 : i32
// CHECK:         %[[ELECTED:.*]] = scf.if %[[IS_FIRST]] -> (i1) {
// CHECK:           nvvm.elect.sync -> i1
// CHECK:         scf.if %[[ELECTED]] {
// CHECK:           "cp.async.bulk.tensor
gpu.func @elected(%map: !wg.tensor_map, %key: !key, %full: !wg.mbarrier, %token: index, %column: index) {
  wg.one_thread {
    wg.copy %map[%token, %column], %key, %full : !wg.tensor_map, !key
  }
  gpu.return
}

// Consecutive bytes, from the memref's offset on.
// CHECK-LABEL: gpu.func @bulk(
// CHECK-SAME:    %[[M:.*]]: memref<{{.*}}>, %[[TILE:.*]]: i32, %[[FULL:.*]]: i32)
// CHECK:         scf.if
// CHECK:           %{{[^,]*}}, %[[OFFSET:[^,]*]], %{{.*}} = memref.extract_strided_metadata %[[M]]
// CHECK:           %[[P:.*]] = memref.extract_aligned_pointer_as_index %[[M]]
// CHECK:           %[[BYTES:.*]] = arith.muli %[[OFFSET]], %c2 : index
// CHECK:           %[[AT:.*]] = arith.addi %[[P]], %[[BYTES]] : index
// CHECK:           %[[ADDRESS:.*]] = arith.index_castui %[[AT]] : index to i64
// CHECK:           "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1], 8192, [$2];", "r,l,r" %[[TILE]], %[[ADDRESS]], %[[FULL]]
// CHECK:           "cp.async.bulk.global.shared::cta.bulk_group [$1], [$0], 8192;", "r,l" %[[TILE]], %[[ADDRESS]]
// CHECK-NEXT:      "cp.async.bulk.commit_group;"
gpu.func @bulk(%m: memref<64x64xbf16, strided<[64, 1], offset: ?>>, %tile: !tile, %full: !wg.mbarrier) {
  wg.one_thread {
    wg.copy %m[], %tile, %full : memref<64x64xbf16, strided<[64, 1], offset: ?>>, !tile
    wg.copy_out %tile, %m[] : !tile, memref<64x64xbf16, strided<[64, 1], offset: ?>>
  }
  gpu.return
}

// Of three warpgroups, by the number of the barrier; each may come by an
// instruction of its own, which is not "aligned". A sync that knows its
// warpgroup has a constant number.
// CHECK-LABEL: gpu.func @meetings(
// CHECK-DAG:     %[[SYNC:.*]] = arith.constant 3 : i32
// CHECK-DAG:     %[[NUMBER:.*]] = arith.constant 5 : i32
// CHECK:         llvm.inline_asm has_side_effects "barrier.cta.sync $0, 384;", "r" %[[NUMBER]]
// CHECK-NEXT:    llvm.inline_asm has_side_effects "bar.sync $0, 128;", "r" %[[SYNC]]
gpu.func @meetings() {
  %ready = wg.barrier participants(3) {number = 5}
  wg.meet %ready
  wg.sync {warpgroup = 2}
  gpu.return
}

}
