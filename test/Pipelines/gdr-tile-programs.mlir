// RUN: gdr-opt %s --gdr-tile-programs | FileCheck %s
// RUN: gdr-opt %s --gdr-tile-programs=lower-rings | FileCheck %s --check-prefix=LOWERED

// CHECK-LABEL: func.func private @prefill.host(
// CHECK:         gdr.encode_tensor_map
// CHECK:         gpu.launch_func @prefill_kernels::@prefill_prepare
// CHECK:         gpu.launch_func @prefill_kernels::@prefill_scan
// CHECK-LABEL: gpu.func @prefill_prepare(
// CHECK:         wg.invert_blocks
// CHECK-LABEL: gpu.func @prefill_scan(
// CHECK:         wg.roles
// CHECK:           wg.acquire

// LOWERED-LABEL: func.func private @prefill.host(
// LOWERED:         gpu.launch_func @prefill_kernels::@prefill_prepare {{.*}} dynamic_shared_memory_size
// LOWERED-LABEL: gpu.func @prefill_scan(
// LOWERED:         wg.mbarrier_alloc {{.*}} {offset = {{[0-9]+}} : i64}
// LOWERED:         wg.roles
// LOWERED-NOT:       wg.acquire
// LOWERED:           wg.fence_proxy
func.func @prefill(%q: memref<1x128x1x64xbf16>, %o: memref<1x128x1x64xbf16>) {
  gdr.gated_delta_rule ins(%q, %q, %q : memref<1x128x1x64xbf16>, memref<1x128x1x64xbf16>, memref<1x128x1x64xbf16>)
      outs(%o : memref<1x128x1x64xbf16>)
  return
}
