// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s

// wg.mma and wg.wait. A descriptor is the address in units of 16 bytes, 14 bits,
// and fixed fields: swizzle 128 is 1 << 62; from an 8-row repeat to the next it
// is 1024 bytes, 64 << 32; the leading offset in units of 16 bytes << 16. Steps
// are added to the address, in units of 16 bytes.

gpu.module @kernels {

// A from registers, four for each 16 of the depth; B is [K, N], whose rows go
// across the depth: a step is 16 rows of 128 bytes. From a panel of B to the
// next it is 32 rows, 4096 bytes. The first product does not read the
// accumulators, which are not operands.
// CHECK-LABEL: gpu.func @registers(
// CHECK-SAME:    %[[A:.*]]: vector<16xf16>, %[[B:.*]]: i32,
// CHECK-DAG:     %[[FIELDS:.*]] = arith.constant 4611686293322072064 : i64
// CHECK-DAG:     %[[MASK:.*]] = arith.constant 262143 : i32
// CHECK-DAG:     %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK-DAG:     vector.bitcast %[[A]] : vector<16xf16> to vector<8xi32>
// CHECK-DAG:     %[[MASKED:.*]] = arith.andi %[[B]], %[[MASK]] : i32
// CHECK-DAG:     %[[UNITS:.*]] = arith.shrui %[[MASKED]], %[[FOUR]] : i32
// CHECK-DAG:     %[[START:.*]] = arith.extui %[[UNITS]] : i32 to i64
// CHECK-DAG:     %[[DESCRIPTOR:.*]] = arith.ori %[[START]], %[[FIELDS]] : i64
// CHECK:         llvm.inline_asm has_side_effects "{
// CHECK-SAME:      setp.ne.u32 first, 0, 0;
// CHECK-SAME:      setp.ne.u32 later, 1, 0;
// CHECK-SAME:      wgmma.fence.sync.aligned;
// CHECK-SAME:      add.s64 b, $40, 0;
// CHECK-SAME:      wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {$0, {{.*}}, $31}, {$32, $33, $34, $35}, b, first, 1, 1, 1;
// CHECK-SAME:      add.s64 b, $40, 128;
// CHECK-SAME:      wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {$0, {{.*}}, $31}, {$36, $37, $38, $39}, b, later, 1, 1, 1;
// CHECK-SAME:      wgmma.commit_group.sync.aligned;
// CHECK-SAME:      =f,r,r,r,r,r,r,r,r,l"
// CHECK-SAME:      %[[DESCRIPTOR]] :
// The wait takes the accumulators and gives them back.
// CHECK:         llvm.inline_asm has_side_effects "wgmma.wait_group.sync.aligned 0;", "=f,{{.*}},0,1,2,{{.*}},31"
gpu.func @registers(%a: tensor<64x32xf16, #wg.fragment>, %b: !wg.shared<32x64xf16, swizzle = 128>, %m: memref<64x64xf32>) {
  %0 = wg.mma %a, %b : tensor<64x32xf16, #wg.fragment>, !wg.shared<32x64xf16, swizzle = 128> -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  %1 = wg.wait %0 : !wg.pending<tensor<64x64xf32, #wg.fragment>> -> tensor<64x64xf32, #wg.fragment>
  wg.store %1, %m : tensor<64x64xf32, #wg.fragment>, memref<64x64xf32>
  gpu.return
}

// Both from shared memory, along the depth: a step is 32 bytes of a row, the
// fifth is in the next panel: 8 rows of B and 64 of A from the first.
// CHECK-LABEL: gpu.func @along_depth(
// CHECK-SAME:    %[[A:[^:]*]]: i32, %[[B:[^:]*]]: i32, %[[C:[^:]*]]: vector<4xf32>
// CHECK-DAG:     %[[FIELDS:.*]] = arith.constant 4611686293305360384 : i64
// CHECK-DAG:     %[[MASKED_A:.*]] = arith.andi %[[A]],
// CHECK-DAG:     %[[UNITS_A:.*]] = arith.shrui %[[MASKED_A]],
// CHECK-DAG:     %[[START_A:.*]] = arith.extui %[[UNITS_A]]
// CHECK-DAG:     %[[DESCRIPTOR_A:.*]] = arith.ori %[[START_A]], %[[FIELDS]] : i64
// CHECK-DAG:     %[[MASKED_B:.*]] = arith.andi %[[B]],
// CHECK-DAG:     %[[UNITS_B:.*]] = arith.shrui %[[MASKED_B]],
// CHECK-DAG:     %[[START_B:.*]] = arith.extui %[[UNITS_B]]
// CHECK-DAG:     %[[DESCRIPTOR_B:.*]] = arith.ori %[[START_B]], %[[FIELDS]] : i64
// With an accumulator the first product reads it. Nothing is transposed.
// CHECK:         llvm.inline_asm has_side_effects "{
// CHECK-SAME:      setp.ne.u32 first, 1, 0;
// CHECK-SAME:      add.s64 b, $9, 0;\0Aadd.s64 a, $8, 0;
// CHECK-SAME:      wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {$0, $1, $2, $3}, a, b, first, 1, 1, 0, 0;
// CHECK-SAME:      add.s64 b, $9, 6;\0Aadd.s64 a, $8, 6;
// CHECK-SAME:      add.s64 b, $9, 64;\0Aadd.s64 a, $8, 512;
// CHECK-SAME:      add.s64 b, $9, 70;\0Aadd.s64 a, $8, 518;
// CHECK-SAME:      "=f,=f,=f,=f,0,1,2,3,l,l"
// CHECK-SAME:      %[[DESCRIPTOR_A]], %[[DESCRIPTOR_B]] :
gpu.func @along_depth(%a: !wg.shared<64x128xbf16, swizzle = 128>, %b: !wg.shared<8x128xbf16, swizzle = 128>, %c: tensor<64x8xf32, #wg.fragment>, %m: memref<64x8xf32>) {
  %0 = wg.mma %a, %b transpose_b onto %c : tensor<64x8xf32, #wg.fragment> : !wg.shared<64x128xbf16, swizzle = 128>, !wg.shared<8x128xbf16, swizzle = 128> -> !wg.pending<tensor<64x8xf32, #wg.fragment>>
  %1 = wg.wait %0 : !wg.pending<tensor<64x8xf32, #wg.fragment>> -> tensor<64x8xf32, #wg.fragment>
  wg.store %1, %m : tensor<64x8xf32, #wg.fragment>, memref<64x8xf32>
  gpu.return
}

// Both across the depth: steps of 16 rows. Panels of 64 rows are 8192 bytes, the
// leading offset of both: 512 << 16.
// CHECK-LABEL: gpu.func @across_depth(
// CHECK:         arith.constant 4611686293338849280 : i64
// CHECK:         llvm.inline_asm
// CHECK-SAME:      add.s64 b, $65, 0;\0Aadd.s64 a, $64, 0;
// CHECK-SAME:      m64n128k16.f32.bf16.bf16 {$0, {{.*}}, $63}, a, b, first, 1, 1, 1, 1;
// CHECK-SAME:      add.s64 b, $65, 384;\0Aadd.s64 a, $64, 384;
gpu.func @across_depth(%a: !wg.shared<64x64xbf16, swizzle = 128>, %b: !wg.shared<64x128xbf16, swizzle = 128>, %m: memref<64x128xf32>) {
  %0 = wg.mma %a transpose_a, %b : !wg.shared<64x64xbf16, swizzle = 128>, !wg.shared<64x128xbf16, swizzle = 128> -> !wg.pending<tensor<64x128xf32, #wg.fragment>>
  %1 = wg.wait %0 : !wg.pending<tensor<64x128xf32, #wg.fragment>> -> tensor<64x128xf32, #wg.fragment>
  wg.store %1, %m : tensor<64x128xf32, #wg.fragment>, memref<64x128xf32>
  gpu.return
}

// A wait for one of two products leaves the other one's registers alone; a wait
// for two gives both.
// CHECK-LABEL: gpu.func @two_waits(
// CHECK-COUNT-3: wgmma.commit_group
// CHECK:         "wgmma.wait_group.sync.aligned 2;", "=f,=f,=f,=f,0,1,2,3"
// CHECK:         "wgmma.wait_group.sync.aligned 0;", "=f,=f,=f,=f,=f,=f,=f,=f,0,1,2,3,4,5,6,7"
gpu.func @two_waits(%a: tensor<64x64xbf16, #wg.fragment>, %b: !wg.shared<8x64xbf16, swizzle = 128>, %m: memref<64x8xf32>) {
  %0 = wg.mma %a, %b transpose_b : tensor<64x64xbf16, #wg.fragment>, !wg.shared<8x64xbf16, swizzle = 128> -> !wg.pending<tensor<64x8xf32, #wg.fragment>>
  %1 = wg.mma %a, %b transpose_b : tensor<64x64xbf16, #wg.fragment>, !wg.shared<8x64xbf16, swizzle = 128> -> !wg.pending<tensor<64x8xf32, #wg.fragment>>
  %2 = wg.mma %a, %b transpose_b : tensor<64x64xbf16, #wg.fragment>, !wg.shared<8x64xbf16, swizzle = 128> -> !wg.pending<tensor<64x8xf32, #wg.fragment>>
  %3 = wg.wait %0 newer(2) : !wg.pending<tensor<64x8xf32, #wg.fragment>> -> tensor<64x8xf32, #wg.fragment>
  wg.store %3, %m : tensor<64x8xf32, #wg.fragment>, memref<64x8xf32>
  %4:2 = wg.wait %1, %2 : !wg.pending<tensor<64x8xf32, #wg.fragment>>, !wg.pending<tensor<64x8xf32, #wg.fragment>> -> tensor<64x8xf32, #wg.fragment>, tensor<64x8xf32, #wg.fragment>
  wg.store %4#0, %m : tensor<64x8xf32, #wg.fragment>, memref<64x8xf32>
  wg.store %4#1, %m : tensor<64x8xf32, #wg.fragment>, memref<64x8xf32>
  gpu.return
}

}
