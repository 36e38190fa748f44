// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm{tensor-cores=mma bulk-copies=false},canonicalize,cse)))' | FileCheck %s

!tile = !wg.shared<64x64xbf16, swizzle = 128>

gpu.module @kernels {
  llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // 8 threads a row: thread t copies chunk t mod 8 of rows t / 8, 16 + t / 8, ...
  // to the chunk that the swizzle says. Rows behind the end of the tensor are
  // zeros: no bytes are read. A pass goes 16 rows further, of 256 bytes.
  // CHECK-LABEL: gpu.func @box(
  // CHECK-SAME:    %[[K:.*]]: memref<?x2x64xbf16>, %[[AT:.*]]: index
  // CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : i32
  // CHECK-DAG:     %[[C16:.*]] = arith.constant 16 : i32
  // CHECK-DAG:     %[[IN_GROUP:.*]] = arith.andi %{{.*}}, %c127_i32
  // CHECK-DAG:     %[[CHUNK:.*]] = arith.andi %[[IN_GROUP]], %c7_i32
  // CHECK-DAG:     %[[ROW:.*]] = arith.shrui %[[IN_GROUP]], %c3_i32
  // CHECK-DAG:     %[[LEFT:.*]] = arith.subi %{{.*}}, %[[AT]] : index
  // CHECK-DAG:     %[[PERMUTATION:.*]] = arith.andi %[[ROW]], %c7_i32
  // CHECK-DAG:     arith.xori %[[CHUNK]], %[[PERMUTATION]]
  // CHECK:         %[[TOKENS:.*]] = arith.select %{{.*}}, %[[LEFT]], %c0 : index
  // CHECK:         %[[ROWS:.*]] = arith.select %{{.*}}, %[[TOKENS]], %c0 : index
  // CHECK:         %[[WITHIN:.*]] = arith.cmpi ult, %{{.*}}, %[[ROWS]] : index
  // CHECK:         %[[BYTES:.*]] = arith.select %[[WITHIN]], %[[C16]], %[[C0]] : i32
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+0], [$1+0], 16, $2;", "r,l,r" %{{.*}}, %{{.*}}, %[[BYTES]]
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+2048], [$1+4096], 16, $2;"
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+4096], [$1+8192], 16, $2;"
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+6144], [$1+12288], 16, $2;"
  // CHECK-NOT:     cp.async
  gpu.func @box(%k: memref<?x2x64xbf16>, %at: index) kernel {
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %tile = wg.alloc {offset = 0} : !tile
    wg.copy_by_threads %k[%at, %c1, %c0] rows(0), %tile : memref<?x2x64xbf16>, !tile
    gpu.return
  }

  // With a stride of the caller the passes are added up; over one element it is
  // not used.
  // CHECK-LABEL: gpu.func @strided(
  // CHECK:         %[[STEPPED:.*]] = arith.cmpi ugt, %{{.*}}, %{{.*}} : index
  // CHECK:         arith.select %[[STEPPED]]
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+0], [$1+0], 16, $2;"
  // CHECK:         "cp.async.cg.shared.global.L2::128B [$0+2048], [$1+0], 16, $2;"
  gpu.func @strided(%base: memref<bf16>, %size: index, %stride: index) kernel {
    %c0 = arith.constant 0 : index
    %tile = wg.alloc {offset = 0} : !tile
    %k = memref.reinterpret_cast %base to offset: [0], sizes: [%size, 64], strides: [%stride, 1]
        : memref<bf16> to memref<?x64xbf16, strided<[?, 1]>>
    wg.copy_by_threads %k[%c0, %c0] rows(0), %tile : memref<?x64xbf16, strided<[?, 1]>>, !tile
    gpu.return
  }

  // 1024 consecutive bytes: half of the threads copy.
  // CHECK-LABEL: gpu.func @consecutive(
  // CHECK:         %[[WITHIN:.*]] = arith.cmpi ult, %{{.*}}, %c1024_i32
  // CHECK:         scf.if %[[WITHIN]] {
  // CHECK-NEXT:      "cp.async.cg.shared.global.L2::128B [$0+0], [$1+0], 16;", "r,l"
  // CHECK-NEXT:    }
  // CHECK:         "cp.async.mbarrier.arrive.noinc.shared::cta.b64 [$0];"
  // CHECK:         "cp.async.wait_all;"
  gpu.func @consecutive(%d: memref<4x64xf32>) kernel {
    %c0 = arith.constant 0 : index
    %tile = wg.alloc {offset = 0} : !wg.shared<4x64xf32>
    %barriers = wg.mbarrier_alloc count(1) arrivals(128) {offset = 1024}
    %full = wg.mbarrier_at %barriers[%c0]
    wg.copy_by_threads %d[], %tile : memref<4x64xf32>, !wg.shared<4x64xf32>
    wg.mbarrier_arrive_copies %full
    wg.wait_copies_by_threads
    gpu.return
  }

  // All loads, then the stores of rows that the tensor has.
  // CHECK-LABEL: gpu.func @out(
  // CHECK-COUNT-4: "ld.shared.v4.f32
  // CHECK-NOT:     ld.shared
  // CHECK-COUNT-4: llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  // CHECK-NOT:     llvm.store
  gpu.func @out(%o: memref<?x64xbf16>, %at: index) kernel {
    %c0 = arith.constant 0 : index
    %tile = wg.alloc {offset = 0} : !tile
    wg.copy_out_by_threads %tile, %o[%at, %c0] rows(0) : !tile, memref<?x64xbf16>
    gpu.return
  }
}
