// RUN: gdr-opt %s --wg-allocate-shared --split-input-file --verify-diagnostics

// Four slots of 64 KiB are more than a CTA can have.
gpu.module @kernels {
  // expected-error @below {{expected at most 232448 bytes of shared memory, got 262144; use fewer slots or smaller tiles}}
  gpu.func @too_large() kernel {
    %0 = wg.alloc : !wg.ring<4, !wg.shared<256x128xbf16, swizzle = 128>>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @ring() kernel {
    // expected-error @below {{expected no ring; run wg-lower-rings before wg-allocate-shared}}
    %0 = wg.ring consumers(1) : !wg.ring<2, !wg.shared<64xf32>>
    gpu.return
  }
}

// -----

// Of 16 barriers one is the CTA's and eight are the warpgroups'.
gpu.module @kernels {
  gpu.func @barriers() kernel attributes {known_block_size = array<i32: 1024, 1, 1>} {
    %0 = wg.barrier participants(2)
    %1 = wg.barrier participants(2)
    %2 = wg.barrier participants(2)
    %3 = wg.barrier participants(2)
    %4 = wg.barrier participants(2)
    %5 = wg.barrier participants(2)
    %6 = wg.barrier participants(2)
    // expected-error @below {{'wg.barrier' op expected at most 16 barriers in a kernel, those of the CTA and of its warpgroups included}}
    %7 = wg.barrier participants(2)
    gpu.return
  }
}
