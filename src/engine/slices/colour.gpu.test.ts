import { expect, test } from 'vitest';
import colour from '../../../shaders/slice/colour.wgsl?raw';
import { segmentColour } from '../../core/colour';
import { testGpu } from '../../gpu/testing';

const main = `
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read_write> colours: array<vec3<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x < arrayLength(&ids)) { colours[at.x] = segment_colour(ids[at.x]); }
}`;

test('a segment has the same colour in WGSL as in TypeScript, to 1 of 255', async () => {
  const { device } = await testGpu();
  const ids = Uint32Array.from({ length: 4096 }, (_, index) =>
    index < 2048 ? index + 1 : Math.imul(index, 2654435761) >>> 1,
  );
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const input = device.createBuffer({ size: ids.byteLength, usage: STORAGE | COPY_DST });
  device.queue.writeBuffer(input, 0, ids);
  const output = device.createBuffer({ size: ids.length * 16, usage: STORAGE | COPY_SRC });
  const readable = device.createBuffer({ size: ids.length * 16, usage: MAP_READ | COPY_DST });
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: colour + main }) },
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: input } },
        { binding: 1, resource: { buffer: output } },
      ],
    }),
  );
  pass.dispatchWorkgroups(ids.length / 64);
  pass.end();
  encoder.copyBufferToBuffer(output, 0, readable, 0, readable.size);
  device.queue.submit([encoder.finish()]);
  await readable.mapAsync(GPUMapMode.READ);
  const colours = new Float32Array(readable.getMappedRange());
  let worst = 0;
  for (const [index, id] of ids.entries()) {
    for (const [channel, byte] of segmentColour(id).entries()) {
      worst = Math.max(worst, Math.abs((colours[index * 4 + channel] ?? 0) * 255 - byte));
    }
  }
  expect(worst).toBeLessThanOrEqual(1);
});
