// RUN: gdr-opt %s --split-input-file --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm{tensor-cores=mma},canonicalize,cse)))' | FileCheck %s
// RUN: gdr-opt %s --split-input-file --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s --check-prefix=WGMMA

// A fragment of 64 columns is operand A of four steps; the tile [N, K] goes along
// the depth, so that ldmatrix brings operands B as they are, for 16 of the 32
// columns at a time.

!a = tensor<64x64xbf16, #wg.fragment>
!b = !wg.shared<32x64xbf16, swizzle = 128>
!c = tensor<64x32xf32, #wg.fragment>

gpu.module @fragment_times_transposed {
  llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // CHECK-LABEL: gpu.func @f(
  // CHECK-SAME:    %[[A:.*]]: vector<32xbf16>, %[[C:.*]]: vector<16xf32>
  // CHECK:         %[[WORDS:.*]] = vector.bitcast %[[A]] : vector<32xbf16> to vector<16xi32>
  // CHECK:         %[[B:.*]] = llvm.inline_asm has_side_effects {{.*}}"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0, $1, $2, $3}, [$4+0];"
  // CHECK:         %[[B0:.*]] = llvm.extractvalue %[[B]][0]
  // CHECK:         %[[B1:.*]] = llvm.extractvalue %[[B]][1]
  // CHECK:         nvvm.mma.sync A[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}] B[%[[B0]], %[[B1]]] C[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]
  // CHECK-SAME:      multiplicandAPtxType = #nvvm.mma_type<bf16>{{.*}} shape = #nvvm.shape<m = 16, n = 8, k = 16>
  // CHECK-SAME:      (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
  // CHECK-COUNT-1: nvvm.mma.sync
  // CHECK:         "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0, $1, $2, $3}, [$4+2048];"
  // CHECK-COUNT-14: nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  // CHECK-NOT:     wgmma

  // WGMMA-LABEL: gpu.func @f(
  // WGMMA:         wgmma.mma_async
  // WGMMA:         wgmma.wait_group
  gpu.func @f(%a: !a, %c: !c, %memory: memref<64x32xf32>) kernel {
    %b = wg.alloc {offset = 0} : !b
    %p = wg.mma %a, %b transpose_b onto %c : !c : !a, !b -> !wg.pending<!c>
    %t = wg.wait %p : !wg.pending<!c> -> !c
    wg.store %t, %memory : !c, memref<64x32xf32>
    gpu.return
  }
}

// -----

// Of f16, operand A from shared memory: one ldmatrix for A in each of four steps,
// and one, transposed, for each 16 columns of B [K, N]. Without an accumulator the
// first step adds to zero.

!a = !wg.shared<64x64xf16, swizzle = 128>
!b = !wg.shared<64x64xf16, swizzle = 128>
!c = tensor<64x64xf32, #wg.fragment>

gpu.module @shared_times_rows {
  llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // CHECK-LABEL: gpu.func @f()
  // CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK-COUNT-4: "ldmatrix.sync.aligned.m8n8.x4.shared.b16
  // CHECK:         "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
  // CHECK:         %[[PAIR:.*]] = llvm.bitcast %{{.*}} : i32 to vector<2xf16>
  // CHECK:         nvvm.mma.sync A[{{.*}}] B[{{.*}}] C[%[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]]]
  // CHECK-SAME:      (vector<2xf16>, vector<2xf16>, f32)
  // CHECK-COUNT-31: nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  gpu.func @f() kernel {
    %a = wg.alloc {offset = 0} : !a
    %b = wg.alloc {offset = 8192} : !b
    %p = wg.mma %a, %b : !a, !b -> !wg.pending<!c>
    %t = wg.wait %p : !wg.pending<!c> -> !c
    %narrow = arith.truncf %t : !c to tensor<64x64xf16, #wg.fragment>
    wg.store %narrow, %a : tensor<64x64xf16, #wg.fragment>, !a
    gpu.return
  }
}

// -----

// A row of a transposed tile goes along the depth of A: ldmatrix.trans.

!a = !wg.shared<64x64xbf16, swizzle = 128>
!b = !wg.shared<16x64xbf16, swizzle = 128>
!c = tensor<64x16xf32, #wg.fragment>

gpu.module @transposed_times_transposed {
  llvm.mlir.global external @wg_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

  // CHECK-LABEL: gpu.func @f(
  // CHECK-COUNT-4: "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
  // CHECK:         "ldmatrix.sync.aligned.m8n8.x4.shared.b16
  // CHECK-COUNT-8: nvvm.mma.sync
  // CHECK-NOT:     nvvm.mma.sync
  gpu.func @f(%memory: memref<64x16xf32>) kernel {
    %a = wg.alloc {offset = 0} : !a
    %b = wg.alloc {offset = 8192} : !b
    %p = wg.mma %a transpose_a, %b transpose_b : !a, !b -> !wg.pending<!c>
    %t = wg.wait %p : !wg.pending<!c> -> !c
    wg.store %t, %memory : !c, memref<64x16xf32>
    gpu.return
  }
}
