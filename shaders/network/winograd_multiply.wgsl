// Multiplies what was spread by the factors, adding up over taps along z and inputs. An invocation makes one product of one tile in TILE_Z
// planes (a slab), TILE_QUADS quads of outputs each. Where subgroups are of LANES invocations, each loads its share of the factors and
// broadcasts it (LOADS loads then, and FACTORS is 0).

@group(0) @binding(2) var<storage, read> spread: array<vec4<f32>>;
/// By product, group of outputs, quad of inputs, tap z, input, quad of outputs; the four are outputs.
@group(0) @binding(3) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> products: array<vec4<f32>>;

@compute @workgroup_size(THREADS)
fn multiply(
  @builtin(global_invocation_id) id: vec3<u32>,
  //@for b < BROADCASTS
  @builtin(subgroup_invocation_id) lane: u32,
  //@end
) {
  let groups = (step.out_quads + TILE_QUADS - 1u) / TILE_QUADS;
  let product = id.y / groups;
  let group = id.y % groups;
  let slabs = (part.size_z + TILE_Z - 1u) / TILE_Z;
  let field = (part.first + id.z) / slabs;
  let z = (part.first + id.z) % slabs * TILE_Z;
  let tile = id.x;
  //@for o < TILE_QUADS
  //@for i < TILE_Z
  var sum_#{i}_#{o} = vec4<f32>();
  //@end
  //@end
  let at = spread_plane(field, z) + (product * tiles() + tile) * step.in_quads;
  let apart = spread_plane(0u, 1u);
  var f = (product * groups + group) * step.in_quads * 12u * TILE_QUADS;
  for (var quad = 0u; quad < step.in_quads; quad++) {
    //@for i < SPAN_Z
    let value_#{i} = spread[at + #{i}u * apart + quad];
    //@end
    //@for i < FACTORS
    let factor_#{i} = factors[f + #{i}u];
    //@end
    //@for j < LOADS
    let loaded_#{j} = factors[f + #{j}u * LANES + lane];
    //@for l < LANES
    let factor_#{LANES*j+l} = subgroupBroadcast(loaded_#{j}, #{l}u);
    //@end
    //@end
    //@for t < 3
    //@for k < 4
    //@for o < TILE_QUADS
    //@for i < TILE_Z
    sum_#{i}_#{o} += factor_#{4*TILE_QUADS*t+TILE_QUADS*k+o} * value_#{i+t}[#{k}];
    //@end
    //@end
    //@end
    //@end
    f += 12u * TILE_QUADS;
  }
  if (tile >= tiles()) {
    return;
  }
  //@for i < TILE_Z
  if (z + #{i}u < part.size_z) {
    let to = products_plane(field * part.size_z + z + #{i}u) + (product * tiles() + tile) * step.out_quads + group * TILE_QUADS;
    //@for o < TILE_QUADS
    if (group * TILE_QUADS + #{o}u < step.out_quads) {
      products[to + #{o}u] = sum_#{i}_#{o};
    }
    //@end
  }
  //@end
}
