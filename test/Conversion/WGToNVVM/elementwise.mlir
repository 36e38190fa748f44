// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm,canonicalize,cse)))' | FileCheck %s

// arith, math and scf on register tiles, wg.iota, wg.broadcast, wg.cumsum,
// wg.sum_columns. A tile becomes a vector of what a thread holds; test/Unit/WG
// has the maps.

!x = tensor<64x16xf32, #wg.fragment>

gpu.module @kernels {

// CHECK-LABEL: gpu.func @types(
// CHECK-SAME:    vector<8xf32>, %{{.*}}: vector<2xf32>, %{{.*}}: vector<4xbf16>, %{{.*}}: vector<4xf32>,
// CHECK-SAME:    i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr)
gpu.func @types(%0: !x, %1: tensor<64xf32, #wg.rows>, %2: tensor<16xbf16, #wg.columns>, %3: tensor<128xf32, #wg.lanes>,
                %4: !wg.shared<64xf32>, %5: !wg.ring<2, !wg.shared<64xf32>>, %6: !wg.mbarrier, %7: !wg.tensor_map) {
  gpu.return
}

// CHECK-LABEL: gpu.func @arith(
// CHECK-SAME:    %[[X:.*]]: vector<8xf32>, %[[S:.*]]: f32,
// CHECK-DAG:     %[[TEN:.*]] = arith.constant dense<1.000000e+01> : vector<8xf32>
// CHECK-DAG:     %[[SPLAT:.*]] = vector.broadcast %[[S]] : f32 to vector<8xf32>
// CHECK:         %[[SUM:.*]] = arith.addf %[[X]], %[[TEN]] fastmath<contract> : vector<8xf32>
// CHECK:         %[[IS:.*]] = arith.cmpf olt, %[[SUM]], %[[SPLAT]] : vector<8xf32>
// CHECK:         %[[KEPT:.*]] = arith.select %[[IS]], %[[SUM]], %[[X]] : vector<8xi1>, vector<8xf32>
// CHECK:         %[[LOW:.*]] = llvm.extractelement %[[KEPT]][%{{.*}} : i32] : vector<8xf32>
// CHECK-NEXT:    %[[HIGH:.*]] = llvm.extractelement %[[KEPT]][%{{.*}} : i32] : vector<8xf32>
// CHECK:         nvvm.convert.f32x2.to.bf16x2 %[[HIGH]], %[[LOW]] {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xbf16>
// CHECK-COUNT-3: nvvm.convert.f32x2.to.bf16x2
// CHECK:         vector.bitcast %{{.*}} : vector<4xi32> to vector<8xbf16>
gpu.func @arith(%x: !x, %s: f32, %m: memref<64x16xbf16>) {
  %ten = arith.constant dense<10.0> : !x
  %splat = tensor.splat %s : !x
  %0 = arith.addf %x, %ten fastmath<contract> : !x
  %1 = arith.cmpf olt, %0, %splat : !x
  %2 = arith.select %1, %0, %x : tensor<64x16xi1, #wg.fragment>, !x
  %3 = arith.truncf %2 : !x to tensor<64x16xbf16, #wg.fragment>
  wg.store %3, %m : tensor<64x16xbf16, #wg.fragment>, memref<64x16xbf16>
  gpu.return
}

// math element by element.
// CHECK-LABEL: gpu.func @math(
// CHECK-COUNT-8: math.exp2 %{{.*}} : f32
// CHECK-NOT:     math.exp2
gpu.func @math(%x: !x, %m: memref<64x16xf32>) {
  %0 = math.exp2 %x : !x
  wg.store %0, %m : !x, memref<64x16xf32>
  gpu.return
}

// Tiles in loops and branches.
// CHECK-LABEL: gpu.func @scf(
// CHECK-SAME:    %[[X:.*]]: vector<8xf32>,
// CHECK:         scf.if %{{.*}} -> (vector<8xf32>) {
// CHECK:           scf.for {{.*}} iter_args(%{{.*}} = %[[X]]) -> (vector<8xf32>) {
gpu.func @scf(%x: !x, %condition: i1, %n: index, %m: memref<64x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.if %condition -> !x {
    %1 = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> !x {
      %2 = arith.mulf %t, %t : !x
      scf.yield %2 : !x
    }
    scf.yield %1 : !x
  } else {
    scf.yield %x : !x
  }
  wg.store %0, %m : !x, memref<64x16xf32>
  gpu.return
}

// A fragment is two elements of a row, two of the other row, for each block of 8
// columns.
// CHECK-LABEL: gpu.func @broadcast(
// CHECK-SAME:    %[[ROWS:.*]]: vector<2xf32>, %[[COLUMNS:.*]]: vector<4xf32>,
// CHECK:         vector.shuffle %[[ROWS]], %[[ROWS]] [0, 0, 1, 1, 0, 0, 1, 1]
// CHECK:         vector.shuffle %[[COLUMNS]], %[[COLUMNS]] [0, 1, 0, 1, 2, 3, 2, 3]
gpu.func @broadcast(%rows: tensor<64xf32, #wg.rows>, %columns: tensor<16xf32, #wg.columns>, %m: memref<64x16xf32>) {
  %0 = wg.broadcast %rows : tensor<64xf32, #wg.rows> -> !x
  %1 = wg.broadcast %columns : tensor<16xf32, #wg.columns> -> !x
  %2 = arith.mulf %0, %1 : !x
  wg.store %2, %m : !x, memref<64x16xf32>
  gpu.return
}

// The numbers are where a store puts them.
// CHECK-LABEL: gpu.func @iota(
// CHECK-DAG:     %[[FIRST:.*]] = arith.addi %{{.*}}, %{{.*}} : i32
// CHECK-DAG:     %[[SECOND:.*]] = arith.addi %[[FIRST]], %c8_i32 : i32
// CHECK-DAG:     llvm.insertelement %[[FIRST]],
// CHECK-DAG:     llvm.insertelement %[[SECOND]],
// CHECK-DAG:     arith.index_castui %[[FIRST]] : i32 to index
// CHECK-DAG:     arith.index_castui %[[SECOND]] : i32 to index
gpu.func @iota(%m: memref<64xi32>) {
  %0 = wg.iota : tensor<64xi32, #wg.rows>
  wg.store %0, %m : tensor<64xi32, #wg.rows>, memref<64xi32>
  gpu.return
}

// The sum of a lane's own elements, then of the lanes before it. A lane adds the
// others to each of its sums, and subtracts nothing.
// CHECK-LABEL: gpu.func @cumsum(
// CHECK-COUNT-5: gpu.shuffle up
// CHECK-NOT:     arith.subf
// CHECK:         %[[BEFORE:.*]], %{{.*}} = gpu.shuffle up
// CHECK:         %[[OTHERS:.*]] = arith.select %{{.*}}, %{{.*}}, %[[BEFORE]] : f32
// CHECK-COUNT-2: arith.addf %{{.*}}, %[[OTHERS]] : f32
gpu.func @cumsum(%x: tensor<64xf32, #wg.lanes>, %m: memref<64xf32>) {
  %0 = wg.cumsum %x : tensor<64xf32, #wg.lanes>
  wg.store %0, %m : tensor<64xf32, #wg.lanes>, memref<64xf32>
  gpu.return
}

// What is not on tiles stays.
// CHECK-LABEL: gpu.func @scalars(
// CHECK:         math.exp2 %{{.*}} : f32
// CHECK:         math.exp2 %{{.*}} : vector<4xf32>
gpu.func @scalars(%x: f32, %y: vector<4xf32>) -> (f32, vector<4xf32>) {
  %0 = math.exp2 %x : f32
  %1 = math.exp2 %y : vector<4xf32>
  gpu.return %0, %1 : f32, vector<4xf32>
}

// Each of a thread's two rows: its own columns, then those of its quad.
// CHECK-LABEL: gpu.func @sum_columns(
// CHECK-SAME:    %[[X:.*]]: vector<8xf32>,
// CHECK-COUNT-6: arith.addf %{{.*}}, %{{.*}} : f32
// CHECK:         %[[NEXT:.*]], %{{.*}} = gpu.shuffle xor %[[SUM:.*]], %c1_i32, %c32_i32 : f32
// CHECK:         %[[PAIR:.*]] = arith.addf %[[SUM]], %[[NEXT]] : f32
// CHECK:         %[[OTHER:.*]], %{{.*}} = gpu.shuffle xor %[[PAIR]], %c2_i32, %c32_i32 : f32
// CHECK:         arith.addf %[[PAIR]], %[[OTHER]] : f32
// CHECK-COUNT-2: gpu.shuffle xor
// CHECK-NOT:     gpu.shuffle
gpu.func @sum_columns(%x: !x, %m: memref<64xf32>) {
  %0 = wg.sum_columns %x : !x -> tensor<64xf32, #wg.rows>
  wg.store %0, %m : tensor<64xf32, #wg.rows>, memref<64xf32>
  gpu.return
}

// A bf16 is the upper half of an f32: two of them are a shift and a mask.
// CHECK-LABEL: gpu.func @extend(
// CHECK-SAME:    %[[X:.*]]: vector<8xbf16>,
// CHECK-NOT:     arith.extf
// CHECK:         %[[WORDS:.*]] = vector.bitcast %[[X]] : vector<8xbf16> to vector<4xi32>
// CHECK:         %[[WORD:.*]] = llvm.extractelement %[[WORDS]]
// CHECK:         %[[LOW:.*]] = arith.shli %[[WORD]], %c16_i32 : i32
// CHECK:         %[[HIGH:.*]] = arith.andi %[[WORD]], %c-65536_i32 : i32
// CHECK:         arith.bitcast %[[LOW]] : i32 to f32
// CHECK:         arith.bitcast %[[HIGH]] : i32 to f32
// CHECK-NOT:     arith.extf
// CHECK:         gpu.return
gpu.func @extend(%x: tensor<64x16xbf16, #wg.fragment>, %m: memref<64x16xf32>) {
  %0 = arith.extf %x : tensor<64x16xbf16, #wg.fragment> to !x
  wg.store %0, %m : !x, memref<64x16xf32>
  gpu.return
}

// An f16 is not.
// CHECK-LABEL: gpu.func @extend_f16(
// CHECK:         arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
gpu.func @extend_f16(%x: tensor<64x16xf16, #wg.fragment>, %m: memref<64x16xf32>) {
  %0 = arith.extf %x : tensor<64x16xf16, #wg.fragment> to !x
  wg.store %0, %m : !x, memref<64x16xf32>
  gpu.return
}

}
