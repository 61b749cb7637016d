import { neurite, voxelsOfNeurite } from './fixtures/fib25';
import { dataSource, expect, reload, test } from './fixtures/floodlight';

test('on a software adapter fills run on the processor unless WebGPU is chosen; both give the same voxels', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const fill = (high: number) =>
    page.evaluate(
      ([seedZyx, high]) =>
        window.floodlight.segment({
          algorithm: 'flood-fill',
          seedZyx,
          params: { low: 140, high },
        }),
      [neurite, high] as const,
    );
  const onCpu = await fill(160);
  expect(onCpu).toMatchObject({ backend: 'cpu', adapter: expect.stringContaining('thread') });

  await page.getByRole('button', { name: /Adapter: software/ }).click();
  await page.getByRole('radio', { name: 'webgpu' }).click();
  await expect.poll(() => page.evaluate(() => window.floodlight.backend)).toBe('webgpu');
  const onGpu = await fill(160);
  expect(onGpu.backend).toBe('webgpu');
  expect(onGpu.voxels).toBe(onCpu.voxels);
  expect(onGpu.voxels).toBe(await voxelsOfNeurite(140, 160));

  await reload(page);
  expect(await page.evaluate(() => window.floodlight.backendInfo)).toMatchObject({
    id: 'webgpu',
    choice: 'webgpu',
  });
  expect(await page.evaluate(() => window.floodlight.run('backend-auto'))).toBe(true);
  await expect.poll(() => page.evaluate(() => window.floodlight.backend)).toBe('cpu');
});
