// RUN: gdr-opt %s | gdr-opt | FileCheck %s
// RUN: gdr-opt %s --mlir-print-op-generic | gdr-opt | FileCheck %s

!key = !wg.shared<64x128xbf16, swizzle = 128>
!square = !wg.shared<64x64xbf16, swizzle = 128>
!half = !wg.shared<64x32xbf16, swizzle = 64>
!rows = !wg.shared<4x64xf32>

// Registers: every encoding.
// CHECK-LABEL: func.func @registers(
func.func @registers(%x: tensor<64xf32, #wg.lanes>) -> (tensor<64x32xi32, #wg.fragment>, tensor<64x32xi32, #wg.fragment>, tensor<64xf32, #wg.lanes>) {
  // CHECK: %[[I:.*]] = wg.iota : tensor<64xi32, #wg.rows>
  %i = wg.iota : tensor<64xi32, #wg.rows>
  // CHECK: %[[J:.*]] = wg.iota : tensor<32xi32, #wg.columns>
  %j = wg.iota : tensor<32xi32, #wg.columns>
  // CHECK: wg.broadcast %[[I]] : tensor<64xi32, #wg.rows> -> tensor<64x32xi32, #wg.fragment>
  %0 = wg.broadcast %i : tensor<64xi32, #wg.rows> -> tensor<64x32xi32, #wg.fragment>
  // CHECK: wg.broadcast %[[J]] : tensor<32xi32, #wg.columns> -> tensor<64x32xi32, #wg.fragment>
  %1 = wg.broadcast %j : tensor<32xi32, #wg.columns> -> tensor<64x32xi32, #wg.fragment>
  // CHECK: wg.cumsum %{{.*}} : tensor<64xf32, #wg.lanes>
  %2 = wg.cumsum %x : tensor<64xf32, #wg.lanes>
  return %0, %1, %2 : tensor<64x32xi32, #wg.fragment>, tensor<64x32xi32, #wg.fragment>, tensor<64xf32, #wg.lanes>
}

// Shared memory.
// CHECK-LABEL: func.func @shared(
func.func @shared(%i: index) -> f32 {
  %c0 = arith.constant 0 : index
  // CHECK: %[[K:.*]] = wg.alloc : !wg.shared<64x128xbf16, swizzle = 128>
  %key = wg.alloc : !key
  // CHECK: wg.alloc over %[[K]] : !wg.shared<64x128xbf16, swizzle = 128> {over_offset = 8192 : i64} : !wg.shared<64x64xbf16, swizzle = 128>
  %over = wg.alloc over %key : !key {over_offset = 8192 : i64} : !square
  // CHECK: wg.alloc {offset = 2048 : i64} : !wg.shared<64x32xbf16, swizzle = 64>
  %half = wg.alloc {offset = 2048 : i64} : !half
  // CHECK: wg.slice %[[K]][%{{.*}}] : <64x128xbf16, swizzle = 128> -> <64x64xbf16, swizzle = 128>
  %panel = wg.slice %key[%i] : !key -> !square
  // CHECK: %[[ROWS:.*]] = wg.alloc : !wg.shared<4x64xf32>
  %rows = wg.alloc : !rows
  // CHECK: %[[ROW:.*]] = wg.slice %[[ROWS]][%{{.*}}] : <4x64xf32> -> <64xf32>
  %row = wg.slice %rows[%i] : !rows -> !wg.shared<64xf32>
  // CHECK: wg.slice %[[ROWS]][%{{.*}}] : <4x64xf32> -> <2x64xf32>
  %two = wg.slice %rows[%i] : !rows -> !wg.shared<2x64xf32>
  // CHECK: wg.extract %[[ROW]][%{{.*}}] : <64xf32> -> f32
  %0 = wg.extract %row[%c0] : !wg.shared<64xf32> -> f32
  return %0 : f32
}

