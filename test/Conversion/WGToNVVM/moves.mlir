// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s

// wg.load, wg.store, wg.extract, wg.fill and wg.drain. test/Unit/WG has the addresses.

!tile = !wg.shared<64x128xbf16, swizzle = 128>
!fragment = tensor<64x128xbf16, #wg.fragment>

gpu.module @kernels {

// 16 columns at a time.
// CHECK-LABEL: gpu.func @fragments(
// CHECK-COUNT-8: "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0, $1, $2, $3}, [$4+{{[0-9]+}}];"
// CHECK-NOT:     ldmatrix
// CHECK-COUNT-8: "stmatrix.sync.aligned.m8n8.x4.shared.b16 [$0+{{[0-9]+}}], {$1, $2, $3, $4};"
// CHECK-NOT:     stmatrix
gpu.func @fragments(%from: !tile, %to: !tile) {
  %0 = wg.load %from : !tile -> !fragment
  wg.store %0, %to : !fragment, !tile
  gpu.return
}

// In memory transposed: 16 rows of 128 bytes from one to the next.
// CHECK-LABEL: gpu.func @transposed(
// CHECK:         "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$0, $1, $2, $3}, [$4+0];"
// CHECK:         "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$0, $1, $2, $3}, [$4+2048];"
// CHECK:         "stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [$0+0], {$1, $2, $3, $4};"
// CHECK:         "stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [$0+2048], {$1, $2, $3, $4};"
gpu.func @transposed(%from: !wg.shared<32x64xf16, swizzle = 128>, %to: !wg.shared<32x64xf16, swizzle = 128>) {
  %0 = wg.load %from transpose : !wg.shared<32x64xf16, swizzle = 128> -> tensor<64x32xf16, #wg.fragment>
  wg.store %0, %to transpose : tensor<64x32xf16, #wg.fragment>, !wg.shared<32x64xf16, swizzle = 128>
  gpu.return
}

// CHECK-LABEL: gpu.func @vectors(
// CHECK:         "ld.shared.f32 $0, [$1+0];"
// CHECK:         "ld.shared.f32 $0, [$1+32];"
// CHECK:         "ld.shared.v2.f32 {$0, $1}, [$2+0];"
// CHECK:         "ld.shared.v2.f32 {$0, $1}, [$2+32];"
// CHECK:         "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+0];"
// By the first warp.
// CHECK:         scf.if
// CHECK:           "st.shared.v4.f32 [$0+0], {$1, $2, $3, $4};"
gpu.func @vectors(%row: !wg.shared<64xf32>, %column: !wg.shared<16xf32>, %lanes: !wg.shared<128xf32>, %m: memref<64xf32>, %n: memref<16xf32>) {
  %0 = wg.load %row : !wg.shared<64xf32> -> tensor<64xf32, #wg.rows>
  %1 = wg.load %column : !wg.shared<16xf32> -> tensor<16xf32, #wg.columns>
  %2 = wg.load %lanes : !wg.shared<128xf32> -> tensor<128xf32, #wg.lanes>
  wg.store %0, %m : tensor<64xf32, #wg.rows>, memref<64xf32>
  wg.store %1, %n : tensor<16xf32, #wg.columns>, memref<16xf32>
  wg.store %2, %lanes : tensor<128xf32, #wg.lanes>, !wg.shared<128xf32>
  gpu.return
}

// CHECK-LABEL: gpu.func @extract(
// CHECK-SAME:    %[[X:.*]]: i32, %[[I:.*]]: index
// CHECK:         %[[POSITION:.*]] = arith.index_castui %[[I]] : index to i32
// CHECK:         %[[BYTES:.*]] = arith.muli %[[POSITION]], %c4_i32 : i32
// CHECK:         %[[ADDRESS:.*]] = arith.addi %[[X]], %[[BYTES]] : i32
// CHECK:         llvm.inline_asm has_side_effects "ld.shared.f32 $0, [$1+0];", "=f,r" %[[ADDRESS]]
gpu.func @extract(%x: !wg.shared<64xf32>, %i: index) -> f32 {
  %0 = wg.extract %x[%i] : !wg.shared<64xf32> -> f32
  gpu.return %0 : f32
}

// Pairs of consecutive elements of global memory.
// CHECK-LABEL: gpu.func @global_pairs(
// CHECK-COUNT-4: llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xf32>
// CHECK-COUNT-4: llvm.store %{{.*}}, %{{.*}} {alignment = 8 : i64} : vector<2xf32>, !llvm.ptr<1>
gpu.func @global_pairs(%m: memref<64x16xf32, strided<[?, 1], offset: ?>>) {
  %0 = wg.load %m : memref<64x16xf32, strided<[?, 1], offset: ?>> -> tensor<64x16xf32, #wg.fragment>
  wg.store %0, %m : tensor<64x16xf32, #wg.fragment>, memref<64x16xf32, strided<[?, 1], offset: ?>>
  gpu.return
}

// Single elements where strides are not one.
// CHECK-LABEL: gpu.func @global_strided(
// CHECK-COUNT-8: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> vector<1xf32>
// CHECK-COUNT-8: llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : vector<1xf32>, !llvm.ptr<1>
gpu.func @global_strided(%x: memref<64x16xf32, strided<[?, ?], offset: ?>>, %y: memref<64x16xf32, strided<[1, 64]>>) {
  %0 = wg.load %x : memref<64x16xf32, strided<[?, ?], offset: ?>> -> tensor<64x16xf32, #wg.fragment>
  wg.store %0, %y : tensor<64x16xf32, #wg.fragment>, memref<64x16xf32, strided<[1, 64]>>
  gpu.return
}

// In memory transposed: elements of a column of memory are not consecutive.
// CHECK-LABEL: gpu.func @global_transposed(
// CHECK-COUNT-8: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> vector<1xbf16>
// CHECK-COUNT-8: llvm.store %{{.*}}, %{{.*}} {alignment = 2 : i64} : vector<1xbf16>, !llvm.ptr<1>
gpu.func @global_transposed(%m: memref<16x64xbf16>) {
  %0 = wg.load %m transpose : memref<16x64xbf16> -> tensor<64x16xbf16, #wg.fragment>
  wg.store %0, %m transpose : tensor<64x16xbf16, #wg.fragment>, memref<16x64xbf16>
  gpu.return
}

// What lies outside of a smaller memref is zero, and is not written.
// CHECK-LABEL: gpu.func @smaller(
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<1xf32>
// CHECK:         arith.cmpi
// CHECK:         scf.if %{{.*}} -> (vector<1xf32>) {
// CHECK:           llvm.load
// CHECK:         } else {
// CHECK-NEXT:      scf.yield %[[ZERO]]
// CHECK:         scf.if
// CHECK:           llvm.store
gpu.func @smaller(%m: memref<?xf32, strided<[4], offset: ?>>) {
  %0 = wg.load %m : memref<?xf32, strided<[4], offset: ?>> -> tensor<64xf32, #wg.lanes>
  wg.store %0, %m : tensor<64xf32, #wg.lanes>, memref<?xf32, strided<[4], offset: ?>>
  gpu.return
}

// In both dimensions, and one by one: a pair of columns may be half outside.
// CHECK-LABEL: gpu.func @smaller_fragment(
// CHECK-DAG:     %[[ROWS:.*]] = arith.constant 8 : i32
// CHECK-DAG:     %[[COLUMNS:.*]] = arith.constant 10 : i32
// CHECK:         %[[IN_ROWS:.*]] = arith.cmpi ult, %{{.*}}, %[[ROWS]] : i32
// CHECK:         %[[IN_COLUMNS:.*]] = arith.cmpi ult, %{{.*}}, %[[COLUMNS]] : i32
// CHECK:         %[[IS:.*]] = arith.andi %[[IN_ROWS]], %[[IN_COLUMNS]] : i1
// CHECK:         scf.if %[[IS]] -> (vector<1xf32>) {
// CHECK:           llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> vector<1xf32>
// CHECK:         scf.if %[[IS]] {
// CHECK:           llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : vector<1xf32>, !llvm.ptr<1>
gpu.func @smaller_fragment(%x: memref<8x10xf32>, %y: memref<8x10xf32>) {
  %0 = wg.load %x : memref<8x10xf32> -> tensor<64x16xf32, #wg.fragment>
  wg.store %0, %y : tensor<64x16xf32, #wg.fragment>, memref<8x10xf32>
  gpu.return
}

// Eight threads a row of 128 bytes, 16 rows at once, swizzled; zeros in the rows
// behind the last one.
// CHECK-LABEL: gpu.func @fill(
// CHECK-SAME:    %[[M:.*]]: memref<{{.*}}>, %[[TILE:.*]]: i32)
// CHECK-DAG:     %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// CHECK:         %{{.*}}, %{{.*}}, %[[SIZES:.*]]:2, %{{.*}}:2 = memref.extract_strided_metadata %[[M]]
// CHECK:         %[[COUNT:.*]] = arith.index_castui %[[SIZES]]#0 : index to i32
// CHECK:         %[[T:.*]] = arith.andi %{{.*}}, %c127_i32 : i32
// CHECK:         %[[ROW:.*]] = arith.shrui %[[T]], %c3_i32 : i32
// CHECK:         %[[UNIT:.*]] = arith.andi %[[T]], %c7_i32 : i32
// CHECK:         %[[MOD:.*]] = arith.andi %[[ROW]], %c7_i32 : i32
// CHECK:         arith.xori %[[UNIT]], %[[MOD]] : i32
// CHECK:         %[[ADDRESS:.*]] = arith.addi %[[TILE]], %{{.*}} : i32
// CHECK:         %[[IS:.*]] = arith.cmpi ult, %[[ROW]], %[[COUNT]] : i32
// CHECK:         scf.if %[[IS]] -> (vector<4xf32>) {
// CHECK:           llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
// CHECK:         } else {
// CHECK-NEXT:      scf.yield %[[ZEROS]] : vector<4xf32>
// CHECK:         "st.shared.v4.f32 [$0+0], {$1, $2, $3, $4};", "r,f,f,f,f" %[[ADDRESS]],
// CHECK:         arith.addi %[[ROW]], %c16_i32 : i32
// CHECK:         "st.shared.v4.f32 [$0+2048], {$1, $2, $3, $4};", "r,f,f,f,f" %[[ADDRESS]],
// CHECK:         "st.shared.v4.f32 [$0+4096], {$1, $2, $3, $4};"
// CHECK:         "st.shared.v4.f32 [$0+6144], {$1, $2, $3, $4};"
// CHECK-NOT:     st.shared
gpu.func @fill(%m: memref<?x64xbf16, strided<[?, 1], offset: ?>>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  wg.fill %m, %tile : memref<?x64xbf16, strided<[?, 1], offset: ?>>, !wg.shared<64x64xbf16, swizzle = 128>
  gpu.return
}

// No branches where the memref is as large as the tile; the second panel is
// behind 64 rows of the first.
// CHECK-LABEL: gpu.func @fill_whole(
// CHECK-NOT:     scf.if
// CHECK-COUNT-4: "st.shared.v4.f32
// CHECK:         "st.shared.v4.f32 [$0+8192], {$1, $2, $3, $4};"
// CHECK-COUNT-3: "st.shared.v4.f32
// CHECK-NOT:     st.shared
// CHECK:         gpu.return
gpu.func @fill_whole(%m: memref<64x128xbf16>, %tile: !tile) {
  wg.fill %m, %tile : memref<64x128xbf16>, !tile
  gpu.return
}

// Only what is within the memref is read from the tile, and written.
// CHECK-LABEL: gpu.func @drain(
// CHECK:         %[[COUNT:.*]] = arith.index_castui %{{.*}}#1 : index to i32
// CHECK:         %[[COLUMN:.*]] = arith.muli %{{.*}}, %c8_i32 : i32
// CHECK:         %[[IS:.*]] = arith.cmpi ult, %[[COLUMN]], %[[COUNT]] : i32
// CHECK:         scf.if %[[IS]] {
// CHECK:           "ld.shared.v4.f32 {$0, $1, $2, $3}, [$4+0];"
// CHECK:           llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
// CHECK-NEXT:    }
gpu.func @drain(%m: memref<64x?xbf16>, %tile: !wg.shared<64x64xbf16, swizzle = 128>) {
  wg.drain %tile, %m : !wg.shared<64x64xbf16, swizzle = 128>, memref<64x?xbf16>
  gpu.return
}

}
