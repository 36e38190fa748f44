// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-emit-entry | FileCheck %s

// include/gdr-c/Runtime.h has the layout of these tables. The argument: kind,
// type code, bits, rank, alignment, then 6 each of sizes, symbols, offsets of
// symbols and strides; N + 1 names the same symbol as N.
// CHECK-LABEL: llvm.func internal @decode.host(
// CHECK-NOT:     gdr.entry
// CHECK-DAG:   llvm.mlir.global internal constant @decode.image0(".version")
// CHECK-DAG:   llvm.mlir.global internal constant @decode.name("decode\00")
// CHECK-DAG:   llvm.mlir.global internal constant @decode.arguments(dense<[0, 4, 16, 1, 16, -9223372036854775808, 0, 0, 0, 0, 0, 0, {{.*}}]> : tensor<58xi64>)
// CHECK-DAG:   llvm.mlir.global internal constant @decode.argument_names("q\00rows\00\00")
// CHECK-DAG:   llvm.mlir.global internal constant @decode.symbol_names("N\00\00")
// CHECK-DAG:   llvm.mlir.global internal constant @decode.kernel_names("decode_recurrent\00\00")
// CHECK-DAG:   llvm.mlir.global internal @decode.state()
// CHECK-DAG:   llvm.mlir.global internal constant @decode.function()

// CHECK-DAG:   llvm.call @decode.host(
// CHECK-LABEL: llvm.func @decode(%{{.*}}: !llvm.ptr) -> i32
// CHECK:         %[[FUNCTION:.*]] = llvm.mlir.addressof @decode.function
// CHECK:         %[[STATUS:.*]] = llvm.call @gdr_invoke(%[[FUNCTION]], %{{.*}})
// CHECK:         llvm.return %[[STATUS]]
// CHECK-LABEL: llvm.func @decode_workspace_size(%{{.*}}: !llvm.ptr) -> i64
// CHECK:         llvm.call @gdr_workspace_size(
// CHECK-LABEL: llvm.func @decode_load(%{{.*}}: i32) -> i32
// CHECK:         llvm.call @gdr_load(
// CHECK-NOT:   gpu.binary
llvm.func internal @decode.host(
    %call: !llvm.ptr, %q0: !llvm.ptr, %q1: !llvm.ptr, %q2: i64, %q3: i64, %q4: i64,
    %r0: !llvm.ptr, %r1: !llvm.ptr, %r2: i64, %r3: i64, %r4: i64)
    attributes {gdr.entry = {
      arguments = [{alignment = 16 : i64, dims = ["N"], name = "q", type = memref<?xbf16>},
                   {dims = ["N+1"], name = "rows", type = memref<?xi32>}],
      device = "cuda", name = "decode"},
      gdr.kernel_module = @decode_kernels, gdr.kernels = ["decode_recurrent"]} {
  llvm.return
}
gpu.binary @decode_kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, assembly = ".version">]

// -----

// Floats come as double; a CPU function has neither kernels nor images.
// CHECK-LABEL: llvm.func internal @scalars.host(
// CHECK-NOT:   @scalars.image
// CHECK:       llvm.mlir.global internal constant @scalars.argument_names("x\00n\00\00")
// CHECK:       llvm.func internal @scalars.call(
// CHECK:         %[[WIDE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> f64
// CHECK:         %[[X:.*]] = llvm.fptrunc %[[WIDE]] : f64 to f32
// CHECK:         %[[N:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK:         llvm.call @scalars.host(%{{.*}}, %[[X]], %[[N]])
// CHECK-NOT:   @scalars.image
// CHECK:       llvm.mlir.global internal constant @scalars.kernel_names("\00")
// CHECK:       llvm.func @scalars(
llvm.func internal @scalars.host(%call: !llvm.ptr, %x: f32, %n: i64)
    attributes {gdr.entry = {arguments = [{name = "x", type = f32}, {name = "n", type = index}],
                             device = "cpu", name = "scalars"}} {
  llvm.return
}

// -----