// Loads and stores: every encoding, both memories, with and without the options.
// CHECK-LABEL: func.func @moves(
func.func @moves(%tile: !square, %row: !wg.shared<64xf32>, %scratch: !wg.shared<8x336xf32>,
                 %state: memref<?x64xf32, strided<[?, ?], offset: ?>>, %gates: memref<?xbf16, strided<[4], offset: ?>>) {
  // CHECK: wg.load %{{.*}} : !wg.shared<64x64xbf16, swizzle = 128> -> tensor<64x64xbf16, #wg.fragment>
  %0 = wg.load %tile : !square -> tensor<64x64xbf16, #wg.fragment>
  // CHECK: wg.load %{{.*}} transpose : !wg.shared<64x64xbf16, swizzle = 128> -> tensor<64x64xbf16, #wg.fragment>
  %1 = wg.load %tile transpose : !square -> tensor<64x64xbf16, #wg.fragment>
  // CHECK: wg.load %{{.*}} transpose : memref<?x64xf32, strided<[?, ?], offset: ?>> -> tensor<64x128xf32, #wg.fragment>
  %2 = wg.load %state transpose : memref<?x64xf32, strided<[?, ?], offset: ?>> -> tensor<64x128xf32, #wg.fragment>
  // CHECK: wg.load %{{.*}} : !wg.shared<64xf32> -> tensor<64xf32, #wg.rows>
  %3 = wg.load %row : !wg.shared<64xf32> -> tensor<64xf32, #wg.rows>
  %4 = wg.load %row : !wg.shared<64xf32> -> tensor<64xf32, #wg.columns>
  %5 = wg.load %row : !wg.shared<64xf32> -> tensor<64xf32, #wg.lanes>
  // CHECK: wg.load %{{.*}} : memref<?xbf16, strided<[4], offset: ?>> -> tensor<64xbf16, #wg.lanes>
  %6 = wg.load %gates : memref<?xbf16, strided<[4], offset: ?>> -> tensor<64xbf16, #wg.lanes>
  // CHECK: wg.store %{{.*}}, %{{.*}} transpose : tensor<64x64xbf16, #wg.fragment>, !wg.shared<64x64xbf16, swizzle = 128>
  wg.store %0, %tile transpose : tensor<64x64xbf16, #wg.fragment>, !square
  // CHECK: wg.store %{{.*}}, %{{.*}} : tensor<64xbf16, #wg.lanes>, memref<?xbf16, strided<[4], offset: ?>>
  wg.store %6, %gates : tensor<64xbf16, #wg.lanes>, memref<?xbf16, strided<[4], offset: ?>>
  // CHECK: wg.store %{{.*}}, %{{.*}} : tensor<64xf32, #wg.lanes>, !wg.shared<64xf32>
  wg.store %5, %row : tensor<64xf32, #wg.lanes>, !wg.shared<64xf32>
  %zero = arith.constant dense<0.0> : tensor<64x64xf32, #wg.fragment>
  // CHECK: wg.invert_blocks %{{.*}}, %{{.*}} scratch(%{{.*}} : <8x336xf32>) : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  %7:2 = wg.invert_blocks %zero, %zero scratch(%scratch : !wg.shared<8x336xf32>) : tensor<64x64xf32, #wg.fragment>, tensor<64x64xf32, #wg.fragment>
  // CHECK: wg.fence_proxy
  wg.fence_proxy
  // CHECK: wg.sync
  wg.sync
  return
}

