// RUN: gdr-opt %s --gdr-recurrent-to-gpu --split-input-file --verify-diagnostics

!x = tensor<1x4x2x8xf32>

func.func @tensors(%x: !x) {
  // expected-error @below {{expected memrefs, got tensors; run one-shot-bufferize before gdr-recurrent-to-gpu}}
  %0 = gdr.recurrent ins(%x, %x, %x : !x, !x, !x) outs(%x : !x) {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>} -> !x
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @no_schedule(%x: !x) {
  // expected-error @below {{expected a schedule; run gdr-select-schedule before gdr-recurrent-to-gpu}}
  gdr.recurrent ins(%x, %x, %x : !x, !x, !x) outs(%x : !x)
  return
}

// -----

!x = memref<1x4x2x300xf32>

func.func @large_k(%x: !x, %v: memref<1x4x2x8xf32>) {
  // expected-error @below {{expected K of at most 256 for a GPU kernel, got 300; compile for the CPU instead}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x2x8xf32>) outs(%v : memref<1x4x2x8xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @large_v(%x: !x, %v: memref<1x4x2x257xf32>) {
  // expected-error @below {{expected V of at most 256 for a GPU kernel, got 257; compile for the CPU instead}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x2x257xf32>) outs(%v : memref<1x4x2x257xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x?x8xf32>

func.func @dynamic_hk(%x: !x, %v: memref<1x4x2x8xf32>) {
  // expected-error @below {{expected a static HK for a GPU kernel, got a dynamic one; give it in the types or compile for the CPU}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x2x8xf32>) outs(%v : memref<1x4x2x8xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @dynamic_hv(%x: !x, %v: memref<1x4x?x8xf32>) {
  // expected-error @below {{expected a static HV for a GPU kernel, got a dynamic one; give it in the types or compile for the CPU}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x?x8xf32>) outs(%v : memref<1x4x?x8xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x?xf32>

func.func @dynamic_k(%x: !x, %v: memref<1x4x2x8xf32>) {
  // expected-error @below {{expected a static K for a GPU kernel, got a dynamic one; give it in the types or compile for the CPU}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x2x8xf32>) outs(%v : memref<1x4x2x8xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @dynamic_v(%x: !x, %v: memref<1x4x2x?xf32>) {
  // expected-error @below {{expected a static V for a GPU kernel, got a dynamic one; give it in the types or compile for the CPU}}
  gdr.recurrent ins(%x, %x, %v : !x, !x, memref<1x4x2x?xf32>) outs(%v : memref<1x4x2x?xf32>)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @per_channel_gate(%x: !x, %g: !x) {
  // expected-error @below {{operand 'gate' of rank 4, a gate per channel of K, is not supported yet}}
  gdr.recurrent ins(%x, %x, %x : !x, !x, !x) gate(%g : !x) outs(%x : !x) {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}

// -----

!x = memref<1x4x2x8xf32>

func.func @num_accepted(%x: !x, %n: memref<1xi32>) {
  // expected-error @below {{operand 'num_accepted' is not supported yet}}
  gdr.recurrent ins(%x, %x, %x : !x, !x, !x) num_accepted(%n : memref<1xi32>) outs(%x : !x)
      {schedule = #gdr.schedule<lanes = 8, columns = 1, warps = 4>}
  return
}
