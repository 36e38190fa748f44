// A tile program in which every warpgroup waits would hang a GPU. It is an error that says for what each waits.
//
// RUN: not gdr-run %s --target=interpreter --function=two_uses 2>&1 | FileCheck %s --check-prefix=TWO-USES
// RUN: not gdr-run %s --target=interpreter --function=not_released 2>&1 | FileCheck %s --check-prefix=NOT-RELEASED
// RUN: not gdr-run %s --target=interpreter --function=too_few_consumers 2>&1 | FileCheck %s --check-prefix=TOO-FEW-CONSUMERS
// RUN: not gdr-run %s --target=interpreter --function=too_few_bytes 2>&1 | FileCheck %s --check-prefix=TOO-FEW-BYTES
// RUN: not gdr-run %s --target=interpreter --function=one_role 2>&1 | FileCheck %s --check-prefix=ONE-ROLE

!tile = !wg.shared<64x64xbf16, swizzle = 128>
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
        %tile1 = wg.take %ring[%c1] : !ring -> !tile
      }
    }
    gpu.return
  }
}

// The ring waits for two consumers, and has one.
//
// TOO-FEW-CONSUMERS: note: warpgroup 0, of role 'load', waits at '{{.*}}wg.acquire %{{.*}}' for the release of use 0 of the ring, in slot 0: 4 of 8 arrivals are missing
// TOO-FEW-CONSUMERS: note: warpgroup 1, of role 'math', has ended
func.func @too_few_consumers(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
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
      wg.role "math" warpgroups(1) registers(232) {
        %tile0 = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
      }
    }
    gpu.return
  }
}

// A slot of two tiles, of which one is loaded.
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
    %ring = wg.ring consumers(1) : !wg.ring<1, !tile, !tile>
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier, %tiles:2 = wg.acquire %ring[%c0] : !wg.ring<1, !tile, !tile> -> !tile, !tile
          wg.copy %x[], %tiles#0, %barrier : memref<64x64xbf16>, !tile
        }
      }
      wg.role "math" warpgroups(1) registers(232) {
        %tiles:2 = wg.take %ring[%c0] : !wg.ring<1, !tile, !tile> -> !tile, !tile
      }
    }
    gpu.return
  }
}

// A barrier of the CTA that one role comes to.
//
// ONE-ROLE: note: warpgroup 0, of role 'load', waits at 'gpu.barrier' for 1 of 2 warpgroups
// ONE-ROLE: note: warpgroup 1, of role 'math', has ended
func.func @one_role(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @one_role_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_role_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %zero = arith.constant dense<0.0> : !narrow
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        gpu.barrier
      }
      wg.role "math" warpgroups(1) registers(232) {
        wg.sync
      }
    }
    gpu.return
  }
}

}
