// A tile program in which every warpgroup waits would hang a GPU. It is an error that says for what each waits.
//
// RUN: not gdr-run %s --target=interpreter --function=two_uses 2>&1 | FileCheck %s --check-prefix=TWO-USES
// RUN: not gdr-run %s --target=interpreter --function=not_released 2>&1 | FileCheck %s --check-prefix=NOT-RELEASED
// RUN: not gdr-run %s --target=interpreter --function=too_few_consumers 2>&1 | FileCheck %s --check-prefix=TOO-FEW-CONSUMERS
// RUN: not gdr-run %s --target=interpreter --function=too_few_bytes 2>&1 | FileCheck %s --check-prefix=TOO-FEW-BYTES
// RUN: not gdr-run %s --target=interpreter --function=one_comes 2>&1 | FileCheck %s --check-prefix=ONE-COMES
// RUN: not gdr-run %s --target=interpreter --function=crossed 2>&1 | FileCheck %s --check-prefix=CROSSED
// RUN: not gdr-run %s --target=interpreter --function=some_come 2>&1 | FileCheck %s --check-prefix=SOME-COME

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!wide = !wg.shared<64x128xbf16, swizzle = 128>
!ring = !wg.ring<1, !tile>
!narrow = tensor<64x64xbf16, #wg.fragment>
!acc = tensor<64x64xf32, #wg.fragment>
!pending = !wg.pending<!acc>

module attributes {gpu.container_module} {

// Two uses are taken, and one is loaded.
//
// TWO-USES: error: deadlock: no warpgroup of block [0, 0, 0] of kernel 'kernel' can go on
// TWO-USES: note: warpgroup 0, of role 'load', has ended
// TWO-USES: note: warpgroup 1, of role 'math', waits at '{{.*}}wg.take %{{.*}}' for use 1 of the ring, in slot 0, to be filled: 1 of 1 arrivals is missing
func.func @two_uses(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @two_uses_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @two_uses_kernels {
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
        %tile0 = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %tile1 = wg.take %ring[%c1] : !ring -> !tile
      }
    }
    gpu.return
  }
}

// The only slot is loaded twice and never given back.
//
// NOT-RELEASED: error: deadlock
// NOT-RELEASED: note: warpgroup 0, of role 'load', waits at '{{.*}}wg.acquire %{{.*}}' for the release of use 0 of the ring, in slot 0: 4 of 4 arrivals are missing
// NOT-RELEASED: note: warpgroup 1, of role 'math', waits at '{{.*}}wg.take %{{.*}}' for use 1 of the ring
func.func @not_released(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @not_released_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @not_released_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %block = gpu.block_id x
    %never = arith.cmpi ugt, %block, %c0 : index
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
        %tile0 = wg.take %ring[%c0] : !ring -> !tile
        scf.if %never {
          wg.release %ring[%c0] : !ring
        }
        %tile1 = wg.take %ring[%c1] : !ring -> !tile
      }
    }
    gpu.return
  }
}

// The ring waits for two consumers, of which one comes.
//
// TOO-FEW-CONSUMERS: note: warpgroup 0, of role 'load', waits at '{{.*}}wg.acquire %{{.*}}' for the release of use 0 of the ring, in slot 0: 4 of 8 arrivals are missing
// TOO-FEW-CONSUMERS: note: warpgroup 1, of role 'math', has ended
// TOO-FEW-CONSUMERS: note: warpgroup 2, of role 'math', has ended
func.func @too_few_consumers(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 384 : index
  gpu.launch_func @too_few_consumers_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @too_few_consumers_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(2) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
          %barrier1, %tile1 = wg.acquire %ring[%c1] : !ring -> !tile
          wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(2) registers(160) {
        %tile0 = wg.take %ring[%c0] : !ring -> !tile
        %warpgroup = wg.warpgroup_index
        %is_first = arith.cmpi eq, %warpgroup, %c0 : index
        scf.if %is_first {
          wg.release %ring[%c0] : !ring
        }
      }
    }
    gpu.return
  }
}

// A tile of two panels, of which one is loaded.
//
// TOO-FEW-BYTES: note: warpgroup 1, of role 'math', waits at '{{.*}}wg.take %{{.*}}' for use 0 of the ring, in slot 0, to be filled: 8192 bytes are missing that no copy brings
func.func @too_few_bytes(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @too_few_bytes_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @too_few_bytes_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %ring = wg.ring consumers(1) : !wg.ring<1, !wide>
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier, %tile = wg.acquire %ring[%c0] : !wg.ring<1, !wide> -> !wide
          %panel = wg.slice %tile[%c0] : !wide -> !tile
          wg.copy %x[], %panel, %barrier : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tile = wg.take %ring[%c0] : !wg.ring<1, !wide> -> !wide
      }
    }
    gpu.return
  }
}

// A barrier of the CTA that one warpgroup comes to.
//
// ONE-COMES: note: warpgroup 0 waits at 'gpu.barrier' for 1 of 2 warpgroups
// ONE-COMES: note: warpgroup 1 has ended
func.func @one_comes(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @one_comes_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_comes_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    %warpgroup = wg.warpgroup_index
    %is_first = arith.cmpi eq, %warpgroup, %c0 : index
    scf.if %is_first {
      gpu.barrier
    }
    gpu.return
  }
}

// Two roles come to two barriers, each to another one first.
//
// CROSSED: error: deadlock
// CROSSED: note: warpgroup 0, of role 'keys', waits at 'wg.meet %{{.*}}' for 1 of 2 warpgroups
// CROSSED: note: warpgroup 1, of role 'queries', waits at 'wg.meet %{{.*}}' for 1 of 2 warpgroups
func.func @crossed() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @crossed_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}
gpu.module @crossed_kernels {
  gpu.func @kernel() kernel {
    %first = wg.barrier participants(2)
    %second = wg.barrier participants(2)
    wg.roles {
      wg.role "keys" warpgroups(1) registers(200) {
        wg.meet %first
        wg.meet %second
      }
      wg.role "queries" warpgroups(1) registers(200) {
        wg.meet %second
        wg.meet %first
      }
    }
    gpu.return
  }
}

// Only some warpgroups of two roles come, which their branches do not tell.
//
// SOME-COME: note: warpgroup 0, of role 'keys', waits at '{{.*}}wg.meet %{{.*}}' for 3 of 4 warpgroups
// SOME-COME: note: warpgroup 1, of role 'keys', has ended
// SOME-COME: note: warpgroup 2, of role 'queries', has ended
func.func @some_come() {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 512 : index
  gpu.launch_func @some_come_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
  return
}
gpu.module @some_come_kernels {
  gpu.func @kernel() kernel {
    %c0 = arith.constant 0 : index
    %all = wg.barrier participants(4)
    %warpgroup = wg.warpgroup_index
    %is_first = arith.cmpi eq, %warpgroup, %c0 : index
    wg.roles {
      wg.role "keys" warpgroups(2) registers(128) {
        scf.if %is_first {
          wg.meet %all
        }
      }
      wg.role "queries" warpgroups(2) registers(128) {
        scf.if %is_first {
          wg.meet %all
        }
      }
    }
    gpu.return
  }
}

}
