import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Mesh,
  MeshLambertMaterial,
  SRGBColorSpace,
} from 'three';
import { segmentColour } from '../core/colour';
import type { PatchPlace, SurfaceChange, SurfacePatch } from '../core/surface';
import type { SegmentsState } from './protocol';

/** How long the surface of an unlisted segment is kept, unseen: the list and the surfaces come on different ways. */
const GRACE_MILLISECONDS = 2000;

/** Seen from the edge, a triangle's depth is rough: as much is added to it as it changes within a pixel or two. */
const BEHIND = { polygonOffset: true, polygonOffsetFactor: 2, polygonOffsetUnits: 8 } as const;

interface SegmentSurface {
  readonly group: Group;
  readonly material: MeshLambertMaterial;
  /** The same for skirts, which stay behind the surfaces whose edges they hang on. */
  readonly skirtMaterial: MeshLambertMaterial;
  /** By level and brick. */
  readonly meshes: Map<string, Mesh<BufferGeometry, MeshLambertMaterial[]>>;
  /** The run in which its first piece came; null outside any, or where the segment was listed then. */
  readonly job: number | null;
}

/** What all surfaces are drawn with, but for their colours. */
export const surfaceMaterial = (): MeshLambertMaterial =>
  new MeshLambertMaterial({ side: DoubleSide });

const colourOf = (id: number): Color => {
  const [red, green, blue] = segmentColour(id);
  return new Color().setRGB(red / 255, green / 255, blue / 255, SRGBColorSpace);
};

const keyOf = ({ level, brickKey }: PatchPlace): string => `${level}/${brickKey}`;

function geometryOf(patch: SurfacePatch): BufferGeometry {
  const { positions, normals, indices, skirtIndices } = patch;
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(positions, 3));
  geometry.setAttribute('normal', new BufferAttribute(normals, 3));
  geometry.setIndex(new BufferAttribute(indices, 1));
  const own = indices.length - skirtIndices;
  geometry.addGroup(0, own, 0);
  if (skirtIndices > 0) geometry.addGroup(own, skirtIndices, 1);
  return geometry;
}

/** The surfaces of all segments: a group for each, in it a mesh for each piece. Positions in nanometres. */
export class Surfaces {
  readonly root = new Group();
  private readonly segments = new Map<number, SegmentSurface>();
  private sweeping: ReturnType<typeof setTimeout> | null = null;

  private listed: ReadonlySet<number> = new Set();
  private selected: ReadonlySet<number> = new Set();
  private hidden: ReadonlySet<number> = new Set();
  private job: number | null = null;

  /** Shows pieces, each in the place of the one before, and drops others, all before the next frame. */
  apply({ segmentId, patches, gone }: SurfaceChange): void {
    const surface = this.segments.get(segmentId) ?? this.create(segmentId);
    for (const patch of patches) {
      const key = keyOf(patch);
      const mesh = surface.meshes.get(key);
      if (mesh) {
        mesh.geometry.dispose();
        mesh.geometry = geometryOf(patch);
      } else {
        const created = new Mesh(geometryOf(patch), [surface.material, surface.skirtMaterial]);
        surface.meshes.set(key, created);
        surface.group.add(created);
      }
    }
    for (const place of gone) {
      const mesh = surface.meshes.get(keyOf(place));
      if (!mesh) continue;
      mesh.geometry.dispose();
      surface.group.remove(mesh);
      surface.meshes.delete(keyOf(place));
    }
  }

  /** Shows, hides, dims and drops surfaces as the page says. */
  sync({ listedIds, selectedIds, hiddenIds, job }: SegmentsState): void {
    this.listed = new Set(listedIds);
    this.selected = new Set(selectedIds);
    this.hidden = new Set(hiddenIds);
    this.job = job;
    for (const [id, surface] of this.segments) this.dress(id, surface);
  }

  /** Drops all surfaces. */
  clear(): void {
    for (const [id, surface] of this.segments) this.drop(id, surface);
  }

  /** Frees what a renderer made of the surfaces; another one, or the same, makes it again. */
  releaseGpu(): void {
    for (const { meshes, material, skirtMaterial } of this.segments.values()) {
      material.dispose();
      skirtMaterial.dispose();
      for (const mesh of meshes.values()) mesh.geometry.dispose();
    }
  }

  /** The groups that are seen, with their segments' ids. */
  get visible(): { id: number; group: Group }[] {
    const shown = [...this.segments].filter(
      ([, { group, meshes }]) => group.visible && meshes.size,
    );
    return shown.map(([id, { group }]) => ({ id, group }));
  }

  /** Triangles of the surfaces that are seen. */
  get triangles(): number {
    let indices = 0;
    for (const { group, meshes } of this.segments.values()) {
      if (!group.visible) continue;
      for (const { geometry } of meshes.values()) indices += geometry.index?.count ?? 0;
    }
    return indices / 3;
  }

  private create(id: number): SegmentSurface {
    const surface: SegmentSurface = {
      group: new Group(),
      material: surfaceMaterial(),
      skirtMaterial: new MeshLambertMaterial({ side: DoubleSide, ...BEHIND }),
      meshes: new Map(),
      job: this.listed.has(id) ? null : this.job,
    };
    this.segments.set(id, surface);
    this.root.add(surface.group);
    this.dress(id, surface);
    return surface;
  }

  private isGrowing({ job }: SegmentSurface): boolean {
    return job !== null && job === this.job;
  }

  private isExpected(id: number, surface: SegmentSurface): boolean {
    return this.isGrowing(surface) || this.listed.has(id);
  }

  private dress(id: number, surface: SegmentSurface): void {
    const expected = this.isExpected(id, surface);
    if (!expected) this.sweepLater();
    surface.group.visible = expected && !this.hidden.has(id);
    const selected = this.selected.has(id);
    const dimmed = this.selected.size > 0 && !selected && !this.isGrowing(surface);
    const colour = colourOf(id);
    for (const material of [surface.material, surface.skirtMaterial]) {
      material.emissive.copy(colour).multiplyScalar(selected ? 0.12 : 0);
      material.color.copy(colour).multiplyScalar(dimmed ? 0.5 : 1);
    }
  }

  private sweepLater(): void {
    this.sweeping ??= setTimeout(() => {
      this.sweeping = null;
      for (const [id, surface] of this.segments) {
        if (!this.isExpected(id, surface)) this.drop(id, surface);
      }
    }, GRACE_MILLISECONDS);
  }

  private drop(id: number, surface: SegmentSurface): void {
    for (const mesh of surface.meshes.values()) mesh.geometry.dispose();
    surface.material.dispose();
    surface.skirtMaterial.dispose();
    this.root.remove(surface.group);
    this.segments.delete(id);
  }
}
