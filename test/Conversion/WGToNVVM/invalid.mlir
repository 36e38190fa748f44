// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(gdr-wg-to-nvvm)))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  gpu.func @no_offset() {
    // expected-error @below {{expected an offset; run wg-allocate-shared before gdr-wg-to-nvvm}}
    // expected-error @below {{failed to legalize operation 'wg.alloc' that was explicitly marked illegal}}
    %0 = wg.alloc : !wg.shared<64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @barrier_without_offset() {
    // expected-error @below {{expected an offset; run wg-allocate-shared before gdr-wg-to-nvvm}}
    // expected-error @below {{failed to legalize operation 'wg.mbarrier_alloc' that was explicitly marked illegal}}
    %0 = wg.mbarrier_alloc count(1) arrivals(1)
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @ring() {
    // expected-error @below {{failed to legalize operation 'wg.ring' that was explicitly marked illegal}}
    %0 = wg.ring consumers(1) : !wg.ring<1, !wg.shared<64xf32>>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @barrier() {
    // expected-error @below {{'wg.barrier' op expected a number; run wg-allocate-shared before gdr-wg-to-nvvm}}
    // expected-error @below {{failed to legalize operation 'wg.barrier' that was explicitly marked illegal}}
    %0 = wg.barrier participants(2)
    gpu.return
  }
}
