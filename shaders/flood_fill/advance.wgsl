// Between two rounds: swaps the queues and sizes the next dispatch by what was collected.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> control: Control;
@group(0) @binding(8) var<storage, read_write> dispatch_size: array<u32, 3>;

const MOST_PER_AXIS = 65535u;

@compute @workgroup_size(1)
fn advance() {
  let next = 1u - control.parity;
  var visits = atomicLoad(&control.queue_length[next]);
  if (atomicLoad(&control.voxels) >= params.voxel_limit) {
    visits = 0u;
  }
  atomicStore(&control.queue_length[control.parity], 0u);
  control.parity = next;
  control.rounds += select(0u, 1u, visits > 0u);
  dispatch_size[0] = min(visits, MOST_PER_AXIS);
  dispatch_size[1] = (visits + MOST_PER_AXIS - 1u) / MOST_PER_AXIS;
  dispatch_size[2] = 1u;
}
