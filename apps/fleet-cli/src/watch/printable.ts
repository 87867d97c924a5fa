/** Without control characters: an event must not steer the terminal it is shown on. */
export const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what it is about
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const timeOf = (milliseconds: number): string => {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? '(no time)' : time.toISOString();
};
