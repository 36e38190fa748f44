// RUN: gdr-opt %s --gdr-lower-to-cpu > %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: not grep -E "[ \"](arith|builtin|cf|func|gdr|linalg|math|memref|scf|ub|vector)\.[a-z]" %t.mlir
// RUN: mlir-translate --mlir-to-llvmir %t.mlir | FileCheck %s --check-prefix=IR

// The result is only of the LLVM dialect, and of LLVM's own functions it calls
// none that ends in a mathematical library.
// IR-NOT: @{{(exp|log|fma|floor|llvm\.exp|llvm\.log|llvm\.fma\.|llvm\.floor)}}

// CHECK-LABEL: llvm.func @gdr_parallel_for(!llvm.ptr, !llvm.ptr, i64)
// CHECK-NOT:   @memrefCopy

// Functions keep their names; a memref is its expanded descriptor.
// CHECK-LABEL: llvm.func @decode(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64
// CHECK:         %[[BODY:.*]] = llvm.mlir.addressof @decode_parallel
// CHECK:         llvm.call @gdr_parallel_for(%[[BODY]],
// CHECK-LABEL: llvm.func internal @decode_parallel(%{{.*}}: !llvm.ptr, %{{.*}}: i64)
// CHECK:         llvm.intr.fmuladd{{.*}}vector<8xf32>
func.func @decode(
    %q: memref<1x1x16x128xbf16>, %k: memref<1x1x16x128xbf16>,
    %v: memref<1x1x32x128xbf16>, %g: memref<1x1x32xf32>,
    %beta: memref<1x1x32xf32>, %a_log: memref<32xf32>,
    %state: memref<1x32x128x128xf32>, %o: memref<1x1x32x128xbf16>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<1x1x16x128xbf16>, memref<1x1x16x128xbf16>, memref<1x1x32x128xbf16>)
      gate(%g : memref<1x1x32xf32>) beta(%beta : memref<1x1x32xf32>)
      A_log(%a_log : memref<32xf32>)
      initial_state(%state : memref<1x32x128x128xf32>)
      outs(%o : memref<1x1x32x128xbf16>)
      final_state(%state : memref<1x32x128x128xf32>)
      {state_layout = #gdr.state_layout<v_first>, qk_l2norm,
       gate_form = #gdr.gate_form<softplus>,
       beta_form = #gdr.beta_form<sigmoid>}
  return
}

// CHECK-LABEL: llvm.func @dynamic(
// CHECK-LABEL: llvm.func internal @dynamic_parallel(
func.func @dynamic(
    %q: memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
    %k: memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
    %v: memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
    %initial: memref<?x?x?x?xbf16, strided<[?, ?, ?, 1], offset: ?>>,
    %cu_seqlens: memref<?xi32>, %indices: memref<?xi64>,
    %o: memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
    %final: memref<?x?x?x?xf32>) {
  gdr.recurrent
      ins(%q, %k, %v : memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>,
                       memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>)
      initial_state(%initial : memref<?x?x?x?xbf16, strided<[?, ?, ?, 1], offset: ?>>)
      cu_seqlens(%cu_seqlens : memref<?xi32>)
      read_indices(%indices : memref<?xi64>)
      outs(%o : memref<?x?x?x?xf16, strided<[?, ?, ?, 1], offset: ?>>)
      final_state(%final : memref<?x?x?x?xf32>)
  return
}

// CHECK-LABEL: llvm.func @chunked(
// CHECK-LABEL: llvm.func internal @chunked_parallel_0(
// CHECK-LABEL: llvm.func internal @chunked_parallel(
func.func @chunked(
    %q: memref<1x?x2x96xbf16>, %v: memref<1x?x6x72xbf16>, %g: memref<1x?x6xbf16>,
    %a_log: memref<6xf32>, %beta: memref<1x?x6xf32>, %cu_seqlens: memref<?xi32>,
    %t: memref<?x6x32x32xf32>, %decay: memref<?x6x4x32xf32>, %state: memref<?x6x72x96xf16>) {
  gdr.chunk_prepare ins(%q, %q : memref<1x?x2x96xbf16>, memref<1x?x2x96xbf16>)
      gate(%g : memref<1x?x6xbf16>) beta(%beta : memref<1x?x6xf32>) A_log(%a_log : memref<6xf32>)
      cu_seqlens(%cu_seqlens : memref<?xi32>)
      outs(%t, %t, %decay : memref<?x6x32x32xf32>, memref<?x6x32x32xf32>, memref<?x6x4x32xf32>)
      {qk_l2norm, gate_form = #gdr.gate_form<softplus>, beta_form = #gdr.beta_form<sigmoid>}
  gdr.chunk_scan
      ins(%q, %q, %v : memref<1x?x2x96xbf16>, memref<1x?x2x96xbf16>, memref<1x?x6x72xbf16>)
      chunks(%t, %t, %decay : memref<?x6x32x32xf32>, memref<?x6x32x32xf32>, memref<?x6x4x32xf32>)
      initial_state(%state : memref<?x6x72x96xf16>) cu_seqlens(%cu_seqlens : memref<?xi32>)
      outs(%v : memref<1x?x6x72xbf16>) final_state(%state : memref<?x6x72x96xf16>)
      {state_layout = #gdr.state_layout<v_first>}
  return
}

// What bufferization adds.
// CHECK-LABEL: llvm.func @copy(
// CHECK-NOT:     @memrefCopy
// CHECK:         llvm.return
func.func @copy(%from: memref<4x4xf32, strided<[?, 1], offset: ?>>, %to: memref<4x4xf32>) {
  memref.copy %from, %to : memref<4x4xf32, strided<[?, 1], offset: ?>> to memref<4x4xf32>
  return
}