// Products: operands in registers and in shared memory, all transposes.
// CHECK-LABEL: func.func @products(
func.func @products(%a: tensor<64x64xbf16, #wg.fragment>, %key: !key, %square: !square) -> tensor<64x128xf32, #wg.fragment> {
  // CHECK: %[[P:.*]] = wg.mma %{{.*}}, %{{.*}} : tensor<64x64xbf16, #wg.fragment>, <64x128xbf16, swizzle = 128> -> <tensor<64x128xf32, #wg.fragment>>
  %0 = wg.mma %a, %key : tensor<64x64xbf16, #wg.fragment>, !key -> !wg.pending<tensor<64x128xf32, #wg.fragment>>
  // CHECK: wg.mma %{{.*}}, %{{.*}} transpose_b : !wg.shared<64x64xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>
  %1 = wg.mma %square, %square transpose_b : !square, !square -> !wg.pending<tensor<64x64xf32, #wg.fragment>>
  // CHECK: wg.wait %[[P]] newer(1) : !wg.pending<tensor<64x128xf32, #wg.fragment>> -> tensor<64x128xf32, #wg.fragment>
  %2 = wg.wait %0 newer(1) : !wg.pending<tensor<64x128xf32, #wg.fragment>> -> tensor<64x128xf32, #wg.fragment>
  // CHECK: wg.mma %{{.*}} transpose_a, %{{.*}} onto %{{.*}} : tensor<64x128xf32, #wg.fragment> : !wg.shared<64x64xbf16, swizzle = 128>, <64x128xbf16, swizzle = 128>
  %3 = wg.mma %square transpose_a, %key onto %2 : tensor<64x128xf32, #wg.fragment> : !square, !key -> !wg.pending<tensor<64x128xf32, #wg.fragment>>
  // CHECK: %{{.*}}:2 = wg.wait %{{.*}}, %{{.*}} : !wg.pending<tensor<64x64xf32, #wg.fragment>>, !wg.pending<tensor<64x128xf32, #wg.fragment>> ->
  %4:2 = wg.wait %1, %3 : !wg.pending<tensor<64x64xf32, #wg.fragment>>, !wg.pending<tensor<64x128xf32, #wg.fragment>> -> tensor<64x64xf32, #wg.fragment>, tensor<64x128xf32, #wg.fragment>
  return %4#1 : tensor<64x128xf32, #wg.fragment>
}

// A producer and two consumers. Two slots, of a box and of consecutive bytes.
!ring = !wg.ring<2, !key, !square>
// CHECK-LABEL: func.func @rings(
// CHECK-SAME:    %[[MAP:.*]]: !wg.tensor_map, %[[CHUNK:.*]]: memref
func.func @rings(%map: !wg.tensor_map, %chunk: memref<64x64xbf16, strided<[64, 1], offset: ?>>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: %[[RING:.*]] = wg.ring consumers(2) : <2, <64x128xbf16, swizzle = 128>, <64x64xbf16, swizzle = 128>>
  %ring = wg.ring consumers(2) : !ring
  // CHECK: %[[OUT:.*]] = wg.alloc
  %out = wg.alloc : !key
  // CHECK: wg.roles {
  wg.roles {
    // CHECK: wg.role "load" warpgroups(1) registers(40) {
    wg.role "load" warpgroups(1) registers(40) {
      // CHECK: wg.one_thread {
      wg.one_thread {
        scf.for %i = %c0 to %n step %c1 {
          // CHECK: %[[FULL:.*]], %[[T:.*]]:2 = wg.acquire %[[RING]][%{{.*}}] : <2, {{.*}}> -> !wg.shared<64x128xbf16, swizzle = 128>, !wg.shared<64x64xbf16, swizzle = 128>
          %full, %tiles:2 = wg.acquire %ring[%i] : !ring -> !key, !square
          // CHECK: wg.copy %[[MAP]][%{{.*}}, %{{.*}}, %{{.*}}], %[[T]]#0, %[[FULL]] : !wg.tensor_map, <64x128xbf16, swizzle = 128>
          wg.copy %map[%c0, %i, %c1], %tiles#0, %full : !wg.tensor_map, !key
          // CHECK: wg.copy %[[CHUNK]][], %[[T]]#1, %[[FULL]] : memref<64x64xbf16, strided<[64, 1], offset: ?>>, <64x64xbf16, swizzle = 128>
          wg.copy %chunk[], %tiles#1, %full : memref<64x64xbf16, strided<[64, 1], offset: ?>>, !square
        }
      }
    }
    // CHECK: wg.role "math" warpgroups(2) registers(232) {
    wg.role "math" warpgroups(2) registers(232) {
      // CHECK: %[[W:.*]] = wg.warpgroup_index
      %w = wg.warpgroup_index
      %panel = wg.slice %out[%w] : !key -> !square
      scf.for %i = %c0 to %n step %c1 {
        // CHECK: %{{.*}}:2 = wg.take %[[RING]][%{{.*}}] : <2, {{.*}}> -> !wg.shared<64x128xbf16, swizzle = 128>, !wg.shared<64x64xbf16, swizzle = 128>
        %tiles:2 = wg.take %ring[%i] : !ring -> !key, !square
        // CHECK: wg.release %[[RING]][%{{.*}}] : <2, {{.*}}>
        wg.release %ring[%i] : !ring
      }
      wg.one_thread {
        // CHECK: wg.copy_out %{{.*}}, %[[MAP]][%{{.*}}, %{{.*}}] : <64x64xbf16, swizzle = 128>, !wg.tensor_map
        wg.copy_out %panel, %map[%c0, %w] : !square, !wg.tensor_map
        // CHECK: wg.copy_out %{{.*}}, %[[CHUNK]][] : <64x64xbf16, swizzle = 128>, memref<64x64xbf16, strided<[64, 1], offset: ?>>
        wg.copy_out %panel, %chunk[] : !square, memref<64x64xbf16, strided<[64, 1], offset: ?>>
        // CHECK: wg.wait_copies_out{{$}}
        wg.wait_copies_out
        // CHECK: wg.wait_copies_out done
        wg.wait_copies_out done
      }
    }
  }
  return
}

