// Tiles that threads copy from and to global memory, alone and in rings.
//
// RUN: gdr-run %s --target=interpreter --function=filled | FileCheck %s --check-prefix=FILLED
// RUN: gdr-run %s --target=interpreter --function=summed | FileCheck %s --check-prefix=SUMMED
// RUN: not gdr-run %s --target=interpreter --function=fill_no_sync 2>&1 | FileCheck %s --check-prefix=FILL-NO-SYNC
// RUN: not gdr-run %s --target=interpreter --function=drain_no_sync 2>&1 | FileCheck %s --check-prefix=DRAIN-NO-SYNC
// RUN: not gdr-run %s --target=interpreter --function=drain_overwritten 2>&1 | FileCheck %s --check-prefix=DRAIN-OVERWRITTEN
// RUN: not gdr-run %s --target=interpreter --function=fill_misaligned 2>&1 | FileCheck %s --check-prefix=FILL-MISALIGNED
// RUN: not gdr-run %s --target=interpreter --function=fill_no_fence 2>&1 | FileCheck %s --check-prefix=FILL-NO-FENCE
// RUN: gdr-run %s --target=interpreter --function=claimed
// RUN: not gdr-run %s --target=interpreter --function=claim_no_sync 2>&1 | FileCheck %s --check-prefix=CLAIM-NO-SYNC
// RUN: not gdr-run %s --target=interpreter --function=not_claimed 2>&1 | FileCheck %s --check-prefix=NOT-CLAIMED
// RUN: not gdr-run %s --target=interpreter --function=claimed_twice 2>&1 | FileCheck %s --check-prefix=CLAIMED-TWICE
// RUN: not gdr-run %s --target=interpreter --function=claim_not_released 2>&1 | FileCheck %s --check-prefix=CLAIM-NOT-RELEASED
// RUN: not gdr-run %s --target=interpreter --function=filled_late 2>&1 | FileCheck %s --check-prefix=FILLED-LATE

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!ring = !wg.ring<1, !tile>
!narrow = tensor<64x64xbf16, #wg.fragment>
!acc = tensor<64x64xf32, #wg.fragment>
!pending = !wg.pending<!acc>

module attributes {gpu.container_module} {

// A tile of some rows and zeros, and back; what lies behind the rows of y is not written.
//
// FILLED: arg0: 40x64xbf16, norm [[NORM:.*]]
// FILLED: arg1: 40x64xbf16, norm [[NORM]]
func.func @filled(%x: memref<40x64xbf16>, %y: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @filled_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>, %y : memref<40x64xbf16>)
  return
}
gpu.module @filled_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>, %y: memref<40x64xbf16>) kernel {
    %tile = wg.alloc : !tile
    wg.fill %x, %tile : memref<40x64xbf16>, !tile
    wg.sync
    // All of it is written.
    %0 = wg.load %tile transpose : !tile -> !narrow
    wg.sync
    wg.store %0, %tile transpose : !narrow, !tile
    wg.sync
    wg.drain %tile, %y : !tile, memref<40x64xbf16>
    gpu.return
  }
}

// Sums of rows; a fragment of a memref that is smaller in both dimensions.
//
// SUMMED: arg0: 8x40xf32, norm [[NORM:.*]]
// SUMMED: arg1: 8x40xf32, norm [[NORM]]
// SUMMED: arg2: 64xf32
func.func @summed(%x: memref<8x40xf32>, %y: memref<8x40xf32>, %z: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @summed_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<8x40xf32>, %y : memref<8x40xf32>, %z : memref<64xf32>)
  return
}
gpu.module @summed_kernels {
  gpu.func @kernel(%x: memref<8x40xf32>, %y: memref<8x40xf32>, %z: memref<64xf32>) kernel {
    %0 = wg.load %x : memref<8x40xf32> -> !acc
    wg.store %0, %y : !acc, memref<8x40xf32>
    %1 = wg.sum_columns %0 : !acc -> tensor<64xf32, #wg.rows>
    wg.store %1, %z : tensor<64xf32, #wg.rows>, memref<64xf32>
    gpu.return
  }
}

// A product of what threads have just filled.
//
// FILL-NO-SYNC: error: 'wg.mma' op reads shared memory that 'wg.fill' has written, with no barrier of the warpgroup in between
func.func @fill_no_sync(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @fill_no_sync_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @fill_no_sync_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.fill %x, %tile : memref<40x64xbf16>, !tile
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %result = wg.wait %product : !pending -> !acc
    gpu.return
  }
}

// What other threads may not have stored yet.
//
// DRAIN-NO-SYNC: error: 'wg.drain' op reads shared memory that 'wg.store' has written, with no barrier of the warpgroup in between
func.func @drain_no_sync(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @drain_no_sync_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @drain_no_sync_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.drain %tile, %x : !tile, memref<40x64xbf16>
    gpu.return
  }
}

