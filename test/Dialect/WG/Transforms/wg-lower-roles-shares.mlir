// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-roles)))' | FileCheck %s --check-prefixes=CHECK,SET
// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-roles{set-registers=false})))' | FileCheck %s --implicit-check-not=setmaxregister

// Without setmaxnreg all roles have what the kernel starts with.
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @f()
  // CHECK:         scf.if
  // SET-NEXT:        nvvm.setmaxregister decrease 40
  // CHECK:         } else {
  // SET-NEXT:        nvvm.setmaxregister increase 232
  gpu.func @f() kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
    wg.roles {
      wg.role "load" warpgroups(1) registers(40) {
        wg.sync
      }
      wg.role "math" warpgroups(2) registers(232) {
        wg.sync
      }
    }
    gpu.return
  }
}