// What rings become.
// CHECK-LABEL: func.func @barriers(
func.func @barriers(%i: index) {
  %c1 = arith.constant 1 : index
  %memory = wg.alloc : !ring
  // CHECK: wg.slot %{{.*}}[%{{.*}}] tile(1) : <2, {{.*}}> -> <64x64xbf16, swizzle = 128>
  %tile = wg.slot %memory[%i] tile(1) : !ring -> !square
  // CHECK: %[[ALL:.*]] = wg.mbarrier_alloc count(2) arrivals(8) {offset = 40 : i64}
  %all = wg.mbarrier_alloc count(2) arrivals(8) {offset = 40 : i64}
  // CHECK: %[[ONE:.*]] = wg.mbarrier_at %[[ALL]][%{{.*}}]
  %one = wg.mbarrier_at %all[%i]
  wg.one_thread {
    // CHECK: wg.mbarrier_expect %[[ONE]] bytes(24576)
    wg.mbarrier_expect %one bytes(24576)
    // CHECK: wg.mbarrier_expect %[[ONE]] bytes(0) {arrivals = 129 : i64}
    wg.mbarrier_expect %one bytes(0) {arrivals = 129}
  }
  // CHECK: wg.mbarrier_arrive %[[ONE]]
  wg.mbarrier_arrive %one
  // CHECK: wg.mbarrier_arrive %[[ONE]] each_thread
  wg.mbarrier_arrive %one each_thread
  // CHECK: wg.mbarrier_wait %[[ONE]] parity(%{{.*}})
  wg.mbarrier_wait %one parity(%c1)
  return
}