// Variants: one entry point, whose first function leads to the others. What is
// checked and kept is shared; kernels, images, host code and workspace are not.
// CHECK-LABEL: llvm.func internal @both.host.sm_80(
// CHECK-NOT:     gdr.entry
// CHECK-COUNT-1: llvm.mlir.global internal constant @both.arguments(
// CHECK-NOT:   llvm.mlir.global internal constant @both.arguments(
// CHECK-COUNT-1: llvm.mlir.global internal @both.state(
// CHECK:       llvm.mlir.global internal constant @both.variant1.image0("new")
// CHECK:       llvm.func internal @both.variant1.call(
// CHECK:         llvm.call @both.host.sm_90a(
// CHECK:       llvm.func internal @both.variant1.workspace(
// CHECK:         llvm.call @both.size(
// CHECK:       llvm.mlir.global internal constant @both.variant1.kernel_names("one\00two\00\00")
// CHECK:       llvm.mlir.global internal constant @both.variant1.function()
// CHECK:         %[[STATE:.*]] = llvm.mlir.addressof @both.state
// CHECK:         llvm.insertvalue %[[STATE]], %{{.*}}[14]
// CHECK:         %[[NONE:.*]] = llvm.mlir.zero
// CHECK:         llvm.insertvalue %[[NONE]], %{{.*}}[15]
// CHECK:       llvm.mlir.global internal constant @both.image0("old")
// CHECK:       llvm.func internal @both.call(
// CHECK:         llvm.call @both.host.sm_80(
// CHECK:       llvm.mlir.global internal constant @both.kernel_names("one\00\00")
// CHECK:       llvm.mlir.global internal constant @both.function()
// CHECK:         %[[STATE:.*]] = llvm.mlir.addressof @both.state
// CHECK:         llvm.insertvalue %[[STATE]], %{{.*}}[14]
// CHECK:         %[[NEXT:.*]] = llvm.mlir.addressof @both.variant1.function
// CHECK:         llvm.insertvalue %[[NEXT]], %{{.*}}[15]
// CHECK:       llvm.func @both(
// CHECK:         llvm.mlir.addressof @both.function
// CHECK-NOT:   llvm.func @both(
llvm.func internal @both.host.sm_80(%call: !llvm.ptr, %n: i64)
    attributes {gdr.entry = {arguments = [{name = "n", type = index}], device = "cuda", name = "both"},
                gdr.kernel_module = @old_kernels, gdr.kernels = ["one"]} {
  llvm.return
}
gpu.binary @old_kernels [#gpu.object<#nvvm.target<chip = "sm_80">, assembly = "old">]
llvm.func internal @both.host.sm_90a(%call: !llvm.ptr, %n: i64)
    attributes {gdr.entry = {arguments = [{name = "n", type = index}], device = "cuda", name = "both"},
                gdr.kernel_module = @new_kernels, gdr.kernels = ["one", "two"], gdr.workspace_size = @both.size} {
  llvm.return
}
llvm.func internal @both.size(%n: i64) -> i64 {
  llvm.return %n : i64
}
gpu.binary @new_kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, assembly = "new">]

// -----

// expected-note @below {{the first variant}}
llvm.func internal @differ.host.a(%call: !llvm.ptr, %n: i64)
    attributes {gdr.entry = {arguments = [{name = "n", type = index}], device = "cuda", name = "differ"}} {
  llvm.return
}
// expected-error @below {{expected variants of 'differ' to have the same entry}}
llvm.func internal @differ.host.b(%call: !llvm.ptr, %x: i64)
    attributes {gdr.entry = {arguments = [{name = "x", type = index}], device = "cuda", name = "differ"}} {
  llvm.return
}

// -----

// Two functions share the runtime's declarations.
// CHECK-COUNT-1: llvm.func @gdr_invoke(
// CHECK-NOT:     llvm.func @gdr_invoke(
llvm.func internal @f.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "f"}} {
  llvm.return
}
llvm.func internal @g.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "g"}} {
  llvm.return
}

// -----

