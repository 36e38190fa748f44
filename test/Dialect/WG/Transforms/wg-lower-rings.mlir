// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-rings)))' | FileCheck %s
// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-rings{each-thread-arrives=true})))' | FileCheck %s --check-prefix=EACH

!key = !wg.shared<64x128xbf16, swizzle = 128>
!decay = !wg.shared<4x64xf32>
!ring = !wg.ring<3, !key, !decay>

gpu.module @kernels {

// A ring of three slots with two consumers of four warps each. A slot's round
// begins with the bytes of both tiles, 16384 and 1024.
// CHECK-LABEL: gpu.func @ring(
// CHECK-NOT:     wg.ring
// CHECK:         %[[MEMORY:.*]] = wg.alloc : !wg.ring<3,
// CHECK-NEXT:    %[[FULLS:.*]] = wg.mbarrier_alloc count(3) arrivals(1)
// CHECK-NEXT:    %[[EMPTIES:.*]] = wg.mbarrier_alloc count(3) arrivals(8)
// CHECK-NEXT:    gpu.barrier
// CHECK:         wg.role "load"
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[N:.*]] = arith.index_castui %[[I]] : index to i32
// CHECK:           %[[THREE:.*]] = arith.constant 3 : i32
// CHECK:           %[[ROUND:.*]] = arith.divui %[[N]], %[[THREE]] : i32
// CHECK:           %[[REST:.*]] = arith.remui %[[N]], %[[THREE]] : i32
// CHECK:           %[[SLOT:.*]] = arith.index_castui %[[REST]] : i32 to index
// CHECK:           %[[ODD:.*]] = arith.andi %[[ROUND]], %{{.*}} : i32
// CHECK:           %[[PARITY:.*]] = arith.index_castui %[[ODD]] : i32 to index
// The producer waits for the end of the round before, consumers for this one.
// CHECK:           %[[OTHER:.*]] = arith.xori %[[PARITY]], %{{.*}} : index
// CHECK-NEXT:      %[[EMPTY:.*]] = wg.mbarrier_at %[[EMPTIES]][%[[SLOT]]]
// CHECK-NEXT:      wg.mbarrier_wait %[[EMPTY]] parity(%[[OTHER]])
// CHECK-NEXT:      %[[FULL:.*]] = wg.mbarrier_at %[[FULLS]][%[[SLOT]]]
// CHECK-NEXT:      wg.mbarrier_expect %[[FULL]] bytes(17408)
// CHECK-NEXT:      %[[KEY:.*]] = wg.slot %[[MEMORY]][%[[SLOT]]] tile(0)
// CHECK-NEXT:      %[[DECAY:.*]] = wg.slot %[[MEMORY]][%[[SLOT]]] tile(1)
// CHECK-NEXT:      wg.copy %{{.*}}, %[[KEY]], %[[FULL]]
// CHECK-NEXT:      wg.copy %{{.*}}, %[[DECAY]], %[[FULL]]
// CHECK:         wg.role "math"
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[REST:.*]] = arith.remui
// CHECK:           %[[SLOT:.*]] = arith.index_castui %[[REST]] : i32 to index
// CHECK:           %[[ODD:.*]] = arith.andi
// CHECK:           %[[PARITY:.*]] = arith.index_castui %[[ODD]] : i32 to index
// CHECK-NEXT:      %[[FULL:.*]] = wg.mbarrier_at %[[FULLS]][%[[SLOT]]]
// CHECK-NEXT:      wg.mbarrier_wait %[[FULL]] parity(%[[PARITY]])
// CHECK-NEXT:      wg.slot %[[MEMORY]][%[[SLOT]]] tile(0)
// CHECK-NEXT:      %[[DECAY:.*]] = wg.slot %[[MEMORY]][%[[SLOT]]] tile(1)
// CHECK:           wg.extract
// CHECK:           %[[REST:.*]] = arith.remui
// CHECK:           %[[SLOT:.*]] = arith.index_castui %[[REST]] : i32 to index
// CHECK:           %[[EMPTY:.*]] = wg.mbarrier_at %[[EMPTIES]][%[[SLOT]]]
// CHECK-NEXT:      wg.mbarrier_arrive %[[EMPTY]]{{$}}

// EACH-LABEL: gpu.func @ring(
// EACH:         wg.mbarrier_alloc count(3) arrivals(1)
// EACH-NEXT:    %[[EMPTIES:.*]] = wg.mbarrier_alloc count(3) arrivals(256)
// EACH:         wg.mbarrier_expect %{{.*}} bytes(17408){{$}}
// EACH:         %[[EMPTY:.*]] = wg.mbarrier_at %[[EMPTIES]]
// EACH-NEXT:    wg.mbarrier_arrive %[[EMPTY]] each_thread
gpu.func @ring(%map: !wg.tensor_map, %decays: memref<4x64xf32>, %n: index) kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %ring = wg.ring consumers(2) : !ring
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
      wg.one_thread {
        scf.for %i = %c0 to %n step %c1 {
          %full, %tiles:2 = wg.acquire %ring[%i] : !ring -> !key, !decay
          wg.copy %map[%i, %c0], %tiles#0, %full : !wg.tensor_map, !key
          wg.copy %decays[], %tiles#1, %full : memref<4x64xf32>, !decay
        }
      }
    }
    wg.role "math" warpgroups(2) registers(232) {
      scf.for %i = %c0 to %n step %c1 {
        %tiles:2 = wg.take %ring[%i] : !ring -> !key, !decay
        %row = wg.slice %tiles#1[%c0] : !decay -> !wg.shared<64xf32>
        %0 = wg.extract %row[%c0] : !wg.shared<64xf32> -> f32
        wg.release %ring[%i] : !ring
      }
    }
  }
  gpu.return
}