// Sums, copies by threads, memrefs that are smaller than a tile.
// CHECK-LABEL: func.func @threads(
func.func @threads(%x: tensor<64x32xf32, #wg.fragment>, %tile: !square, %tokens: memref<?x64xbf16, strided<[?, 1], offset: ?>>,
                   %part: memref<24x?xbf16, strided<[64, 1]>>, %small: memref<8x40xf32>) -> (tensor<64xf32, #wg.rows>, tensor<64x64xf32, #wg.fragment>) {
  // CHECK: wg.sum_columns %{{.*}} : tensor<64x32xf32, #wg.fragment> -> tensor<64xf32, #wg.rows>
  %0 = wg.sum_columns %x : tensor<64x32xf32, #wg.fragment> -> tensor<64xf32, #wg.rows>
  // CHECK: wg.fill %{{.*}}, %{{.*}} : memref<?x64xbf16, strided<[?, 1], offset: ?>>, <64x64xbf16, swizzle = 128>
  wg.fill %tokens, %tile : memref<?x64xbf16, strided<[?, 1], offset: ?>>, !square
  // CHECK: wg.sync {warpgroup = 2 : i64}
  wg.sync {warpgroup = 2}
  // CHECK: wg.drain %{{.*}}, %{{.*}} : <64x64xbf16, swizzle = 128>, memref<24x?xbf16, strided<[64, 1]>>
  wg.drain %tile, %part : !square, memref<24x?xbf16, strided<[64, 1]>>
  // CHECK: wg.load %{{.*}} : memref<8x40xf32> -> tensor<64x64xf32, #wg.fragment>
  %1 = wg.load %small : memref<8x40xf32> -> tensor<64x64xf32, #wg.fragment>
  // CHECK: wg.store %{{.*}}, %{{.*}} transpose : tensor<64x64xf32, #wg.fragment>, memref<8x40xf32>
  wg.store %1, %small transpose : tensor<64x64xf32, #wg.fragment>, memref<8x40xf32>
  return %0, %1 : tensor<64xf32, #wg.rows>, tensor<64x64xf32, #wg.fragment>
}

// A slot that threads and a copy fill.
// CHECK-LABEL: func.func @filled(
func.func @filled(%tokens: memref<?x128xbf16>, %chunk: memref<64x64xbf16>, %i: index) {
  %c0 = arith.constant 0 : index
  // CHECK: %[[RING:.*]] = wg.ring
  %ring = wg.ring consumers(1) : !ring
  // CHECK: %[[T:.*]]:2 = wg.claim %[[RING]][%{{.*}}] : <2, {{.*}}> -> !wg.shared<64x128xbf16, swizzle = 128>, !wg.shared<64x64xbf16, swizzle = 128>
  %tiles:2 = wg.claim %ring[%c0] : !ring -> !key, !square
  // CHECK: wg.fill %{{.*}}, %[[T]]#0
  wg.fill %tokens, %tiles#0 : memref<?x128xbf16>, !key
  wg.sync
  wg.one_thread {
    // CHECK: wg.acquire %[[RING]][%{{.*}}] {filled = array<i64: 0>} : <2,
    %full, %both:2 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !key, !square
    wg.copy %chunk[], %both#1, %full : memref<64x64xbf16>, !square
  }
  return
}

// Barriers between roles, which come in the same loops and branches, not in the
// same order.
// CHECK-LABEL: func.func @meetings(
func.func @meetings(%n: index, %condition: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: %[[READY:.*]] = wg.barrier participants(2)
  %ready = wg.barrier participants(2)
  // CHECK: %[[ALL:.*]] = wg.barrier participants(3) {number = 5 : i64}
  %all = wg.barrier participants(3) {number = 5}
  wg.roles {
    wg.role "store" warpgroups(1) registers(96) {
      // CHECK: wg.meet %[[READY]]
      wg.meet %ready
      scf.for %i = %c0 to %n step %c1 {
        wg.meet %ready
      }
      scf.if %condition {
        wg.meet %all
      }
    }
    wg.role "load" warpgroups(1) registers(96) {
      %0 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %c0) -> (index) {
        // CHECK: wg.meet %[[READY]]
        wg.meet %ready
        scf.yield %i : index
      }
      wg.meet %ready
      scf.if %condition {
        wg.meet %all
      }
    }
    wg.role "other" warpgroups(1) registers(96) {
      scf.if %condition {
        wg.meet %all
      }
    }
  }
  return
}
