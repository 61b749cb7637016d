import type { Dtype } from '../core/dtype';
import type { Zyx } from '../core/vec';

const NO_BREAK_SPACE = '\u00a0';

/** 1131160 as “1 131 160”. */
export const formatCount = (count: number): string =>
  String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, NO_BREAK_SPACE);

/** A count in three digits and a prefix: 14 800 000 as “14.8 M”. */
export function formatShort(count: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let rest = count;
  let step = 0;
  while (rest >= 999.5 && step < prefixes.length - 1) {
    rest /= 1000;
    step++;
  }
  if (step === 0) return String(Math.round(rest));
  const decimals = rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(decimals)}${NO_BREAK_SPACE}${prefixes[step]}`;
}

/** A count for a column of seven characters: in full below a million, from there on in short. */
export const formatColumn = (count: number): string =>
  count < 1e6 ? formatCount(count) : formatShort(count);

/** A time in milliseconds as “3.2 s”, from a minute on as “1:05 min”. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)}${NO_BREAK_SPACE}s`
    : formatWholeSeconds(Math.floor(seconds));
}

/** What something took, in milliseconds: the same, but “16 ms” below a tenth of a second. */
export const formatTook = (milliseconds: number): string =>
  milliseconds < 99.5
    ? `${Math.round(milliseconds)}${NO_BREAK_SPACE}ms`
    : formatSeconds(milliseconds);

/** A time in whole seconds: “3 s”. */
export const formatWholeSeconds = (seconds: number): string =>
  seconds < 60
    ? `${seconds}${NO_BREAK_SPACE}s`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${NO_BREAK_SPACE}min`;

/** When a host is asked again that is so many seconds off: “in 3 s”. */
export const formatAskedAgain = (seconds: number): string =>
  seconds > 0 ? `in ${formatWholeSeconds(seconds)}` : 'now';

/** How many µm³ so many voxels fill, in at most six characters. */
export function formatCubicMicrometres(voxels: number, voxelSizeNm: Zyx): string {
  const volume = (voxels * voxelSizeNm[0] * voxelSizeNm[1] * voxelSizeNm[2]) / 1e9;
  if (volume >= 99_999.5) return formatShort(volume);
  return volume < 10 ? volume.toFixed(3) : volume < 1000 ? volume.toFixed(1) : volume.toFixed(0);
}

/** Two byte counts of the same thing, as “0.80 / 2.00 GiB”. */
export const formatBytesOf = (bytes: number, budgetBytes: number): string =>
  `${(bytes / 2 ** 30).toFixed(2)} / ${(budgetBytes / 2 ** 30).toFixed(2)} GiB`;

/** A budget as “0.375 GiB”, none at all as “off”. */
export const formatBudget = (bytes: number): string =>
  bytes === 0 ? 'off' : `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`;

/** Bytes a second as “8.4 MB/s”. */
export const formatRate = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0)} MB/s`;

/** How much was written: “12.3 MB”. */
export const formatMegabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(1)}${NO_BREAK_SPACE}MB`;

/** An image value: integers as they are, others in four digits. */
export const formatValue = (value: number | bigint): string =>
  typeof value === 'bigint' || Number.isInteger(value)
    ? String(value)
    : String(Number(value.toPrecision(4)));

/** An end of a range of image values, in few characters: “140”, “-0.894”, “1.2e18”. */
export const formatBound = (value: number): string =>
  Math.abs(value) >= 1e5
    ? value.toExponential(1).replace('+', '')
    : String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));

/** A long id with its middle left out: “7205…24720”. */
export const shortenId = (id: string): string =>
  id.length > 11 ? `${id.slice(0, 4)}…${id.slice(-5)}` : id;

/** A shape in x, y, z order: “384×384×192”, a cube as “250³”. */
export const formatShape = ([z, y, x]: Zyx): string =>
  x === y && y === z ? `${x}³` : `${x}×${y}×${z}`;

/** A voxel's size in x, y, z order: “8×8×16 nm”. */
export const formatVoxelSize = (sizeNm: Zyx): string =>
  `${[...sizeNm]
    .reverse()
    .map((size) => Number(size.toPrecision(4)))
    .join('×')} nm`;

/** A voxel type as “u8”, “f32”. */
export const formatDtype = (dtype: Dtype): string =>
  dtype.replace(
    /^(u?)int|^(f)loat/,
    (_, unsigned?: string, float?: string) => float ?? (unsigned || 'i'),
  );

const KEYS: Readonly<Record<string, string>> = {
  escape: 'Esc',
  delete: 'Del',
  backspace: '⌫',
  shift: 'Shift',
};

/** The keys of a shortcut as a keyboard has them: `mod+k` as “Ctrl”, “K”. The shift that `?` needs goes unsaid. */
export function shortcutKeys(shortcut: string, isMac: boolean): string[] {
  if (shortcut === 'shift+?') return ['?'];
  return shortcut
    .split('+')
    .map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : (KEYS[key] ?? key.toUpperCase())));
}
