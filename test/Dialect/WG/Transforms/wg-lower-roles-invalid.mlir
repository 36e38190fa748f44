// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-roles)))' --split-input-file --verify-diagnostics

// kernel_block_size: unknown
gpu.module @kernels {
  // expected-error @below {{expected a known block size of [N, 1, 1] with N a multiple of 128}}
  gpu.func @unknown() kernel {
    wg.sync
    gpu.return
  }
}

// -----

// kernel_block_size: part of a warpgroup
gpu.module @kernels {
  // expected-error @below {{expected a known block size of [N, 1, 1] with N a multiple of 128}}
  gpu.func @part() kernel attributes {known_block_size = array<i32: 192, 1, 1>} {
    wg.sync
    gpu.return
  }
}

// -----

// kernel_block_size: another dimension
gpu.module @kernels {
  // expected-error @below {{expected a known block size of [N, 1, 1] with N a multiple of 128}}
  gpu.func @two_dimensions() kernel attributes {known_block_size = array<i32: 128, 2, 1>} {
    wg.sync
    gpu.return
  }
}

// -----

// roles_block_size
gpu.module @kernels {
  gpu.func @other() kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
    // expected-error @below {{expected roles of as many threads as the kernel has, 384, got 256}}
    wg.roles {
      wg.role "a" warpgroups(1) registers(128) {
      }
      wg.role "b" warpgroups(1) registers(128) {
      }
    }
    gpu.return
  }
}

// -----

// roles_single
gpu.module @kernels {
  gpu.func @twice() kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    // expected-note @below {{the first one is here}}
    wg.roles {
      wg.role "all" warpgroups(1) registers(128) {
      }
    }
    // expected-error @below {{expected one wg.roles in a kernel}}
    wg.roles {
      wg.role "all" warpgroups(1) registers(64) {
      }
    }
    gpu.return
  }
}
