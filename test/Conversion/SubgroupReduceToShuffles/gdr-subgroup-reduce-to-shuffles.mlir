// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-subgroup-reduce-to-shuffles)))' | FileCheck %s

gpu.module @kernels {

// All elements at one distance before the next distance.
// CHECK-LABEL: gpu.func @vector(
// CHECK-SAME:    %[[X:[^:]*]]: vector<2xf32>)
// CHECK-NOT:     gpu.subgroup_reduce
// CHECK:         %[[E:.*]]:2 = vector.to_elements %[[X]]
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : i32
// CHECK-DAG:     %[[WIDTH:.*]] = arith.constant 32 : i32
// CHECK:         %[[A0:[^,]*]], %{{.*}} = gpu.shuffle xor %[[E]]#0, %[[C2]], %[[WIDTH]] : f32
// CHECK:         %[[A1:[^,]*]], %{{.*}} = gpu.shuffle xor %[[E]]#1, %{{.*}}, %{{.*}} : f32
// CHECK-DAG:     %[[S0:.*]] = arith.addf %[[E]]#0, %[[A0]] : f32
// CHECK-DAG:     %[[S1:.*]] = arith.addf %[[E]]#1, %[[A1]] : f32
// CHECK:         %[[C1:.*]] = arith.constant 1 : i32
// CHECK:         %[[B0:[^,]*]], %{{.*}} = gpu.shuffle xor %[[S0]], %[[C1]], %{{.*}} : f32
// CHECK:         %[[B1:[^,]*]], %{{.*}} = gpu.shuffle xor %[[S1]],
// CHECK-DAG:     %[[R0:.*]] = arith.addf %[[S0]], %[[B0]] : f32
// CHECK-DAG:     %[[R1:.*]] = arith.addf %[[S1]], %[[B1]] : f32
// CHECK-NOT:     gpu.shuffle
// CHECK:         %[[R:.*]] = vector.from_elements %[[R0]], %[[R1]] : vector<2xf32>
// CHECK:         gpu.return %[[R]]
gpu.func @vector(%x: vector<2xf32>) -> vector<2xf32> {
  %0 = gpu.subgroup_reduce add %x uniform cluster(size = 4) : (vector<2xf32>) -> vector<2xf32>
  gpu.return %0 : vector<2xf32>
}

// CHECK-LABEL: gpu.func @whole_warp(
// CHECK-DAG:     arith.constant 16 : i32
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK-NOT:     gpu.shuffle
// CHECK:         gpu.return
gpu.func @whole_warp(%x: f32) -> f32 {
  %0 = gpu.subgroup_reduce add %x cluster(size = 32) : (f32) -> f32
  gpu.return %0 : f32
}

// Reductions next to each other are interleaved; one that uses another one's
// result comes after it.
// CHECK-LABEL: gpu.func @adjacent(
// CHECK-SAME:    %[[X:[^:]*]]: f32, %[[Y:[^:]*]]: f32)
// CHECK:         %[[A:[^,]*]], %{{.*}} = gpu.shuffle xor %[[X]],
// CHECK:         %[[B:[^,]*]], %{{.*}} = gpu.shuffle xor %[[Y]],
// CHECK-DAG:     %[[SX:.*]] = arith.addf %[[X]], %[[A]]
// CHECK-DAG:     %[[SY:.*]] = arith.addf %[[Y]], %[[B]]
// CHECK:         %[[C:[^,]*]], %{{.*}} = gpu.shuffle xor %[[SY]],
// CHECK:         %[[SZ:.*]] = arith.addf %[[SY]], %[[C]]
// CHECK:         gpu.return %[[SX]], %[[SZ]]
gpu.func @adjacent(%x: f32, %y: f32) -> (f32, f32) {
  %0 = gpu.subgroup_reduce add %x uniform cluster(size = 2) : (f32) -> f32
  %1 = gpu.subgroup_reduce add %y uniform cluster(size = 2) : (f32) -> f32
  %2 = gpu.subgroup_reduce add %1 uniform cluster(size = 2) : (f32) -> f32
  gpu.return %0, %2 : f32, f32
}

// Different sizes and different blocks are apart.
// CHECK-LABEL: gpu.func @apart(
// CHECK-COUNT-2: gpu.shuffle xor
// CHECK:         gpu.shuffle xor
// CHECK:         scf.if
// CHECK:           gpu.shuffle xor
// CHECK-NOT:     gpu.shuffle
// CHECK:         gpu.return
gpu.func @apart(%x: f32, %c: i1) -> (f32, f32) {
  %0 = gpu.subgroup_reduce add %x uniform cluster(size = 4) : (f32) -> f32
  %1 = gpu.subgroup_reduce add %x uniform cluster(size = 2) : (f32) -> f32
  %2 = scf.if %c -> f32 {
    %3 = gpu.subgroup_reduce add %x uniform cluster(size = 2) : (f32) -> f32
    scf.yield %3 : f32
  } else {
    scf.yield %1 : f32
  }
  gpu.return %0, %2 : f32, f32
}

// CHECK-LABEL: gpu.func @one_lane(
// CHECK-SAME:    %[[X:[^:]*]]: f32)
// CHECK-NEXT:    gpu.return %[[X]]
gpu.func @one_lane(%x: f32) -> f32 {
  %0 = gpu.subgroup_reduce add %x cluster(size = 1) : (f32) -> f32
  gpu.return %0 : f32
}

// Left as they are: other types, other operations, whole subgroups of unknown
// size, strided clusters.
// CHECK-LABEL: gpu.func @others(
// CHECK-COUNT-5: gpu.subgroup_reduce
// CHECK-NOT:     gpu.shuffle
// CHECK:         gpu.return
gpu.func @others(%x: f32, %h: f16, %i: i32) -> (f16, i32, f32, f32, f32) {
  %0 = gpu.subgroup_reduce add %h cluster(size = 4) : (f16) -> f16
  %1 = gpu.subgroup_reduce add %i cluster(size = 4) : (i32) -> i32
  %2 = gpu.subgroup_reduce maxnumf %x cluster(size = 4) : (f32) -> f32
  %3 = gpu.subgroup_reduce add %x : (f32) -> f32
  %4 = gpu.subgroup_reduce add %x cluster(size = 4, stride = 8) : (f32) -> f32
  gpu.return %0, %1, %2, %3, %4 : f16, i32, f32, f32, f32
}

}

// Host code is left alone.
// CHECK-LABEL: func.func @host(
// CHECK-NEXT:    return
func.func @host() {
  return
}
