// Accesses of shared memory that are not ordered, or before what they need is there.
//
// RUN: not gdr-run %s --target=interpreter --function=no_sync 2>&1 | FileCheck %s --check-prefix=NO-SYNC
// RUN: not gdr-run %s --target=interpreter --function=overwritten 2>&1 | FileCheck %s --check-prefix=OVERWRITTEN
// RUN: not gdr-run %s --target=interpreter --function=warps_apart 2>&1 | FileCheck %s --check-prefix=WARPS-APART
// RUN: not gdr-run %s --target=interpreter --function=copied_out 2>&1 | FileCheck %s --check-prefix=COPIED-OUT
// RUN: not gdr-run %s --target=interpreter --function=copied_out_first 2>&1 | FileCheck %s --check-prefix=COPIED-OUT-FIRST
// RUN: not gdr-run %s --target=interpreter --function=not_copied_out 2>&1 | FileCheck %s --check-prefix=NOT-COPIED-OUT
// RUN: not gdr-run %s --target=interpreter --function=not_multiplied 2>&1 | FileCheck %s --check-prefix=NOT-MULTIPLIED
// RUN: not gdr-run %s --target=interpreter --function=not_written 2>&1 | FileCheck %s --check-prefix=NOT-WRITTEN
// RUN: not gdr-run %s --target=interpreter --function=newer 2>&1 | FileCheck %s --check-prefix=NEWER
// RUN: not gdr-run %s --target=interpreter --function=warpgroups_apart 2>&1 | FileCheck %s --check-prefix=WARPGROUPS-APART
// RUN: not gdr-run %s --target=interpreter --function=released_early 2>&1 | FileCheck %s --check-prefix=RELEASED-EARLY
// RUN: not gdr-run %s --target=interpreter --function=read_late 2>&1 | FileCheck %s --check-prefix=READ-LATE
// RUN: not gdr-run %s --target=interpreter --function=read_too_late 2>&1 | FileCheck %s --check-prefix=READ-TOO-LATE
// RUN: not gdr-run %s --target=interpreter --function=released_twice 2>&1 | FileCheck %s --check-prefix=RELEASED-TWICE
// RUN: not gdr-run %s --target=interpreter --function=not_taken 2>&1 | FileCheck %s --check-prefix=NOT-TAKEN
// RUN: not gdr-run %s --target=interpreter --function=one_waits 2>&1 | FileCheck %s --check-prefix=ONE-WAITS
// RUN: not gdr-run %s --target=interpreter --function=one_waits_out 2>&1 | FileCheck %s --check-prefix=ONE-WAITS-OUT
// RUN: gdr-run %s --target=interpreter --function=one_goes_on
// RUN: not gdr-run %s --target=interpreter --function=copied_in 2>&1 | FileCheck %s --check-prefix=COPIED-IN
// RUN: not gdr-run %s --target=interpreter --function=all_threads 2>&1 | FileCheck %s --check-prefix=ALL-THREADS
// RUN: not gdr-run %s --target=interpreter --function=too_much 2>&1 | FileCheck %s --check-prefix=TOO-MUCH

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!ring = !wg.ring<1, !tile>
!narrow = tensor<64x64xbf16, #wg.fragment>
!acc = tensor<64x64xf32, #wg.fragment>
!pending = !wg.pending<!acc>

module attributes {gpu.container_module} {

// A product of what threads have just stored.
//
// NO-SYNC: error: 'wg.mma' op reads shared memory that 'wg.store' has written, with no barrier of the warpgroup in between
// NO-SYNC: note: in warpgroup 0 of block [0, 0, 0] of kernel 'kernel', at '%{{.*}} = wg.mma %{{.*}}, %{{.*}}'
// NO-SYNC: note: the other access is 'wg.store %{{.*}}, %{{.*}}', of bytes 0 to 8192 of shared memory
func.func @no_sync(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @no_sync_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @no_sync_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %result = wg.wait %product : !pending -> !acc
    gpu.return
  }
}

// A tile is stored again while a product reads it.
//
// OVERWRITTEN: error: 'wg.store' op writes shared memory that 'wg.mma' still reads; wait for it before
func.func @overwritten(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @overwritten_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @overwritten_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    wg.store %zero, %tile : !narrow, !tile
    %result = wg.wait %product : !pending -> !acc
    gpu.return
  }
}

