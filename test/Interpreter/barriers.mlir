// Barriers, fences and places as the lowering of rings leaves them.
//
// RUN: gdr-run %s --target=interpreter --function=right | FileCheck %s --check-prefix=RIGHT
// RUN: not gdr-run %s --target=interpreter --function=parity 2>&1 | FileCheck %s --check-prefix=PARITY
// RUN: not gdr-run %s --target=interpreter --function=not_initialized 2>&1 | FileCheck %s --check-prefix=NOT-INITIALIZED
// RUN: not gdr-run %s --target=interpreter --function=no_wait 2>&1 | FileCheck %s --check-prefix=NO-WAIT
// RUN: not gdr-run %s --target=interpreter --function=other_waits 2>&1 | FileCheck %s --check-prefix=OTHER-WAITS
// RUN: not gdr-run %s --target=interpreter --function=no_fence 2>&1 | FileCheck %s --check-prefix=NO-FENCE
// RUN: not gdr-run %s --target=interpreter --function=over 2>&1 | FileCheck %s --check-prefix=OVER
// RUN: not gdr-run %s --target=interpreter --function=too_small 2>&1 | FileCheck %s --check-prefix=TOO-SMALL
// RUN: gdr-run %s --target=interpreter --function=meetings
// RUN: not gdr-run %s --target=interpreter --function=stored_again 2>&1 | FileCheck %s --check-prefix=STORED-AGAIN
// RUN: not gdr-run %s --target=interpreter --function=late_fence 2>&1 | FileCheck %s --check-prefix=LATE-FENCE
// RUN: not gdr-run %s --target=interpreter --function=other_sync 2>&1 | FileCheck %s --check-prefix=OTHER-SYNC

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!wide = !wg.shared<64x128xbf16, swizzle = 128>
!ring = !wg.ring<1, !tile>
!narrow = tensor<64x64xbf16, #wg.fragment>
!acc = tensor<64x64xf32, #wg.fragment>
!pending = !wg.pending<!acc>

module attributes {gpu.container_module} {

// y = x^T, by way of shared memory.
//
// RIGHT: arg0: 64x64xbf16, norm [[NORM:.*]]
// RIGHT: arg1: 64x64xbf16, norm [[NORM]]
func.func @right(%x: memref<64x64xbf16>, %y: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %map = gdr.encode_tensor_map %x box [64, 64] swizzle 128 : memref<64x64xbf16> -> !wg.tensor_map
  gpu.launch_func @kernels::@right blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%map : !wg.tensor_map, %y : memref<64x64xbf16>)
  return
}

// The barrier waits for its second phase.
//
// PARITY: error: deadlock: no warpgroup of block [0, 0, 0] of kernel 'parity' can go on
// PARITY: note: warpgroup 0 waits at 'wg.mbarrier_wait %{{.*}} parity(%{{.*}})' for the end of phase 1: 1 of 1 arrivals is missing
func.func @parity(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@parity blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}

