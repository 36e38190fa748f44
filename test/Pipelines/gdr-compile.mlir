// RUN: gdr-opt %s --gdr-compile | FileCheck %s --check-prefixes=CHECK,CUDA
// RUN: gdr-opt %s --gdr-compile=chip=sm_86,sm_89 --emit=mlir | FileCheck %s --check-prefixes=CHECK,CUDA,CHIPS
// RUN: gdr-opt %s --gdr-compile="chip=sm_90a sm-count=1" | FileCheck %s --check-prefixes=CHECK,CUDA
// RUN: gdr-opt %s --gdr-compile=target=cpu | FileCheck %s --check-prefixes=CHECK,CPU
// RUN: gdr-opt %s --gdr-compile=target=cpu | not grep -E "[ \"](arith|builtin.unrealized|cf|func|gpu|linalg|math|memref|scf|tensor|ub|vector)\.[a-z]+ "
// RUN: gdr-opt %s --gdr-compile | not grep -E "[ \"](arith|builtin.unrealized|cf|func|linalg|math|memref|scf|tensor|ub|vector)\.[a-z]+ "
// RUN: not gdr-opt %s --gdr-compile=target=tpu 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not gdr-opt %s --gdr-compile=chip=gtx 2>&1 | FileCheck %s --check-prefix=CHIP

// TARGET: error: expected target cuda or cpu, got 'tpu'
// CHIP:   error: expected a chip among {{.*}}, got 'gtx'

// Host code that knows its entry point, and kernels in NVVM. Names and
// dimensions are of the op, on tensors too, and the output is the last argument.
// CUDA-DAG:    llvm.func @gdr_launch(
// CPU-DAG:     llvm.func @gdr_parallel_for(
// CHECK-LABEL: llvm.func internal @tensors.host(
// CHECK-SAME:    gdr.entry = {arguments = [
// CHECK-SAME:      dims = ["B", "T", "HK", "K"], name = "q"
// CHECK-SAME:      dims = ["B", "HV", "K", "V"], name = "state"
// CHECK-SAME:      dims = ["B", "T", "HV", "V"], name = "o"
// CUDA-SAME:     device = "cuda", name = "tensors"}
// CPU-SAME:      device = "cpu", name = "tensors"}
// CUDA-SAME:     gdr.kernel_module = @tensors_kernels
// CUDA:          llvm.call @gdr_launch(
// CPU:           llvm.call @gdr_parallel_for(
// CHIPS:       gpu.module @tensors_kernels [#nvvm.target<{{.*}}sm_86{{.*}}>, #nvvm.target<{{.*}}sm_89{{.*}}>]
// CUDA:          llvm.func @tensors_recurrent({{.*}}nvvm.kernel
// CUDA:          nvvm.shfl.sync bfly
// CPU-NOT:     gpu.module
func.func @tensors(%q: tensor<?x1x2x64xbf16>, %s: tensor<?x2x64x64xf32>)
    -> (tensor<?x1x2x64xbf16>, tensor<?x2x64x64xf32>) {
  %c0 = arith.constant 0 : index
  %b = tensor.dim %q, %c0 : tensor<?x1x2x64xbf16>
  %empty = tensor.empty(%b) : tensor<?x1x2x64xbf16>
  %0:2 = gdr.gated_delta_rule
      ins(%q, %q, %q : tensor<?x1x2x64xbf16>, tensor<?x1x2x64xbf16>, tensor<?x1x2x64xbf16>)
      initial_state(%s : tensor<?x2x64x64xf32>)
      outs(%empty : tensor<?x1x2x64xbf16>) final_state(%s : tensor<?x2x64x64xf32>)
      -> tensor<?x1x2x64xbf16>, tensor<?x2x64x64xf32>
  return %0#0, %0#1 : tensor<?x1x2x64xbf16>, tensor<?x2x64x64xf32>
}

// With a dynamic T the host branches between two kernels.
// CHECK-LABEL: llvm.func internal @dynamic.host(
// CUDA-SAME:     gdr.kernels = ["dynamic_recurrent", "dynamic_recurrent_narrow", "dynamic_recurrent_{{[0-9]+}}", "dynamic_recurrent_narrow_{{[0-9]+}}"]
// CHECK:         llvm.cond_br
// CUDA:          llvm.call @gdr_launch(
// CUDA:          llvm.call @gdr_launch(
func.func @dynamic(%q: memref<?x?x2x64xf32>, %o: memref<?x?x2x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<?x?x2x64xf32>, memref<?x?x2x64xf32>, memref<?x?x2x64xf32>)
      outs(%o : memref<?x?x2x64xf32>)
  return
}

// A packed view costs no copy.
// CHECK-LABEL: llvm.func internal @view.host(
// CUDA-NOT:      llvm.intr.memcpy
// CUDA:          llvm.call @gdr_launch(
func.func @view(%qkv: memref<4x1x6x64xbf16>, %o: memref<4x1x2x64xbf16>) {
  %q = memref.subview %qkv[0, 0, 0, 0] [4, 1, 2, 64] [1, 1, 1, 1]
      : memref<4x1x6x64xbf16> to memref<4x1x2x64xbf16, strided<[384, 384, 64, 1]>>
  %k = memref.subview %qkv[0, 0, 2, 0] [4, 1, 2, 64] [1, 1, 1, 1]
      : memref<4x1x6x64xbf16> to memref<4x1x2x64xbf16, strided<[384, 384, 64, 1], offset: 128>>
  %v = memref.subview %qkv[0, 0, 4, 0] [4, 1, 2, 64] [1, 1, 1, 1]
      : memref<4x1x6x64xbf16> to memref<4x1x2x64xbf16, strided<[384, 384, 64, 1], offset: 256>>
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<4x1x2x64xbf16, strided<[384, 384, 64, 1]>>,
                       memref<4x1x2x64xbf16, strided<[384, 384, 64, 1], offset: 128>>,
                       memref<4x1x2x64xbf16, strided<[384, 384, 64, 1], offset: 256>>)
      outs(%o : memref<4x1x2x64xbf16>)
  return
}

// No tokens, no sequences, no op.
// CHECK-LABEL: llvm.func internal @nothing.host(
func.func @nothing(%q: memref<0x0x2x64xf32>, %s: memref<0x2x64x64xf32>) {
  gdr.gated_delta_rule
      ins(%q, %q, %q : memref<0x0x2x64xf32>, memref<0x0x2x64xf32>, memref<0x0x2x64xf32>)
      initial_state(%s : memref<0x2x64x64xf32>)
      outs(%q : memref<0x0x2x64xf32>) final_state(%s : memref<0x2x64x64xf32>)
  return
}
// CHECK-LABEL: llvm.func internal @empty.host(
func.func @empty() {
  return
}
