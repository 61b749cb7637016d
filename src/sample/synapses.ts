import { add, scale, type Zyx } from '../core/vec';
import { voxelNm } from './grid';
import { forVoxelsNear, stampBall, stampStain, type Tissue, voxelAt } from './organelles';

const PER_CUBIC_MICROMETRE = 2.4;
const APART_NM = 260;
/** Presynaptic sites lie in neurites of at least this many voxels. */
const SMALLEST_HOST_VOXELS = 60_000;

interface Synapse {
  /** A point on the presynaptic side of the membrane, in nm. */
  readonly siteNm: Zyx;
  /** Unit vector into the presynaptic neurite. */
  readonly inwards: Zyx;
  readonly owner: number;
}

/** 1 inside a shape (negative distance in nm), 0 outside, soft between. */
const soft = (distanceNm: number) => Math.max(0, Math.min(1, 0.5 - distanceNm / 12));

const dot = (a: Zyx, z: number, y: number, x: number) => a[0] * z + a[1] * y + a[2] * x;

/** Adds synapses (a T-bar, the density opposite, a cloud of vesicles), stray vesicles, dense cores and reticulum. */
export function addSynapses(tissue: Tissue, neuriteVoxels: Uint32Array): void {
  const { random, grid } = tissue;
  const voxels = tissue.partition.labels.length;
  const wanted = Math.ceil(voxels * 1024e-9 * PER_CUBIC_MICROMETRE);
  const found: Synapse[] = [];
  for (let attempt = 0; attempt < 4000 * wanted && found.length < wanted; attempt++) {
    const synapse = findSite(tissue, neuriteVoxels, random.below(voxels));
    if (!synapse) continue;
    const isNear = ({ siteNm: [z, y, x] }: Synapse) =>
      Math.hypot(z - synapse.siteNm[0], y - synapse.siteNm[1], x - synapse.siteNm[2]) < APART_NM;
    if (!found.some(isNear)) found.push(synapse);
  }
  for (const synapse of found) {
    stampDensities(tissue, synapse);
    const spreadNm = random.between(120, 260);
    const middle = add(synapse.siteNm, scale(synapse.inwards, 0.9 * spreadNm));
    addVesicles(tissue, synapse.owner, middle, spreadNm, Math.round(random.between(100, 450)));
  }
  for (let stray = voxels * 6e-5; stray > 0; stray--) {
    const voxel = random.below(voxels);
    const owner = tissue.partition.labels[voxel] as number;
    if ((neuriteVoxels[owner] as number) < SMALLEST_HOST_VOXELS / 3) continue;
    const at = placeOf(grid, voxel);
    const kind = random.next();
    if (kind < 0.25) addReticulum(tissue, owner, at);
    else if (kind < 0.45) addDenseCore(tissue, owner, at);
    else addVesicles(tissue, owner, at, 150, 6);
  }
}

function placeOf(grid: Tissue['grid'], voxel: number): Zyx {
  const [, ny, nx] = grid.shapeZyx;
  return voxelNm(grid, Math.floor(voxel / (ny * nx)), Math.floor(voxel / nx) % ny, voxel % nx);
}

/** A synapse at this voxel, if it lies in a large neurite just inside its membrane. */
function findSite(tissue: Tissue, neuriteVoxels: Uint32Array, voxel: number): Synapse | undefined {
  const { grid, partition, organelles } = tissue;
  const { labels, toSurface } = partition;
  const toSurfaceNm = (toSurface[voxel] as number) / 4;
  const owner = labels[voxel] as number;
  if (toSurfaceNm < 8 || toSurfaceNm > 14) return undefined;
  if ((neuriteVoxels[owner] as number) < SMALLEST_HOST_VOXELS) return undefined;
  if ((organelles.toMitochondrion[voxel] as number) < 100) return undefined;
  const siteNm = placeOf(grid, voxel);
  // Inwards is away from the voxels of other neurites.
  let [sumZ, sumY, sumX, count] = [0, 0, 0, 0];
  forVoxelsNear(grid, siteNm, 60, (near, z, y, x) => {
    if (labels[near] === owner) return;
    [sumZ, sumY, sumX, count] = [sumZ - z, sumY - y, sumX - x, count + 1];
  });
  const length = Math.hypot(sumZ, sumY, sumX);
  if (count === 0 || length < 12 * count) return undefined;
  const inwards: Zyx = [sumZ / length, sumY / length, sumX / length];
  const deep = voxelAt(grid, add(siteNm, scale(inwards, 110)));
  if (deep < 0 || labels[deep] !== owner || (toSurface[deep] as number) < 180) return undefined;
  return { siteNm, inwards, owner };
}

