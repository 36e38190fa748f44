//===- GDRTensorMapOps.td - tensor maps in host code -------*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDRTENSORMAPOPS_TD
#define GDR_DIALECT_GDR_IR_GDRTENSORMAPOPS_TD

include "gdr/Dialect/GDR/IR/GDRBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def GDR_Swizzle : ConfinedAttr<I64Attr, [
    AttrConstraint<
        CPred<"::llvm::is_contained({0, 32, 64, 128}, "
              "::llvm::cast<::mlir::IntegerAttr>($_self).getInt())">,
        "whose value is 0, 32, 64 or 128 bytes">]>;

def GDR_FitsBoxesOp : GDR_Op<"fits_boxes", [Pure]> {
  let summary = "whether boxes of tensors can be copied";
  let description = [{
    Host code asks this before it launches kernels that copy boxes of tensors,
    through a tensor map or by threads, to take other kernels if it cannot be
    done: of each tensor the address of the first element and the strides,
    except over dimensions of one element, must be multiples of 16 bytes,
    strides not negative and below 2^40 bytes, sizes below 2^31. A tensor
    without elements fits.

    Reads no element. On tensors until bufferization, then on memrefs. Written
    by `gdr-dispatch`, lowered by `gdr-tensor-map-to-runtime`.

    ```mlir
    %fits = gdr.fits_boxes %q, %k : tensor<?x?x16x128xbf16>, tensor<?x?x16x128xbf16>
    ```
  }];
  let arguments = (ins
    Variadic<AnyTypeOf<[TensorRankOf<[BF16, F16, F32], [1, 2, 3, 4, 5]>,
                        MemRefRankOf<[BF16, F16, F32], [1, 2, 3, 4, 5]>]>>:$tensors
  );
  let results = (outs I1:$fits);
  let hasVerifier = 1;
  let assemblyFormat = "$tensors attr-dict `:` type($tensors)";
}

def GDR_ExpectBoxesOp : GDR_Op<"expect_boxes", [MemoryEffects<[MemWrite]>]> {
  let summary = "an error of the call unless boxes of tensors can be copied";
  let description = [{
    What kernels that copy boxes by threads, 16 bytes at a time, ask where
    `gdr.encode_tensor_map` would: the conditions of `gdr.fits_boxes`. A tensor
    that does not meet them is an error of the call, in which no further kernel
    is launched. Lowered by `gdr-tensor-map-to-runtime`.

    ```mlir
    gdr.expect_boxes %q, %k
        : memref<?x?x16x128xbf16>, memref<?x?x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>>
    ```
  }];
  let arguments = (ins
    Variadic<MemRefRankOf<[BF16, F16, F32], [1, 2, 3, 4, 5]>>:$tensors
  );
  let hasVerifier = 1;
  let assemblyFormat = "$tensors attr-dict `:` type($tensors)";
}

def GDR_EncodeTensorMapOp : GDR_Op<"encode_tensor_map", [NoMemoryEffect]> {
  let summary = "a tensor map, as a parameter of a kernel";
  let description = [{
    Describes `tensor`, in global memory, for the copies between global and
    shared memory that a kernel makes through a tensor map (TMA). `box` is the
    part that one copy moves, in elements and in the memref's order of
    dimensions, outermost first; `swizzle` (default 0) is the span in bytes of
    the permutation of 16-byte units in shared memory. Elements out of bounds
    are read as zero and not written. Strides over dimensions of one element do
    not matter, and a tensor without elements has a map that must not be read.

    The tensor map is copied into the kernel's parameters, so the result can
    only be an operand of `gpu.launch_func`. It has the type of the kernel's
    argument: `!llvm.ptr`, a pointer to a copy in constant memory, or a type
    that becomes one.

    A tensor that has no map (`gdr.fits_boxes`) is an error of the call, in
    which no further kernel is launched. Lowered by `gdr-tensor-map-to-runtime`.

    ```mlir
    %map = gdr.encode_tensor_map %k box [1, 64, 1, 64] swizzle 128
        : memref<?x?x16x128xbf16, strided<[?, ?, ?, 1], offset: ?>> -> !llvm.ptr
    gpu.launch_func @kernels::@kernel blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%map : !llvm.ptr)
    ```
  }];
  let arguments = (ins
    MemRefRankOf<[BF16, F16, F32], [1, 2, 3, 4, 5]>:$tensor,
    DenseI64ArrayAttr:$box,
    DefaultValuedAttr<GDR_Swizzle, "0">:$swizzle
  );
  let results = (outs AnyType:$map);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $tensor `box` $box (`swizzle` $swizzle^)? attr-dict
    `:` type($tensor) `->` type($map)
  }];
}

#endif // GDR_DIALECT_GDR_IR_GDRTENSORMAPOPS_TD