// What other threads may not have drained yet.
//
// DRAIN-OVERWRITTEN: error: 'wg.store' op writes shared memory that 'wg.drain' has read, with no barrier of the warpgroup in between
func.func @drain_overwritten(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @drain_overwritten_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @drain_overwritten_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    wg.drain %tile, %x : !tile, memref<40x64xbf16>
    wg.store %zero, %tile : !narrow, !tile
    gpu.return
  }
}

// Rows that do not begin at a unit.
//
// FILL-MISALIGNED: error: 'wg.fill' op expected rows of whole units at multiples of 16 bytes, got a memref of [40, 64] elements with strides [68, 1]
func.func @fill_misaligned(%x: memref<40x64xbf16, strided<[68, 1]>>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @fill_misaligned_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16, strided<[68, 1]>>)
  return
}
gpu.module @fill_misaligned_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16, strided<[68, 1]>>) kernel {
    %tile = wg.alloc : !tile
    wg.fill %x, %tile : memref<40x64xbf16, strided<[68, 1]>>, !tile
    gpu.return
  }
}

// What is filled is read asynchronously, and a fence is only before another barrier.
//
// FILL-NO-FENCE: error: 'wg.mma' op reads asynchronously what 'wg.fill' has written, with no wg.fence_proxy in between
func.func @fill_no_fence(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @fill_no_fence_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @fill_no_fence_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc {offset = 0 : i64} : !tile
    wg.fence_proxy
    wg.fill %x, %tile : memref<40x64xbf16>, !tile
    wg.sync
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %result = wg.wait %product : !pending -> !acc
    gpu.return
  }
}

// A slot that threads fill, twice.
func.func @claimed(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @claimed_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @claimed_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        %claimed = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %claimed : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
        %next = wg.claim %ring[%c1] : !ring -> !tile
        wg.fill %x, %next : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier1, %tile1 = wg.acquire %ring[%c1] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.release %ring[%c0] : !ring
        %next = wg.take %ring[%c1] : !ring -> !tile
        wg.release %ring[%c1] : !ring
      }
    }
    gpu.return
  }
}

// One thread says that a slot is filled, and does not know it of the others.
//
// CLAIM-NO-SYNC: error: 'wg.mma' op reads shared memory that 'wg.fill' has written in warpgroup 0, with no barrier between the two
func.func @claim_no_sync(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @claim_no_sync_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @claim_no_sync_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        %claimed = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %claimed : memref<40x64xbf16>, !tile
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.release %ring[%c0] : !ring
      }
    }
    gpu.return
  }
}

// A slot is filled that nobody has waited for.
//
// NOT-CLAIMED: error: 'wg.acquire' op expected use 0 of the ring, in slot 0, to be claimed before its tiles are filled
func.func @not_claimed(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @not_claimed_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @not_claimed_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.release %ring[%c0] : !ring
      }
    }
    gpu.return
  }
}

// A use is claimed, and claimed again before it is acquired.
//
// CLAIMED-TWICE: error: 'wg.claim' op expected the next use of the slot, which is after use 0, got use 0
func.func @claimed_twice(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @claimed_twice_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @claimed_twice_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        %again = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %again : memref<40x64xbf16>, !tile
        %claimed = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %claimed : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
        wg.release %ring[%c0] : !ring
      }
    }
    gpu.return
  }
}

// A slot is claimed that is not given back.
//
// CLAIM-NOT-RELEASED: error: deadlock
// CLAIM-NOT-RELEASED: note: warpgroup 0, of role 'load', waits at '{{.*}}wg.claim %{{.*}}' for the release of use 0 of the ring, in slot 0: 4 of 4 arrivals are missing
// CLAIM-NOT-RELEASED: note: warpgroup 1, of role 'math', waits at '{{.*}}wg.take %{{.*}}' for use 1 of the ring, in slot 0, to be filled
func.func @claim_not_released(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @claim_not_released_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @claim_not_released_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        %claimed = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %claimed : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
        %next = wg.claim %ring[%c1] : !ring -> !tile
        wg.fill %x, %next : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier1, %tile1 = wg.acquire %ring[%c1] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %next = wg.take %ring[%c1] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        wg.release %ring[%c1] : !ring
      }
    }
    gpu.return
  }
}

// A slot is filled while the last use is read.
//
// FILLED-LATE: error: 'wg.fill' op writes shared memory that 'wg.mma' has read in warpgroup 1, with no barrier between the two
func.func @filled_late(%x: memref<40x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @filled_late_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<40x64xbf16>)
  return
}
gpu.module @filled_late_kernels {
  gpu.func @kernel(%x: memref<40x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        %claimed = wg.claim %ring[%c0] : !ring -> !tile
        wg.fill %x, %claimed : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] {filled = array<i64: 0>} : !ring -> !tile
        }
        %next = wg.claim %ring[%c1] : !ring -> !tile
        wg.fill %x, %next : memref<40x64xbf16>, !tile
        wg.sync
        wg.one_thread {
          %barrier1, %tile1 = wg.acquire %ring[%c1] {filled = array<i64: 0>} : !ring -> !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        %result = wg.wait %product : !pending -> !acc
      }
    }
    gpu.return
  }
}

}