// A barrier is used by a thread that may not be the one to initialize it.
//
// NOT-INITIALIZED: error: 'wg.mbarrier_arrive' op expected a gpu.barrier between the initialization of the barrier, by one thread, and its use
func.func @not_initialized() {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@not_initialized blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

// A copy is read before it has been waited for.
//
// NO-WAIT: error: 'wg.load' op reads shared memory that 'wg.copy' still writes; wait for it before
func.func @no_wait(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  gpu.launch_func @kernels::@first_waits blocks in (%c1, %c1, %c1) threads in (%c256, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}

// And after another warpgroup has waited.
//
// OTHER-WAITS: error: 'wg.load' op reads shared memory that 'wg.copy' has written; wait for it in all threads, or in one before a barrier of the warpgroup
// OTHER-WAITS: note: in warpgroup 1 of block
func.func @other_waits(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %c384 = arith.constant 384 : index
  gpu.launch_func @kernels::@first_waits blocks in (%c1, %c1, %c1) threads in (%c384, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}

// One of two stores has its fence.
//
// NO-FENCE: error: 'wg.mma' op reads asynchronously what 'wg.store' has written, with no wg.fence_proxy in between
// NO-FENCE: note: the write is 'wg.store %{{.*}}, %{{.*}} transpose'
func.func @no_fence() {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@no_fence blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

// The tile over another one is stored while that one is multiplied.
//
// OVER: error: 'wg.store' op writes shared memory that 'wg.mma' still reads; wait for it before
func.func @over() {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  gpu.launch_func @kernels::@over blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
  return
}

// The launch gives less than the kernel uses.
//
// TOO-SMALL: error: 'wg.alloc' op expected at most 8192 bytes of shared memory, got 16384
func.func @too_small() {
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %bytes = arith.constant 8192 : i32
  gpu.launch_func @kernels::@over blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
      dynamic_shared_memory_size %bytes
  return
}

// A tile goes back and forth between two roles.
func.func @meetings() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @kernels::@meetings blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}

// A role stores again what the other one multiplies at the same time.
//
// STORED-AGAIN: error: 'wg.mma' op reads shared memory that 'wg.store' has written in warpgroup 0, with no barrier between the two
func.func @stored_again() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @kernels::@stored_again blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}

// A fence behind the barrier that publishes the store.
//
// LATE-FENCE: error: 'wg.mma' op reads asynchronously what 'wg.store' has written, with no wg.fence_proxy in between
// LATE-FENCE: note: in warpgroup 1, of role 'math'
func.func @late_fence() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @kernels::@late_fence blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}

// The barrier of another warpgroup.
//
// OTHER-SYNC: error: 'wg.sync' op expected warpgroup 1
// OTHER-SYNC: note: in warpgroup 0 of block
func.func @other_sync() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @kernels::@other_sync blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}

