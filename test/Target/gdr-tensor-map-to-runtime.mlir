// RUN: gdr-opt %s --split-input-file --verify-diagnostics --gdr-tensor-map-to-runtime --canonicalize --cse | FileCheck %s

// The description is a gdr_tensor_map (include/gdr-c/Runtime.h), 21 words, of
// argument 1; the kernel takes a copy of the map.
// CHECK-DAG:   llvm.func @gdr_encode_tensor_map(!llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG:   llvm.func @gdr_fits_boxes(!llvm.ptr, !llvm.ptr) -> i64
// CHECK-LABEL: func.func private @f.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr, %{{[^:]*}}: index, %[[K:[^:]*]]: memref<
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : i64
// CHECK-DAG:     %[[WORDS:.*]] = arith.constant 21 : i64
// CHECK-DAG:     %[[BF16:.*]] = arith.constant 4 : i64
// CHECK-DAG:     %[[BITS:.*]] = arith.constant 16 : i64
// CHECK-DAG:     %[[SWIZZLE:.*]] = arith.constant 128 : i64
// CHECK-DAG:     %[[BOX:.*]] = arith.constant 32 : i64
// CHECK-DAG:     %[[D1:.*]] = llvm.alloca %[[WORDS]] x i64
// CHECK-DAG:     %[[D2:.*]] = llvm.alloca %[[WORDS]] x i64
// CHECK-DAG:     %[[MAP:.*]] = llvm.alloca %[[ONE]] x !llvm.array<128 x i8> {alignment = 128 : i64}
// CHECK-DAG:     %{{.*}}, %[[OFFSET:.*]], %[[SIZES:.*]]:3, %[[STRIDES:.*]]:3 = memref.extract_strided_metadata %[[K]]
// CHECK-DAG:     %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %[[K]]
// CHECK:         %[[FITS64:.*]] = llvm.call @gdr_fits_boxes(%[[CALL]], %[[CHECKED:[^)]*]])
// CHECK:         %[[FITS:.*]] = arith.cmpi ne, %[[FITS64]],
// CHECK:         scf.if %[[FITS]] {
// CHECK:           llvm.store %[[ONE]], %[[DESCRIPTION:[^ ]*]] : i64
// CHECK:           %[[P1:.*]] = llvm.getelementptr %[[DESCRIPTION]][1]
// CHECK:           llvm.store %[[BF16]], %[[P1]]
// CHECK:           %[[P2:.*]] = llvm.getelementptr %[[DESCRIPTION]][2]
// CHECK:           llvm.store %[[BITS]], %[[P2]]
// CHECK:           %[[P4:.*]] = llvm.getelementptr %[[DESCRIPTION]][4]
// CHECK:           llvm.store %[[SWIZZLE]], %[[P4]]
// CHECK:           %[[P5:.*]] = llvm.getelementptr %[[DESCRIPTION]][5]
// CHECK:           llvm.store %[[ADDRESS:[^,]*]], %[[P5]]
// CHECK:           %[[P6:.*]] = llvm.getelementptr %[[DESCRIPTION]][6]
// CHECK:           llvm.store %[[SIZE:[^,]*]], %[[P6]]
// CHECK:           %[[P11:.*]] = llvm.getelementptr %[[DESCRIPTION]][11]
// CHECK:           llvm.store %[[STRIDE:[^,]*]], %[[P11]]
// CHECK:           %[[P16:.*]] = llvm.getelementptr %[[DESCRIPTION]][16]
// CHECK:           llvm.store %[[BOX]], %[[P16]]
// CHECK:           llvm.call @gdr_encode_tensor_map(%[[CALL]], %[[MAP]], %[[DESCRIPTION]])
// CHECK:           gpu.launch_func {{.*}} args(%[[MAP]] : !llvm.ptr)
// CHECK:       llvm.func @kernel(%{{.*}}: !llvm.ptr {llvm.align = 128 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
module attributes {gpu.container_module} {
  func.func private @f.host(%call: !llvm.ptr, %n: index, %k: memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>>)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "f"}} {
    %c1 = arith.constant 1 : index
    %fits = gdr.fits_boxes %k : memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>>
    scf.if %fits {
      %map = gdr.encode_tensor_map %k box [32, 1, 64] swizzle 128 : memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>> -> !llvm.ptr
      gpu.launch_func @kernels::@kernel blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%map : !llvm.ptr)
    }
    return
  }
  gpu.module @kernels {
    llvm.func @kernel(%map: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

// -----

// One call for each tensor; all of them have to fit.
// CHECK-LABEL: func.func private @boxes.host(
// CHECK-SAME:    %[[CALL:[^:]*]]: !llvm.ptr
// CHECK:         llvm.store %{{.*}}, %[[D1:[^ ]*]] : i64
// CHECK:         llvm.call @gdr_expect_boxes(%[[CALL]], %[[D1]]) : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK:         llvm.store %{{.*}}, %[[D2:[^ ]*]] : i64
// CHECK:         llvm.call @gdr_expect_boxes(%[[CALL]], %[[D2]]) : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK:         %[[K:.*]] = llvm.call @gdr_fits_boxes(%[[CALL]],
// CHECK:         %[[V:.*]] = llvm.call @gdr_fits_boxes(%[[CALL]],
// CHECK:         %[[BOTH:.*]] = arith.andi %[[K]], %[[V]] : i64
// CHECK:         %[[FITS:.*]] = arith.cmpi ne, %[[BOTH]], %c0_i64
// CHECK:         return %[[FITS]]
func.func private @boxes.host(%call: !llvm.ptr, %k: memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>>,
                              %v: memref<?x16x64xbf16>) -> i1
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "boxes"}} {
  gdr.expect_boxes %k, %v : memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>>, memref<?x16x64xbf16>
  %fits = gdr.fits_boxes %k, %v : memref<?x16x128xbf16, strided<[?, ?, 1], offset: ?>>, memref<?x16x64xbf16>
  return %fits : i1
}

