// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s

gpu.module @kernels {

// Each warp has 16 rows of 20 floats of the scratch.
// CHECK-LABEL: gpu.func @invert(
// CHECK-SAME:    %[[L:.*]]: vector<32xf32>, %[[SCRATCH:.*]]: i32,
// CHECK:         %[[WARP:.*]] = arith.shrui %{{.*}}, %c5_i32 : i32
// CHECK:         %[[MINE:.*]] = arith.muli %[[WARP]], %c1344_i32 : i32
// CHECK:         arith.addi %[[SCRATCH]], %[[MINE]] : i32
// CHECK:         "bar.warp.sync 0xffffffff;"
// The warp's block, of the four in the fragment, transposed.
// CHECK:         arith.select
// CHECK-COUNT-8: "st.shared.f32
// CHECK:         "bar.warp.sync 0xffffffff;"
// Column 0 of L has rows 1 to 15, in four loads; the last column is not read.
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+0];"
// CHECK-NEXT:    llvm.extractvalue
// CHECK:         llvm.intr.fma
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+48];"
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+1168];"
// CHECK-NOT:     ld.shared.v4
// CHECK:         "bar.warp.sync 0xffffffff;"
// The inverse, row by row, and back to where the fragment holds it.
// CHECK-COUNT-16: "st.shared.f32
// CHECK:         "bar.warp.sync 0xffffffff;"
// CHECK-COUNT-8: "ld.shared.f32
// Rounded to f16 in pairs, and zero outside of the warp's block.
// CHECK-COUNT-4: nvvm.convert.f32x2.to.f16x2
// CHECK-COUNT-16: arith.select {{.*}} : i32
// CHECK-NOT:     "bar.sync
gpu.func @invert(%l: tensor<64x64xf32, #wg.fragment>, %scratch: !wg.shared<4x336xf32>, %m: memref<64x64xf16>) {
  %0 = wg.invert_blocks %l scratch(%scratch : !wg.shared<4x336xf32>) : tensor<64x64xf32, #wg.fragment>
  wg.store %0, %m : tensor<64x64xf16, #wg.fragment>, memref<64x64xf16>
  gpu.return
}

// Of two, half of the lanes have a column each; one substitution does for both.
// CHECK-LABEL: gpu.func @invert_two(
// CHECK-SAME:    %[[L:.*]]: vector<32xf32>, %[[M:.*]]: vector<32xf32>, %[[SCRATCH:.*]]: i32,
// CHECK:         %[[MINE:.*]] = arith.muli %{{.*}}, %c2688_i32 : i32
// CHECK:         %[[BASE:.*]] = arith.addi %[[SCRATCH]], %[[MINE]] : i32
// CHECK:         %[[HALF:.*]] = arith.shrui %{{.*}}, %c4_i32 : i32
// CHECK:         %[[OFFSET:.*]] = arith.muli %[[HALF]], %c1344_i32 : i32
// CHECK:         %[[OF_LANE:.*]] = arith.addi %[[BASE]], %[[OFFSET]] : i32
// CHECK-COUNT-16: "st.shared.f32
// CHECK:         "bar.warp.sync 0xffffffff;"
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+0];", {{.*}} %[[OF_LANE]]
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+1168];"
// CHECK-NOT:     ld.shared.v4
// CHECK-COUNT-16: "st.shared.f32
// CHECK-COUNT-16: "ld.shared.f32
// CHECK-COUNT-4: nvvm.convert.f32x2.to.f16x2
gpu.func @invert_two(%l: tensor<64x64xf32, #wg.fragment>, %m: tensor<64x64xf32, #wg.fragment>,
                     %scratch: !wg.shared<8x336xf32>, %x: memref<64x64xf16>, %y: memref<64x64xf16>) {
  %0:2 = wg.invert_blocks %l, %m scratch(%scratch : !wg.shared<8x336xf32>)
       : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  wg.store %0#0, %x : tensor<64x64xf16, #wg.fragment>, memref<64x64xf16>
  wg.store %0#1, %y : tensor<64x64xf16, #wg.fragment>, memref<64x64xf16>
  gpu.return
}

}
