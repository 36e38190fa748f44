// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-describe-entry | FileCheck %s --check-prefixes=CHECK,CUDA
// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-describe-entry=target=cpu | FileCheck %s --check-prefixes=CHECK,CPU
// RUN: echo | not gdr-opt --gdr-describe-entry=target=tpu 2>&1 | FileCheck %s --check-prefix=OPTION

// OPTION: error: expected target cuda or cpu, got 'tpu'

// The call object comes first; names, dimensions and alignment move into the
// entry.
// CHECK-LABEL: func.func private @decode.host(
// CHECK-SAME:    %{{[^:]*}}: !llvm.ptr, %[[Q:[^:]*]]: memref<?x1x2x8xbf16>, %[[N:[^:]*]]: index, %{{[^:]*}}: f32, %{{[^:]*}}: i32)
// CHECK-SAME:    gdr.entry = {arguments = [
// CHECK-SAME:      {alignment = 16 : i64, dims = ["B", "T", "HK", "K"], name = "q", type = memref<?x1x2x8xbf16>},
// CHECK-SAME:      {name = "n", type = index},
// CHECK-SAME:      {name = "arg2", type = f32},
// CHECK-SAME:      {name = "arg3", type = i32}],
// CUDA-SAME:     device = "cuda",
// CPU-SAME:      device = "cpu",
// CHECK-SAME:    name = "decode"}
// CHECK-SAME:    llvm.linkage = #llvm.linkage<internal>
// CHECK:         memref.dim %[[Q]], %[[N]]
func.func @decode(
    %q: memref<?x1x2x8xbf16> {gdr.name = "q", gdr.dims = ["B", "T", "HK", "K"], gdr.alignment = 16 : i64},
    %n: index {gdr.name = "n"}, %f: f32, %i: i32) {
  %0 = memref.dim %q, %n : memref<?x1x2x8xbf16>
  return
}

// Names become C identifiers, each once.
// CHECK-LABEL: func.func private @names.host(
// CHECK-SAME:    name = "x"
// CHECK-SAME:    name = "x_2"
// CHECK-SAME:    name = "_1_a"
// CHECK-SAME:    name = "_"
func.func @names(
    %a: index {gdr.name = "x"}, %b: index {gdr.name = "x"}, %c: index {gdr.name = "1-a"},
    %d: index {gdr.name = ""}) {
  return
}

// They are neither words of C or C++ nor fields that the header has already.
// CHECK-LABEL: func.func private @reserved_names.host(
// CHECK-SAME:    name = "class_"
// CHECK-SAME:    name = "class__2"
// CHECK-SAME:    name = "stream_"
// CHECK-SAME:    name = "workspace_bytes_"
// CHECK-SAME:    name = "streams"
func.func @reserved_names(
    %a: index {gdr.name = "class"}, %b: index {gdr.name = "class_"},
    %c: index {gdr.name = "stream"}, %d: index {gdr.name = "workspace_bytes"},
    %e: index {gdr.name = "streams"}) {
  return
}

// CHECK-LABEL: func.func private @no_arguments.host(%{{[^:]*}}: !llvm.ptr)
// CHECK-SAME:    gdr.entry = {arguments = []
func.func @no_arguments() {
  return
}

// No entry points: what is private, and what is only declared.
// CHECK-LABEL: func.func private @private(%{{[^:]*}}: index) {
func.func private @private(%i: index) {
  return
}

// CHECK-LABEL: func.func private @declaration(memref<4xf32>)
func.func private @declaration(memref<4xf32>)

// -----

// expected-error @below {{expected no results; run one-shot-bufferize and buffer-results-to-out-params before gdr-describe-entry}}
func.func @result(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
}

// -----

// expected-error @below {{expected argument #1 to be a ranked memref, an integer or a float, got 'tensor<4xf32>'}}
func.func @tensor(%i: index, %x: tensor<4xf32>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be a ranked memref, an integer or a float, got 'memref<*xf32>'}}
func.func @unranked(%x: memref<*xf32>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be an index or i8, i16, i32 or i64, got 'i128'}}
func.func @wide_integer(%x: i128) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be a ranked memref, an integer or a float, got 'bf16'}}
func.func @narrow_float(%x: bf16) {
  return
}

// -----

// expected-error @below {{expected argument #0 to have at most 6 dimensions, got 7}}
func.func @rank(%x: memref<1x1x1x1x1x1x1xf32>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to have a strided layout}}
func.func @layout(%x: memref<8xf32, affine_map<(a) -> (a floordiv 4, a mod 4)>>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be an index or i8, i16, i32 or i64, got 'i3'}}
func.func @odd_integer(%x: i3) {
  return
}

// -----

// CHECK-LABEL: func.func private @elements.host(
func.func @elements(
    %0: memref<4xf64>, %1: memref<4xf32>, %2: memref<4xf16>, %3: memref<4xbf16>,
    %4: memref<4xi8>, %5: memref<4xi16>, %6: memref<4xi32>, %7: memref<4xi64>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to have elements of type f64, f32, f16, bf16, i8, i16, i32 or i64, got 'index'}}
func.func @index_elements(%x: memref<4xindex>) {
  return
}

// -----

// expected-error @below {{bf16, i8, i16, i32 or i64, got 'complex<f32>'}}
func.func @complex_elements(%x: memref<4xcomplex<f32>>) {
  return
}

// -----

// expected-error @below {{bf16, i8, i16, i32 or i64, got 'vector<4xf32>'}}
func.func @vector_elements(%x: memref<4xvector<4xf32>>) {
  return
}

// -----

// expected-error @below {{bf16, i8, i16, i32 or i64, got 'i3'}}
func.func @odd_elements(%x: memref<4xi3>) {
  return
}

// -----

// expected-error @below {{bf16, i8, i16, i32 or i64, got 'f8E4M3FN'}}
func.func @small_elements(%x: memref<4xf8E4M3FN>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be in the default memory space, got #gpu.address_space<global>}}
func.func @global_space(%x: memref<4xf32, #gpu.address_space<global>>) {
  return
}

// -----

// expected-error @below {{expected argument #0 to be in the default memory space, got 3 : i64}}
func.func @integer_space(%x: memref<4xf32, 3>) {
  return
}

// -----

// expected-error @below {{expected the function's name to be a C identifier, got 'decode.step'}}
func.func @decode.step() {
  return
}

// -----

// expected-error @below {{expected the function's name to be a C identifier, got '2nd'}}
func.func @"2nd"() {
  return
}

// -----

// expected-error @below {{expected the function's name to be a C identifier, got 'switch'}}
func.func @switch() {
  return
}

// -----

// expected-error @below {{expected no other symbol 'decode_load' in the module, which the function's entry points need}}
func.func @decode() {
  return
}
func.func @decode_load() {
  return
}

// -----

// expected-error @below {{expected no other symbol 'decode.host' in the module, which the function's entry points need}}
func.func @decode() {
  return
}
func.func private @decode.host()

// -----

func.func private @callee(%x: memref<4xf32>) {
  return
}
func.func @caller(%x: memref<4xf32>) {
  // expected-error @below {{expected functions that call no other, got a call of 'callee'; inline the callee first (--inline)}}
  func.call @callee(%x) : (memref<4xf32>) -> ()
  return
}

// -----

// Memory of the device comes from the workspace later.
// CHECK-LABEL: func.func private @scratch.host(
// CHECK:         memref.alloc()
// CHECK:         memref.dealloc
func.func @scratch() {
  %0 = memref.alloc() : memref<4xf32>
  memref.dealloc %0 : memref<4xf32>
  return
}