/** The T-bar (pedestal and platform) inside, and the postsynaptic density outside. */
function stampDensities(tissue: Tissue, { siteNm, inwards, owner }: Synapse): void {
  const { grid, partition, organelles, random } = tissue;
  const { stain } = organelles;
  const [platform, patch] = [random.between(42, 70), random.between(80, 130)];
  forVoxelsNear(grid, siteNm, 170, (voxel, z, y, x) => {
    const height = dot(inwards, z, y, x);
    const aside = Math.sqrt(Math.max(0, z * z + y * y + x * x - height * height));
    const isInside = partition.labels[voxel] === owner;
    const pedestal = soft(aside - 17) * soft(height - 48) * soft(-10 - height);
    const top = soft(aside - platform) * soft(Math.abs(height - 46) - 8);
    const outside = soft(aside - patch) * soft(Math.abs(height + 24) - 17) * (isInside ? 0.5 : 1);
    const dark = Math.max(isInside ? 95 * Math.max(pedestal, top) : 0, 58 * outside);
    if (dark > (stain[voxel] as number)) stain[voxel] = dark;
  });
}

/** Balls of about 40 nm in a cloud, where there is room inside one neurite. */
function addVesicles(tissue: Tissue, owner: number, middle: Zyx, spreadNm: number, count: number) {
  const { random, organelles } = tissue;
  for (let left = count; left > 0; left--) {
    const offset: Zyx = [random.normal(), random.normal(), random.normal()];
    const at = add(middle, scale(offset, spreadNm * 0.5));
    const radius = random.between(17, 22);
    if (hasRoom(tissue, owner, at, radius))
      stampBall(tissue, organelles.toVesicle, owner, at, radius);
  }
}

function hasRoom({ grid, partition, organelles }: Tissue, owner: number, at: Zyx, radius: number) {
  const voxel = voxelAt(grid, at);
  return (
    voxel >= 0 &&
    partition.labels[voxel] === owner &&
    (partition.toSurface[voxel] as number) / 4 > radius + 12 &&
    (organelles.toMitochondrion[voxel] as number) > 30 &&
    (organelles.toVesicle[voxel] as number) > 24 &&
    (organelles.stain[voxel] as number) < 50
  );
}

function addDenseCore(tissue: Tissue, owner: number, at: Zyx): void {
  const radius = tissue.random.between(24, 38);
  if (hasRoom(tissue, owner, at, radius)) stampStain(tissue, owner, at, radius, 85);
}

/** A thin winding tube with a light lumen. */
function addReticulum(tissue: Tissue, owner: number, from: Zyx): void {
  const { random, organelles } = tissue;
  let [at, heading] = [from, random.direction()];
  const radius = random.between(17, 30);
  const path: Zyx[] = [];
  for (let left = random.between(25, 90); left > 0; left--) {
    if (!hasRoom(tissue, owner, at, radius)) break;
    path.push(at);
    const bent = add(heading, scale(random.direction(), 0.3));
    heading = scale(bent, 1 / Math.hypot(...bent));
    at = add(at, scale(heading, 9));
  }
  for (const place of path) stampBall(tissue, organelles.toVesicle, owner, place, radius);
}
