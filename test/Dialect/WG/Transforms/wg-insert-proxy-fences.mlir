// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-insert-proxy-fences)))' | FileCheck %s

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!x = tensor<64x64xbf16, #wg.fragment>

gpu.module @kernels {

// Before the barrier, not after the store.
// CHECK-LABEL: gpu.func @store(
// CHECK-NEXT:    wg.store
// CHECK-NEXT:    wg.load
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @store(%x: !x, %tile: !tile) kernel {
  wg.store %x, %tile : !x, !tile
  %0 = wg.load %tile : !tile -> !x
  wg.sync
  gpu.return
}

// One fence for all stores before a barrier, none for the barrier after it.
// CHECK-LABEL: gpu.func @two_stores(
// CHECK-NEXT:    wg.store
// CHECK-NEXT:    wg.store
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @two_stores(%x: !x, %tile: !tile) kernel {
  wg.store %x, %tile : !x, !tile
  wg.store %x, %tile : !x, !tile
  wg.sync
  wg.sync
  gpu.return
}

// In a region before the barrier.
// CHECK-LABEL: gpu.func @store_in_region(
// CHECK:         scf.if
// CHECK-NEXT:      wg.store
// CHECK-NEXT:    }
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.sync
gpu.func @store_in_region(%x: !x, %tile: !tile, %condition: i1) kernel {
  scf.if %condition {
    wg.store %x, %tile : !x, !tile
  }
  wg.sync
  gpu.return
}

// Before the region of the barrier.
// CHECK-LABEL: gpu.func @store_outside(
// CHECK-NEXT:    wg.store
// CHECK-NEXT:    scf.if
// CHECK-NEXT:      wg.fence_proxy
// CHECK-NEXT:      wg.sync
gpu.func @store_outside(%x: !x, %tile: !tile, %condition: i1) kernel {
  wg.store %x, %tile : !x, !tile
  scf.if %condition {
    wg.sync
  }
  gpu.return
}

// At the end of the iteration before.
// CHECK-LABEL: gpu.func @store_before(
// CHECK:         scf.for
// CHECK-NEXT:      wg.fence_proxy
// CHECK-NEXT:      wg.sync
// CHECK-NEXT:      wg.store
// CHECK-NEXT:    }
gpu.func @store_before(%x: !x, %tile: !tile, %n: index) kernel {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    wg.sync
    wg.store %x, %tile : !x, !tile
  }
  gpu.return
}

// In the other region of a loop.
// CHECK-LABEL: gpu.func @store_in_while(
// CHECK:         scf.while
// CHECK-NEXT:      wg.fence_proxy
// CHECK-NEXT:      wg.sync
gpu.func @store_in_while(%x: !x, %tile: !tile, %condition: i1) kernel {
  scf.while : () -> () {
    wg.sync
    scf.condition(%condition)
  } do {
    wg.store %x, %tile : !x, !tile
    scf.yield
  }
  gpu.return
}

// As a scan stores its output: the store of an iteration is published in it, so
// that the first barrier of the next has nothing to publish.
// CHECK-LABEL: gpu.func @output(
// CHECK:         scf.for
// CHECK-NEXT:      wg.sync
// CHECK-NEXT:      wg.store
// CHECK-NEXT:      wg.fence_proxy
// CHECK-NEXT:      wg.sync
// CHECK-NEXT:    }
gpu.func @output(%x: !x, %tile: !tile, %n: index) kernel {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    wg.sync
    wg.store %x, %tile : !x, !tile
    wg.sync
  }
  gpu.return
}

// What follows in a branch is not before it, unlike in a loop.
// CHECK-LABEL: gpu.func @store_after(
// CHECK-NOT:     wg.fence_proxy
// CHECK:         gpu.return
gpu.func @store_after(%x: !x, %tile: !tile, %condition: i1) kernel {
  scf.if %condition {
    wg.sync
    wg.store %x, %tile : !x, !tile
  }
  gpu.return
}

// Global memory, and no store at all.
// CHECK-LABEL: gpu.func @no_stores(
// CHECK-NOT:     wg.fence_proxy
// CHECK:         gpu.return
gpu.func @no_stores(%x: !x, %m: memref<64x64xbf16>, %tile: !tile) kernel {
  wg.sync
  wg.store %x, %m : !x, memref<64x64xbf16>
  %0 = wg.load %tile : !tile -> !x
  wg.sync
  gpu.return
}

// Barriers between warpgroups publish too; one that is met after the fence has
// nothing left to publish.
// CHECK-LABEL: gpu.func @meetings(
// CHECK:         wg.store
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.meet
// CHECK-NEXT:    wg.meet
// CHECK-NEXT:    wg.store
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.meet
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @meetings(%x: !x, %tile: !tile) kernel {
  %ready = wg.barrier participants(2)
  wg.store %x, %tile : !x, !tile
  wg.meet %ready
  wg.meet %ready
  wg.store %x, %tile : !x, !tile
  wg.meet %ready
  wg.sync
  gpu.return
}

// What threads copy into a tile is a store, what they copy out of it is none.
// CHECK-LABEL: gpu.func @fill(
// CHECK-NEXT:    wg.fill
// CHECK-NEXT:    wg.fence_proxy
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    wg.drain
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @fill(%m: memref<?x64xbf16>, %tile: !tile) kernel {
  wg.fill %m, %tile : memref<?x64xbf16>, !tile
  wg.sync
  wg.drain %tile, %m : !tile, memref<?x64xbf16>
  wg.sync
  gpu.return
}

}
