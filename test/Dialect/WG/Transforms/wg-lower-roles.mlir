// RUN: gdr-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(wg-lower-roles)))' | FileCheck %s

gpu.module @kernels {

// Three warpgroups begin with 168 registers a thread. The number of the
// warpgroup is made uniform; roles count their warpgroups from 0.
// CHECK-LABEL: gpu.func @two_roles(
// CHECK-SAME:    nvvm.minctasm = 1 : i32
// CHECK:         %[[T:.*]] = gpu.thread_id x
// CHECK:         arith.divui %[[T]], %c128
// CHECK:         gpu.shuffle idx
// CHECK:         %[[W:.*]] = arith.index_castui %{{.*}} : i32 to index
// CHECK:         %[[END:.*]] = arith.constant 1 : index
// CHECK:         %[[FIRST:.*]] = arith.cmpi ult, %[[W]], %[[END]] : index
// CHECK:         scf.if %[[FIRST]] {
// CHECK-NEXT:      nvvm.setmaxregister decrease 40
// CHECK-NEXT:      wg.one_thread {
// CHECK:           }
// CHECK-NEXT:    } else {
// CHECK-NEXT:      nvvm.setmaxregister increase 232
// CHECK:           gpu.shuffle idx
// CHECK:           %[[W:.*]] = arith.index_castui %{{.*}} : i32 to index
// CHECK:           %[[BEGIN:.*]] = arith.constant 1 : index
// CHECK:           %[[INDEX:.*]] = arith.subi %[[W]], %[[BEGIN]] : index
// CHECK:           wg.slice %{{.*}}[%[[INDEX]]]
// CHECK-NEXT:    }
// CHECK-NEXT:    gpu.return
gpu.func @two_roles(%x: !wg.shared<2x64xf32>) kernel attributes {known_block_size = array<i32: 384, 1, 1>} {
  wg.roles {
    wg.role "load" warpgroups(1) registers(40) {
      wg.one_thread {
        wg.wait_copies_out
      }
    }
    wg.role "math" warpgroups(2) registers(232) {
      %w = wg.warpgroup_index
      %0 = wg.slice %x[%w] : !wg.shared<2x64xf32> -> !wg.shared<64xf32>
    }
  }
  gpu.return
}

// Equal shares need no change of the registers. Three programs are two branches.
// CHECK-LABEL: gpu.func @three_roles(
// CHECK-NOT:     nvvm.setmaxregister
// CHECK:         arith.constant 2 : index
// CHECK-NEXT:    arith.cmpi ult
// CHECK-NEXT:    scf.if %{{.*}} {
// CHECK-NEXT:      wg.fence_proxy
// CHECK-NEXT:    } else {
// CHECK-NEXT:      arith.constant 3 : index
// CHECK-NEXT:      arith.cmpi ult
// CHECK-NEXT:      scf.if %{{.*}} {
// CHECK-NEXT:        wg.sync {warpgroup = 2 : i64}
// CHECK-NEXT:      } else {
// CHECK-NEXT:        wg.wait_copies_out
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    gpu.return
gpu.func @three_roles() kernel attributes {known_block_size = array<i32: 512, 1, 1>} {
  wg.roles {
    wg.role "a" warpgroups(2) registers(128) {
      wg.fence_proxy
    }
    wg.role "b" warpgroups(1) registers(128) {
      wg.sync
    }
    wg.role "c" warpgroups(1) registers(128) {
      wg.wait_copies_out
    }
  }
  gpu.return
}

// A sync knows its warpgroup where it has no choice.
// CHECK-LABEL: gpu.func @syncs(
// CHECK:         scf.if
// CHECK-NEXT:      wg.sync {warpgroup = 0 : i64}
// CHECK:         } else {
// CHECK:           scf.if
// CHECK-NEXT:        wg.sync{{$}}
// CHECK:           } else {
// CHECK:             scf.for
// CHECK-NEXT:          wg.sync {warpgroup = 3 : i64}
gpu.func @syncs(%n: index) kernel attributes {known_block_size = array<i32: 512, 1, 1>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  wg.roles {
    wg.role "first" warpgroups(1) registers(128) {
      wg.sync
    }
    wg.role "two" warpgroups(2) registers(128) {
      wg.sync
    }
    wg.role "last" warpgroups(1) registers(128) {
      scf.for %i = %c0 to %n step %c1 {
        wg.sync
      }
    }
  }
  gpu.return
}

// One role is no branch.
// CHECK-LABEL: gpu.func @one_role(
// CHECK-NOT:     scf.if
// CHECK:         nvvm.setmaxregister decrease 128
// CHECK-NEXT:    wg.sync {warpgroup = 0 : i64}
// CHECK-NEXT:    gpu.return
gpu.func @one_role() kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
  wg.roles {
    wg.role "all" warpgroups(1) registers(128) {
      wg.sync
    }
  }
  gpu.return
}

// Without roles the index is that in the CTA, and the registers are the
// assembler's choice.
// CHECK-LABEL: gpu.func @no_roles(
// CHECK-NOT:     nvvm.minctasm
// CHECK:         gpu.shuffle idx
// CHECK:         %[[W:.*]] = arith.index_castui %{{.*}} : i32 to index
// CHECK:         %[[ZERO:.*]] = arith.constant 0 : index
// CHECK:         arith.subi %[[W]], %[[ZERO]] : index
// CHECK-NOT:     nvvm.setmaxregister
// CHECK:         gpu.return
gpu.func @no_roles(%x: !wg.shared<2x64xf32>) kernel attributes {known_block_size = array<i32: 256, 1, 1>} {
  %w = wg.warpgroup_index
  %0 = wg.slice %x[%w] : !wg.shared<2x64xf32> -> !wg.shared<64xf32>
  gpu.return
}

// Nothing to do.
// CHECK-LABEL: gpu.func @nothing(
// CHECK-NEXT:    wg.sync
// CHECK-NEXT:    gpu.return
gpu.func @nothing() kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
  wg.sync
  gpu.return
}

// Nothing of warpgroups: any block size.
// CHECK-LABEL: gpu.func @threads(
// CHECK-NEXT:    gpu.barrier
// CHECK-NEXT:    gpu.return
gpu.func @threads() kernel {
  gpu.barrier
  gpu.return
}

}
