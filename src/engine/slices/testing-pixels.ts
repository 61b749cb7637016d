/** Reads what the renderer drew and compares it with the CPU twin. */
import { expect } from 'vitest';
import { brickOfKey } from '../../core/brick';
import { BRICK_WORDS, type BrickBits } from '../../core/brick-bits';
import { pixelToVoxel, type SliceView, type ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import type { GpuContext } from '../../gpu/device';
import type { FillBits, GpuScene } from './draw-list';
import { renderReference } from './reference';
import type { SliceRenderer } from './renderer';
import { FILL_ID } from './testing-layers';
import { CROPPED_LEVELS, LEVELS, SHIFTED_LEVELS } from './testing-levels';
import type { RandomScene } from './testing-scene';

/** Draws one view and returns its pixels: rgba8, rows from the top. */
export async function renderPixels(
  { device }: GpuContext,
  renderer: SliceRenderer,
  viewId: ViewId,
  state: SliceView,
  scene: GpuScene,
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
    return [...LEVELS, ...CROPPED_LEVELS, ...SHIFTED_LEVELS].some(({ scaleZyx, offsetZyx }) =>
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

/** A fill's bits on the GPU, in slots other than the bricks' order. */
function uploadFill({ device }: GpuContext, bits: BrickBits): FillBits {
  const words = new Uint32Array((bits.size + 1) * BRICK_WORDS);
  const bricks = [...bits].map(([key, brick], index) => {
    const slot = bits.size - 1 - index;
    words.set(brick, slot * BRICK_WORDS);
    return { brickZyx: brickOfKey(key), slot };
  });
  const state = device.createBuffer({
    size: words.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(state, 0, words);
  return { state: () => state, id: FILL_ID, bricks };
}

/** Every pixel is the twin's, to 2 of 255; but for what single precision may see otherwise: no more than a line of voxels. */
export async function expectTwin(
  gpu: GpuContext,
  renderer: SliceRenderer,
  viewId: ViewId,
  state: SliceView,
  { scene, filling, twin }: RandomScene<BrickSlot>,
): Promise<void> {
  const fill = uploadFill(gpu, filling);
  const drawn = { ...scene, fills: [fill] };
  const actual = await renderPixels(gpu, renderer, viewId, state, drawn);
  fill.state().destroy();
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