// A slot that threads fill: all of them wait until it is empty, and the round
// has only the bytes of the copy.
// CHECK-LABEL: gpu.func @claim(
// CHECK:         %[[MEMORY:.*]] = wg.alloc : !wg.ring<3,
// CHECK:         %[[FULLS:.*]] = wg.mbarrier_alloc count(3) arrivals(1)
// CHECK:         %[[EMPTIES:.*]] = wg.mbarrier_alloc
// CHECK:         %[[EMPTY:.*]] = wg.mbarrier_at %[[EMPTIES]][%[[SLOT:.*]]]
// CHECK-NEXT:    wg.mbarrier_wait %[[EMPTY]] parity(%{{.*}})
// CHECK-NEXT:    %[[KEY:.*]] = wg.slot %[[MEMORY]][%[[SLOT]]] tile(0)
// CHECK-NEXT:    wg.slot %[[MEMORY]][%[[SLOT]]] tile(1)
// CHECK-NEXT:    wg.fill %{{.*}}, %[[KEY]]
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    wg.one_thread {
// CHECK:           wg.mbarrier_wait
// CHECK-NEXT:      %[[FULL:.*]] = wg.mbarrier_at %[[FULLS]]
// CHECK-NEXT:      wg.mbarrier_expect %[[FULL]] bytes(1024)

// Those that have filled the slot arrive, and the one that copies arrives again;
// where it copies all, it arrives for them.
// EACH-LABEL: gpu.func @claim(
// EACH:         %[[FULLS:.*]] = wg.mbarrier_alloc count(3) arrivals(129)
// EACH:         wg.fill
// EACH-NEXT:    wg.sync
// EACH:         %[[FULL:.*]] = wg.mbarrier_at %[[FULLS]]
// EACH-NEXT:    wg.mbarrier_arrive %[[FULL]] each_thread
// EACH-NEXT:    wg.one_thread {
// EACH:           wg.mbarrier_expect %{{.*}} bytes(1024){{$}}
// EACH:           wg.mbarrier_expect %{{.*}} bytes(17408) {arrivals = 129 : i64}
gpu.func @claim(%tokens: memref<?x128xbf16>, %keys: memref<64x128xbf16>, %decays: memref<4x64xf32>, %i: index) kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
  %c0 = arith.constant 0 : index
  %ring = wg.ring consumers(1) : !ring
  %claimed:2 = wg.claim %ring[%c0] : !ring -> !key, !decay
  wg.fill %tokens, %claimed#0 : memref<?x128xbf16>, !key
  wg.sync
  wg.one_thread {
    %full, %tiles:2 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !key, !decay
    wg.copy %decays[], %tiles#1, %full : memref<4x64xf32>, !decay
    %next_full, %next:2 = wg.acquire %ring[%i] : !ring -> !key, !decay
    wg.copy %keys[], %next#0, %next_full : memref<64x128xbf16>, !key
    wg.copy %decays[], %next#1, %next_full : memref<4x64xf32>, !decay
  }
  wg.release %ring[%c0] : !ring
  gpu.return
}

// Each ring has its own memory and barriers; what takes the place of a ring
// takes that of its memory. Without a release nobody waits for an empty slot.
// CHECK-LABEL: gpu.func @over(
// CHECK:         %[[FIRST:.*]] = wg.alloc : !wg.ring<1,
// CHECK-NEXT:    wg.mbarrier_alloc count(1) arrivals(1)
// CHECK-NEXT:    gpu.barrier
// CHECK:         wg.alloc : !wg.ring<1,
// CHECK-NEXT:    wg.mbarrier_alloc count(1) arrivals(1)
// CHECK-NEXT:    gpu.barrier
// CHECK-NOT:     wg.mbarrier_wait
// CHECK:         wg.alloc over %[[FIRST]] : !wg.ring<1, {{.*}} {over_offset = 1024 : i64}
gpu.func @over(%m: memref<4x64xf32>) kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
  %c0 = arith.constant 0 : index
  %first = wg.ring consumers(1) : !wg.ring<1, !key, !decay>
  %second = wg.ring consumers(1) : !wg.ring<1, !decay>
  %over = wg.alloc over %first : !wg.ring<1, !key, !decay> {over_offset = 1024 : i64} : !decay
  wg.one_thread {
    %full, %tile = wg.acquire %second[%c0] : !wg.ring<1, !decay> -> !decay
    wg.copy %m[], %tile, %full : memref<4x64xf32>, !decay
  }
  gpu.return
}

// Nothing to do.
// CHECK-LABEL: gpu.func @no_rings(
// CHECK-NEXT:    wg.alloc
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @no_rings() kernel {
  %0 = wg.alloc : !key
  wg.sync
  gpu.return
}

}
