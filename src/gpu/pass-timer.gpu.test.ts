import { expect, it } from 'vitest';
import { GpuMemory } from './memory';
import { PassTimer } from './pass-timer';
import { testGpu } from './testing';

const CODE = `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(1)
fn work() {
  for (var i = 0u; i < 100000u; i++) { values[0] += 1.0; }
}`;

it('tells what passes took since it was asked last, no longer than they took by the clock', async () => {
  const memory = new GpuMemory((await testGpu()).device, 2 ** 20);
  const { device } = memory;
  const timer = PassTimer.create(memory);
  if (!timer) {
    expect(device.features.has('timestamp-query')).toBe(false);
    return;
  }
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: CODE }) },
  });
  const buffer = memory.allocate('values', 4, GPUBufferUsage.STORAGE);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  expect(await timer.take()).toBe(0);
  const started = performance.now();
  for (let pass = 0; pass < 2; pass++) {
    const encoder = device.createCommandEncoder();
    const timestampWrites = timer.next();
    const compute = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    compute.setPipeline(pipeline);
    compute.setBindGroup(0, group);
    compute.dispatchWorkgroups(1);
    compute.end();
    device.queue.submit([encoder.finish()]);
  }
  const milliseconds = await timer.take();
  expect(milliseconds).toBeGreaterThan(0);
  expect(milliseconds).toBeLessThanOrEqual(performance.now() - started);
  expect(await timer.take()).toBe(0);
  timer.dispose();
  memory.release(buffer);
  expect(memory.usedBytes).toBe(0);
});