// A warp that is done with the product stores what another one still multiplies.
//
// WARPS-APART: error: 'wg.store' op writes shared memory that 'wg.mma' has read, with no barrier of the warpgroup in between
func.func @warps_apart(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @warps_apart_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @warps_apart_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %result = wg.wait %product : !pending -> !acc
    wg.store %zero, %tile : !narrow, !tile
    gpu.return
  }
}

// A tile is stored again while it is copied out.
//
// COPIED-OUT: error: 'wg.store' op writes shared memory that 'wg.copy_out' still reads; wait for it before
func.func @copied_out(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @copied_out_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @copied_out_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    wg.one_thread {
      wg.copy_out %tile, %x[] : !tile, memref<64x64xbf16>
    }
    wg.store %zero, %tile : !narrow, !tile
    gpu.return
  }
}

// A copy out of what only one thread is sure of.
//
// COPIED-OUT-FIRST: error: 'wg.copy_out' op reads shared memory that 'wg.store' has written, with no barrier of the warpgroup in between
func.func @copied_out_first(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @copied_out_first_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @copied_out_first_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.one_thread {
      wg.copy_out %tile, %x[] : !tile, memref<64x64xbf16>
    }
    gpu.return
  }
}

// The kernel ends before its copy.
//
// NOT-COPIED-OUT: error: 'wg.copy_out' op expected the copy to be waited for before the kernel ends
func.func @not_copied_out(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @not_copied_out_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @not_copied_out_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    wg.one_thread {
      wg.copy_out %tile, %x[] : !tile, memref<64x64xbf16>
    }
    gpu.return
  }
}

// And before its product.
//
// NOT-MULTIPLIED: error: 'wg.mma' op expected the product to be waited for before the kernel ends
func.func @not_multiplied(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @not_multiplied_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @not_multiplied_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %block = gpu.block_id x
    %never = arith.cmpi ugt, %block, %c0 : index
    scf.if %never {
      %result = wg.wait %product : !pending -> !acc
    }
    gpu.return
  }
}

// What nobody has written.
//
// NOT-WRITTEN: error: 'wg.load' op reads element [0, 0] of '!wg.shared<64x64xbf16, swizzle = 128>', which has not been written
func.func @not_written(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @not_written_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @not_written_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    %loaded = wg.load %tile : !tile -> !narrow
    wg.store %loaded, %x : !narrow, memref<64x64xbf16>
    gpu.return
  }
}

// The tile of a product that may be under way.
//
// NEWER: error: 'wg.wait' op expected products that have ended, got one of the last 1, which may be under way
func.func @newer(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @newer_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @newer_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
    %block = gpu.block_id x
    %always = arith.cmpi eq, %block, %c0 : index
    scf.if %always {
      %result = wg.wait %product newer(1) : !pending -> !acc
    }
    gpu.return
  }
}

// A tile that another warpgroup has stored.
//
// WARPGROUPS-APART: error: 'wg.load' op reads shared memory that 'wg.store' has written in warpgroup 0, with no barrier between the two
// WARPGROUPS-APART: note: in warpgroup 1, of role 'math', of block [0, 0, 0] of kernel 'kernel'
func.func @warpgroups_apart(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @warpgroups_apart_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @warpgroups_apart_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.store %zero, %tile : !narrow, !tile
        wg.sync
      }
      wg.role "math" warpgroups(1) registers(232) {
        wg.sync
        %loaded = wg.load %tile : !tile -> !narrow
        wg.store %loaded, %x : !narrow, memref<64x64xbf16>
      }
    }
    gpu.return
  }
}

// A slot is given back while a product reads it.
//
// RELEASED-EARLY: error: 'wg.release' op releases use 0 of the ring, in slot 0, which a product still reads; wait for it before
func.func @released_early(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @released_early_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @released_early_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        %product = wg.mma %zero, %tile : !narrow, !tile -> !pending
        wg.release %ring[%c0] : !ring
        %result = wg.wait %product : !pending -> !acc
      }
    }
    gpu.return
  }
}

// A slot is read after it was given back; the next copy may be there.
//
// READ-LATE: error: 'wg.copy' op writes shared memory that 'wg.load' has read in warpgroup 1, with no barrier between the two
func.func @read_late(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @read_late_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @read_late_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
          %barrier1, %tile1 = wg.acquire %ring[%c1] : !ring -> !tile
          wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %loaded = wg.load %tile : !tile -> !narrow
        wg.store %loaded, %x : !narrow, memref<64x64xbf16>
      }
    }
    gpu.return
  }
}

