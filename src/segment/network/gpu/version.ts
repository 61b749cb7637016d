import { crc32c } from '../../../core/crc32c';

const codes = import.meta.glob<string>('../../../../shaders/network/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Another number wherever the code of a kernel is another: what was measured of one says nothing of the next. */
export const KERNELS_VERSION = crc32c(new TextEncoder().encode(Object.values(codes).join('\n')));
