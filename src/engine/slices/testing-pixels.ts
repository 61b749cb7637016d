/** Reads what the renderer drew and compares it with the CPU twin. */
import { expect } from 'vitest';
import { pixelToVoxel, type SliceView, type ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { GpuContext } from '../../gpu/device';
import { renderReference } from './reference';
import type { SliceRenderer } from './renderer';
import type { SliceScene } from './scene';
import { CROPPED_LEVELS, LEVELS, type RandomScene } from './testing-scene';

/** Draws one view and returns its pixels: rgba8, rows from the top. */
export async function renderPixels(
  { device }: GpuContext,
  renderer: SliceRenderer,
  viewId: ViewId,
  state: SliceView,
  scene: SliceScene,
): Promise<Uint8Array> {
  const { widthPixels: width, heightPixels: height } = state;
  const target = device.createTexture({
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
  renderer.draw(viewId, state, scene, target);
  const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
  const buffer = device.createBuffer({
    size: bytesPerRow * height,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture: target }, { buffer, bytesPerRow }, [width, height]);
  device.queue.submit([encoder.finish()]);
  await buffer.mapAsync(GPUMapMode.READ);
  const padded = new Uint8Array(buffer.getMappedRange());
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    pixels.set(padded.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
  buffer.destroy();
  target.destroy();
  return pixels;
}

/** Whether a pixel's centre or a neighbour's lies so near to a voxel's border that single precision may see the other side. */
function isDoubtful(viewId: ViewId, state: SliceView, voxelSizeNm: Zyx, x: number, y: number) {
  const isNearBorder = (px: number, py: number) => {
    const at = pixelToVoxel(viewId, state, voxelSizeNm, px + 0.5, py + 0.5);
    return [...LEVELS, ...CROPPED_LEVELS].some(({ scaleZyx, offsetZyx }) =>
      ([0, 1, 2] as const).some((axis) => {
        const voxel = (at[axis] - offsetZyx[axis]) / scaleZyx[axis];
        return Math.abs(voxel - Math.round(voxel)) < 2e-4;
      }),
    );
  };
  return [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ].some(([dx = 0, dy = 0]) => isNearBorder(x + dx, y + dy));
}

/** Every pixel is the twin's, to 2 of 255; but for what single precision may see otherwise: no more than a line of voxels. */
export async function expectTwin(
  gpu: GpuContext,
  renderer: SliceRenderer,
  viewId: ViewId,
  state: SliceView,
  { scene, twin }: RandomScene,
): Promise<void> {
  const actual = await renderPixels(gpu, renderer, viewId, state, scene);
  const expected = renderReference(viewId, state, twin);
  const width = state.widthPixels;
  const wrong: string[] = [];
  let doubtful = 0;
  for (let i = 0; i < actual.length; i += 4) {
    const off = [0, 1, 2, 3].map((channel) =>
      Math.abs((actual[i + channel] ?? 0) - (expected[i + channel] ?? 0)),
    );
    if (Math.max(...off) <= 2) continue;
    const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
    if (isDoubtful(viewId, state, scene.voxelSizeNm, x, y)) doubtful++;
    else wrong.push(`${x}, ${y}: ${actual.slice(i, i + 4)} for ${expected.slice(i, i + 4)}`);
  }
  expect(wrong).toEqual([]);
  expect(doubtful).toBeLessThanOrEqual(3 * Math.max(width, state.heightPixels));
}
