import { type ArraySpec, type Files, putArray, putJson } from './array-files';

export interface ImageSpec {
  /** OME-Zarr 0.4 lies in Zarr version 2, 0.5 in version 3. */
  readonly ome: '0.4' | '0.5';
  readonly levels: readonly Omit<ArraySpec, 'version'>[];
  readonly axes?: readonly object[];
  /** Of the first level and all axes; each further level doubles it and keeps the outer corner. */
  readonly scale?: readonly number[];
  readonly translation?: readonly number[];
  /** Attributes beside the multiscales, such as `omero`. */
  readonly more?: object;
  /** Merged into the multiscale last. */
  readonly multiscale?: object;
}

const spatial = (unit: string) => ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit }));

/** Adds a group's attributes as its version of OME-Zarr has them. */
export function putGroup(files: Files, path: string, ome: '0.4' | '0.5', attributes: object): void {
  const below = (key: string) => (path === '' ? `/${key}` : `/${path}/${key}`);
  if (ome === '0.5') {
    const nested = { ome: { version: '0.5', ...attributes } };
    putJson(files, below('zarr.json'), { zarr_format: 3, node_type: 'group', attributes: nested });
    return;
  }
  putJson(files, below('.zgroup'), { zarr_format: 2 });
  putJson(files, below('.zattrs'), attributes);
}

/** Writes an image of factor-2 levels below `path`. */
export async function putImage(files: Files, path: string, spec: ImageSpec): Promise<void> {
  const scale = spec.scale ?? [8, 4, 4];
  const translation = spec.translation ?? scale.map(() => 0);
  const datasets = spec.levels.map((_, level) => ({
    path: `s${level}`,
    coordinateTransformations: [
      { type: 'scale', scale: scale.map((size) => size * 2 ** level) },
      {
        type: 'translation',
        translation: scale.map(
          (size, axis) => (translation[axis] ?? 0) + (size * (2 ** level - 1)) / 2,
        ),
      },
    ],
  }));
  putGroup(files, path, spec.ome, {
    multiscales: [
      {
        ...(spec.ome === '0.4' ? { version: '0.4' } : {}),
        axes: spec.axes ?? spatial('nanometer'),
        datasets,
        ...spec.multiscale,
      },
    ],
    ...spec.more,
  });
  for (const [level, array] of spec.levels.entries()) {
    const name = path === '' ? `s${level}` : `${path}/s${level}`;
    await putArray(files, name, { ...array, version: spec.ome === '0.4' ? 2 : 3 });
  }
}
