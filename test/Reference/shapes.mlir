// Head counts, dimensions, types and layouts against the recurrence in f64, with the state in its
// buffer.
//
// DEFINE: %{check} = gdr-run - --check

// Dimensions that no vector width divides, and those of real models.
// RUN: sed 's/#HK/1/g; s/#HV/1/g; s/#K/1/g;   s/#V/1/g;   s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/17/g;  s/#V/5/g;   s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/17/g;  s/#V/5/g;   s/#T/f32/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/5/g;   s/#V/17/g;  s/#T/f16/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/5/g;   s/#V/17/g;  s/#T/f16/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/2/g; s/#K/33/g;  s/#V/31/g;  s/#T/bf16/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/2/g; s/#K/33/g;  s/#V/31/g;  s/#T/bf16/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/100/g; s/#V/100/g; s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/2/g; s/#K/100/g; s/#V/100/g; s/#T/f32/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/96/g;  s/#V/192/g; s/#T/bf16/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/96/g;  s/#V/192/g; s/#T/bf16/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/1/g; s/#K/64/g;  s/#V/256/g; s/#T/bf16/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/1/g; s/#K/256/g; s/#V/64/g;  s/#T/bf16/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/1/g; s/#K/600/g; s/#V/3/g;   s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/1/g; s/#K/600/g; s/#V/3/g;   s/#T/f32/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}

// Value heads that share a key head: 1, 2, 3, 4, 8 and, of two key heads, 3.
// RUN: sed 's/#HK/3/g; s/#HV/3/g;  s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g;  s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/1/g; s/#HV/3/g;  s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/6/g;  s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/8/g;  s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/16/g; s/#K/16/g; s/#V/8/g; s/#T/f32/g; s/#S/f32/g; s/#L/k_first/g' %s | %{check}

// Every pair of types.
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/bf16/g; s/#S/f32/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/bf16/g; s/#S/bf16/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/bf16/g; s/#S/f16/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f16/g;  s/#S/f32/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f16/g;  s/#S/bf16/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f16/g;  s/#S/f16/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f32/g;  s/#S/f32/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f32/g;  s/#S/bf16/g; s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f32/g;  s/#S/f16/g;  s/#L/k_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/bf16/g; s/#S/bf16/g; s/#L/v_first/g' %s | %{check}
// RUN: sed 's/#HK/2/g; s/#HV/4/g; s/#K/128/g; s/#V/128/g; s/#T/f16/g;  s/#S/f16/g;  s/#L/v_first/g' %s | %{check}

func.func @rule(
    %q: memref<2x3x#HKx#Kx#T>, %k: memref<2x3x#HKx#Kx#T>, %v: memref<2x3x#HVx#Vx#T>,
    %g: memref<2x3x#HVxf32>, %beta: memref<2x3x#HVxf32>, %state: memref<2x#HVx@STATEx#S>,
    %o: memref<2x3x#HVx#Vx#T>) {
  gdr.gated_delta_rule
      ins(%q, %k, %v : memref<2x3x#HKx#Kx#T>, memref<2x3x#HKx#Kx#T>, memref<2x3x#HVx#Vx#T>)
      gate(%g : memref<2x3x#HVxf32>) beta(%beta : memref<2x3x#HVxf32>)
      initial_state(%state : memref<2x#HVx@STATEx#S>)
      outs(%o : memref<2x3x#HVx#Vx#T>)
      final_state(%state : memref<2x#HVx@STATEx#S>)
      {state_layout = #gdr.state_layout<#L>}
  return
}