gpu.module @kernels {
  gpu.func @right(%map: !wg.tensor_map, %y: memref<64x64xbf16>) kernel {
    nvvm.griddepcontrol wait
    %c0 = arith.constant 0 : index
    %ring = wg.alloc {offset = 0 : i64} : !ring
    %barrier = wg.mbarrier_alloc count(1) arrivals(1) {offset = 8192 : i64}
    gpu.barrier
    %tile = wg.slot %ring[%c0] tile(0) : !ring -> !tile
    wg.one_thread {
      wg.mbarrier_expect %barrier bytes(8192)
      wg.copy %map[%c0, %c0], %tile, %barrier : !wg.tensor_map, !tile
    }
    wg.mbarrier_wait %barrier parity(%c0)
    %x = wg.load %tile transpose : !tile -> !narrow
    wg.store %x, %y : !narrow, memref<64x64xbf16>
    gpu.return
  }
  gpu.func @parity(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %ring = wg.alloc {offset = 0 : i64} : !ring
    %barrier = wg.mbarrier_alloc count(1) arrivals(1) {offset = 8192 : i64}
    gpu.barrier
    %tile = wg.slot %ring[%c0] tile(0) : !ring -> !tile
    wg.one_thread {
      wg.mbarrier_expect %barrier bytes(8192)
      wg.copy %x[], %tile, %barrier : memref<64x64xbf16>, !tile
    }
    wg.mbarrier_wait %barrier parity(%c0)
    wg.mbarrier_wait %barrier parity(%c1)
    gpu.return
  }
  // The last warpgroup copies, the first one waits, and the second one loads.
  gpu.func @first_waits(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %ring = wg.alloc {offset = 0 : i64} : !ring
    %barrier = wg.mbarrier_alloc count(1) arrivals(1) {offset = 8192 : i64}
    gpu.barrier
    %tile = wg.slot %ring[%c0] tile(0) : !ring -> !tile
    %warpgroup = wg.warpgroup_index
    %threads = gpu.block_dim x
    %warpgroups = arith.divui %threads, %c128 : index
    %last = arith.subi %warpgroups, %c1 : index
    %is_last = arith.cmpi eq, %warpgroup, %last : index
    scf.if %is_last {
      wg.one_thread {
        wg.mbarrier_expect %barrier bytes(8192)
        wg.copy %x[], %tile, %barrier : memref<64x64xbf16>, !tile
      }
    }
    %is_first = arith.cmpi eq, %warpgroup, %c0 : index
    scf.if %is_first {
      wg.mbarrier_wait %barrier parity(%c0)
    }
    %is_second = arith.cmpi eq, %warpgroup, %c1 : index
    scf.if %is_second {
      %loaded = wg.load %tile : !tile -> !narrow
      wg.store %loaded, %x : !narrow, memref<64x64xbf16>
    }
    gpu.return
  }
  gpu.func @not_initialized() kernel {
    %barrier = wg.mbarrier_alloc count(1) arrivals(4) {offset = 0 : i64}
    wg.mbarrier_arrive %barrier
    gpu.return
  }
  gpu.func @no_fence() kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %first = wg.alloc {offset = 0 : i64} : !tile
    %second = wg.alloc {offset = 8192 : i64} : !tile
    wg.store %zero, %first : !narrow, !tile
    wg.fence_proxy
    wg.store %zero, %second transpose : !narrow, !tile
    wg.sync
    %product = wg.mma %zero, %first : !narrow, !tile -> !pending
    %other = wg.mma %zero, %second : !narrow, !tile -> !pending
    %results:2 = wg.wait %product, %other : !pending, !pending -> !acc, !acc
    gpu.return
  }
  gpu.func @over() kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %below = wg.alloc : !wide
    %above = wg.alloc over %below : !wide {over_offset = 1024 : i64} : !tile
    %wide = arith.constant dense<0.0> : tensor<64x128xbf16, #wg.fragment>
    wg.store %wide, %below : tensor<64x128xbf16, #wg.fragment>, !wide
    wg.sync
    %product = wg.mma %zero, %below : !narrow, !wide -> !wg.pending<tensor<64x128xf32, #wg.fragment>>
    wg.store %zero, %above : !narrow, !tile
    %result = wg.wait %product : !wg.pending<tensor<64x128xf32, #wg.fragment>> -> tensor<64x128xf32, #wg.fragment>
    gpu.return
  }
  gpu.func @meetings() kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc {offset = 0 : i64} : !tile
    %full = wg.barrier participants(2) {number = 3}
    %empty = wg.barrier participants(2) {number = 4}
    wg.roles {
      wg.role "store" warpgroups(1) registers(96) {
        wg.store %zero, %tile : !narrow, !tile
        wg.fence_proxy
        wg.meet %full
        wg.meet %empty
        wg.store %zero, %tile : !narrow, !tile
        wg.fence_proxy
        wg.meet %full
      }
      wg.role "math" warpgroups(1) registers(96) {
        wg.meet %full
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.meet %empty
        wg.meet %full
        %other = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %last = wg.wait %other : !pending -> !acc
      }
    }
    gpu.return
  }
  gpu.func @stored_again() kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc {offset = 0 : i64} : !tile
    %full = wg.barrier participants(2) {number = 3}
    %empty = wg.barrier participants(2) {number = 4}
    wg.roles {
      wg.role "store" warpgroups(1) registers(96) {
        wg.store %zero, %tile : !narrow, !tile
        wg.fence_proxy
        wg.meet %full
        wg.meet %empty
        wg.store %zero, %tile : !narrow, !tile
        wg.fence_proxy
        wg.meet %full
      }
      wg.role "math" warpgroups(1) registers(96) {
        wg.meet %full
        wg.meet %empty
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.meet %full
      }
    }
    gpu.return
  }
  gpu.func @late_fence() kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc {offset = 0 : i64} : !tile
    %full = wg.barrier participants(2) {number = 3}
    wg.roles {
      wg.role "store" warpgroups(1) registers(96) {
        wg.store %zero, %tile : !narrow, !tile
        wg.meet %full
        wg.fence_proxy
      }
      wg.role "math" warpgroups(1) registers(96) {
        wg.meet %full
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
      }
    }
    gpu.return
  }
  gpu.func @other_sync() kernel {
    wg.sync {warpgroup = 1}
    gpu.return
  }
}

}
