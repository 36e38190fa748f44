// The chunked form as a schedule written by hand asks for it: both state layouts,
// in and out, and no state.

!q = memref<${B}x${N}x${HK}x${K}x${T}>
!v = memref<${B}x${N}x${HV}x${V}x${T}>
!g = memref<${B}x${N}x${HV}xf32>

func.func @k_first(
    %q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %state: memref<${B}x${HV}x${K}x${V}xf32>, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      initial_state(%state : memref<${B}x${HV}x${K}x${V}xf32>)
      outs(%o : !v) final_state(%state : memref<${B}x${HV}x${K}x${V}xf32>)
      {schedule = #gdr.chunked<${S}>}
  return
}

func.func @v_first(
    %q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %state: memref<${B}x${HV}x${V}x${K}xf32>, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      initial_state(%state : memref<${B}x${HV}x${V}x${K}xf32>)
      outs(%o : !v) final_state(%state : memref<${B}x${HV}x${V}x${K}xf32>)
      {state_layout = #gdr.state_layout<v_first>, schedule = #gdr.chunked<${S}>}
  return
}

func.func @no_state(%q: !q, %k: !q, %v: !v, %o: !v) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) outs(%o : !v) {schedule = #gdr.chunked<${S}>}
  return
}
