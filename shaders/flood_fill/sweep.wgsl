// One visit to a sub-brick of 32³: pulls the touching bits of its neighbours, fills by sweeps until nothing changes, and
// queues each neighbour that has something left to take over. Idea and layout: ARCHITECTURE.md, "Flood fill by bits".

fn store(thread: u32) {
  var count = 0u;
  for (var i = thread; i < SUB_WORDS; i += threads) {
    let z = i / 32u;
    let y = i % 32u;
    let bits = rows[(z + 1u) * PITCH + y + 1u];
    let fresh = bits & ~atomicLoad(&state[neighbors[13] + i]);
    if (fresh != 0u) {
      atomicStore(&state[neighbors[13] + i], bits);
      count += countOneBits(fresh);
      spread(fresh, i32(z), i32(y));
    }
  }
  if (count > 0u) {
    atomicAdd(&added, count);
  }
}

fn announce(thread: u32, id: u32) {
  let next = 1u - control.parity;
  for (var towards = thread; towards < 27u; towards += threads) {
    let bit = 1u << towards;
    if ((atomicLoad(&touched) & bit) != 0u) {
      let neighbor = (neighbors[towards] / SUB_WORDS);
      if ((atomicOr(&queued[neighbor], 1u << next) & (1u << next)) == 0u) {
        queues[next * params.queue_capacity + atomicAdd(&control.queue_length[next], 1u)] = neighbor;
      }
    }
    if ((atomicLoad(&wanted) & bit) != 0u) {
      atomicOr(&report[id >> 3u], 1u << neighbor_of(id & 7u, towards).x);
    }
  }
  if (thread == 0u) {
    atomicAdd(&control.visits, 1u);
    if (atomicLoad(&added) > 0u) {
      atomicAdd(&control.voxels, atomicLoad(&added));
      atomicOr(&report[id >> 3u], CHANGED);
    }
  }
}

@compute @workgroup_size(threads)
fn sweep(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let position = group.y * groups.x + group.x;
  let parity = control.parity;
  if (thread == 0u) {
    visited = NOT_RESIDENT;
    if (position < atomicLoad(&control.queue_length[parity])) {
      visited = queues[parity * params.queue_capacity + position];
      atomicAnd(&queued[visited], ~(1u << parity));
    }
  }
  let id = workgroupUniformLoad(&visited);
  if (id == NOT_RESIDENT) {
    return;
  }
  for (var towards = thread; towards < 27u; towards += threads) {
    neighbors[towards] = first_word(id, towards);
  }
  workgroupBarrier();
  load_own(thread, id);
  load_around(thread);
  workgroupBarrier();
  flush_marks();
  for (var phase = 0u; phase < phases(); phase++) {
    for (var i = thread; i < 32u; i += threads) {
      marks[phase] |= select(0u, 1u << i, has_entry(line_of(phase, i)));
    }
  }
  flush_marks();
  loop {
    for (var phase = 0u; phase < phases(); phase++) {
      workgroupBarrier();
      let lines = atomicLoad(&dirty[phase]);
      for (var i = thread; i < 32u; i += threads) {
        if (((lines >> i) & 1u) != 0u) {
          atomicAnd(&dirty[phase], ~(1u << i));
          sweep_line(line_of(phase, i));
        }
      }
      flush_marks();
    }
    workgroupBarrier();
    if (thread == 0u) {
      again = atomicLoad(&dirty[0]) | atomicLoad(&dirty[1]) | atomicLoad(&dirty[2]) | atomicLoad(&dirty[3]);
    }
    if (workgroupUniformLoad(&again) == 0u) {
      break;
    }
  }
  store(thread);
  workgroupBarrier();
  announce(thread, id);
}
