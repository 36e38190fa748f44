// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-rings,wg-copies-to-threads)))' | FileCheck %s

!tensor = memref<?x?x2x64xbf16, strided<[?, ?, ?, 1], offset: ?>>
!tile = !wg.shared<64x64xbf16, swizzle = 128>
!decays = !wg.shared<4x64xf32>
!ring = !wg.ring<2, !tile, !decays>

gpu.module @kernels {
  // A warpgroup loads and does not end before its copies: a slot is full after
  // each of the 128 threads has arrived. Rows of the box are tokens, dimension 1.
  // CHECK-LABEL: gpu.func @producer(
  // CHECK-SAME:    %[[K:.*]]: memref<?x?x2x64xbf16, {{.*}}>, %[[D:.*]]: memref<4x64xf32>,
  // CHECK-NOT:     wg.tensor_box
  // CHECK:         %[[FULLS:.*]] = wg.mbarrier_alloc count(2) arrivals(128)
  // CHECK:         %[[EMPTIES:.*]] = wg.mbarrier_alloc count(2) arrivals(4)
  // CHECK:         wg.role "load"
  // CHECK-NEXT:      scf.for %[[I:.*]] = %[[C0:.*]] to
  // CHECK:             %[[EMPTY:.*]] = wg.mbarrier_at %[[EMPTIES]]
  // CHECK-NEXT:        wg.mbarrier_wait %[[EMPTY]]
  // CHECK-NEXT:        %[[FULL:.*]] = wg.mbarrier_at %[[FULLS]]
  // CHECK-NEXT:        %[[TILE0:.*]] = wg.slot {{.*}} tile(0)
  // CHECK-NEXT:        %[[TILE1:.*]] = wg.slot {{.*}} tile(1)
  // CHECK-NEXT:        wg.copy_by_threads %[[K]][%[[C0]], %[[I]], %[[C0]], %[[C0]]] rows(1), %[[TILE0]]
  // CHECK-NEXT:        wg.copy_by_threads %[[D]][], %[[TILE1]] : memref<4x64xf32>
  // CHECK-NEXT:        wg.mbarrier_arrive_copies %[[FULL]]
  // CHECK-NEXT:      }
  // CHECK-NEXT:      wg.wait_copies_by_threads
  // CHECK:         wg.role "math"
  // CHECK-NOT:       wg.wait_copies
  gpu.func @producer(%k: !tensor, %d: memref<4x64xf32>, %n: index) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %map = wg.tensor_box %k box [1, 64, 1, 64] : !tensor
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          scf.for %i = %c0 to %n step %c1 {
            %full, %tiles:2 = wg.acquire %ring[%i] : !ring -> !tile, !decays
            wg.copy %map[%c0, %i, %c0, %c0], %tiles#0, %full : !wg.tensor_map, !tile
            wg.copy %d[], %tiles#1, %full : memref<4x64xf32>, !decays
          }
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        scf.for %i = %c0 to %n step %c1 {
          %tiles:2 = wg.take %ring[%i] : !ring -> !tile, !decays
          wg.release %ring[%i] : !ring
        }
      }
    }
    gpu.return
  }

  // Copies out are done when they have been made. What else one thread does,
  // one thread goes on to do.
  // CHECK-LABEL: gpu.func @out(
  // CHECK-SAME:    %[[O:.*]]: memref<?x?x2x64xbf16, {{.*}}>, %[[M:.*]]: memref<64x64xbf16>
  // CHECK:         %[[TILE:.*]] = wg.alloc
  // CHECK-NEXT:    wg.sync
  // CHECK-NEXT:    wg.copy_out_by_threads %[[TILE]], %[[O]][%[[C0:.*]], %[[C0]], %[[C0]], %[[C0]]] rows(1)
  // CHECK-NEXT:    wg.copy_out_by_threads %[[TILE]], %[[M]][]
  // CHECK-NEXT:    wg.one_thread {
  // CHECK-NEXT:      memref.store
  // CHECK-NEXT:    }
  // CHECK-NEXT:    gpu.return
  gpu.func @out(%o: !tensor, %m: memref<64x64xbf16>, %count: memref<index>) kernel {
    %c0 = arith.constant 0 : index
    %map = wg.tensor_box %o box [1, 64, 1, 64] : !tensor
    %tile = wg.alloc : !tile
    wg.one_thread {
      wg.wait_copies_out
    }
    wg.sync
    wg.one_thread {
      wg.copy_out %tile, %map[%c0, %c0, %c0, %c0] : !tile, !wg.tensor_map
      wg.copy_out %tile, %m[] : !tile, memref<64x64xbf16>
    }
    wg.one_thread {
      memref.store %c0, %count[] : memref<index>
    }
    wg.one_thread {
      wg.wait_copies_out done
    }
    gpu.return
  }

  // Nothing to do.
  // CHECK-LABEL: gpu.func @no_copies(
  // CHECK-NEXT:    wg.sync
  // CHECK-NEXT:    gpu.return
  gpu.func @no_copies() kernel {
    wg.sync
    gpu.return
  }
}
