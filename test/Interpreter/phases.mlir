// Waits by threads that may be two phases of a barrier behind, where the parity of a phase is not enough.
//
// RUN: not gdr-run %s --target=interpreter --function=two_phases 2>&1 | FileCheck %s
// RUN: not gdr-run %s --target=interpreter --function=two_phases --lower-rings 2>&1 | FileCheck %s
// RUN: gdr-run %s --target=interpreter --function=one_phase
// RUN: gdr-run %s --target=interpreter --function=one_phase --lower-rings

!tile = !wg.shared<64x64xbf16, swizzle = 128>
!ring = !wg.ring<1, !tile>

module attributes {gpu.container_module} {

// All threads claim a slot, for the releases of which one thread has waited so far.
//
// CHECK: error: 'wg.{{claim|mbarrier_wait}}' op waits for phase 1 of a barrier, and its threads may come before phase 0 has ended, where parities are not enough; let them wait for it, or for a thread that has (wg.sync)
// CHECK: note: in warpgroup 0, of role 'load',
func.func @two_phases(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @two_phases_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @two_phases_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
          %barrier1, %tile1 = wg.acquire %ring[%c1] : !ring -> !tile
          wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
        }
        %claimed = wg.claim %ring[%c2] : !ring -> !tile
      }
      wg.role "math" warpgroups(1) registers(232) {
        %first = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %second = wg.take %ring[%c1] : !ring -> !tile
        wg.release %ring[%c1] : !ring
      }
    }
    gpu.return
  }
}

// The same, but after that thread.
//
func.func @one_phase(%x: memref<64x64xbf16>) {
  %c1 = arith.constant 1 : index
  %threads = arith.constant 256 : index
  gpu.launch_func @one_phase_kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%x : memref<64x64xbf16>)
  return
}
gpu.module @one_phase_kernels {
  gpu.func @kernel(%x: memref<64x64xbf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %ring = wg.ring consumers(1) : !ring
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.one_thread {
          %barrier0, %tile0 = wg.acquire %ring[%c0] : !ring -> !tile
          wg.copy %x[], %tile0, %barrier0 : memref<64x64xbf16>, !tile
          %barrier1, %tile1 = wg.acquire %ring[%c1] : !ring -> !tile
          wg.copy %x[], %tile1, %barrier1 : memref<64x64xbf16>, !tile
        }
        wg.sync
        %claimed = wg.claim %ring[%c2] : !ring -> !tile
      }
      wg.role "math" warpgroups(1) registers(232) {
        %first = wg.take %ring[%c0] : !ring -> !tile
        wg.release %ring[%c0] : !ring
        %second = wg.take %ring[%c1] : !ring -> !tile
        wg.release %ring[%c1] : !ring
      }
    }
    gpu.return
  }
}

}