// -----

func.func private @tensors.host(%call: !llvm.ptr, %k: tensor<4x64xf32>) -> i1
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "tensors"}} {
  // expected-error @below {{expected memrefs, got tensors; run gdr-bufferize before gdr-tensor-map-to-runtime}}
  %fits = gdr.fits_boxes %k : tensor<4x64xf32>
  return %fits : i1
}

// -----

// A view is in its argument; other memory is in none.
// CHECK-LABEL: func.func private @views.host(
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0 : i64
// CHECK-DAG:     %[[NONE:.*]] = arith.constant -1 : i64
// CHECK:         llvm.store %[[ZERO]], %[[D1:[^ ]*]] : i64
// CHECK:         llvm.call @gdr_fits_boxes(%{{.*}}, %[[D1]])
// CHECK:         llvm.store %[[NONE]], %[[D2:[^ ]*]] : i64
// CHECK:         llvm.call @gdr_fits_boxes(%{{.*}}, %[[D2]])
func.func private @views.host(%call: !llvm.ptr, %x: memref<64x64xf32>, %other: memref<i1>)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "views"}} {
  %view = memref.subview %x[8, 0] [32, 64] [1, 1] : memref<64x64xf32> to memref<32x64xf32, strided<[64, 1], offset: 512>>
  %0 = gdr.fits_boxes %view : memref<32x64xf32, strided<[64, 1], offset: 512>>
  memref.store %0, %other[] : memref<i1>
  %alloc = memref.alloc() : memref<32x64xf32>
  %1 = gdr.fits_boxes %alloc : memref<32x64xf32>
  memref.store %1, %other[] : memref<i1>
  return
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func private @nothing.host(
// CHECK-NEXT:    return
func.func private @nothing.host(%call: !llvm.ptr)
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "nothing"}} {
  return
}

// -----

func.func @not_described(%x: memref<64x64xf32>) -> i1 {
  // expected-error @below {{expected the op in host code of an entry point; run gdr-describe-entry before gdr-tensor-map-to-runtime}}
  %0 = gdr.fits_boxes %x : memref<64x64xf32>
  return %0 : i1
}

// -----

module attributes {gpu.container_module} {
  func.func private @early.host(%call: !llvm.ptr, %x: memref<64x64xf32>)
      attributes {gdr.entry = {arguments = [], device = "cuda", name = "early"}} {
    %c1 = arith.constant 1 : index
    %map = gdr.encode_tensor_map %x box [32, 32] : memref<64x64xf32> -> !llvm.ptr
    // expected-error @below {{expected argument #0 of the kernel, a tensor map, to be a pointer in the LLVM dialect; run gdr-lower-to-gpu, or lower the kernel before gdr-tensor-map-to-runtime}}
    gpu.launch_func @kernels::@kernel blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%map : !llvm.ptr)
    return
  }
  gpu.module @kernels {
    gpu.func @kernel(%map: !llvm.ptr) kernel {
      gpu.return
    }
  }
}

// -----

func.func private @other_use.host(%call: !llvm.ptr, %x: memref<64x64xf32>) -> !llvm.ptr
    attributes {gdr.entry = {arguments = [], device = "cuda", name = "other_use"}} {
  // expected-error @below {{expected the tensor map to be an argument of a kernel and of nothing else, got a use by 'func.return'}}
  %map = gdr.encode_tensor_map %x box [32, 32] : memref<64x64xf32> -> !llvm.ptr
  return %map : !llvm.ptr
}
