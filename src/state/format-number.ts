/** A number with its thousands apart. */
export const formatNumber = (value: number): string => value.toLocaleString('en');
