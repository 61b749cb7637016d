/** What functions of the WASM modules return in place of a count: wasm/common/abi.h has the same numbers. */
export const STATUS = {
  truncated: -1,
  corrupt: -2,
  tooLarge: -3,
  unsupported: -4,
  checksum: -5,
  argument: -6,
} as const;

export type StatusName = keyof typeof STATUS;

/** The name of a negative result; undefined for a count. */
export const statusName = (result: number): StatusName | undefined =>
  (Object.keys(STATUS) as StatusName[]).find((name) => STATUS[name] === result);
