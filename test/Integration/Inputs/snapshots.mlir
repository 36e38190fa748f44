// Snapshots as a schedule written by hand stores them: both state layouts, with a state and without one.

!q = memref<${B}x${N}x${HK}x${K}x${T}>
!v = memref<${B}x${N}x${HV}x${V}x${T}>
!g = memref<${B}x${N}x${HV}xf32>
!k_first = memref<${B}x${HV}x${K}x${V}xf32>

func.func @k_first(%q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %state: !k_first, %o: !v, %rows: memref<?xi32>,
                   %snapshots: memref<?x${HV}x${K}x${V}xf32>) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      initial_state(%state : !k_first) snapshot_indices(%rows : memref<?xi32>)
      outs(%o : !v) final_state(%state : !k_first) snapshots(%snapshots : memref<?x${HV}x${K}x${V}xf32>)
      {snapshot_every = ${E} : i64, schedule = #gdr.${S}}
  return
}

func.func @v_first(%q: !q, %k: !q, %v: !v, %g: !g, %beta: !g, %o: !v, %rows: memref<?xi64>,
                   %snapshots: memref<?x${HV}x${V}x${K}xbf16>) {
  gdr.gated_delta_rule ins(%q, %k, %v : !q, !q, !v) gate(%g : !g) beta(%beta : !g)
      snapshot_indices(%rows : memref<?xi64>)
      outs(%o : !v) snapshots(%snapshots : memref<?x${HV}x${V}x${K}xbf16>)
      {state_layout = #gdr.state_layout<v_first>, snapshot_every = ${E} : i64, schedule = #gdr.${S}}
  return
}