// The next copy is there.
//
// READ-TOO-LATE: error: 'wg.load' op expected a slot of use 0 of the ring, which has been acquired for use 1
func.func @read_too_late(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @read_too_late_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @read_too_late_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
          %barrier1, %tile1 = wg.acquire %ring[%c1] : !ring -> !tile
          wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %next = wg.take %ring[%c1] : !ring -> !tile
        %loaded = wg.load %tile : !tile -> !narrow
        wg.store %loaded, %x : !narrow, memref<64x64xbf16>
      }
    }
    gpu.return
  }
}

// A use is given back twice.
//
// RELEASED-TWICE: error: 'wg.release' op expected a use that is full, got use 0 of the ring, in slot 0
func.func @released_twice(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @released_twice_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @released_twice_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        wg.release %ring[%c0] : !ring
      }
    }
    gpu.return
  }
}

// Nobody waits for a copy.
//
// NOT-TAKEN: error: 'wg.copy' op expected the copy to be waited for before the kernel ends
func.func @not_taken(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @not_taken_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @not_taken_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        wg.sync
      }
    }
    gpu.return
  }
}

// Only one thread waits for a copy.
//
// ONE-WAITS: error: 'wg.load' op reads shared memory that 'wg.copy' has written; wait for it in all threads, or in one before a barrier of the warpgroup
func.func @one_waits(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @one_waits_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_waits_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    %over = wg.alloc over %ring : !ring : !tile
    wg.one_thread {
      %barrier, %tile = wg.acquire %ring[%c0] : !ring -> !tile
      wg.copy %x[], %tile, %barrier : memref<64x64xbf16>, !tile
      %taken = wg.take %ring[%c0] : !ring -> !tile
    }
    %loaded = wg.load %over : !tile -> !narrow
    wg.store %loaded, %x : !narrow, memref<64x64xbf16>
    gpu.return
  }
}

// Only one thread knows that a tile was copied out.
//
// ONE-WAITS-OUT: error: 'wg.store' op writes shared memory that 'wg.copy_out' has read; wait for it in all threads, or in one before a barrier of the warpgroup
func.func @one_waits_out(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @one_waits_out_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_waits_out_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !narrow
    %tile = wg.alloc : !tile
    wg.store %zero, %tile : !narrow, !tile
    wg.sync
    wg.one_thread {
      wg.copy_out %tile, %x[] : !tile, memref<64x64xbf16>
      wg.wait_copies_out
    }
    wg.store %zero, %tile : !narrow, !tile
    gpu.return
  }
}

// Which is enough for what this thread does next.
func.func @one_goes_on(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @one_goes_on_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_goes_on_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !wg.ring<2, !tile>
    wg.one_thread {
      %barrier0, %tile0 = wg.acquire %ring[%c0] : !wg.ring<2, !tile> -> !tile
      wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
      %taken0 = wg.take %ring[%c0] : !wg.ring<2, !tile> -> !tile
      wg.copy_out %taken0, %x[] : !tile, memref<64x64xbf16>
      wg.wait_copies_out
      %barrier1, %tile1 = wg.acquire %ring[%c1] : !wg.ring<2, !tile> -> !tile
      wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
      %taken1 = wg.take %ring[%c1] : !wg.ring<2, !tile> -> !tile
    }
    wg.sync
    gpu.return
  }
}

// A tile over a slot is stored while the slot is filled.
//
// COPIED-IN: error: 'wg.store' op writes shared memory that 'wg.copy' still writes; wait for it before
func.func @copied_in(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @copied_in_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @copied_in_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !ring
    %over = wg.alloc over %ring : !ring : !tile
    wg.one_thread {
      %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
      wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
    }
    wg.store %zero, %over : !narrow, !tile
    gpu.return
  }
}

// All threads wait for the copies of one.
//
// ALL-THREADS: error: 'wg.wait_copies_out' op expected one thread, got all of the warpgroup; put the op in a wg.one_thread
func.func @all_threads(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @all_threads_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @all_threads_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    wg.wait_copies_out
    gpu.return
  }
}

// More shared memory than there is.
//
// TOO-MUCH: error: 'wg.ring' op expected at most 232448 bytes of shared memory, got 262656
func.func @too_much(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 128 : index
  gpu.launch_func @too_much_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @too_much_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !wg.ring<32, !tile>
    gpu.return
  }
}

}
