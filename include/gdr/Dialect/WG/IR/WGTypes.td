//===- WGTypes.td - types and encodings of the wg dialect --*- tablegen -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_IR_WGTYPES_TD
#define GDR_DIALECT_WG_IR_WGTYPES_TD

include "gdr/Dialect/WG/IR/WGBase.td"
include "mlir/IR/TensorEncoding.td"

class WG_Encoding<string name, string encodingMnemonic>
    : AttrDef<WG_Dialect, name, [DeclareAttrInterfaceMethods<
                                    VerifiableTensorEncoding>]> {
  let mnemonic = encodingMnemonic;
}

def WG_FragmentAttr : WG_Encoding<"Fragment", "fragment"> {
  let summary = "a [64, N] tile in the registers of a warpgroup";
  let description = [{
    With w = warp, g = lane / 4, t = lane % 4, a thread holds for j = 0 .. N/8-1
    the elements (16w + g, 8j + 2t), (16w + g, 8j + 2t + 1),
    (16w + g + 8, 8j + 2t) and (16w + g + 8, 8j + 2t + 1), in this order.
  }];
}

def WG_RowsAttr : WG_Encoding<"Rows", "rows"> {
  let summary = "one value for each row of a fragment";
  let description = "A thread holds the elements 16w + g and 16w + g + 8.";
}

def WG_ColumnsAttr : WG_Encoding<"Columns", "columns"> {
  let summary = "one value for each column of a fragment";
  let description = [{
    A thread holds the elements 8j + 2t and 8j + 2t + 1 for j = 0 .. N/8-1.
  }];
}

def WG_LanesAttr : WG_Encoding<"Lanes", "lanes"> {
  let summary = "a vector over the lanes of a warp, in every warp alike";
  let description = [{
    A lane holds N / 32 consecutive elements.
  }];
}

class WG_Type<string name, string typeMnemonic>
    : TypeDef<WG_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def WG_SharedType : WG_Type<"Shared", "shared"> {
  let summary = "a tile in shared memory";
  let description = [{
    `!wg.shared<64x128xbf16, swizzle = 128>` is a tile of 64 rows. With a
    swizzle of s bytes the columns are cut into panels s bytes wide, one after
    the other, each of [rows][s bytes], in which the 16-byte chunk c of row r is
    at chunk c xor (r mod 8) for s = 128, c xor (r / 2 mod 4) for s = 64. It is
    what a tensor copy with this swizzle writes and what `wg.mma` reads.
    Rows are whole panels. Without a swizzle a tile is row-major and dense.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::mlir::Type":$elementType,
                        DefaultValuedParameter<"int64_t", "0">:$swizzle);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getElementBytes() const {
      return getElementType().getIntOrFloatBitWidth() / 8;
    }
    int64_t getNumElements() const {
      return llvm::product_of(getShape());
    }
    int64_t getBytes() const;
    /// Bytes of a panel's row: the swizzle, or the whole row without one.
    int64_t getPanelWidth() const;
    /// What the address must be a multiple of: the bytes after which the swizzle
    /// repeats, eight rows, or what copies of boxes need.
    int64_t getAlignment() const {
      return getSwizzle() ? 8 * getSwizzle() : 128;
    }
  }];
}

def WG_RingType : WG_Type<"Ring", "ring"> {
  let summary = "slots in shared memory between a producer and consumers";
  let description = [{
    `!wg.ring<3, !wg.shared<...>, !wg.shared<...>>`: three slots, each of one
    tile of every type. Tiles have a multiple of 16 bytes, as copies do.
  }];
  let parameters = (ins "int64_t":$slots,
                        ArrayRefParameter<"::mlir::wg::SharedType">:$tiles);
  let assemblyFormat = "`<` $slots `,` $tiles `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of one slot: its tiles, each aligned to 1024.
    int64_t getSlotBytes() const;
    /// Bytes of all slots.
    int64_t getBytes() const { return getSlots() * getSlotBytes(); }
    /// Bytes that the copies into one slot bring.
    int64_t getCopiedBytes() const;
  }];
}

def WG_PendingType : WG_Type<"Pending", "pending"> {
  let summary = "a register tile that a product still writes";
  let parameters = (ins "::mlir::RankedTensorType":$tile);
  let assemblyFormat = "`<` $tile `>`";
  let genVerifyDecl = 1;
}

def WG_MBarrierType : WG_Type<"MBarrier", "mbarrier"> {
  let summary = "a barrier object in shared memory";
}

def WG_BarrierType : WG_Type<"Barrier", "barrier"> {
  let summary = "a barrier between warpgroups";
}

def WG_TensorMapType : WG_Type<"TensorMap", "tensor_map"> {
  let summary = "a kernel argument that describes a tensor for copies of boxes";
}

#endif // GDR_DIALECT_WG_IR_WGTYPES_TD
