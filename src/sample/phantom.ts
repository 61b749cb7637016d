import { multiply, type Zyx } from '../core/vec';
import { makeGrid, VOXEL_NM } from './grid';
import { addLongOrganelles } from './mitochondria';
import { packNeurites } from './neurites';
import { emptyOrganelles } from './organelles';
import { partition } from './partition';
import { labelPieces } from './pieces';
import { makeRandom } from './random';
import { render } from './render';
import { addSynapses } from './synapses';
import { makeWarp } from './warp';

/** A made-up block of neuropil; both arrays C-ordered z, y, x, voxels of 16 × 8 × 8 nm. */
export interface Phantom {
  readonly shapeZyx: Zyx;
  readonly image: Uint8Array<ArrayBuffer>;
  /** The piece of a neurite at each voxel, from 1 on: what of it is connected (6 neighbours) inside the block. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** How many pieces there are. */
  readonly pieces: number;
}

/** Makes the block that a seed and a shape (voxels) name: the same bytes each time. */
export function makePhantom(seed: number, shapeZyx: Zyx): Phantom {
  const sizeNm = multiply(shapeZyx, VOXEL_NM);
  const packing = packNeurites(seed, sizeNm);
  const warp = makeWarp(seed, sizeNm);
  const grid = makeGrid(seed, shapeZyx);
  const parts = partition(packing, warp, grid);
  const neuriteVoxels = countVoxels(parts.labels, packing.count);
  const organelles = emptyOrganelles(parts.labels.length);
  const random = makeRandom(seed, 'organelles');
  const tissue = { random, grid, warp, packing, partition: parts, organelles };
  addLongOrganelles(tissue);
  addSynapses(tissue, neuriteVoxels);
  const image = render(seed, grid, parts, organelles, neuriteVoxels);
  return { shapeZyx, image, ...labelPieces(parts.labels, shapeZyx) };
}

/** The number of voxels of each label up to `count`. */
function countVoxels(labels: Uint16Array, count: number): Uint32Array {
  const voxels = new Uint32Array(count + 1);
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at] as number;
    voxels[label] = (voxels[label] as number) + 1;
  }
  return voxels;
}
