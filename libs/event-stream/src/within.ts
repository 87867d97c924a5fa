/** Waits for something, but not for long: gives what becomes of it, or `undefined` when it fails or is not there in time. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  const first = await Promise.race([work.catch(() => undefined), over]);
  clearTimeout(timer);
  return first;
};
