/** A header line, in ASCII; what would end it early, or is not ASCII, is replaced. */
export const headerLine = (name: string, value: string): string =>
  `${name}: ${value.replace(/[\r\n]+/g, ' ').replace(/[^\x20-\x7e]/g, '?')}\r\n`;