// The strides of an identity layout follow from the sizes, others are free. In
// order: GDR_CONTIGUOUS, 8, 1 and GDR_DYNAMIC, GDR_DYNAMIC, 1.
// CHECK: llvm.mlir.global internal constant @strides.arguments(dense<[
// CHECK-SAME: -9223372036854775807, 8, 1, 0, 0, 0,
// CHECK-SAME: -9223372036854775808, -9223372036854775808, 1, 0, 0, 0]> : tensor<58xi64>)
llvm.func internal @strides.host(
    %call: !llvm.ptr,
    %x0: !llvm.ptr, %x1: !llvm.ptr, %x2: i64, %x3: i64, %x4: i64, %x5: i64, %x6: i64, %x7: i64, %x8: i64,
    %y0: !llvm.ptr, %y1: !llvm.ptr, %y2: i64, %y3: i64, %y4: i64, %y5: i64, %y6: i64, %y7: i64, %y8: i64)
    attributes {gdr.entry = {
      arguments = [{name = "x", type = memref<?x?x8xf32>},
                   {name = "y", type = memref<?x?x8xf32, strided<[?, ?, 1], offset: ?>>}],
      device = "cpu", name = "strides"}} {
  llvm.return
}

// -----

// The runtime asks for the size of the workspace with the descriptors.
// CHECK-LABEL: llvm.func internal @scratch.host(
// CHECK-NOT:     gdr.workspace_size
// CHECK-LABEL: llvm.func internal @scratch.workspace(
// CHECK-SAME:    %[[ARGUMENTS:.*]]: !llvm.ptr) -> i64
// CHECK:         %[[FIRST:.*]] = llvm.getelementptr %[[ARGUMENTS]][0]
// CHECK:         %[[SLOT:.*]] = llvm.load %[[FIRST]]
// CHECK:         %[[PLACE:.*]] = llvm.getelementptr %[[SLOT]][0]
// CHECK:         %[[N:.*]] = llvm.load %[[PLACE]] : !llvm.ptr -> i64
// CHECK:         %[[SIZE:.*]] = llvm.call @scratch.workspace_size(%[[N]]) : (i64) -> i64
// CHECK:         llvm.return %[[SIZE]]
// CHECK:       llvm.mlir.global internal constant @scratch.function()
// CHECK:         %[[THUNK:.*]] = llvm.mlir.addressof @scratch.workspace
// CHECK:         llvm.insertvalue %[[THUNK]], %{{.*}}[13]
llvm.func internal @scratch.host(%call: !llvm.ptr, %n: i64)
    attributes {gdr.entry = {arguments = [{name = "n", type = index}], device = "cuda", name = "scratch"},
                gdr.workspace_size = @scratch.workspace_size} {
  llvm.return
}
llvm.func internal @scratch.workspace_size(%n: i64) -> i64 {
  llvm.return %n : i64
}

// -----

// Nothing to do.
// CHECK:       llvm.func @plain()
// CHECK-NOT:   llvm.mlir.global
llvm.func @plain() {
  llvm.return
}

// -----

// expected-error @below {{expected its kernels in a gpu.binary; run gdr-serialize-kernels before gdr-emit-entry}}
llvm.func internal @early.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "early"},
                gdr.kernel_module = @early_kernels, gdr.kernels = ["k"]} {
  llvm.return
}
gpu.module @early_kernels {
}

// -----

// expected-error @below {{expected no other symbol 'taken', which is an entry point of 'taken'}}
llvm.func internal @taken.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "taken"}} {
  llvm.return
}
llvm.func @taken()

// -----

// expected-error @below {{expected no other symbol 'taken_load', which is an entry point of 'taken'}}
llvm.func internal @taken.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "taken"}} {
  llvm.return
}
llvm.mlir.global internal @taken_load() : i32

// -----

// expected-error @below {{expected no other symbol 'taken_workspace_size', which is an entry point of 'taken'}}
llvm.func internal @taken.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "taken"}} {
  llvm.return
}
llvm.func @taken_workspace_size() {
  llvm.return
}

// -----

// The runtime's own functions.
// expected-error @below {{expected no other symbol 'gdr_workspace_size', which is an entry point of 'gdr'}}
llvm.func internal @gdr.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cpu", name = "gdr"}} {
  llvm.return
}
