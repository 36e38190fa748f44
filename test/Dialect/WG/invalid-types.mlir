// RUN: gdr-opt %s --split-input-file --verify-diagnostics

// The constraints of the encodings and types in lib/Dialect/WG/IR/WGDialect.cpp,
// each under its tag.

// fragment_shape
// expected-error @below {{expected a #wg.fragment of shape [64, N] with N a multiple of 8, got shape [64, 12]}}
func.func private @fragment_shape(tensor<64x12xf32, #wg.fragment>)

// -----

// fragment_shape: rows
// expected-error @below {{expected a #wg.fragment of shape [64, N] with N a multiple of 8, got shape [128, 64]}}
func.func private @fragment_rows(tensor<128x64xf32, #wg.fragment>)

// -----

// encoding_element
// expected-error @below {{expected a register tile of integers or floats, got 'index'}}
func.func private @encoding_element(tensor<64xindex, #wg.rows>)

// -----

// rows_shape
// expected-error @below {{expected #wg.rows of shape [64], got shape [128]}}
func.func private @rows_shape(tensor<128xf32, #wg.rows>)

// -----

// columns_shape
// expected-error @below {{expected #wg.columns of shape [N] with N a multiple of 8, got shape [4]}}
func.func private @columns_shape(tensor<4xf32, #wg.columns>)

// -----

// lanes_shape
// expected-error @below {{expected #wg.lanes of shape [N] with N a multiple of 32, got shape [48]}}
func.func private @lanes_shape(tensor<48xf32, #wg.lanes>)

// -----

// shared_shape
// expected-error @below {{expected a shared tile of one or two static dimensions, got [2, 64, 64]}}
func.func private @shared_shape(!wg.shared<2x64x64xf32>)

// -----

// shared_element
// expected-error @below {{expected a shared tile of elements of whole bytes, got 'i1'}}
func.func private @shared_element(!wg.shared<64xi1>)

// -----

// shared_swizzle
// expected-error @below {{expected a swizzle of 0, 64 or 128 bytes, got 32}}
func.func private @shared_swizzle(!wg.shared<64x64xbf16, swizzle = 32>)

// -----

// shared_swizzled_rows: half a panel
// expected-error @below {{expected a swizzled tile of a multiple of 8 rows, each of a multiple of 128 bytes, got [64, 32] of 'bf16'}}
func.func private @shared_swizzled_rows(!wg.shared<64x32xbf16, swizzle = 128>)

// -----

// shared_swizzled_rows: half a repeat
// expected-error @below {{expected a swizzled tile of a multiple of 8 rows, each of a multiple of 64 bytes, got [4, 32] of 'bf16'}}
func.func private @shared_swizzled_count(!wg.shared<4x32xbf16, swizzle = 64>)

// -----

// shared_swizzled_rows: a vector
// expected-error @below {{expected a swizzled tile of a multiple of 8 rows}}
func.func private @shared_swizzled_vector(!wg.shared<64xbf16, swizzle = 128>)

// -----

// ring_slots
// expected-error @below {{expected a ring of at least one slot, got 0}}
func.func private @ring_slots(!wg.ring<0, !wg.shared<64xf32>>)

// -----

// ring_tile_bytes
// expected-error @below {{expected tiles of a multiple of 16 bytes, got '!wg.shared<3xf32>'}}
func.func private @ring_tile_bytes(!wg.ring<2, !wg.shared<3xf32>>)

// -----

// pending_tile: not a fragment
// expected-error @below {{expected a pending tile of f32 with encoding #wg.fragment, got 'tensor<64xf32, #wg.rows>'}}
func.func private @pending_encoding(!wg.pending<tensor<64xf32, #wg.rows>>)

// -----

// pending_tile: not f32
// expected-error @below {{expected a pending tile of f32 with encoding #wg.fragment, got 'tensor<64x64xbf16, #wg.fragment>'}}
func.func private @pending_element(!wg.pending<tensor<64x64xbf16, #wg.fragment>>)
